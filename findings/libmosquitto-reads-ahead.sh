#!/usr/bin/env bash
# mosquitto_loop_read(m, 1) of libmosquitto 2.0.11 handles one packet. That of 2.1.2 reads up to 4 KiB at once and
# handles every packet that is in it before it returns, whatever max_packets says. A program that handles one message
# for each call, to let its other sockets have their turn, gets a burst of callbacks instead.
. "$(dirname "$0")/lib.sh"
start mosquitto-2.0
debian bookworm "$work/old" libmosquitto-dev=2.0.11-1.2+deb12u2 libmosquitto1=2.0.11-1.2+deb12u2
debian_all forky "$work/new" libmosquitto1=2.1.2-3
compile "$work/old" -lmosquitto <<'CPP'
#include <mosquitto.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <cstdio>
#include <cstdlib>
static bool subscribed;
static int received;
static void turn(mosquitto* m) {
  pollfd look{mosquitto_socket(m), short(POLLIN | (mosquitto_want_write(m) ? POLLOUT : 0)), 0};
  poll(&look, 1, 100);
  if (look.revents & POLLIN) mosquitto_loop_read(m, 1);
  if (look.revents & POLLOUT) mosquitto_loop_write(m, 1);
}
int main(int, char** arguments) {
  mosquitto_lib_init();
  auto* m = mosquitto_new("reader", true, nullptr);
  mosquitto_connect_callback_set(m, [](mosquitto* of, void*, int) { mosquitto_subscribe(of, nullptr, "t", 0); });
  mosquitto_subscribe_callback_set(m, [](mosquitto*, void*, int, int, const int*) { subscribed = true; });
  mosquitto_message_callback_set(m, [](mosquitto*, void*, const mosquitto_message*) { ++received; });
  mosquitto_connect(m, "127.0.0.1", atoi(arguments[1]), 60);
  for (int n = 0; n < 100 && !subscribed; ++n) turn(m);
  constexpr int sent = 10, bytes_each = 10;
  // It gets its own messages back. Nothing is read before all of them have arrived.
  for (int n = 0; n < sent; ++n) mosquitto_publish(m, nullptr, "t", 5, "hello", 0, false);
  for (int unread = 0, n = 0; n < 1000 && unread < sent * bytes_each; ++n) {
    if (mosquitto_want_write(m)) mosquitto_loop_write(m, 1);
    poll(nullptr, 0, 10);
    ioctl(mosquitto_socket(m), FIONREAD, &unread);
  }
  mosquitto_loop_read(m, 1);
  std::printf("%d messages wait, one call handles %d\n", sent, received);
}
CPP
expect "libmosquitto 2.0.11" "10 messages wait, one call handles 1" "$("$work/program" "$port")"
libraries=$work/new/usr/lib/x86_64-linux-gnu
expect "libmosquitto 2.1.2" "10 messages wait, one call handles 10" \
  "$("$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" "$work/program" "$port")"
