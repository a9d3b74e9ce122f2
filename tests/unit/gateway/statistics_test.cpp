#include <doctest/doctest.h>

#include <mqcoap/gateway/statistics.hpp>
#include <string>

using namespace mqcoap;
using namespace std::chrono_literals;

TEST_CASE(
    "devices are bounded: the one not asked for longest makes room, and is back when it is asked again") {
  statistics all;
  steady_time now{};
  const auto first = all.device("lab", "ns", "D_0");
  for (std::size_t i = 0; i < statistics::most_devices; ++i)
    all.note_request(all.device("lab", "ns", "D_" + std::to_string(i)), now += 1s);
  CHECK(all.find_device("lab", "ns", "D_0") == first.get());
  all.note_request(all.device("lab", "ns", "LATE"), now += 1s);
  CHECK(all.devices().size() == statistics::most_devices);
  CHECK(all.find_device("lab", "ns", "D_0") == nullptr);

  first->answered = 7;
  all.note_request(first, now += 1s);  // by the proxy, which still holds it
  CHECK(all.devices().size() == statistics::most_devices);
  REQUIRE(all.find_device("lab", "ns", "D_0") == first.get());
  CHECK(all.find_device("lab", "ns", "D_0")->answered == 7);
  CHECK(all.find_device("lab", "ns", "D_1") == nullptr);
}
