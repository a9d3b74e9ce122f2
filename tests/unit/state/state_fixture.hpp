#pragma once

#include <memory>
#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/collection/collection.hpp>
#include <mqcoap/resource/value/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "../resource/recorder.hpp"
#include "support/slow_store.hpp"

namespace mqcoap::test {

inline value_options writable(const char* initial) {
  value_options options{
      .initial = text(initial), .methods = {method::get, method::put}, .schema = std::nullopt};
  options.persist = true;
  return options;
}

inline collection_options stored_list(std::size_t max = 1000) {
  collection_options options;
  options.max = max;
  options.persist = true;
  return options;
}

inline request_options if_match(std::string etag) {
  request_options options;
  options.if_match = std::move(etag);
  return options;
}

/// Resources whose changes complete when the test decides.
struct state_fixture {
  slow_store store;
  resource_state state{store};
  recorder recorded;

  /// Reloads with a configuration that contains only this resource.
  template <class Resource, class Options>
  std::shared_ptr<Resource> configure(Options options) {
    state_draft draft(state);
    auto made = std::make_shared<Resource>(std::move(options), draft, "D_1", "x");
    draft.put_in_force();
    return made;
  }
  /// Returns a resource with its own cell that is not part of any configuration.
  template <class Resource, class Options>
  std::shared_ptr<Resource> make(Options options) {
    state_draft draft(state);
    return std::make_shared<Resource>(std::move(options), draft, "D_1", "x");
  }
  void send(handler& to, const requested& a) { to.handle(responder(make_call(a), recorded.sink())); }
  std::size_t answered() const { return recorded.answers.size(); }
  const answer& last() const { return recorded.answers.back(); }
  std::string get(handler& from, const char* path = "x") {
    recorder got;
    from.handle(responder(make_call({.path = path}), got.sink()));
    REQUIRE(got.answers.size() == 1);
    return std::string(got.answers.front().body.text());
  }
};

}  // namespace mqcoap::test
