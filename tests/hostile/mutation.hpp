#pragma once

#include <random>
#include <vector>

#include "hostile_broker.hpp"

namespace mqcoap::test {

/// Mutates randomly what a broker sends: the order and number of packets and the end of the session; with
/// `inside_packets` also bits, bytes and lengths.
void mutate(std::vector<hostile_broker::played>& session, std::mt19937_64& chance, bool inside_packets);

}  // namespace mqcoap::test
