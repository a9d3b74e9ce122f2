#pragma once

#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/serve/serving_core.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/named_origin.hpp"

namespace mqcoap::test {

using namespace std::chrono_literals;

/// The last step: answers GETs, and stores other requests for the test to answer.
struct keeper final : composed_step<no_options> {
  explicit keeper(no_options none, std::vector<responder>& kept) : composed_step(none), all(kept) {}
  std::string_view name() const noexcept override { return "keeper"; }
  void process(responder& r) override {
    if (r.req().verb != method::get) return all.push_back(std::move(r));
    std::move(r).respond({});
  }
  std::vector<responder>& all;
};

struct core_fixture {
  manual_clock time;
  std::vector<std::string> failures;
  int late = 0;
  std::vector<responder> kept;
  serving_core tested{time, {10s}, hooks()};

  serving_hooks hooks() {
    return {[this](log_level, std::string_view why) { failures.emplace_back(why); },
            [this](std::string_view name, std::string_view why) {
              failures.push_back(std::string(name) + ": " + std::string(why));
            },
            [this] { ++late; }};
  }
  static constexpr char an_id[] = "16fd2706-8baf-433b-82eb-8c7fada847da";

  /// Serves a request. Returns the origin that stores its answers.
  std::shared_ptr<named_origin> ask(method verb, const std::string& tag = "DEV",
                                    const std::string& id = an_id,
                                    std::chrono::milliseconds caller_timeout = 0ms) {
    auto origin = std::make_shared<named_origin>(tag + '/' + id);
    auto c = make(verb, tag, id, caller_timeout);
    c->origin = origin;
    tested.serve(std::move(c));
    return origin;
  }
  std::unique_ptr<call> make(method verb, const std::string& tag = "DEV", const std::string& id = an_id,
                             std::chrono::milliseconds caller_timeout = 0ms) const {
    request requested{verb, *resource_path::parse("gains"), *request_id::parse(id)};
    if (caller_timeout > 0ms) requested.options.edit().timeout = caller_timeout;
    return std::make_unique<call>(
        call{{*device_tag::parse(tag), *subsystem_name::parse("axuv")}, std::move(requested), time.now()});
  }
};

using codes = std::vector<std::string>;

}  // namespace mqcoap::test
