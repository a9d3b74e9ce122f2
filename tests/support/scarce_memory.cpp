#include "scarce_memory.hpp"

#include <cstdlib>
#include <new>

[[gnu::noinline]] void* operator new(std::size_t size) { return mqcoap::test::scarce_memory::allocate(size); }
[[gnu::noinline]] void* operator new[](std::size_t size) {
  return mqcoap::test::scarce_memory::allocate(size);
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept try {
  return mqcoap::test::scarce_memory::allocate(size);
} catch (const std::bad_alloc&) {
  return nullptr;
}
[[gnu::noinline]] void operator delete(void* piece) noexcept { std::free(piece); }
[[gnu::noinline]] void operator delete[](void* piece) noexcept { std::free(piece); }
[[gnu::noinline]] void operator delete(void* piece, std::size_t) noexcept { std::free(piece); }
[[gnu::noinline]] void operator delete[](void* piece, std::size_t) noexcept { std::free(piece); }
