#include <doctest/doctest.h>

#include <memory>
#include <mqcoap/base/secret.hpp>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/config/show.hpp>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/kind_module.hpp>
#include <mqcoap/resource/kinds.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <mqcoap/settings/common_types.hpp>
#include <optional>
#include <string>

#include "unit/config/support.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

/// A kind with a secret whose name does not suggest one: only its field table declares it.
struct locker_options {
  std::optional<secret> combination;

  static constexpr std::string_view kind_name = "locker";
  method_set offered() const { return {method::get}; }
  void make(resource_site& /*at*/) const {}
  friend bool operator==(const locker_options&, const locker_options&) = default;
};

struct locker_keys {
  std::string locker;
  std::optional<secret> combination;
};

std::optional<kind_options> build_locker(const locker_keys& keys, const kind_place& /*at*/) {
  return locker_options{keys.combination};
}

const kind_module& locker_kind() {
  using keys = locker_keys;
  static const kind_table<keys> table{
      {key<keys>("locker", text("a name"), another_kind(), "A locker, by its name.", &keys::locker),
       key<keys>("combination", secret_text(), presence::optional("none"), "What opens it.",
                 &keys::combination)},
      build_locker};
  return table;
}

/// Added before any configuration is read.
const bool has_locker = (add_resource_kind(locker_kind()), true);

std::string file_with(const std::string& resource, const std::string& more = "") {
  return "version: 1\ndevices:\n  GW_1:\n    resources:\n      door: {" + resource + "}\n" + more;
}

}  // namespace

TEST_CASE("a key that a field table declares as secret is never shown") {
  REQUIRE(has_locker);
  const temporary_folder folder;
  for (const auto& text : {
           file_with("locker: hall, combination: left7right4"),
           file_with("locker: hall, combination: left7right4", "limits: {depth: x}\n"),  // a fault elsewhere
           file_with("locker: hall, combination: left7right4, unit: [x]"),  // a fault in its own line
           file_with("locker: hall, combinatoin: left7right4"),             // a misspelling
           file_with("locker: hall, combination: [left7right4]"),           // a value of the wrong type
           file_with("combination: left7right4"),                           // without the kind it belongs to
       }) {
    CAPTURE(text);
    const auto file = folder.write("mqcoap.yaml", text, 0644);
    const auto loaded = config::load_settings(file);
    const auto shown = config::show_settings(file);
    std::string message = shown.yaml.value_or("");
    for (const auto& d : loaded.diagnostics) message += to_string(d);
    for (const auto& d : shown.diagnostics) message += to_string(d);
    if (loaded.value) message += loaded.value->shown.text();  // the contents of `.gw/config`
    CHECK_FALSE(message.empty());
    CHECK_MESSAGE(message.find("left7") == std::string::npos, message);
    CHECK_MESSAGE(message.find("right4") == std::string::npos, message);
  }
}

TEST_CASE("a secret of a kind reaches its options, and is masked where options are shown") {
  const temporary_folder folder;
  const auto file = folder.write("mqcoap.yaml", file_with("locker: hall, combination: left7right4"), 0600);
  const auto loaded = config::load_settings(file);
  REQUIRE(loaded.value.has_value());
  const auto* const made =
      loaded.value->gateway.devices.front().resources.front().kind.get_if<locker_options>();
  REQUIRE(made != nullptr);
  REQUIRE(made->combination.has_value());
  CHECK(made->combination->reveal() == "left7right4");
  CHECK(loaded.value->shown.text().find(R"("combination":"***")") != std::string::npos);
}
