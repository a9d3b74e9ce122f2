#include <algorithm>
#include <vector>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::config;

namespace {

const std::string folder = test::corpus + "bad/";

std::string without_folder(std::string text) {
  for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder))
    text.erase(at, folder.size());
  return text;
}

/// Formats a diagnostic as `file:line:column: error: path: message | hint`.
std::string one_line(const diagnostic& d) {
  const std::string text = to_string(d);
  return without_folder(text.substr(0, text.find('\n')) + (d.hint.empty() ? "" : " | " + d.hint)) + '\n';
}

/// Returns the expectation without its first line, which is for the test of the JSON Schema.
std::string expectation_of(const std::string& file) {
  const std::string text = test::read_file(file.substr(0, file.size() - 5) + ".expect");
  REQUIRE_MESSAGE(text.starts_with("schema: "), file);
  return text.substr(text.find('\n') + 1);
}

std::vector<std::string> bad_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

TEST_CASE("an invalid file results in all of its faults with their positions, and no settings") {
  const auto files = bad_files();
  REQUIRE(files.size() > 80);
  for (const auto& file : files) {
    SUBCASE(std::filesystem::path(file).stem().c_str()) {
      const auto loaded = load_settings(file);
      std::string actual;
      for (const auto& d : loaded.diagnostics) {
        actual += one_line(d);
        CHECK_MESSAGE((d.line == 0 || static_cast<std::size_t>(d.column) <= d.source.size() + 1),
                      one_line(d));
      }
      CHECK(actual == expectation_of(file));
      CHECK_FALSE(loaded.value.has_value());
    }
  }
}

TEST_CASE("there is no expectation for a file that does not exist") {
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".expect")
      CHECK_MESSAGE(std::filesystem::exists(std::filesystem::path(entry.path()).replace_extension(".yaml")),
                    entry.path().string());
}
