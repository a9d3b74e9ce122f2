#include <doctest/doctest.h>

#include <mqcoap/client/request_chain.hpp>
#include <mqcoap/client/response_chain.hpp>
#include <mqcoap/client/response_exception.hpp>
#include <new>
#include <optional>
#include <string>
#include <vector>

using namespace mqcoap;

namespace {

/// Stores the answers with the path of their request.
struct answers final : reply_sink {
  const std::shared_ptr<int> alive = std::make_shared<int>();
  std::vector<std::pair<std::string, answer>> got;
  void reply(call& answered, answer&& what) noexcept override {
    got.emplace_back(answered.original_request().path.text(), std::move(what));
  }
};

const auto an_id = *request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847da");

responder request_for(const char* path, answers& sink) {
  auto topic = *exchange_topic::parse("ns/axuv/request/DEV/16fd2706-8baf-433b-82eb-8c7fada847da");
  return {std::make_unique<call>(
              call{std::move(topic),
                   request{method::get, *resource_path::parse(path), an_id, {}, {}, {}, {}, {}, {}, {}},
                   {}}),
          std::shared_ptr<reply_sink>(sink.alive, &sink)};
}

std::function<void(responder&)> answering(int value) {
  return [value](responder& r) {
    answer a;
    a.body = json_text::from_value(value);
    std::move(r).respond(std::move(a));
  };
}

response error_response(response_code code) {
  return {answer::error(code, "no"), *resource_path::parse("gains"), an_id, {}, {}};
}

const exchange of{make_address("DEV/axuv/gains"), method::get, std::chrono::microseconds(1)};

}  // namespace

TEST_CASE("request handlers run in their order until one answers") {
  answers sink;
  request_chain chain;
  std::string seen;
  chain.add({"first", {}, [&](responder&) { seen += "1"; }});
  chain.add({"second", {}, [&](responder& r) {
               seen += "2";
               answering(7)(r);
             }});
  chain.add({"third", {}, [&](responder&) { seen += "3"; }});
  chain.run(request_for("gains", sink));
  CHECK(seen == "12");
  REQUIRE(sink.got.size() == 1);
  CHECK(sink.got[0].second.body.text() == "7");
}

TEST_CASE("a handler sees only what it matches, and not matching does not end the chain") {
  answers sink;
  request_chain chain;
  chain.add({"other", [](const call& c) { return c.req.path.key() == "other"; }, answering(1), false});
  chain.add({"gains", [](const call& c) { return c.req.path.key() == "gains"; }, answering(2)});
  chain.run(request_for("gains", sink));
  chain.run(request_for("other", sink));
  REQUIRE(sink.got.size() == 2);
  CHECK(sink.got[0].second.body.text() == "2");
  CHECK(sink.got[1].second.body.text() == "1");
}

TEST_CASE(
    "a handler that runs out of memory causes a 503, a write may have been run, and at most one line per "
    "second is logged") {
  answers sink;
  std::vector<std::string> lines;
  request_chain chain({}, [&](log_level, std::string_view line) { lines.emplace_back(line); });
  chain.add({"greedy", {}, [](responder&) { throw std::bad_alloc(); }});
  const auto ask = [&](method verb, std::chrono::seconds when) {
    auto topic = *exchange_topic::parse("ns/axuv/request/DEV/16fd2706-8baf-433b-82eb-8c7fada847da");
    chain.run({std::make_unique<call>(
                   call{std::move(topic),
                        request{verb, *resource_path::parse("gains"), an_id, {}, {}, {}, {}, {}, {}, {}},
                        steady_time{} + when}),
               std::shared_ptr<reply_sink>(sink.alive, &sink)});
  };
  ask(method::get, std::chrono::seconds(1));
  ask(method::post, std::chrono::seconds(1));
  ask(method::put, std::chrono::seconds(2));
  REQUIRE(sink.got.size() == 3);
  for (const auto& [path, got] : sink.got) CHECK(got.code == response_code::service_unavailable);
  CHECK(sink.got[0].second.body.text() == "\"out of memory; try again later\"");
  CHECK(sink.got[1].second.body.text() == "\"out of memory; the POST may have been run\"");
  CHECK_FALSE(sink.got[1].second.never_run);
  CHECK(lines == std::vector<std::string>(2, "the request handler 'greedy' failed: out of memory"));
}

TEST_CASE("changes by a handler are visible to the next ones, but not to the caller") {
  answers sink;
  request_chain chain;
  chain.add({"rename", {}, [](responder& r) { r.edit().path = *resource_path::parse("new/name"); }});
  chain.add({"answer", [](const call& c) { return c.req.path.key() == "new/name"; }, answering(3)});
  chain.run(request_for("old", sink));
  REQUIRE(sink.got.size() == 1);
  CHECK(sink.got[0].first == "old");
  CHECK(sink.got[0].second.body.text() == "3");
}

TEST_CASE(
    "a handler that does not propagate ends the chain; the default handler answers the remaining requests") {
  answers sink;
  request_chain chain(
      [](responder r) { std::move(r).fail(response_code::service_unavailable, "closed today"); });
  bool reached = false;
  chain.add({"stop", {}, [](responder&) {}, false});
  chain.add({"never", {}, [&](responder&) { reached = true; }});
  chain.run(request_for("gains", sink));
  CHECK_FALSE(reached);
  REQUIRE(sink.got.size() == 1);
  CHECK(sink.got[0].second.code == response_code::service_unavailable);
}

TEST_CASE("without a default handler, a request that no handler answers is not found") {
  answers sink;
  request_chain().run(request_for("gains", sink));
  REQUIRE(sink.got.size() == 1);
  CHECK(sink.got[0].second.code == response_code::not_found);
  CHECK(sink.got[0].second.body.text() == R"("nothing answers to 'gains' here")");
}

TEST_CASE("a handler may move the responder and answer later") {
  answers sink;
  request_chain chain;
  std::optional<responder> kept;
  chain.add({"later", {}, [&](responder& r) { kept.emplace(std::move(r)); }});
  chain.run(request_for("gains", sink));
  CHECK(sink.got.empty());
  std::move(*kept).fail(response_code::forbidden, "late");
  REQUIRE(sink.got.size() == 1);
  CHECK(sink.got[0].second.code == response_code::forbidden);
}

TEST_CASE("an exception from a request handler becomes the answer") {
  answers sink;
  request_chain chain;
  chain.add({"typed", [](const call& c) { return c.req.path.key() == "typed"; },
             [](responder&) { throw not_acceptable("only whole numbers"); }});
  chain.add({"any", {}, [](responder&) { throw std::runtime_error("out of paper"); }});
  chain.run(request_for("typed", sink));
  chain.run(request_for("any", sink));
  REQUIRE(sink.got.size() == 2);
  CHECK(sink.got[0].second.code == response_code::not_acceptable);
  CHECK(sink.got[0].second.body.text() == R"("only whole numbers")");
  CHECK(sink.got[1].second.code == response_code::internal_server_error);
  CHECK(sink.got[1].second.body.text() == R"("the handler 'any' failed: out of paper")");
}

TEST_CASE("an exception after the answer changes nothing") {
  answers sink;
  request_chain chain;
  chain.add({"both", {}, [](responder& r) {
               answering(1)(r);
               throw std::runtime_error("too late");
             }});
  chain.run(request_for("gains", sink));
  REQUIRE(sink.got.size() == 1);
  CHECK(sink.got[0].second.code == response_code::content);
}

TEST_CASE("handlers can be removed, also by themselves while they run") {
  answers sink;
  request_chain chain;
  handler_id self{};
  self = chain.add({"once", {}, [&](responder& r) {
                      CHECK(chain.remove(self));
                      answering(1)(r);
                    }});
  chain.run(request_for("gains", sink));
  chain.run(request_for("gains", sink));
  REQUIRE(sink.got.size() == 2);
  CHECK(sink.got[0].second.code == response_code::content);
  CHECK(sink.got[1].second.code == response_code::not_found);
  CHECK_FALSE(chain.remove(self));
}

TEST_CASE("a handler keeps its state when others are added and removed") {
  answers sink;
  request_chain chain;
  chain.add({"count", {}, [n = 0](responder& r) mutable {
               answer a;
               a.body = json_text::from_value(++n);
               std::move(r).respond(std::move(a));
             }});
  chain.run(request_for("gains", sink));
  const auto other = chain.add({"other", {}, answering(9)});
  chain.run(request_for("gains", sink));
  chain.remove(other);
  chain.run(request_for("gains", sink));
  REQUIRE(sink.got.size() == 3);
  CHECK(sink.got[1].second.body.text() == "2");
  CHECK(sink.got[2].second.body.text() == "3");
}

TEST_CASE("a handler may add others while it runs: they are used for the next request") {
  answers sink;
  request_chain chain;
  int added = 0;
  chain.add({"add", {}, [&](responder&) {
               if (++added == 1) chain.add({"late", {}, answering(7)});
             }});
  chain.run(request_for("gains", sink));
  chain.run(request_for("gains", sink));
  REQUIRE(sink.got.size() == 2);
  CHECK(sink.got[0].second.code == response_code::not_found);
  CHECK(sink.got[1].second.body.text() == "7");
}

TEST_CASE("handlers that throw something other than std::exception get an answer, too") {
  answers sink;
  request_chain requests;
  requests.add({"odd", {}, [](responder&) { throw 42; }});
  requests.run(request_for("gains", sink));
  REQUIRE(sink.got.size() == 1);
  CHECK(sink.got[0].second.code == response_code::internal_server_error);
  CHECK(sink.got[0].second.body.text() ==
        R"("the handler 'odd' failed: it threw an exception that is not a std::exception")");

  response_chain responses;
  auto r = error_response(response_code::not_found);
  const auto id = responses.add({"odd", {}, [](const exchange&, response&) { throw 42; }, true, true});
  CHECK(responses.run(of, r) == errc::handler_failed);
  responses.remove(id);
  responses.add({"odd", {}, [](const exchange&, response&) { throw 42; }});
  CHECK(responses.run(of, r) == response_code::not_found);
}

TEST_CASE("handlers of both kinds have different names") {
  request_chain requests;
  response_chain responses;
  const auto a = requests.add({"a", {}, [](responder&) {}});
  const auto b = responses.add({"b", {}, [](const exchange&, response&) {}});
  CHECK(a != b);
  CHECK_FALSE(requests.remove(b));
  CHECK(responses.remove(b));
}

TEST_CASE("response handlers run in their order and may change the answer") {
  response_chain chain;
  chain.add({"double", {}, [](const exchange&, response& r) {
               r.body = json_text::from_value(2 * r.body.value().to_number<int>());
             }});
  chain.add({"stop", {}, [](const exchange& e, response&) { CHECK(e.to.tag.text() == "DEV"); }, false});
  chain.add({"never", {}, [](const exchange&, response& r) { r.body = {}; }});
  response r{{}, *resource_path::parse("gains"), an_id, {}, {}};
  r.body = json_text::from_value(21);
  CHECK_FALSE(chain.run(of, r));
  CHECK(r.body.text() == "42");
}

TEST_CASE("an error answer is an error without any handler") {
  auto r = error_response(response_code::not_found);
  CHECK(response_chain().run(of, r) == response_code::not_found);
}

TEST_CASE("an exception from a response handler is the outcome if the handler raises") {
  response_chain chain;
  bool raise = true;
  SUBCASE("a response exception: its code and its words") {
    chain.add({"typed",
               {},
               [](const exchange&, response&) { throw precondition_failed("not armed"); },
               true,
               raise});
    auto r = error_response(response_code::not_found);
    CHECK(chain.run(of, r) == response_code::precondition_failed);
    CHECK(r.code == response_code::precondition_failed);
    CHECK(r.body.text() == R"("not armed")");
  }
  SUBCASE("a response exception without words keeps the body") {
    chain.add({"typed", {}, [](const exchange&, response&) { throw precondition_failed(); }, true, raise});
    auto r = error_response(response_code::not_found);
    chain.run(of, r);
    CHECK(r.body.text() == R"("no")");
  }
  SUBCASE("a system error: its error") {
    chain.add({"system",
               {},
               [](const exchange&, response&) {
                 throw boost::system::system_error(
                     boost::system::errc::make_error_code(boost::system::errc::no_space_on_device));
               },
               true,
               raise});
    auto r = error_response(response_code::not_found);
    CHECK(chain.run(of, r) == boost::system::errc::no_space_on_device);
  }
  SUBCASE("anything else: a failed handler") {
    chain.add({"any", {}, [](const exchange&, response&) { throw std::runtime_error("oh"); }, true, raise});
    auto r = error_response(response_code::not_found);
    CHECK(chain.run(of, r) == errc::handler_failed);
    CHECK(r.body.text() == R"("the response handler 'any' failed: oh")");
  }
}

TEST_CASE("an exception from a response handler is ignored if the handler does not raise") {
  response_chain chain;
  chain.add({"quiet", {}, [](const exchange&, response&) { throw precondition_failed("not armed"); }});
  bool reached = false;
  chain.add({"next", {}, [&](const exchange&, response&) { reached = true; }});
  response r{{}, *resource_path::parse("gains"), an_id, {}, {}};
  CHECK_FALSE(chain.run(of, r));
  CHECK(reached);
}
