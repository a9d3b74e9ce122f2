#include <doctest/doctest.h>

#include <mqcoap/state/cell_changed.hpp>
#include <optional>
#include <utility>

#include "state_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

value_options common(const char* initial) {
  auto options = writable(initial);
  options.persist = false;
  return options;
}

/// A device with the values x and y from a template that many devices share.
struct group_fixture : state_fixture {
  channel<cell_changed> changes;
  resource_state state{store, resource_state::default_waiting, &changes};
  std::vector<std::string> reported;
  subscription following = changes.subscribe([this](const cell_changed& c) {
    reported.push_back(c.of.name().path + '=' + std::string(c.value->value.text()));
  });
  struct template_values {
    std::vector<std::shared_ptr<const common_value>> all;
    std::shared_ptr<const cell_plan> plan;
  };
  template_values now;
  std::shared_ptr<cell_group> cells;

  static template_values make_template(const std::vector<std::pair<const char*, value_options>>& values) {
    template_values made;
    std::vector<planned_cell> planned;
    for (const auto& [path, options] : values) {
      made.all.push_back(std::make_shared<common_value>(options));
      planned.push_back({path, value_options::kind_name, made.all.back()->terms()});
    }
    made.plan = std::make_shared<const cell_plan>(std::move(planned));
    return made;
  }
  void configure(const char* x, const char* y = "1") { configure({{"y", common(y)}, {"x", common(x)}}); }
  void configure(const std::vector<std::pair<const char*, value_options>>& values) {
    now = make_template(values);
    state_draft draft(state);
    cells = draft.open("D_1", now.plan);
    draft.put_in_force();
  }
  template <class Resource, class Options>
  std::shared_ptr<Resource> configure_alone(Options options) {
    state_draft draft(state);
    auto made = std::make_shared<Resource>(std::move(options), draft, "D_1", "x");
    draft.put_in_force();
    return made;
  }
  answer ask(const requested& a) {
    recorder got;
    const auto number = *now.plan->find(a.path, value_options::kind_name);
    now.all[number]->handle(responder(make_call(a), got.sink()), *cells, number);
    REQUIRE(got.answers.size() == 1);
    return got.answers.front();
  }
  std::string get(const char* path = "x") { return std::string(ask({.path = path}).body.text()); }
  void put(const char* body, const char* path = "x") {
    REQUIRE(ask({method::put, path, body}).code == response_code::changed);
  }
};

}  // namespace

TEST_CASE_FIXTURE(group_fixture,
                  "a value that nobody has changed has no cell, and answers like one that has") {
  configure("1");
  CHECK(state.size() == 0);
  const auto first = ask({.path = "x"});
  CHECK(first.code == response_code::content);
  CHECK(first.options.etag == with_version(text("1")).version);
  CHECK(ask({.path = "x", .options = with(&request_options::etag, first.options.etag)}).code ==
        response_code::valid);
  CHECK(ask({method::post, "x"}).code == response_code::method_not_allowed);
  CHECK(state.size() == 0);
  CHECK(ask({method::put, "x", "2", if_match("another")}).code == response_code::precondition_failed);
  CHECK(get() == "1");
  CHECK(ask({method::put, "x", "2", if_match(first.options.etag)}).code == response_code::changed);
  CHECK(get() == "2");
  CHECK(get("y") == "1");
  CHECK(ask({.path = "x"}).options.etag == with_version(text("2")).version);
  CHECK(state.size() == 1);
  CHECK(reported == std::vector<std::string>{"x=2"});
}

TEST_CASE_FIXTURE(group_fixture, "a reload keeps values, and another initial value replaces and tells them") {
  configure("1");
  put("7", "y");
  configure("1");
  CHECK(get("y") == "7");
  CHECK(state.size() == 1);
  reported.clear();
  SUBCASE("of a value that nobody has changed") {
    configure("2");
    CHECK(get() == "2");
    CHECK(reported == std::vector<std::string>{"x=2"});
    CHECK(get("y") == "7");
  }
  SUBCASE("of a value that was changed") {
    configure("1", "3");
    CHECK(get() == "1");
    CHECK(get("y") == "3");
    CHECK(reported == std::vector<std::string>{"y=3"});
  }
  SUBCASE("and other methods keep it") {
    auto only_read = common("1");
    only_read.methods = {method::get};
    configure({{"x", only_read}, {"y", only_read}});
    CHECK(get() == "1");
    CHECK(get("y") == "7");
    CHECK(reported.empty());
    configure("1");
    CHECK(get("y") == "7");
  }
  SUBCASE("and one that was gone begins with nothing") {
    configure({{"x", common("1")}});
    CHECK(state.size() == 0);
    configure("1");
    CHECK(get("y") == "1");
    CHECK(reported.empty());
  }
}

TEST_CASE_FIXTURE(group_fixture, "a device that does not change keeps its cells and its plan") {
  configure("1");
  put("7", "y");
  {
    state_draft draft(state);
    draft.keep("D_1");
    draft.put_in_force();
  }
  CHECK(get("y") == "7");
  put("8");
  CHECK(get() == "8");
  CHECK(state.size() == 2);
  state_draft(state).put_in_force();
  CHECK(state.size() == 0);
  CHECK(state.find({"D_1", "x", value_options::kind_name}) == nullptr);
}

TEST_CASE_FIXTURE(group_fixture, "a value becomes one of its own with what it has, and common again") {
  configure("1");
  SUBCASE("changed") {
    put("4");
    const auto alone = configure_alone<value_resource>(common("1"));
    CHECK(state_fixture::get(*alone) == "4");
    configure("1");
    CHECK(get() == "4");
  }
  SUBCASE("unchanged, with another initial value") {
    const auto alone = configure_alone<value_resource>(common("2"));
    CHECK(state_fixture::get(*alone) == "2");
    CHECK(reported == std::vector<std::string>{"x=2"});
    configure("2");
    CHECK(get() == "2");
  }
  SUBCASE("persistent, and stored as it is") {
    put("4");
    const auto alone = configure_alone<value_resource>(writable("1"));
    REQUIRE(store.under_way.size() == 1);
    CHECK(store.under_way.front().values.front().value == text("4"));
    store.end_one();
    configure("1");
    CHECK(state.dormant() == 0);  // it is no longer persistent
  }
}

TEST_CASE_FIXTURE(group_fixture, "a change while a configuration is being built belongs to it, too") {
  configure("1");
  const auto next = make_template({{"x", common("1")}, {"z", common("1")}});
  {
    state_draft draft(state);
    const auto to_be = draft.open("D_1", next.plan);
    put("5");
    CHECK(to_be->find(0) == cells->find(1));
    draft.put_in_force();
    cells = to_be;
    now = next;
  }
  CHECK(get() == "5");
  CHECK(state.size() == 1);
}

TEST_CASE_FIXTURE(group_fixture, "a device alone is put in force with its cells, or loses them") {
  configure("1");
  put("4", "y");
  const auto next = make_template({{"x", common("2")}, {"y", common("1")}});
  state_draft draft(state);
  draft.clear("D_1");
  const auto to_be = draft.open("D_1", next.plan);
  put("5", "y");
  draft.put_in_force("D_1");
  cells = to_be;
  now = next;
  CHECK(get() == "2");
  CHECK(get("y") == "5");
  put("6");  // while others are not yet in force
  CHECK(get() == "6");
  CHECK(state.find({"D_1", "x", value_options::kind_name})->current().text() == "6");
  CHECK(state.size() == 2);
}

TEST_CASE_FIXTURE(group_fixture, "a device that is gone loses what it has, and what it only planned") {
  configure("1");
  put("4", "y");
  state_draft draft(state);
  draft.clear("D_1");
  draft.put_in_force("D_1");
  CHECK(state.size() == 0);
  CHECK(state.find({"D_1", "x", value_options::kind_name}) == nullptr);
  put("5");  // a request that began earlier is still answered by the old resources
  CHECK(get() == "5");
  CHECK(state.size() == 0);
}

TEST_CASE_FIXTURE(group_fixture, "a configuration that is discarded changes nothing") {
  configure("1");
  put("7", "y");
  reported.clear();
  const auto next = make_template({{"x", common("2")}, {"y", common("2")}});
  { state_draft(state).open("D_1", next.plan); }
  CHECK(get() == "1");
  CHECK(get("y") == "7");
  CHECK(reported.empty());
  put("8");
  CHECK(state.size() == 2);
}

TEST_CASE_FIXTURE(group_fixture, "an action has the cell of a common value, while it is built and later") {
  now = make_template({{"x", common("1")}});
  state_draft draft(state);
  cells = draft.open("D_1", now.plan);
  const auto named = cells->open(0);
  draft.put_in_force();
  put("3");
  CHECK(named->current().text() == "3");
  CHECK(state.find({"D_1", "x", value_options::kind_name}) == named);
}
