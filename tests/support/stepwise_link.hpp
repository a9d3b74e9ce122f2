#pragma once

#include <cstddef>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqcoap::test {

/// Fails one step in a series of equal steps.
class failing_step {
 public:
  /// @param which  0: the first; negative: none
  void fail(int which) noexcept { left_ = which; }
  /// Returns true for the step that fails.
  bool next() noexcept { return left_-- == 0; }
  bool has_failed() const noexcept { return left_ < 0; }

 private:
  int left_ = -1;
};

/// A link whose steps are triggered by the test and can fail one by one. It allocates nothing after
/// construction, so that a simulated allocation failure never happens in the link.
class stepwise_link final : public link {
 public:
  struct requested_filter {
    std::string filter;
    subscribed_handler done;
    bool fails;
  };

  explicit stepwise_link(std::string name) : name_(std::move(name)) {
    requested_.reserve(room);
    published_.resize(room);
    for (auto& [topic, payload] : published_) {
      topic.reserve(longest);
      payload.reserve(longest);
    }
  }

  failing_step publishing;
  failing_step subscribing;

  void come_up() {
    up_ = true;
    owner_->on_link_up(*this);
  }
  void go_down() {
    up_ = false;
    owner_->on_link_down(*this, connection_fault{.what = connection_fault::kind::closed});
  }
  /// Lets the broker answer one SUBSCRIBE. Returns false if there is none.
  bool confirm_next() {
    if (requested_.empty()) return false;
    auto next = std::move(requested_.front());
    requested_.erase(requested_.begin());
    if (next.done) next.done(next.fails ? error_code(errc::denied) : error_code());
    return true;
  }
  /// Reports that the last message with a completion handler was written.
  void report_written() {
    if (const auto done = std::exchange(written_, nullptr)) done({});
  }
  void bring(std::string_view topic, std::string_view payload) {
    owner_->on_message(*this, {topic, payload});
    owner_->on_messages_end(*this);
  }
  std::size_t count() const noexcept { return count_; }
  const std::string& topic(std::size_t at) const { return published_.at(at).first; }
  const std::string& payload(std::size_t at) const { return published_.at(at).second; }

  const std::string& name() const noexcept override { return name_; }
  const std::string& client_id() const noexcept override { return name_; }
  void start(link_events& owner) override { owner_ = &owner; }
  bool up() const noexcept override { return up_; }
  void subscribe(std::string filter, subscribed_handler done) override {
    requested_.push_back({std::move(filter), std::move(done), subscribing.next()});
  }
  void unsubscribe(std::string_view filter) override {
    std::erase_if(requested_, [&](const requested_filter& a) { return a.filter == filter; });
  }
  error_code publish(std::string_view topic, std::string_view payload, steady_time, publish_options,
                     written_handler done) override {
    if (!up_) return errc::not_connected;
    if (publishing.next()) return errc::queue_full;
    auto& kept = published_.at(count_++);
    kept.first = topic;
    kept.second = payload;
    if (done) written_ = std::move(done);
    return {};
  }
  link_stats stats() const noexcept override { return {}; }
  void stop(std::chrono::milliseconds, stopped_handler) override { up_ = false; }

 private:
  static constexpr std::size_t room = 16;
  static constexpr std::size_t longest = 2000;

  const std::string name_;
  link_events* owner_ = nullptr;
  bool up_ = false;
  std::vector<requested_filter> requested_;
  std::vector<std::pair<std::string, std::string>> published_;
  std::size_t count_ = 0;
  written_handler written_;
};

}  // namespace mqcoap::test
