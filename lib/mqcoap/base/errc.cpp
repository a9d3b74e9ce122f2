#include <mqcoap/base/errc.hpp>

namespace mqcoap {
namespace {

class category_type final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "mqcoap"; }
  std::string message(int value) const override {
    switch (static_cast<errc>(value)) {
      case errc::not_connected: return "not connected to the broker";
      case errc::queue_full: return "the outgoing queue is full";
      case errc::timed_out: return "the deadline passed";
      case errc::too_large: return "larger than the limit";
      case errc::denied: return "the broker refused it";
      case errc::closed: return "stopped";
      case errc::connection_lost: return "the connection to the broker was lost while waiting for the answer";
      case errc::too_many_pending: return "too many requests wait for an answer";
      case errc::unusable_answer: return "the answer is unusable";
      case errc::handler_failed: return "a handler failed";
      case errc::invalid_name: return "not 1 to 64 characters of A-Z a-z 0-9 _ . -";
      case errc::invalid_topic: return "not a topic of the protocol";
      case errc::invalid_path: return "not a resource path";
      case errc::invalid_id: return "not a request id";
      case errc::invalid_address: return "not TAG/SUBSYSTEM/PATH";
      case errc::invalid_duration: return "not a duration like 200ms, 5s, 2min or 1h";
      case errc::invalid_size: return "not a size like 512B, 256KiB, 2MiB or 1GiB";
      case errc::missing_unit: return "the unit is missing";
      case errc::storage_full: return "there is no room to store it";
      case errc::storage_failed: return "storing it failed";
      case errc::storage_unreachable: return "the database does not answer";
      case errc::stale: return "it has been changed by another";
    }
    return "unknown error";
  }
};

}  // namespace

const boost::system::error_category& mqcoap_category() noexcept {
  static const category_type instance;
  return instance;
}

error_code make_error_code(errc e) noexcept { return {static_cast<int>(e), mqcoap_category()}; }

}  // namespace mqcoap
