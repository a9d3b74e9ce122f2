/* The floor: a minimal responder based on libmosquitto. It answers every request with the same payload, in
 * which only the request id changes; no JSON is parsed or serialized. */
#define _GNU_SOURCE
#include <getopt.h>
#include <mosquitto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { id_size = 36, topic_size = 512 };

static const char* const request_level = "/request/";
static const char* const response_level = "/response/";

struct responder {
  char filter[topic_size];
  int qos;
  char* payload;
  int payload_size;
  int id_at; /* where the request id goes */
};

static void die(const char* what) {
  fprintf(stderr, "echo_floor: %s\n", what);
  exit(1);
}

/* Writes a JSON array of integers that has exactly this many bytes. */
static void write_body(char* out, size_t bytes) {
  if (bytes < 6) {
    memset(out, '1', bytes);
    return;
  }
  size_t at = (size_t)sprintf(out, "[1234");
  for (; at + 6 <= bytes; at += 5) memcpy(out + at, ",1234", 5);
  memset(out + at, '5', bytes - at - 1);
  out[bytes - 1] = ']';
}

static void make_payload(struct responder* r, const char* tag, const char* path, int code,
                         size_t body_bytes) {
  const size_t size = body_bytes + strlen(tag) + strlen(path) + 256;
  r->payload = malloc(size);
  if (!r->payload) die("out of memory");
  int at = snprintf(r->payload, size, "{\"header\":{\"response_code\":%d,\"path\":\"%s\",\"request_id\":\"",
                    code, path);
  r->id_at = at;
  at += id_size;
  at += snprintf(r->payload + at, size - (size_t)at,
                 "\",\"correlation_id\":null,\"source\":\"%s\"},\"body\":", tag);
  write_body(r->payload + at, body_bytes);
  at += (int)body_bytes;
  at += snprintf(r->payload + at, size - (size_t)at, ",\"timestamp\":\"1795376802530\"}");
  r->payload_size = at;
}

static void on_connect(struct mosquitto* m, void* user, int rc) {
  const struct responder* r = user;
  if (rc != 0) die(mosquitto_connack_string(rc));
  mosquitto_subscribe(m, NULL, r->filter, r->qos);
}

static void on_message(struct mosquitto* m, void* user, const struct mosquitto_message* message) {
  struct responder* r = user;
  const char* kind = strstr(message->topic, request_level);
  const char* id = strrchr(message->topic, '/');
  if (!kind || strlen(id + 1) != id_size) return;
  char topic[topic_size];
  const int before = (int)(kind - message->topic);
  const int size = snprintf(topic, sizeof topic, "%.*s%s%s", before, message->topic, response_level,
                            kind + strlen(request_level));
  if (size >= (int)sizeof topic) return;
  memcpy(r->payload + r->id_at, id + 1, id_size);
  mosquitto_publish(m, NULL, topic, r->payload_size, r->payload, r->qos, false);
}

static void run(struct responder* r, int port) {
  mosquitto_lib_init();
  struct mosquitto* m = mosquitto_new(NULL, true, r);
  if (!m) die("out of memory");
  mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
  mosquitto_int_option(m, MOSQ_OPT_SEND_MAXIMUM, 100);
  mosquitto_connect_callback_set(m, on_connect);
  mosquitto_message_callback_set(m, on_message);
  if (mosquitto_connect(m, "127.0.0.1", port, 60) != MOSQ_ERR_SUCCESS) die("cannot connect");
  mosquitto_loop_forever(m, -1, 1);
}

int main(int argc, char** argv) {
  static const struct option options[] = {
      {"port", required_argument, NULL, 'p'},       {"namespace", required_argument, NULL, 'n'},
      {"tag", required_argument, NULL, 't'},        {"path", required_argument, NULL, 'a'},
      {"qos", required_argument, NULL, 'q'},        {"code", required_argument, NULL, 'c'},
      {"body-bytes", required_argument, NULL, 'b'}, {NULL, 0, NULL, 0}};
  struct responder r = {0};
  const char *ns = "gf_int_v1", *tag = "BENCH_0001", *path = "gains";
  int port = 1883, code = 205;
  size_t body_bytes = 11;
  for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (c) {
      case 'p': port = atoi(optarg); break;
      case 'n': ns = optarg; break;
      case 't': tag = optarg; break;
      case 'a': path = optarg; break;
      case 'q': r.qos = atoi(optarg); break;
      case 'c': code = atoi(optarg); break;
      case 'b': body_bytes = (size_t)atoll(optarg); break;
      default: return 2;
    }
  }
  if (snprintf(r.filter, sizeof r.filter, "%s/+/request/%s/+", ns, tag) >= (int)sizeof r.filter)
    die("too long a tag");
  make_payload(&r, tag, path, code, body_bytes);
  run(&r, port);
  return 1;
}
