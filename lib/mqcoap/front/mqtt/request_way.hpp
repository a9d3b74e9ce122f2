#pragma once

#include <cstddef>
#include <memory>
#include <mqcoap/front/mqtt/answer_sender.hpp>
#include <mqcoap/protocol/call.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/transport/link.hpp>

namespace mqcoap {

/// A link on which requests arrive, and the way back for their answers.
class request_way {
 public:
  /// @param by  sends the answers; outlives this object
  request_way(answer_sender& by, link* on) : via(on), sender_(by) {}
  virtual ~request_way() = default;
  request_way(const request_way&) = delete;
  request_way& operator=(const request_way&) = delete;

  void send(const exchange_topic& request, const call& to, const answer& what) {
    if (via != nullptr) sender_.send(*via, request, to, what);
  }
  void send(const exchange_topic& request, const decode_fault& fault) {
    if (via != nullptr) sender_.send(*via, request, fault);
  }
  /// Records that a request of this link has ended.
  virtual void request_ended() noexcept { --in_flight; }

  link* via;                  ///< null if the connection no longer exists; answers are then dropped
  std::size_t in_flight = 0;  ///< requests of this link that have not ended

 private:
  answer_sender& sender_;
};

}  // namespace mqcoap
