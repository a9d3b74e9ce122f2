/* A minimal proxy based on libmosquitto: a request to one tag is forwarded, byte for byte, to another tag,
 * and the answer is returned under the name of the first one. Only topics are rewritten. */
#define _GNU_SOURCE
#include <getopt.h>
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { topic_size = 512 };

struct place {
  const char* ns;
  const char* tag;
};

struct proxy {
  struct place near; /* target of the requests */
  struct place far;  /* where the device is */
  int qos;
};

static void die(const char* what) {
  fprintf(stderr, "proxy_floor: %s\n", what);
  exit(1);
}

static void subscribe(struct mosquitto* m, const struct place* at, const char* kind, int qos) {
  char filter[topic_size];
  if (snprintf(filter, sizeof filter, "%s/+/%s/%s/+", at->ns, kind, at->tag) >= (int)sizeof filter)
    die("too long a tag");
  mosquitto_subscribe(m, NULL, filter, qos);
}

static void on_connect(struct mosquitto* m, void* user, int rc) {
  const struct proxy* p = user;
  if (rc != 0) die(mosquitto_connack_string(rc));
  subscribe(m, &p->far, "response", p->qos);
  subscribe(m, &p->near, "request", p->qos);
}

static void on_message(struct mosquitto* m, void* user, const struct mosquitto_message* message) {
  const struct proxy* p = user;
  /* namespace, subsystem, kind, tag, id: the filters match nothing else */
  const char* subsystem = strchr(message->topic, '/') + 1;
  const char* kind = strchr(subsystem, '/') + 1;
  const char* id = strrchr(kind, '/') + 1;
  const int is_request = strncmp(kind, "request/", 8) == 0;
  const struct place* to = is_request ? &p->far : &p->near;
  char topic[topic_size];
  const int size = snprintf(topic, sizeof topic, "%s/%.*s/%s/%s/%s", to->ns, (int)(kind - subsystem - 1),
                            subsystem, is_request ? "request" : "response", to->tag, id);
  if (size >= (int)sizeof topic) return;
  mosquitto_publish(m, NULL, topic, message->payloadlen, message->payload, p->qos, false);
}

static void run(struct proxy* p, int port) {
  mosquitto_lib_init();
  struct mosquitto* m = mosquitto_new(NULL, true, p);
  if (!m) die("out of memory");
  mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
  mosquitto_int_option(m, MOSQ_OPT_SEND_MAXIMUM, 100);
  mosquitto_connect_callback_set(m, on_connect);
  mosquitto_message_callback_set(m, on_message);
  if (mosquitto_connect(m, "127.0.0.1", port, 60) != MOSQ_ERR_SUCCESS) die("cannot connect");
  mosquitto_loop_forever(m, -1, 1);
}

int main(int argc, char** argv) {
  static const struct option options[] = {{"port", required_argument, NULL, 'p'},
                                          {"namespace", required_argument, NULL, 'n'},
                                          {"tag", required_argument, NULL, 't'},
                                          {"to-namespace", required_argument, NULL, 'N'},
                                          {"to-tag", required_argument, NULL, 'T'},
                                          {"qos", required_argument, NULL, 'q'},
                                          {NULL, 0, NULL, 0}};
  struct proxy p = {{"gf_int_v1", "BENCH_0001"}, {"bench_far", "BENCH_0001"}, 0};
  int port = 1883;
  for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (c) {
      case 'p': port = atoi(optarg); break;
      case 'n': p.near.ns = optarg; break;
      case 't': p.near.tag = optarg; break;
      case 'N': p.far.ns = optarg; break;
      case 'T': p.far.tag = optarg; break;
      case 'q': p.qos = atoi(optarg); break;
      default: return 2;
    }
  }
  run(&p, port);
  return 1;
}
