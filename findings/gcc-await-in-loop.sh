#!/usr/bin/env bash
# g++ 12.2 awaits the right operand of && in the condition of a loop even if the left one is false. It does
# not do so in the condition of an `if`, or in a value. (g++ 16.2 does the same; clang 14 does not.)
. "$(dirname "$0")/lib.sh"
debian_all bookworm "$work/root" g++-12=12.2.0-14+deb12u1
cat >"$work/program.cpp" <<'CPP'
#include <coroutine>
#include <cstdio>
struct answer {
  bool value;
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  bool await_resume() const noexcept { return value; }
};
struct job {
  struct promise_type {
    job get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
answer no() { std::printf(" left"); return {false}; }
answer yes() { std::printf(" right"); return {true}; }
job in_while() { while (co_await no() && co_await yes()) break; }
job in_for() { for (; co_await no() && co_await yes();) break; }
job in_if() { if (co_await no() && co_await yes()) {} }
job in_value() { const bool both = co_await no() && co_await yes(); (void)both; }
int main() {
  std::printf("while:"), in_while(), std::printf(", for:"), in_for();
  std::printf(", if:"), in_if(), std::printf(", value:"), in_value(), std::puts("");
}
CPP
LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu "$work/root/usr/bin/g++-12" -std=c++20 -B"$work/root/usr/bin" "$work/program.cpp" -o "$work/program" ||
  unavailable "g++ 12.2 does not run here"
expect "what is awaited" "while: left right, for: left right, if: left, value: left" "$("$work/program")"
