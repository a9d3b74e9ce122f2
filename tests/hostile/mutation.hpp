#pragma once

#include <random>
#include <vector>

#include "hostile_broker.hpp"

namespace mqcoap::test {

/// Changes what a broker sends, by chance: the order and number of packets, where the session ends; and
/// `inside_packets` bits, bytes and lengths, too.
void mutate(std::vector<hostile_broker::played>& session, std::mt19937_64& chance, bool inside_packets);

}  // namespace mqcoap::test
