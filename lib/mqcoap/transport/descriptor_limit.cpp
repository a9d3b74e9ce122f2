#include <mqcoap/transport/descriptor_limit.hpp>

#include <sys/resource.h>

#include <algorithm>

namespace mqcoap {
namespace {

/// A limit that also suffices for later reloads.
constexpr std::size_t plenty = 65'536;

}  // namespace

std::size_t raise_descriptor_limit(std::size_t needed) noexcept {
  rlimit limit{};
  // The system call filter of the systemd unit denies this; there LimitNOFILE= sets the limit.
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const auto wanted = std::min<rlim_t>(limit.rlim_max, std::max(needed, plenty));
  if (wanted > limit.rlim_cur) {
    auto raised = limit;
    raised.rlim_cur = wanted;
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  return limit.rlim_cur;
}

}  // namespace mqcoap
