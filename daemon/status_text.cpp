#include "status_text.hpp"

#include <spdlog/fmt/fmt.h>

#include <mqcoap/base/counted.hpp>
#include <mqcoap/base/safe_text.hpp>
#include <utility>

namespace mqcoap {

std::string status_text::now() {
  std::size_t up = 0;
  std::string down;
  for (const link* l : of_.links()) {
    if (l->up())
      ++up;
    else
      down += (down.empty() ? " (down: " : ", ") + l->name();
  }
  if (!down.empty()) down += ')';
  const auto per_second = rate();
  return fmt::format("{} of {} up{}, {}, {:.{}f} requests/s{}", up, counted(of_.links().size(), "broker"),
                     down, counted(of_.device_count(), "device"), per_second, per_second < 10 ? 1 : 0,
                     reload_);
}

void status_text::set_reload(const reload_status& outcome) {
  reload_ = outcome.ok ? "; reloaded" : "; reload failed: " + log_safe(outcome.message);
}

double status_text::rate() {
  const auto answered = of_.counted()[event::answered];
  const std::chrono::duration<double> passed = time_.now() - since_;
  if (passed.count() <= 0) return 0;
  const auto per_second = static_cast<double>(answered - answered_) / passed.count();
  answered_ = answered;
  since_ = time_.now();
  return per_second;
}

}  // namespace mqcoap
