/* The floor for clients: a minimal requester based on libmosquitto. It has one wildcard subscription and a
 * fixed payload in which only the request id changes; answers are matched by the id in their topic, and no
 * JSON is parsed. */
#define _GNU_SOURCE
#include <getopt.h>
#include <mosquitto.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { id_size = 36, topic_size = 512 };

struct client {
  char filter[topic_size];
  char prefix[topic_size]; /* of a request topic, up to the id */
  char payload[1024];
  int payload_size;
  int id_at; /* where the request id goes */
  int in_flight;
  int qos;
  uint64_t asked;
  uint64_t answered;
  double begins_at; /* beginning of the measured time */
  double ends_at;
  double cpu_at_begin;
  uint64_t answered_at_begin;
  int measuring;
};

static void die(const char* what) {
  fprintf(stderr, "client_floor: %s\n", what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
         1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void ask(struct mosquitto* m, struct client* c) {
  char topic[topic_size + id_size];
  char id[id_size + 1];
  snprintf(id, sizeof id, "00000000-0000-4000-8000-%012llx", (unsigned long long)++c->asked);
  snprintf(topic, sizeof topic, "%s%s", c->prefix, id);
  memcpy(c->payload + c->id_at, id, id_size);
  mosquitto_publish(m, NULL, topic, c->payload_size, c->payload, c->qos, false);
}

static void on_connect(struct mosquitto* m, void* user, int rc) {
  struct client* c = user;
  if (rc != 0) die(mosquitto_connack_string(rc));
  mosquitto_subscribe(m, NULL, c->filter, c->qos);
}

static void on_subscribe(struct mosquitto* m, void* user, int mid, int count, const int* granted) {
  (void)mid, (void)count, (void)granted;
  struct client* c = user;
  for (int i = 0; i < c->in_flight; ++i) ask(m, c);
}

static void finish(const struct client* c, double at) {
  const double answered = (double)(c->answered - c->answered_at_begin);
  printf("{\"requests_per_s\": %.1f, \"cpu_us_per_request\": %.4f, \"requests\": %.0f}\n",
         answered / (at - c->begins_at), 1e6 * (cpu() - c->cpu_at_begin) / answered, answered);
  exit(0);
}

static void on_message(struct mosquitto* m, void* user, const struct mosquitto_message* message) {
  struct client* c = user;
  const char* id = strrchr(message->topic, '/');
  if (!id || strlen(id + 1) != id_size) return;
  ++c->answered;
  if (c->answered % 64 == 0 || c->in_flight == 1) {
    const double at = now();
    if (!c->measuring && at >= c->begins_at) {
      c->measuring = 1;
      c->begins_at = at;
      c->cpu_at_begin = cpu();
      c->answered_at_begin = c->answered;
    }
    if (at >= c->ends_at) finish(c, at);
  }
  ask(m, c);
}

static void make_payload(struct client* c, const char* path) {
  int at = snprintf(c->payload, sizeof c->payload,
                    "{\"header\":{\"method\":\"GET\",\"path\":\"%s\",\"request_id\":\"", path);
  c->id_at = at;
  at += id_size;
  at += snprintf(c->payload + at, sizeof c->payload - (size_t)at,
                 "\",\"correlation_id\":null,\"token\":null,\"source\":\"floor\"},\"body\":null,"
                 "\"timestamp\":\"1795376802522\"}");
  c->payload_size = at;
}

int main(int argc, char** argv) {
  static const struct option options[] = {
      {"port", required_argument, NULL, 'p'},      {"tag", required_argument, NULL, 't'},
      {"in-flight", required_argument, NULL, 'n'}, {"seconds", required_argument, NULL, 's'},
      {"warm-up", required_argument, NULL, 'w'},   {NULL, 0, NULL, 0}};
  struct client c = {0};
  const char* tag = "BENCH_0001";
  int port = 1883;
  double seconds = 2, warm_up = 0.5;
  c.in_flight = 1;
  for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (o) {
      case 'p': port = atoi(optarg); break;
      case 't': tag = optarg; break;
      case 'n': c.in_flight = atoi(optarg); break;
      case 's': seconds = atof(optarg); break;
      case 'w': warm_up = atof(optarg); break;
      default: return 2;
    }
  }
  if (snprintf(c.filter, sizeof c.filter, "gf_int_v1/+/response/%s/+", tag) >= (int)sizeof c.filter ||
      snprintf(c.prefix, sizeof c.prefix, "gf_int_v1/axuv/request/%s/", tag) >= (int)sizeof c.prefix)
    die("too long a tag");
  make_payload(&c, "gains");
  c.begins_at = now() + warm_up;
  c.ends_at = c.begins_at + seconds;
  mosquitto_lib_init();
  struct mosquitto* m = mosquitto_new(NULL, true, &c);
  if (!m) die("out of memory");
  mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
  mosquitto_int_option(m, MOSQ_OPT_SEND_MAXIMUM, 100);
  mosquitto_connect_callback_set(m, on_connect);
  mosquitto_subscribe_callback_set(m, on_subscribe);
  mosquitto_message_callback_set(m, on_message);
  if (mosquitto_connect(m, "127.0.0.1", port, 60) != MOSQ_ERR_SUCCESS) die("cannot connect");
  mosquitto_loop_forever(m, -1, 1);
  return 1;
}
