#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <mqcoap/exchange/channel.hpp>
#include <mqcoap/state/version.hpp>

#include "state_fixture.hpp"
#include "support/json_value.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

/// The cells that several gateways share.
using shared_cells = std::map<cell_name, stored_cell>;

/// The store of one gateway. Operations wait while it is held.
class member_store final : public state_store {
 public:
  explicit member_store(shared_cells& in) : in_(in) {}

  bool is_down = false;
  bool is_held = false;
  int refreshes = 0;
  int commits = 0;

  bool is_shared() const noexcept override { return true; }
  void commit(state_commit what, commit_handler done) override {
    ++commits;
    later([this, what = std::move(what), done = std::move(done)] { done(store(what)); });
  }
  void refresh(std::vector<cell_mark> held, refresh_handler done) override {
    ++refreshes;
    later([this, held = std::move(held), done = std::move(done)] {
      if (is_down) return done(errc::storage_unreachable, {});
      done({}, find_changed(held));
    });
  }
  void release() {
    is_held = false;
    while (!waiting_.empty()) {
      const auto next = std::move(waiting_.front());
      waiting_.pop_front();
      next();
    }
  }

 private:
  void later(std::function<void()> what) {
    if (!is_held) return what();
    waiting_.push_back(std::move(what));
  }
  std::uint64_t revision_of(const cell_name& name) const {
    const auto at = in_.find(name);
    return at == in_.end() ? 0 : at->second.revision;
  }
  error_code store(const state_commit& what) {
    if (is_down) return errc::storage_unreachable;
    for (const auto& each : what.based_on)
      if (revision_of(each.of) != each.revision) return errc::stale;
    std::map<cell_name, std::uint64_t> written;
    for (const auto& each : what.values) {
      REQUIRE(std::any_of(what.based_on.begin(), what.based_on.end(),
                          [&](const auto& m) { return m.of == each.of; }));
      auto& cell = in_[each.of];
      cell.of = each.of;
      cell.next = std::max(cell.next, each.number + 1);
      cell.initial = each.initial;
      cell.items.erase(each.number);
      if (each.value) cell.items.emplace(each.number, *each.value);
      written[each.of] = cell.revision;
    }
    for (const auto& [name, revision] : written) in_[name].revision = revision + 1;
    return {};
  }
  std::vector<stored_cell> find_changed(const std::vector<cell_mark>& held) const {
    std::vector<stored_cell> changed;
    for (const auto& each : held) {
      if (revision_of(each.of) == each.revision) continue;
      const auto at = in_.find(each.of);
      changed.push_back(at == in_.end() ? stored_cell{each.of, 0, 0, {}, {}} : at->second);
    }
    return changed;
  }

  shared_cells& in_;
  std::deque<std::function<void()>> waiting_;
};

/// A gateway with the resource D_1/x.
struct member {
  member_store store;
  resource_state state{store};
  recorder recorded;

  explicit member(shared_cells& in) : store(in) {}

  template <class Resource, class Options>
  std::shared_ptr<Resource> configure(Options options) {
    state_draft draft(state);
    auto made = std::make_shared<Resource>(std::move(options), draft, "D_1", "x");
    draft.put_in_force();
    return made;
  }
  void send(handler& to, const requested& a) { to.handle(responder(make_call(a), recorded.sink())); }
  response_code code_of(handler& to, const requested& a) {
    send(to, a);
    REQUIRE_FALSE(recorded.answers.empty());
    return recorded.answers.back().code;
  }
  std::string get(handler& from, const char* path = "x") {
    const auto code = code_of(from, {.path = path});
    return code == response_code::content ? std::string(recorded.answers.back().body.text())
                                          : std::to_string(static_cast<int>(code));
  }
};

struct shared_fixture {
  shared_cells cells;
  member one{cells};
  member two{cells};
  const cell_name x{"D_1", "x", value_options::kind_name};

  value_options narrow(const char* initial) {
    auto options = writable(initial);
    options.schema = *json_schema::compile(json_value(R"({"type": "integer", "maximum": 5})"));
    return options;
  }
};

}  // namespace

TEST_CASE_FIXTURE(shared_fixture, "a GET on one gateway sees what a PUT to another has stored") {
  const auto at_one = one.configure<value_resource>(writable("1"));
  const auto at_two = two.configure<value_resource>(writable("1"));
  CHECK(two.get(*at_two) == "1");
  CHECK(one.code_of(*at_one, {method::put, "x", "2"}) == response_code::changed);
  CHECK(two.get(*at_two) == "2");
  CHECK(two.code_of(*at_two, {method::put, "x", "3"}) == response_code::changed);
  CHECK(one.get(*at_one) == "3");
  CHECK(cells.at(x).revision == 2);
}

TEST_CASE_FIXTURE(shared_fixture, "a change that met another is judged again by what is there") {
  const auto at_one = one.configure<value_resource>(writable("1"));
  const auto at_two = two.configure<value_resource>(writable("1"));
  const auto version = make_etag("1");
  requested put_if{method::put, "x", "2"};
  put_if.options = if_match(version);
  one.store.is_held = true;
  one.send(*at_one, put_if);
  CHECK(one.recorded.answers.empty());
  CHECK(two.code_of(*at_two, {method::put, "x", "3"}) == response_code::changed);
  one.store.release();
  CHECK(one.recorded.answers.back().code == response_code::precondition_failed);
  CHECK(one.get(*at_one) == "3");
}

TEST_CASE_FIXTURE(shared_fixture, "without the database nothing is read and nothing is stored") {
  const auto at_one = one.configure<value_resource>(writable("1"));
  CHECK(one.get(*at_one) == "1");
  one.store.is_down = true;
  CHECK(one.get(*at_one) == "503");
  CHECK(one.code_of(*at_one, {method::put, "x", "2"}) == response_code::service_unavailable);
  one.store.is_down = false;
  CHECK(one.get(*at_one) == "1");
}

TEST_CASE_FIXTURE(shared_fixture,
                  "a gateway that begins without the database takes what is there afterwards") {
  const auto at_one = one.configure<value_resource>(writable("1"));
  CHECK(one.code_of(*at_one, {method::put, "x", "7"}) == response_code::changed);
  two.store.is_down = true;
  SUBCASE("the same configuration") {
    const auto at_two = two.configure<value_resource>(writable("1"));
    CHECK(two.get(*at_two) == "503");
    two.store.is_down = false;
    CHECK(two.get(*at_two) == "7");
    CHECK(two.store.commits == 0);
  }
  SUBCASE("another initial value is in force as after a reload, and once") {
    const auto at_two = two.configure<value_resource>(writable("2"));
    CHECK(two.code_of(*at_two, {method::put, "x", "3"}) == response_code::service_unavailable);
    two.store.is_down = false;
    CHECK(two.get(*at_two) == "2");
    CHECK(one.get(*at_one) == "2");
    CHECK(one.code_of(*at_one, {method::put, "x", "9"}) == response_code::changed);
    CHECK(two.get(*at_two) == "9");
  }
  SUBCASE("a value that does not fit is out of force") {
    const auto at_two = two.configure<value_resource>(narrow("1"));
    two.store.is_down = false;
    CHECK(two.get(*at_two) == "1");
    CHECK(one.get(*at_one) == "1");
  }
}

TEST_CASE_FIXTURE(shared_fixture, "a change that comes first has the terms taken before it") {
  const auto at_one = one.configure<value_resource>(writable("1"));
  CHECK(one.code_of(*at_one, {method::put, "x", "7"}) == response_code::changed);
  two.store.is_down = true;
  const auto at_two = two.configure<value_resource>(writable("2"));
  two.store.is_down = false;
  CHECK(two.code_of(*at_two, {method::put, "x", "3"}) == response_code::changed);
  CHECK(cells.at(x).initial == make_etag("2"));
  CHECK(one.get(*at_one) == "3");
  CHECK(two.get(*at_two) == "3");
}

TEST_CASE_FIXTURE(shared_fixture, "numbers of items are unique over all gateways") {
  const auto at_one = one.configure<collection_resource>(stored_list());
  const auto at_two = two.configure<collection_resource>(stored_list());
  one.store.is_held = true;
  one.send(*at_one, {method::post, "x", "\"a\""});
  one.send(*at_one, {method::post, "x", "\"b\""});
  CHECK(two.code_of(*at_two, {method::post, "x", "\"c\""}) == response_code::created);
  one.store.release();
  CHECK(two.code_of(*at_two, {method::post, "x", "\"d\""}) == response_code::created);
  CHECK(one.get(*at_one) == R"({"0":"c","1":"a","2":"b","3":"d"})");
  CHECK(two.get(*at_two) == R"({"0":"c","1":"a","2":"b","3":"d"})");
}

TEST_CASE_FIXTURE(shared_fixture,
                  "what is not lasting stays with its gateway, and the store does not hear of it") {
  auto options = writable("1");
  options.persist = false;
  const auto at_one = one.configure<value_resource>(options);
  const auto at_two = two.configure<value_resource>(options);
  CHECK(one.code_of(*at_one, {method::put, "x", "2"}) == response_code::changed);
  CHECK(one.get(*at_one) == "2");
  CHECK(two.get(*at_two) == "1");
  one.store.is_down = true;
  CHECK(one.get(*at_one) == "2");
  CHECK(one.store.refreshes == 0);
  CHECK(one.store.commits == 0);
}

TEST_CASE_FIXTURE(shared_fixture, "a value that becomes lasting is stored, unless others have stored it") {
  auto passing = writable("1");
  passing.persist = false;
  const auto before = two.configure<value_resource>(passing);
  CHECK(two.code_of(*before, {method::put, "x", "5"}) == response_code::changed);
  SUBCASE("nobody has") {
    const auto at_two = two.configure<value_resource>(writable("1"));
    CHECK(two.get(*at_two) == "5");
    CHECK(cells.at(x).items.at(0).text() == "5");
  }
  SUBCASE("somebody has") {
    const auto at_one = one.configure<value_resource>(writable("1"));
    CHECK(one.code_of(*at_one, {method::put, "x", "8"}) == response_code::changed);
    const auto at_two = two.configure<value_resource>(writable("1"));
    CHECK(two.get(*at_two) == "8");
  }
}

TEST_CASE_FIXTURE(shared_fixture, "a database that was emptied gives the configured values") {
  const auto at_one = one.configure<value_resource>(writable("1"));
  CHECK(one.code_of(*at_one, {method::put, "x", "2"}) == response_code::changed);
  SUBCASE("of the cell") { cells.clear(); }
  SUBCASE("of its value") {
    cells.at(x).items.clear();
    ++cells.at(x).revision;
  }
  CHECK(one.get(*at_one) == "1");
  CHECK(one.code_of(*at_one, {method::put, "x", "3"}) == response_code::changed);
  CHECK(one.get(*at_one) == "3");
}

TEST_CASE_FIXTURE(shared_fixture,
                  "an action that waits for a value of another gateway looks at it when its turn comes") {
  const auto at_one = one.configure<value_resource>(writable("1"));
  const auto at_two = two.configure<value_resource>(writable("1"));
  one.store.is_held = true;
  one.send(*at_one, {.path = "x"});
  CHECK(two.code_of(*at_two, {method::put, "x", "2"}) == response_code::changed);
  one.store.release();
  CHECK(std::string(one.recorded.answers.back().body.text()) == "2");
}

TEST_CASE_FIXTURE(shared_fixture,
                  "a request that waits for the database when the gateway stops gets an answer") {
  const auto at_one = one.configure<value_resource>(writable("1"));
  CHECK(one.get(*at_one) == "1");
  one.store.is_held = true;
  one.send(*at_one, {method::put, "x", "2"});
  one.send(*at_one, {method::put, "x", "3"});
  one.state.abandon();
  REQUIRE(one.recorded.answers.size() == 3);
  CHECK(one.recorded.answers[1].code == response_code::service_unavailable);  // it waited for the other one
  CHECK(one.recorded.answers[2].code == response_code::gateway_timeout);
  one.store.release();  // the database answers late
  CHECK(one.recorded.answers.size() == 3);
}

TEST_CASE_FIXTURE(shared_fixture, "a change that met another may be given up before it is judged again") {
  const auto at_one = one.configure<value_resource>(writable("1"));
  const auto at_two = two.configure<value_resource>(writable("1"));
  one.send(*at_one, {method::put, "x", "2"});
  one.store.is_held = true;
  one.send(*at_one, {method::put, "x", "3"});
  two.send(*at_two, {method::put, "x", "4"});
  one.state.abandon();
  one.store.release();
  REQUIRE(one.recorded.answers.size() == 2);
  CHECK(one.recorded.answers[1].code == response_code::gateway_timeout);
}

TEST_CASE_FIXTURE(shared_fixture, "changes of another gateway are reported when they are seen") {
  channel<cell_changed> changes;
  std::vector<std::string> reported;
  const auto listener = changes.subscribe([&](const cell_changed& c) {
    reported.emplace_back(c.value != nullptr ? c.value->value.text() : "none");
  });
  resource_state listening(two.store, resource_state::default_waiting, &changes);
  state_draft draft(listening);
  const auto at_two = std::make_shared<value_resource>(writable("1"), draft, "D_1", "x");
  draft.put_in_force();
  const auto at_one = one.configure<value_resource>(writable("1"));
  CHECK(one.code_of(*at_one, {method::put, "x", "2"}) == response_code::changed);
  CHECK(two.get(*at_two) == "2");
  CHECK(std::count(reported.begin(), reported.end(), "2") == 1);
}
