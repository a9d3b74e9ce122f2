#include <netdb.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <memory>
#include <mqcoap/transport/name_lookup.hpp>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace mqcoap {
namespace {

std::string numeric(const addrinfo& from) {
  char text[NI_MAXHOST];
  const int code =
      ::getnameinfo(from.ai_addr, from.ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  return code == 0 ? text : std::string{};
}

}  // namespace

resolved_name resolve_by_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  resolved_name found;
  if (const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list); code != 0) {
    found.fault = code == EAI_SYSTEM ? std::generic_category().message(errno) : ::gai_strerror(code);
    return found;
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(list, ::freeaddrinfo);
  for (const auto* entry = list; entry != nullptr; entry = entry->ai_next)
    if (auto text = numeric(*entry); !text.empty()) found.addresses.push_back(std::move(text));
  if (found.addresses.empty()) found.fault = "it has no address";
  return found;
}

/// Shared with the thread, which may outlive everything else. The lock is for the executor alone: the rest is
/// touched on the executor only.
struct name_lookup::state {
  std::mutex lock;
  std::optional<boost::asio::any_io_executor> executor;  ///< none after `close`
  name_resolver resolver;
  handler waiting;
  bool running = false;
};

name_lookup::name_lookup(boost::asio::any_io_executor executor, name_resolver resolver)
    : state_(std::make_shared<state>()) {
  state_->executor = std::move(executor);
  state_->resolver = std::move(resolver);
}

name_lookup::~name_lookup() { close(); }

void name_lookup::begin(const std::string& host, handler done) {
  state_->waiting = std::move(done);
  if (state_->running) return;
  const auto answer = [](const std::shared_ptr<state>& s, resolved_name found) {
    const std::scoped_lock hold(s->lock);
    if (!s->executor) return;
    boost::asio::post(*s->executor, [s, found = std::move(found)]() mutable {
      s->running = false;
      if (const auto waiting = std::exchange(s->waiting, nullptr)) waiting(std::move(found));
    });
  };
  state_->running = true;
  try {
    std::thread([s = state_, host, answer] { answer(s, s->resolver(host)); }).detach();
  } catch (const std::system_error& e) {
    answer(state_, {{}, std::string("no thread to do it: ") + e.what()});
  }
}

void name_lookup::cancel() noexcept { state_->waiting = nullptr; }

void name_lookup::close() noexcept {
  cancel();
  const std::scoped_lock hold(state_->lock);
  state_->executor.reset();
}

}  // namespace mqcoap
