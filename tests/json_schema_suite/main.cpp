// Runs cases of the official JSON Schema Test Suite
// (https://github.com/json-schema-org/JSON-Schema-Test-Suite):
//   json_schema_suite FILE-OR-FOLDER...
// A schema that the library refuses to compile is not a mismatch if the reason is an unknown keyword, or
// several schemas in `items`, which 2020-12 calls `prefixItems`. Exits with 77 if no folder exists.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <string>
#include <vector>

namespace {

using namespace mqcoap;
namespace json = boost::json;
namespace fs = std::filesystem;

struct tally {
  int cases = 0;       ///< checked values
  int left_out = 0;    ///< schemas with keywords that the library does not support
  int mismatches = 0;  ///< wrong results for values, and schemas refused for another reason
};

json::value read_json(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const auto text = json_text::parse(bytes, 200);
  if (!text) throw std::runtime_error(file.string() + ": " + text.error().reason);
  return text->value();
}

bool is_left_out(const json_schema::fault& refusal) {
  return refusal.message.starts_with("unknown schema keyword '") ||
         (refusal.pointer.ends_with("/items") && refusal.message.starts_with('['));
}

void run_group(const std::string& file, const json::object& group, tally& all) {
  const auto name = [&](const json::object& o) { return std::string(o.at("description").as_string()); };
  const auto schema = json_schema::compile(group.at("schema"));
  if (!schema) {
    if (is_left_out(schema.error())) {
      ++all.left_out;
    } else {
      ++all.mismatches;
      std::cout << file << ": " << name(group) << ": refused: " << schema.error().pointer << ": "
                << schema.error().message << '\n';
    }
    return;
  }
  for (const auto& each : group.at("tests").as_array()) {
    const auto& test = each.as_object();
    ++all.cases;
    const auto fault = schema->check(test.at("data"));
    if (!fault == test.at("valid").as_bool()) continue;
    ++all.mismatches;
    std::cout << file << ": " << name(group) << ": " << name(test) << ": "
              << (fault ? fault->pointer + ": " + fault->message : "accepted") << '\n';
  }
}

}  // namespace

int main(int count, char** arguments) {
  tally all;
  for (int i = 1; i < count; ++i) {
    std::vector<fs::path> files;
    if (fs::is_regular_file(arguments[i])) files.emplace_back(arguments[i]);
    if (fs::is_directory(arguments[i]))
      for (const auto& entry : fs::directory_iterator(arguments[i]))
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      const auto groups = read_json(file);
      for (const auto& group : groups.as_array()) run_group(file.string(), group.as_object(), all);
    }
  }
  if (all.cases == 0) {
    std::cout << "skipped: no such cases; the package is json-schema-test-suite\n";
    return 77;
  }
  std::cout << all.cases << " cases, " << all.mismatches << " mismatches; " << all.left_out
            << " schemas left out, whose words are unknown\n";
  return all.mismatches == 0 ? 0 : 1;
}
