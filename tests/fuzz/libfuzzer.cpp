// Runs the targets with libFuzzer (https://llvm.org/docs/LibFuzzer.html). The environment variable FUZZ
// names the target.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "target.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t room);

namespace {

const mqcoap::fuzz::target& chosen() {
  static const auto& found = []() -> const mqcoap::fuzz::target& {
    const char* const name = std::getenv("FUZZ");
    const auto* const wanted = name != nullptr ? mqcoap::fuzz::find_target(name) : nullptr;
    if (wanted != nullptr) return *wanted;
    std::fputs("FUZZ must name a target:", stderr);
    for (const auto& t : mqcoap::fuzz::all_targets())
      std::fprintf(stderr, " %.*s", static_cast<int>(t.name.size()), t.name.data());
    std::fputc('\n', stderr);
    std::_Exit(2);
  }();
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  chosen();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen().run({reinterpret_cast<const char*>(data), size});
  return 0;
}

/// Mutates documents of a known shape member by member. One in four, and those whose result does not fit, are
/// mutated byte by byte like all other inputs, because invalid JSON has to be rejected as well.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t room,
                                               unsigned random) {
  const auto* const shape = chosen().shape;
  if (shape == nullptr || random % 4 == 0) return LLVMFuzzerMutate(data, size, room);
  const auto changed = mqcoap::fuzz::mutate_json(*shape, {reinterpret_cast<const char*>(data), size}, random,
                                                 LLVMFuzzerMutate);
  if (changed.size() > room) return LLVMFuzzerMutate(data, size, room);
  std::copy(changed.begin(), changed.end(), data);
  return changed.size();
}
