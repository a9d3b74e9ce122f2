#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/exchange/announcement.hpp>
#include <mqcoap/exchange/backoff.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/transport/link.hpp>
#include <mqcoap/transport/link_options.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace mqcoap {

/// Announces the presence of one device on a separate connection. The connection exists only while the device
/// should be ONLINE; each one is new, with a last will that has its own date.
///
/// Its client id is derived from the device, so that the broker closes what is left of an earlier connection.
/// If another program repeatedly connects with that id, this announcer appends random digits to it: two
/// clients with the same id would close each other's connections forever.
/// @par Threads  All functions on the event loop.
class presence_announcer final : private link_events {
 public:
  /// The owner, which decides when the announcer may connect.
  class host {
   public:
    virtual std::unique_ptr<link> make_link(link_options options) = 0;
    /// Called when its state has changed; the owner may destroy it here if it has `ended`.
    virtual void on_change(presence_announcer& which) noexcept = 0;

   protected:
    ~host() = default;
  };

  presence_announcer(const namespace_name& ns, const device_tag& tag, link_options broker, const clock& time,
                     host& owner);
  presence_announcer(const presence_announcer&) = delete;
  presence_announcer& operator=(const presence_announcer&) = delete;

  const std::string& tag() const noexcept { return tag_; }
  const std::string& topic() const noexcept { return topic_; }
  /// Gives all later messages a newer date than those of `before`.
  void continue_after(const presence_announcer& before) { say_.continue_after(before.say_); }

  /// Publishes ONLINE once it is connected, or OFFLINE now.
  void set_online(bool online);
  /// Returns true if it is waiting for `connect`, which may be called from `next_due` on.
  bool waits_to_connect() const noexcept { return phase_ == phase::idle && wanted_; }
  void connect() noexcept;
  bool connecting() const noexcept { return phase_ == phase::connecting; }

  /// How it ends.
  enum class farewell {
    offline,  ///< the device becomes OFFLINE
    forget,   ///< the device no longer exists: the retained message is removed
    stay,     ///< another gateway continues to serve it: nothing is published
  };
  /// How long a last message takes at a broker that does not stall.
  static constexpr std::chrono::milliseconds goodbye{500};
  /// Stops the announcer; `ended` becomes true.
  /// @param grace  the time limit for queued messages
  void leave(farewell how, std::chrono::milliseconds grace);
  bool ended() const noexcept { return leaving_ && phase_ == phase::idle; }

  /// Must be called at `next_due`.
  void on_due();
  steady_time next_due() const noexcept;

  bool wanted() const noexcept { return wanted_; }
  /// Returns true if the broker has received the current message.
  bool announced() const noexcept { return phase_ == phase::up && failure_.empty() && say_.heard_back(); }
  bool contested() const noexcept { return say_.contested(); }
  /// Returns why the device is not announced; empty if it is, or if nothing has failed yet.
  const std::string& failure() const noexcept { return failure_; }
  /// Returns true if the failure needs attention: it is not just a lost connection.
  bool is_refused() const noexcept { return refused_; }

 private:
  enum class phase { idle, connecting, up, closing };

  void on_link_up(link& l) noexcept override;
  void on_link_down(link& l, const outage_cause& why) noexcept override;
  void on_message(link& l, const inbound& m) noexcept override;

  void open();
  void say(bool online);
  void publish(std::string_view payload);
  void take_needs();
  void part(std::chrono::milliseconds grace);
  void close(std::chrono::milliseconds grace);
  void closed();
  void fail(std::string why, bool refused);
  std::string unheard_text() const;
  std::string access_text() const;
  void note_loss(std::chrono::nanoseconds lasted);

  const clock& time_;
  host& owner_;
  const std::string tag_;
  const std::string topic_;
  const link_options broker_;
  const std::string device_id_;
  std::string client_id_;  ///< derived from the device, or random
  std::minstd_rand random_;
  announcement say_;
  std::unique_ptr<link> via_;
  phase phase_ = phase::idle;
  bool wanted_ = false;
  bool was_up_ = false;        ///< on any of its connections
  bool owes_offline_ = false;  ///< OFFLINE must still be published, which requires another connection
  bool leaving_ = false;
  farewell farewell_ = farewell::offline;
  std::chrono::milliseconds grace_;
  steady_time retry_at_{};
  backoff waits_;
  steady_time up_since_{};
  std::optional<steady_time> unheard_from_;  ///< when the broker should have delivered the last message
  int losses_ = 0;                           ///< those while the gateway itself was connected
  int unheard_losses_ =
      0;  ///< consecutive losses before ONLINE came back: mosquitto closes some connections in this way
  std::string failure_;
  bool refused_ = false;
};

}  // namespace mqcoap
