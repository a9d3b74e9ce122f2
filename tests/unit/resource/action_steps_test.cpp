#include <doctest/doctest.h>

#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/action/exec_step.hpp>
#include <mqcoap/resource/action/publish_step.hpp>
#include <mqcoap/resource/action/request_step.hpp>
#include <mqcoap/resource/event_sender.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "recorder.hpp"
#include "support/cell_writer.hpp"
#include "support/json_value.hpp"
#include "support/slow_store.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

struct no_forwarder final : forwarder {
  void forward(responder&&, const address&) override {}
  std::size_t path_limit() const noexcept override { return 0; }
};

/// Records the scripted steps of an action, and holds the completion handlers of slow ones.
struct stage {
  struct job {
    std::string step;
    action_step::done_handler done;
    std::weak_ptr<void> running;
    steady_time deadline;
  };
  strings begun;
  std::vector<job> jobs;  ///< the slow steps that have begun
};

/// A step that completes immediately or when the test decides, or throws.
struct scripted_step final : action_step {
  enum class kind { quick, slow, fails, throws, lacks_memory };

  scripted_step(std::string called, kind how, stage& on) : called_(std::move(called)), how_(how), on_(on) {}
  std::string_view name() const noexcept override { return called_; }
  outcome refuse(const call& of) const override {
    if (of.req.body.text() != "13") return std::nullopt;
    return step_failure{response_code::bad_request, "unlucky"};
  }
  running begin(const call&, steady_time deadline, done_handler done) override {
    on_.begun.push_back(called_);
    if (how_ == kind::throws) throw std::runtime_error("no descriptors");
    if (how_ == kind::lacks_memory) throw std::bad_alloc();
    if (how_ == kind::quick) return done(std::nullopt), nullptr;
    if (how_ == kind::fails)
      return done(step_failure{response_code::bad_gateway, "not today", true}), nullptr;
    const running handle = std::make_shared<int>();
    on_.jobs.push_back({called_, std::move(done), handle, deadline});
    return handle;
  }

 private:
  const std::string called_;
  const kind how_;
  stage& on_;
};
using how = scripted_step::kind;

struct steps_fixture {
  manual_clock time;
  timer_queue timers{time};
  no_forwarder elsewhere;
  resource_services services{time, timers, [](log_level, std::string_view) {}, elsewhere};
  stage on;
  recorder recorded;
  value_resource status = make_alone<value_resource>(value_options{text("0"), {method::get}, std::nullopt});
  std::shared_ptr<action_resource> tested;

  void make(std::vector<std::pair<std::string, how>> steps, bool sets = false,
            std::optional<json_schema> schema = {}) {
    further_steps then{{}, &services, std::move(schema)};
    for (auto& [name, kind] : steps) then.list.push_back(std::make_unique<scripted_step>(name, kind, on));
    std::vector<action_resource::assignment> set;
    if (sets) set.push_back({status.kept(), text("1")});
    tested = std::make_shared<action_resource>(
        std::vector<action_resource::condition>{{"status", status.kept(), json_value("0")}}, std::move(set),
        memory_state(), std::move(then));
  }
  /// Returns the call, which can be ended as the serving core ends one.
  call* post(const std::string& body = "null", steady_time deadline = steady_time::max()) {
    auto c = make_call({method::post, "fire", body});
    c->received = time.now();
    c->deadline = deadline;
    auto* const sent = c.get();
    tested->handle(responder(std::move(c), recorded.sink()));
    return sent;
  }
  void end(std::size_t which, action_step::outcome how = std::nullopt) {
    const auto done = on.jobs.at(which).done;  // a copy, as in a backend, which may be destroyed
                                               // inside the call
    done(std::move(how));
  }
  void pass(std::chrono::milliseconds by) {
    time.advance(by);
    timers.expire(time.now());
  }
  std::string last() const {
    REQUIRE(!recorded.answers.empty());
    const auto& a = recorded.answers.back();
    return std::to_string(to_int(a.code)) + ' ' +
           (a.body.is_string() ? decode_json_string(a.body.text()) : std::string(a.body.text()));
  }
  bool is_set() const { return status.kept()->current() == text("1"); }
};

}  // namespace

TEST_CASE_FIXTURE(steps_fixture,
                  "the steps run in their order behind set, and the answer comes with the last") {
  make({{"exec", how::slow}, {"request", how::slow}, {"publish", how::quick}}, true);
  post();
  CHECK(is_set());
  CHECK(on.begun == strings{"exec"});
  CHECK(recorded.answers.empty());
  end(0);
  CHECK(on.begun == strings{"exec", "request"});
  CHECK(on.jobs[0].running.expired());
  CHECK(recorded.answers.empty());
  end(1);
  CHECK(on.begun == strings{"exec", "request", "publish"});
  CHECK(last() == "203 null");
  CHECK(recorded.answers.size() == 1);
}

TEST_CASE_FIXTURE(steps_fixture, "steps that end at once answer at once") {
  make({{"exec", how::quick}, {"publish", how::quick}});
  post();
  CHECK(last() == "203 null");
  CHECK(on.begun == strings{"exec", "publish"});
}

TEST_CASE_FIXTURE(steps_fixture,
                  "a step that fails is named, what was set stays, and no further step is run") {
  make({{"exec", how::slow}, {"request", how::fails}, {"publish", how::quick}}, true);
  post();
  end(0);
  CHECK(last() == "502 request: not today");
  CHECK(is_set());
  CHECK(on.begun == strings{"exec", "request"});
  CHECK_FALSE(recorded.answers.back().never_run);
}

TEST_CASE_FIXTURE(steps_fixture, "only what did nothing at all counts as never run") {
  make({{"request", how::fails}});
  post();
  CHECK(recorded.answers.back().never_run);
  make({{"request", how::fails}}, true);
  post();
  CHECK_FALSE(recorded.answers.back().never_run);
  assign(memory_state(), status.kept(), "0");
  make({{"exec", how::quick}, {"request", how::fails}});
  post();
  CHECK_FALSE(recorded.answers.back().never_run);
}

TEST_CASE_FIXTURE(steps_fixture, "a step that throws is its failure") {
  make({{"exec", how::throws}, {"publish", how::quick}});
  post();
  CHECK(last() == "500 exec: no descriptors");
  make({{"exec", how::lacks_memory}, {"publish", how::quick}});
  post();
  CHECK(last() == "503 out of memory; the request may have been run");
  CHECK(on.begun == strings{"exec", "exec"});
  CHECK_FALSE(recorded.answers.back().never_run);
}

TEST_CASE_FIXTURE(steps_fixture, "a condition that does not hold runs no step, and set is done before them") {
  make({{"exec", how::slow}}, true);
  post();
  post();
  CHECK(last() == "412 when: status is 1, the action needs 0");
  CHECK(on.begun == strings{"exec"});
  end(0);
  CHECK(last() == "203 null");
}

TEST_CASE_FIXTURE(steps_fixture, "without a change of what when needs, two runs go side by side") {
  make({{"exec", how::slow}});
  post();
  post();
  REQUIRE(on.jobs.size() == 2);
  end(1);
  CHECK(recorded.answers.size() == 1);
  CHECK_FALSE(on.jobs[0].running.expired());
  end(0);
  CHECK(recorded.answers.size() == 2);
}

TEST_CASE_FIXTURE(steps_fixture, "the runs of an action are bounded") {
  make({{"exec", how::slow}});
  for (std::size_t i = 0; i < action_resource::most_runs; ++i) post();
  CHECK(recorded.answers.empty());
  post();
  CHECK(last() == "503 the action is already running 256 times; try again later");
  CHECK(recorded.answers.back().never_run);
  end(7);
  post();
  CHECK(on.jobs.size() == action_resource::most_runs + 1);
}

TEST_CASE_FIXTURE(steps_fixture, "a body that a step cannot take, or that breaks the schema, does nothing") {
  make({{"exec", how::quick}, {"request", how::quick}}, true,
       json_schema::compile(json_value(R"({"type": "integer"})")).value());
  post("\"x\"");
  CHECK(last() == R"(400 body: "x" is a string, an integer is expected)");
  post("null");
  CHECK(last().starts_with("400 "));
  post("13");
  CHECK(last() == "400 exec: unlucky");
  CHECK(on.begun.empty());
  CHECK_FALSE(is_set());
  post("12");
  CHECK(last() == "203 null");
}

TEST_CASE_FIXTURE(steps_fixture, "a step that is not done in time is cancelled, named and 504") {
  make({{"exec", how::slow}, {"publish", how::quick}});
  post("null", time.now() + 500ms);
  CHECK(on.jobs[0].deadline == time.now() + 450ms);  // a tenth is reserved for the way back
  pass(449ms);
  CHECK(recorded.answers.empty());
  pass(1ms);
  CHECK(last() == "504 exec: not done within 450ms; the POST may have been run");
  CHECK(on.jobs[0].running.expired());
  end(0);
  CHECK(recorded.answers.size() == 1);
  CHECK(on.begun == strings{"exec"});
  post("null", time.now() + 10s);
  CHECK(on.jobs[1].deadline == time.now() + 9900ms);
  end(1);
  pass(10s);
  CHECK(recorded.answers.size() == 2);
}

TEST_CASE_FIXTURE(steps_fixture, "a call that was ended cancels its step, and begins no further one") {
  make({{"exec", how::slow}, {"publish", how::quick}});
  auto* const ended = post("null", time.now() + 10s);
  ended->ended = true;
  std::exchange(ended->cancel, {})();
  CHECK(on.jobs[0].running.expired());
  end(0);
  pass(10s);
  CHECK(on.begun == strings{"exec"});
  CHECK(recorded.answers.empty());
}

TEST_CASE_FIXTURE(steps_fixture, "an action that is destroyed cancels its runs") {
  make({{"exec", how::slow}});
  post("null", time.now() + 10s);
  tested.reset();
  CHECK(on.jobs[0].running.expired());
  end(0);
  pass(10s);
  CHECK(recorded.answers.size() == 1);  // the call was answered
}

TEST_CASE_FIXTURE(steps_fixture, "a store that fails is the failure of set") {
  slow_store store;
  resource_state state(store);
  state_draft draft(state);
  value_options options{text("0"), {method::get}, std::nullopt};
  options.persist = true;
  value_resource held(options, draft, "D_1", "held");
  draft.put_in_force();
  further_steps then{{}, &services, {}};
  then.list.push_back(std::make_unique<scripted_step>("exec", how::quick, on));
  tested = std::make_shared<action_resource>(
      std::vector<action_resource::condition>{},
      std::vector<action_resource::assignment>{{held.kept(), text("1")}}, state, std::move(then));
  post();
  CHECK(on.begun.empty());
  store.end_one(make_error_code(errc::closed));
  CHECK(last().starts_with("503 set: "));
  CHECK(on.begun.empty());
  post();
  store.end_one();
  CHECK(last() == "203 null");
  CHECK(on.begun == strings{"exec"});
  state.abandon();
}

namespace {

/// Stores requests and answers them when the test decides.
struct kept_requester final : resource_requester {
  std::vector<resource_request> requested;
  std::vector<answer_handler> waiting;
  asking ask(resource_request what, answer_handler done) override {
    requested.push_back(std::move(what));
    waiting.push_back(std::move(done));
    return std::make_shared<int>();
  }
};

struct kept_sender final : event_sender {
  std::vector<std::string> sent;
  error_code error;
  error_code send_event(const resource_event& what) override {
    if (!error)
      sent.push_back(what.subsystem.text() + '/' + what.tag.text() + '/' + what.path.text() + ' ' +
                     std::string(what.body.text()));
    return error;
  }
};

/// Receives the outcome of a step: `done`, or its code and message.
struct reported {
  std::string message;
  bool never_run = false;
  action_step::done_handler handler() {
    return [this](action_step::outcome how) {
      message = how ? std::to_string(to_int(how->code)) + ' ' + how->message : "done";
      never_run = how && how->never_run;
    };
  }
};

}  // namespace

TEST_CASE("request: what is asked, with the time that is left") {
  manual_clock time;
  kept_requester caller;
  request_step step({make_address("2D_1/axuv/arm"), method::put, text("[1]")}, caller, time);
  reported how;
  request_options given;
  given.hops = 3;
  given.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  given.if_match = "x";
  const auto of = make_call({method::post, "fire", "5", given});
  const auto running = step.begin(*of, time.now() + 1500ms, how.handler());
  REQUIRE(caller.requested.size() == 1);
  const auto& what = caller.requested.front();
  CHECK(what.verb == method::put);
  CHECK(what.to.to_string() == "2D_1/axuv/arm");
  CHECK(what.body == text("[1]"));
  CHECK(what.options->timeout == 1500ms);
  CHECK(what.options->hops == 3);
  CHECK(what.options->traceparent == given.traceparent);
  CHECK(what.options->if_match.empty());
  caller.waiting[0](answer{});
  CHECK(how.message == "done");
  const auto unlimited = step.begin(*of, steady_time::max(), how.handler());
  CHECK_FALSE(caller.requested.back().options->timeout);
}

TEST_CASE("request: an error of the device is that of the step, in its words") {
  manual_clock time;
  kept_requester caller;
  request_step step({make_address("2D_1/axuv/arm")}, caller, time);
  const auto of = make_call({method::post, "fire"});
  const auto ending = [&](answer a) {
    reported how;
    const auto running = step.begin(*of, steady_time::max(), how.handler());
    caller.waiting.back()(a);
    return how.message + (how.never_run ? "!" : "");
  };
  CHECK(ending(answer::error(response_code::not_found, "no such path")) == "404 2D_1/axuv/arm: no such path");
  CHECK(ending(answer::refusal(response_code::service_unavailable, "broker lab is not connected")) ==
        "503 2D_1/axuv/arm: broker lab is not connected!");
  answer structured;
  structured.code = response_code::bad_request;
  structured.body = text(R"({"why":[1]})");
  CHECK(ending(structured) == R"(400 2D_1/axuv/arm: {"why":[1]})");
  answer bare;
  bare.code = response_code::gateway_timeout;
  CHECK(ending(bare).starts_with("504 2D_1/axuv/arm: "));
  CHECK(ending(answer::error(response_code::bad_request, std::string(100'000, 'x'))).size() < 2100);
}

TEST_CASE("exec: a body that cannot be an argument is refused before anything is done") {
  exec_options options;
  options.program.argv = {"move", "{body}"};
  const exec_step step(std::make_shared<exec_backend>(options, "fire", nullptr));
  CHECK_FALSE(step.refuse(*make_call({method::post, "fire", "5"})));
  for (const auto* body : {R"("-rf")", R"("a\nb")", "-5"}) {
    const auto why = step.refuse(*make_call({method::post, "fire", body}));
    REQUIRE(why);
    CHECK(why->code == response_code::bad_request);
    CHECK(why->message.starts_with("the body "));
    CHECK(why->never_run);
  }
}

TEST_CASE("publish: the event is sent, and what keeps it from being sent is the failure") {
  kept_sender sender;
  publish_step step({subsystem_name::parse("axuv").value(), device_tag::parse("GW_1").value(),
                     resource_path::parse("shot").value(), text("\"fired\"")},
                    sender);
  const auto of = make_call({method::post, "fire"});
  reported how;
  step.begin(*of, steady_time::max(), how.handler());
  CHECK(how.message == "done");
  CHECK(sender.sent == strings{R"(axuv/GW_1/shot "fired")"});
  sender.error = errc::not_connected;
  step.begin(*of, steady_time::max(), how.handler());
  CHECK(how.message.starts_with("503 the event was not sent: "));
  CHECK(how.never_run);
  sender.error = errc::too_large;
  step.begin(*of, steady_time::max(), how.handler());
  CHECK(how.message.starts_with("500 the event was not sent: "));
  CHECK(sender.sent.size() == 1);
}
