#pragma once

#include <functional>
#include <memory>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/exchange/standing_subscription.hpp>
#include <mqcoap/resource/topic/followed_topic.hpp>
#include <mqcoap/transport/link.hpp>
#include <string>

namespace mqcoap {

/// A topic that resources follow, with its subscription on a link.
class followed_subscription final : public followed_topic {
 public:
  /// @param handler  receives each answer of the broker
  /// @param ended  called by the destructor; must not throw
  followed_subscription(std::string name, std::function<void(followed_subscription&, error_code)> handler,
                        std::function<void(const std::string& name)> ended);
  ~followed_subscription() override;

  /// Subscribes on this link. The subscription on another link remains until the broker has
  /// confirmed this one.
  void subscribe(link& on);
  /// Forgets the message, and accepts no more of the previous link.
  void leave_previous();
  /// Subscribes again on a new connection.
  void on_link_up(const link& l);
  void on_link_down(const link& l) noexcept;
  /// Drops the subscription on a link that is being removed.
  void release(const link& l) noexcept;
  /// Returns true if messages of this link are accepted.
  bool hears(const link& l) const noexcept;

 private:
  struct held {
    link* on = nullptr;
    std::unique_ptr<standing_subscription> by{};
  };

  void note_answer(const link& of, error_code ec);

  const std::function<void(followed_subscription&, error_code)> handler_;
  const std::function<void(const std::string&)> ended_;
  held now_;
  held before_;
};

}  // namespace mqcoap
