#include <mqcoap/state/version.hpp>

#include <cstdint>

namespace mqcoap {
namespace {

/// Computes FNV-1a, 64 bits.
std::uint64_t hash(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return h;
}

}  // namespace

std::string make_etag(std::string_view text) {
  // Uses 13 digits of base 32 rather than 16 of base 16: std::string holds 15 characters without allocating,
  // and every GET copies the etag.
  constexpr char digits[] = "0123456789abcdefghijklmnopqrstuv";
  std::string etag(13, '0');
  std::uint64_t rest = hash(text);
  for (auto digit = etag.rbegin(); digit != etag.rend(); ++digit, rest /= 32) *digit = digits[rest % 32];
  return etag;
}

}  // namespace mqcoap
