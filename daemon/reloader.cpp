#include "reloader.hpp"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <mqcoap/base/counted.hpp>
#include <mqcoap/config/loader.hpp>
#include <utility>

namespace mqcoap {
namespace {

/// The maximum time for which the loop puts a configuration in force before it handles messages again.
constexpr std::chrono::microseconds slice{100};
/// The pause between two slices. Without it the loop would be busy, and on a small machine the broker and the
/// client need processor time for a request as well.
constexpr std::chrono::microseconds pause{300};
/// The nice value of a background thread (nice(2)).
constexpr int nice_value = 5;

spdlog::level::level_enum level_of(const diagnostic& d) {
  return d.level == diagnostic::severity::error ? spdlog::level::err : spdlog::level::warn;
}

/// Returns a summary for a file with errors.
std::string summary_of(const std::vector<diagnostic>& all) {
  const auto is_error = [](const diagnostic& d) { return d.level == diagnostic::severity::error; };
  const auto first = std::find_if(all.begin(), all.end(), is_error);
  const auto errors = static_cast<std::uint64_t>(std::count_if(all.begin(), all.end(), is_error));
  return counted(errors, "error") + "; the first: " + first->file + ':' + std::to_string(first->line) + ": " +
         first->message;
}

}  // namespace

void log_all(const std::vector<diagnostic>& diagnostics) {
  for (const auto& d : diagnostics) {
    auto message = to_string(d);
    message.pop_back();  // the log adds the line feed itself
    spdlog::log(level_of(d), "{}", message);
  }
}

/// On Linux, the nice value applies to a single thread. It does no harm if it cannot be set.
low_priority_thread::low_priority_thread(std::function<void()> work)
    : thread_([work = std::move(work)]() mutable {
        setpriority(PRIO_PROCESS, 0, nice_value);
        work();
      }) {}

reloader::reloader(environment env)
    : env_(std::move(env)),
      reader_(env_.loop,
              [](std::string why) {
                auto failed = std::make_shared<reading>();
                failed->failure = std::move(why);
                return failed;
              }),
      freer_(env_.loop, [](std::string) { return false; }),
      pause_(env_.loop) {}

void reloader::begin() {
  if (under_way_) {
    once_more_ = true;
    return;
  }
  under_way_ = true;
  env_.begins();
  spdlog::info("reading {} again", env_.file);
  on_thread_ = true;
  const auto over = std::make_shared<std::promise<void>>();
  read_ = over->get_future();
  reader_.begin(
      [file = env_.file, &host = env_.host, over] {
        auto found = std::make_shared<reading>(read(file, host));
        over->set_value();
        return found;
      },
      [this](std::shared_ptr<reading> found) {
        on_thread_ = false;
        take(std::move(found));
      });
}

reloader::reading reloader::read(const std::string& file, const gateway_host& host) {
  reading found;
  auto loaded = config::load_settings(file);
  found.diagnostics = std::move(loaded.diagnostics);
  if (!loaded.value) {
    found.failure = summary_of(found.diagnostics);
    return found;
  }
  try {
    found.log = log_output::prepare(loaded.value->logging);
    found.prepared = host.prepare({std::move(loaded.value->gateway), std::move(loaded.value->brokers)});
    found.next = std::move(loaded.value);
  } catch (const std::exception& e) {
    found.failure = e.what();
  }
  return found;
}

void reloader::take(std::shared_ptr<reading> found) {
  found_ = std::move(found);
  if (env_.host.stopping()) return end({});
  try {
    log_all(found_->diagnostics);
    if (!found_->failure.empty()) return end(found_->failure);
    env_.prepare(*found_->next);
    env_.host.begin(found_->prepared);
  } catch (const std::exception& e) {
    return end(e.what());
  }
  advance();
}

void reloader::advance_later() {
  pause_.expires_after(pause);
  pause_.async_wait([this](const error_code& ec) {
    if (!ec) advance();
  });
}

void reloader::advance() {
  try {
    const auto until = std::chrono::steady_clock::now() + slice;
    bool is_more = true;
    while (is_more && std::chrono::steady_clock::now() < until) is_more = env_.host.advance();
    if (is_more) return advance_later();
    if (!env_.host.stopping()) env_.in_force(*std::exchange(found_->next, {}), std::move(found_->log));
  } catch (const std::exception& e) {
    return end(e.what());
  }
  end({});
}

/// Ends a reload. Frees objects that are no longer needed on a thread, because that may take long; during a
/// stop they are freed at once.
void reloader::end(std::string why) {
  if (env_.host.stopping()) {
    found_.reset();
    under_way_ = false;
    return;
  }
  env_.ended(std::move(why));
  on_thread_ = true;
  freer_.begin(
      [unused = std::exchange(found_, {})]() mutable {
        unused.reset();
        return true;
      },
      [this](bool) {
        on_thread_ = false;
        under_way_ = false;
        if (std::exchange(once_more_, false) && !env_.host.stopping()) begin();
      });
}

}  // namespace mqcoap
