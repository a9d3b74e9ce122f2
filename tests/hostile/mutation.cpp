#include "mutation.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace mqcoap::test {
namespace {

using session = std::vector<hostile_broker::played>;
using chance = std::mt19937_64;

constexpr std::size_t most_changes = 4;
constexpr std::size_t most_added = 64;

/// Avoids the distributions of the standard library, which differ between implementations: a seed has the
/// same effect everywhere.
std::size_t below(chance& c, std::size_t limit) { return limit == 0 ? 0 : c() % limit; }

std::string& some_packet(session& s, chance& c) { return s[below(c, s.size())].bytes; }

void flip(session& s, chance& c) {
  auto& p = some_packet(s, c);
  if (!p.empty()) p[below(c, p.size())] ^= static_cast<char>(1U << below(c, 8));
}

void set_byte(session& s, chance& c) {
  constexpr std::array<unsigned char, 6> odd{0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff};
  auto& p = some_packet(s, c);
  if (!p.empty()) p[below(c, p.size())] = static_cast<char>(odd[below(c, odd.size())]);
}

void cut(session& s, chance& c) {
  auto& p = some_packet(s, c);
  p.resize(below(c, p.size() + 1));
}

void insert(session& s, chance& c) {
  auto& p = some_packet(s, c);
  std::string added(1 + below(c, most_added), '\0');
  for (char& byte : added) byte = static_cast<char>(c());
  p.insert(below(c, p.size() + 1), added);
}

/// Lengthens a packet and corrects its remaining length, if that has one byte.
void lengthen(session& s, chance& c) {
  auto& p = some_packet(s, c);
  const auto more = 1 + below(c, most_added);
  if (p.size() < 2 || static_cast<unsigned char>(p[1]) + more > 0x7f) return;
  p[1] = static_cast<char>(static_cast<std::size_t>(p[1]) + more);
  for (std::size_t i = 0; i < more; ++i) p += static_cast<char>(c());
}

void claim(session& s, chance& c) {
  auto& p = some_packet(s, c);
  if (p.size() > 1) p[1] = static_cast<char>(c());
}

void repeat(session& s, chance& c) {
  const auto again = s[below(c, s.size())];
  s.insert(s.begin() + static_cast<std::ptrdiff_t>(below(c, s.size() + 1)), again);
}

void exchange(session& s, chance& c) { std::swap(some_packet(s, c), some_packet(s, c)); }

void drop(session& s, chance& c) {
  if (s.size() > 1) s.erase(s.begin() + static_cast<std::ptrdiff_t>(below(c, s.size())));
}

void split(session& s, chance& c) { s[below(c, s.size())].in_pieces = true; }

void end(session& s, chance& c) { s.resize(1 + below(c, s.size())); }

void end_inside(session& s, chance& c) {
  end(s, c);
  auto& p = s.back().bytes;
  p.resize(below(c, p.size() + 1));
}

void invent(session& s, chance& c) {
  std::string body(below(c, most_added), '\0');
  for (char& byte : body) byte = static_cast<char>(c());
  s[below(c, s.size())].bytes += framed(static_cast<unsigned char>(c()), body);
}

constexpr std::array changes{repeat, exchange, drop, split,  end,  // of whole packets
                             flip,   flip,     cut,  insert, set_byte, lengthen, claim, invent, end_inside};
constexpr std::size_t of_packets = 5;

}  // namespace

void mutate(session& s, std::mt19937_64& chance, bool inside_packets) {
  const auto kinds = inside_packets ? changes.size() : of_packets;
  const auto count = 1 + below(chance, most_changes);
  for (std::size_t i = 0; i < count; ++i) changes[below(chance, kinds)](s, chance);
}

}  // namespace mqcoap::test
