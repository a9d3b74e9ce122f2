#pragma once

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mqcoap/config/loader.hpp>
#include <string>

namespace mqcoap::test {

inline const std::string corpus = MQCOAP_TESTS_DIR "/config/";

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A folder that is deleted when the test ends.
class temporary_folder {
 public:
  temporary_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mqcoap-config-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() { std::filesystem::remove_all(path_); }

  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    const std::string file = path(name);
    std::ofstream(file, std::ios::binary) << text;
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    return file;
  }
  std::string path(const std::string& name) const { return path_ + '/' + name; }

 private:
  std::string path_;
};

/// Sets an environment variable for the duration of a test.
class environment_variable {
 public:
  environment_variable(const char* name, const std::string& value) : name_(name) {
    ::setenv(name, value.c_str(), 1);
  }
  environment_variable(const environment_variable&) = delete;
  environment_variable& operator=(const environment_variable&) = delete;
  ~environment_variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

inline std::string all_messages(const config::load_result& loaded) {
  std::string message;
  for (const auto& d : loaded.diagnostics) message += to_string(d);
  return message;
}

/// Loads a file that must have no faults.
inline config::settings load_good(const std::string& path) {
  auto loaded = config::load_settings(path);
  REQUIRE_MESSAGE(loaded.value.has_value(), all_messages(loaded));
  CHECK_MESSAGE(loaded.diagnostics.empty(), all_messages(loaded));
  return *std::move(loaded.value);
}

}  // namespace mqcoap::test
