#include <mqcoap/config/all_sections.hpp>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::config;

TEST_CASE("the reference page is the one that the field tables give") {
  CHECK_MESSAGE(test::read_file(MQCOAP_TESTS_DIR "/../docs/configuration.md") == settings_reference(),
                "write it again: build/*/bin/config_text reference > docs/configuration.md");
}

TEST_CASE("the manual page is the one that the field tables give") {
  CHECK_MESSAGE(test::read_file(MQCOAP_TESTS_DIR "/../man/mqcoap.yaml.5.scd") == settings_manual(),
                "write it again: build/*/bin/config_text manual > man/mqcoap.yaml.5.scd");
}

TEST_CASE("every key of every section is described by a sentence") {
  for (const auto* section : all_sections()) {
    CHECK_FALSE(section->fields.empty());
    CHECK(section->doc.ends_with('.'));
    for (const auto& field : section->fields) {
      CAPTURE(section->id + '.' + field.name);
      CHECK(field.doc.size() > 10);
      CHECK(field.doc.ends_with('.'));
      CHECK_FALSE(field.expected.empty());
    }
  }
}
