#include <mqcoap/gateway/resource_requests.hpp>

#include <algorithm>
#include <exception>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/gateway/hop.hpp>
#include <mqcoap/gateway/steps/forward_own.hpp>
#include <mqcoap/gateway/steps/local_resources.hpp>
#include <mqcoap/serve/admission.hpp>
#include <string>
#include <utility>

namespace mqcoap {

/// A request and the handler of its answer. Owned by the resource.
struct resource_requests::pending_request {
  resource_request what;
  answer_handler done;
  timer_queue::timer begins{};
  std::string name{};

  void take(const answer& a) {
    const auto handler = std::exchange(done, {});
    if (handler) handler(a);
  }
};

class resource_requests::origin final : public call_origin {
 public:
  origin(const std::shared_ptr<pending_request>& of, const std::function<void()>& ended)
      : of_(of), name_(of->name), ended_(ended) {}

  std::string_view name() const noexcept override { return name_; }
  void send(const call& /*to*/, const answer& what) override {
    if (const auto still = of_.lock()) still->take(what);
  }
  void ended() noexcept override { ended_(); }

 private:
  const std::weak_ptr<pending_request> of_;
  const std::string name_;
  const std::function<void()>& ended_;  ///< belongs to the object whose core serves the call
};

resource_requests::resource_requests(environment env)
    : env_(std::move(env)),
      core_(env_.time, {},
            {[failed = env_.failed](log_level, std::string_view why) { failed({}, why); }, env_.failed,
             env_.late, env_.home}) {
  core_.compose([this](chain_builder& chain) {
    chain.add<admission>({}, core_);
    chain.add<local_resources>({}, env_.tags, env_.stats);
    chain.add<forward_own>({}, env_.elsewhere);
  });
}

resource_requester::asking resource_requests::ask(resource_request what, answer_handler done) {
  auto made = std::make_shared<pending_request>(pending_request{std::move(what), std::move(done)});
  made->name = made->what.to.to_string();
  made->begins = env_.timers.after({}, [this, weak = std::weak_ptr(made)] {
    if (const auto still = weak.lock()) begin(still);
  });
  return made;
}

void resource_requests::begin(const std::shared_ptr<pending_request>& what) {
  try {
    serve(what);
  } catch (const std::exception& e) {
    what->take(answer::refusal(response_code::service_unavailable, e.what()));
  }
}

/// Serves a request. The proxy counts the hops of forwarded requests itself.
void resource_requests::serve(const std::shared_ptr<pending_request>& what) {
  auto& [verb, to, body, options, correlation_id] = what->what;
  const auto hops = std::min(options->hops.value_or(default_hops), default_hops);
  const bool is_here = env_.tags.device(to.tag.text()) != nullptr;
  if (is_here && hops <= 1)
    return what->take(answer::refusal(response_code::bad_gateway,
                                      "no hops are left for this request: is it going round in a loop?"));
  options.edit().hops = is_here ? hops - 1 : hops;
  auto made = std::make_unique<call>(call{call_target(to.tag, to.subsystem),
                                          request{.verb = verb,
                                                  .path = to.path,
                                                  .id = ids_.next(),
                                                  .correlation_id = correlation_id,
                                                  .body = body,
                                                  .options = options},
                                          env_.time.now()});
  made->origin = std::make_shared<origin>(what, env_.ended);
  core_.serve(std::move(made));
}

}  // namespace mqcoap
