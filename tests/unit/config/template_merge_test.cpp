#include <algorithm>
#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/collection/collection.hpp>
#include <mqcoap/resource/mount/mount.hpp>
#include <mqcoap/resource/reply/reply.hpp>
#include <mqcoap/resource/signal/signal.hpp>
#include <mqcoap/resource/value/value.hpp>

#include "support.hpp"

using namespace mqcoap;
using namespace mqcoap::config;

namespace {

const resource_options& resource(const settings& s, const std::string& tag, const std::string& path) {
  for (const auto& d : s.gateway.devices)
    if (d.tag.text() == tag)
      for (const auto& r : d.resources)
        if (r.path == path) return r;
  FAIL("no resource " << path);
  throw std::logic_error(path);
}

template <class Kind>
const Kind& kind(const settings& s, const std::string& path) {
  const auto* const found = resource(s, "A", path).kind.get_if<Kind>();
  REQUIRE(found != nullptr);
  return *found;
}

constexpr char board_lab[] = R"(version: 1
templates:
  board:
    resources:
      gain: {value: 1, methods: [GET, PUT], unit: dB, title: Gain, schema: {type: integer, maximum: 7}}
      rate: {value: {a: 1, b: [1, 2]}}
      shots: {collection: {max: 5, schema: {type: object}}, title: Shots}
      more: {collection: {max: 5}}
      arm: {action: {when: {gain: 1}, set: {gain: 2}}, title: Arm}
      ping: {reply: {code: 503, body: later}, methods: [POST]}
      wave: {signal: sin(t), unit: V}
      probe/**: {proxy: B/x, title: Probe}
      other: {value: 1, methods: [GET, PUT], unit: V}
)";

std::string device_with(const std::string& resources) {
  return std::string(board_lab) + "devices:\n  A:\n    like: board\n    resources:\n" + resources;
}

}  // namespace

TEST_CASE(
    "a device's resource keeps the keys of its template's that it does not name, if the kind is the same") {
  const test::temporary_folder folder;
  const auto s = test::load_good(folder.write("a.yaml", device_with(R"(
      gain: {value: 3}
      /rate: {value: {a: 2}}
      shots: {collection: {max: 9}}
      more: {collection:}
      arm: {action: {set: {gain: 4}}}
      ping: {reply: pong}
      wave: {signal: cos(t), unit: mV}
      probe/**: {proxy: C/y}
)")));
  CHECK(kind<value_options>(s, "gain").initial.text() == "3");
  CHECK(kind<value_options>(s, "gain").methods == method_set{method::get, method::put});
  CHECK(kind<value_options>(s, "gain").schema->check(8).has_value());
  CHECK(resource(s, "A", "gain").unit == "dB");
  CHECK(resource(s, "A", "gain").title == "Gain");
  // A value is replaced as a whole: nothing of the template's value remains.
  CHECK(kind<value_options>(s, "rate").initial.text() == R"({"a":2})");
  CHECK(kind<collection_options>(s, "shots").max == 9);
  CHECK(kind<collection_options>(s, "shots").schema.has_value());
  CHECK(resource(s, "A", "shots").title == "Shots");
  CHECK(kind<collection_options>(s, "more").max == 5);
  CHECK(kind<action_options>(s, "arm").when.size() == 1);
  CHECK(kind<action_options>(s, "arm").set.front().value.text() == "4");
  CHECK(kind<reply_options>(s, "ping").body.text() == "\"pong\"");
  CHECK(kind<reply_options>(s, "ping").code == response_code::content);
  CHECK(kind<reply_options>(s, "ping").methods == method_set{method::post});
  CHECK(kind<signal_options>(s, "wave").expression == "cos(t)");
  CHECK(resource(s, "A", "wave").unit == "mV");
  CHECK(kind<mount_options>(s, "probe/**").tag.text() == "C");
  CHECK(resource(s, "A", "probe/**").title == "Probe");
  CHECK(kind<value_options>(s, "other").methods == method_set{method::get, method::put});
}

TEST_CASE("a resource of another kind replaces the template's as a whole") {
  const test::temporary_folder folder;
  const auto s = test::load_good(folder.write("a.yaml", device_with("      other: {signal: sin(t)}\n")));
  CHECK(kind<signal_options>(s, "other").expression == "sin(t)");
  CHECK(resource(s, "A", "other").unit.empty());
}

TEST_CASE("the merge of a template and a device is checked as a whole, with each fault at its place") {
  const test::temporary_folder folder;
  const auto loaded = load_settings(folder.write("a.yaml", device_with("      gain: {value: 8}\n")));
  CHECK_FALSE(loaded.value.has_value());
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics.front().key_path == "devices.A.resources.gain.value");
  CHECK(loaded.diagnostics.front().message.starts_with("the value breaks its own schema"));
  const auto without_kind = load_settings(folder.write("b.yaml", device_with("      gain: {unit: V}\n")));
  REQUIRE(without_kind.diagnostics.size() == 1);
  CHECK(without_kind.diagnostics.front().message == "no kind is named for this resource");
}

TEST_CASE("templates and devices in different files merge likewise") {
  const test::temporary_folder folder;
  folder.write("templates.yaml", board_lab);
  const auto s =
      test::load_good(folder.write("a.yaml",
                                   "version: 1\ninclude: templates.yaml\n"
                                   "devices: {A: {like: board, resources: {gain: {value: 3}}}}\n"));
  CHECK(kind<value_options>(s, "gain").methods == method_set{method::get, method::put});
}

TEST_CASE("the merge is shown with its origin, and is a valid configuration again") {
  const test::temporary_folder folder;
  const auto file = folder.write("a.yaml", device_with("      gain: {value: 3}\n      other: {reply: 1}\n"
                                                       "      shots: {collection: {max: 9}}\n"));
  const auto shown = show_settings(file);
  REQUIRE(shown.yaml.has_value());
  CHECK(shown.yaml->find(R"(  A:
    like: board
    resources:
      gain:  # with keys of templates.board.resources.gain
        value: 3
        methods: [GET, PUT]
        schema: {type: integer, maximum: 7}
        unit: dB
        title: Gain
      other:
        reply: 1
      shots:  # with keys of templates.board.resources.shots
        collection:  # with keys of templates.board.resources.shots.collection
          max: 9
          schema: {type: object}
        title: Shots
)") != std::string::npos);
  const auto again = show_settings(folder.write("b.yaml", *shown.yaml));
  REQUIRE(again.yaml.has_value());
  CHECK(test::load_good(folder.path("b.yaml")).shown == test::load_good(file).shown);
}
