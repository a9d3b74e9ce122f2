#include <mqcoap/net/name_lookup.hpp>

#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <system_error>
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
  if (found.addresses.empty()) found.fault = "the name has no address";
  return found;
}

name_lookup::name_lookup(boost::asio::any_io_executor executor, name_resolver resolver)
    : resolver_(std::move(resolver)), call_(std::move(executor), [](std::string why) -> resolved_name {
        return {{}, std::move(why)};
      }) {}

void name_lookup::begin(const std::string& host, handler done) {
  call_.begin([resolver = resolver_, host] { return resolver(host); }, std::move(done));
}

}  // namespace mqcoap
