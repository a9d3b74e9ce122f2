#include <mqcoap/resource/read.hpp>

#include <exception>
#include <new>
#include <utility>

namespace mqcoap {
namespace {

void refuse_reading(responder&& r, error_code why) {
  if (why == errc::storage_failed)
    return std::move(r).fail(response_code::internal_server_error, "the stored value cannot be read");
  std::move(r).refuse(response_code::service_unavailable,
                      why == errc::closed ? "the gateway is stopping; try again later"
                                          : "the database does not answer; try again later");
}

void answer_reading(responder&& r, const read_answer& then) noexcept try {
  then(std::move(r));
} catch (const std::bad_alloc&) {
  if (r) std::move(r).fail(response_code::service_unavailable, "out of memory; try again later");
} catch (const std::exception& e) {
  if (r) std::move(r).fail(response_code::internal_server_error, e.what());
}

}  // namespace

void read(resource_state& state, const std::shared_ptr<cell>& from, responder&& r, read_answer then) {
  if (!state.is_shared()) return then(std::move(r));
  const auto waiting = std::make_shared<responder>(std::move(r));
  try {
    state.when_current({from}, [waiting, then = std::move(then)](error_code why) {
      if (why) return refuse_reading(std::move(*waiting), why);
      answer_reading(std::move(*waiting), then);
    });
  } catch (...) {
    r = std::move(*waiting);
    throw;
  }
}

}  // namespace mqcoap
