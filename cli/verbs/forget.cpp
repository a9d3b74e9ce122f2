#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <mqcoap/base/units.hpp>
#include <mqcoap/protocol/presence.hpp>
#include <set>
#include <string>
#include <vector>

#include "output/output.hpp"
#include "session/bus_session.hpp"
#include "session/hints.hpp"
#include "verbs/verbs.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

using namespace std::chrono_literals;

/// Retained messages arrive immediately after the broker has confirmed the subscription.
constexpr auto pause_for_retained = 300ms;

struct forget_arguments {
  std::vector<std::string> tags{};
  bool force = false;
};

/// Removes retained presences by publishing an empty retained message for each. A presence is removed when
/// the broker delivers that message.
class forgetting {
 public:
  forgetting(const forget_arguments& given, std::map<std::string, std::string> tags,
             const settled_options& options)
      : options_(options),
        force_(given.force),
        tags_(std::move(tags)),
        session_(options.client.broker, topics(), options.client.timeout,
                 {[this] { begin(); }, [this](const inbound& m) { take(m); }}),
        timer_(session_.loop()) {}

  int run() {
    if (!session_.run()) throw interrupted(session_.signal());
    return status_;
  }

 private:
  std::vector<std::string> topics() const {
    std::vector<std::string> all;
    for (const auto& [topic, tag] : tags_) all.push_back(topic);
    return all;
  }

  void begin() {
    after(pause_for_retained, [this] { forget(); });
  }

  void after(std::chrono::milliseconds time, std::function<void()> then) {
    timer_.expires_after(time);
    timer_.async_wait([this, then = std::move(then)](boost::system::error_code ec) {
      if (!ec) session_.guarded(then);
    });
  }

  void take(const inbound& m) {
    if (!sent_) {
      if (const auto found = read_presence(m.payload)) kept_[std::string(m.topic)] = found->state;
      return;
    }
    if (!m.payload.empty() || due_.erase(std::string(m.topic)) == 0) return;
    if (!options_.quiet) complain("mqcoap: " + tags_.at(std::string(m.topic)) + " is forgotten");
    if (due_.empty()) session_.finish();
  }

  void forget() {
    sent_ = true;
    for (const auto& [topic, tag] : tags_) {
      const auto known = kept_.find(topic);
      if (known != kept_.end() && known->second == "ONLINE" && !force_) {
        complain("mqcoap: " + tag + " is ONLINE; --force forgets it anyway");
        status_ = status_client_error;
        continue;
      }
      const auto error = session_.bus().publish(topic, {}, session_.time().now() + options_.client.timeout,
                                                {.retain = true});
      if (error) throw failure(status_of(error), "cannot forget " + tag + ": " + error.message());
      due_.insert(topic);
    }
    if (due_.empty()) return session_.finish();
    after(options_.client.timeout, [this] { complain_of_silence(); });
  }

  [[noreturn]] void complain_of_silence() const {
    const auto& topic = *due_.begin();
    throw failure(status_no_answer,
                  "the broker did not confirm it within " + to_string(options_.client.timeout) + ": " +
                      tags_.at(topic) + " may still be retained",
                  "its access rules must allow writing and reading " + topic);
  }

  const settled_options& options_;
  const bool force_;
  const std::map<std::string, std::string> tags_;  ///< by topic
  bus_session session_;
  boost::asio::steady_timer timer_;
  std::map<std::string, std::string> kept_;  ///< presence states by topic
  std::set<std::string> due_;                ///< topics for which the broker has yet to deliver
                                             ///< the empty message
  bool sent_ = false;
  int status_ = status_ok;
};

int run(const forget_arguments& given, const settled_options& options) {
  std::map<std::string, std::string> tags;
  for (const auto& text : given.tags) {
    const auto tag = device_tag::parse(text);
    if (!tag) throw usage_failure("'" + text + "' is not a tag (1 to 64 characters of A-Z a-z 0-9 _ . -)");
    tags.emplace(presence_topic(options.client.ns, *tag), text);
  }
  return forgetting(given, std::move(tags), options).run();
}

}  // namespace

verb declare_forget(CLI::App& root) {
  auto app = command(root).add_subcommand("forget", "Remove the retained presence of a removed device");
  auto given = std::make_shared<forget_arguments>();
  app->add_option("TAG", given->tags, "The tags of the devices")->required();
  app->add_flag("--force", given->force,
                "Also if it is ONLINE; a device that is alive announces itself again");
  app->footer(
      "A device that was removed or renamed leaves its presence at the broker, and `mqcoap ls` shows it\n"
      "as OFFLINE forever. A gateway removes the presence of its own devices at a reload.\n\n"
      "Examples:\n"
      "  mqcoap forget 2D_XX_0_9999\n"
      "  mqcoap ls --quiet 'SIM_*' | xargs mqcoap forget");
  auto has = effects::with_outputs({});
  has.token = false;
  return {.app = app,
          .run = [given](const settled_options& options) { return run(*given, options); },
          .has = std::move(has)};
}

}  // namespace mqcoap::cli
