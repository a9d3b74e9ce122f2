#!/usr/bin/env bash
# libmosquitto 2.0.11 writes one byte for each packet into an internal socket pair, to wake the select in
# mosquitto_loop. A program that drives it with mosquitto_loop_read and mosquitto_loop_write, from epoll or
# from another library's event loop, never reads that pair: the bytes stay there until its buffer is full, and
# each further write fails.
. "$(dirname "$0")/lib.sh"
start mosquitto-2.0
debian bookworm "$work/root" libmosquitto-dev=2.0.11-1.2+deb12u2 libmosquitto1=2.0.11-1.2+deb12u2
compile "$work/root" -lmosquitto -ldl <<'CPP'
#include <dlfcn.h>
#include <errno.h>
#include <mosquitto.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <cstdio>
#include <cstdlib>
static int pair_writes, pair_failures, socket_writes, pair = -1;
// Replaces the function of the C library, also for the shared library.
extern "C" ssize_t write(int fd, const void* bytes, size_t count) {
  static auto next = (ssize_t(*)(int, const void*, size_t))dlsym(RTLD_NEXT, "write");
  int domain = 0;
  socklen_t size = sizeof domain;
  const bool is_socket = getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0;
  const ssize_t done = next(fd, bytes, count);
  if (is_socket && domain == AF_UNIX) {
    pair = fd;
    ++pair_writes;
    if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) ++pair_failures;
  } else if (is_socket) {
    ++socket_writes;
  }
  return done;
}
static bool connected;
static int sent;
int main(int, char** arguments) {
  mosquitto_lib_init();
  auto* m = mosquitto_new("driven", true, nullptr);
  mosquitto_connect_callback_set(m, [](mosquitto*, void*, int) { connected = true; });
  mosquitto_publish_callback_set(m, [](mosquitto*, void*, int) { ++sent; });
  mosquitto_connect(m, "127.0.0.1", atoi(arguments[1]), 60);
  const auto turn = [m] {
    pollfd look{mosquitto_socket(m), short(POLLIN | (mosquitto_want_write(m) ? POLLOUT : 0)), 0};
    poll(&look, 1, 1000);
    if (look.revents & POLLIN) mosquitto_loop_read(m, 1);
    if (look.revents & POLLOUT) mosquitto_loop_write(m, 1);
    mosquitto_loop_misc(m);
  };
  for (int n = 0; n < 50 && !connected; ++n) turn();
  pair_writes = pair_failures = socket_writes = 0;
  for (int n = 0; n < 2000; ++n) {
    mosquitto_publish(m, nullptr, "x", 5, "hello", 0, false);
    for (int k = 0; k < 50 && sent <= n; ++k) turn();
  }
  std::printf("2000 messages sent: %d to the broker, %d to the pair, some of these fail: %s\n", socket_writes, pair_writes,
              pair_failures > 0 ? "yes" : "no");
}
CPP
expect "libmosquitto" "2000 messages sent: 2000 to the broker, 2000 to the pair, some of these fail: yes" "$("$work/program" "$port")"
