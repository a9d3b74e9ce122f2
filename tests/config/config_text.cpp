// Prints the configuration as text, for tests and for documentation:
//   config_text schema        the JSON Schema
//   config_text reference     docs/configuration.md
//   config_text manual        man/mqcoap.yaml.5.scd
//   config_text json FILE...  each file as a line of JSON, not validated; `unreadable` if it is not YAML
#include <iostream>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/config/yaml_reader.hpp>
#include <mqcoap/settings/scalar.hpp>

namespace {

void print_as_json(const std::string& path) {
  using namespace mqcoap;
  std::string why;
  const auto bytes = read_regular_file(path, source_file::largest, why);
  report faults;
  if (bytes) {
    source_file file(path, bytes->bytes, bytes->mode);
    node_arena arena;
    const node* root = config::read_yaml(file, arena, faults);
    const auto json = root != nullptr ? to_json(*root, faults) : std::nullopt;
    if (json && !faults.failed()) {
      std::cout << json->text() << '\n';
      return;
    }
  }
  std::cout << "unreadable\n";
}

}  // namespace

int main(int count, char** arguments) {
  const std::string what = count > 1 ? arguments[1] : "";
  if (what == "schema") {
    std::cout << mqcoap::config::settings_schema();
  } else if (what == "reference") {
    std::cout << mqcoap::config::settings_reference();
  } else if (what == "manual") {
    std::cout << mqcoap::config::settings_manual();
  } else if (what == "json") {
    for (int i = 2; i < count; ++i) print_as_json(arguments[i]);
  } else {
    std::cerr << "usage: config_text schema | reference | manual | json FILE...\n";
    return 2;
  }
}
