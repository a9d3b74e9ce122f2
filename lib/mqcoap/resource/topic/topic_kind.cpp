#include <mqcoap/resource/backend/reading_keys.hpp>
#include <mqcoap/resource/topic/topic.hpp>

namespace mqcoap {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::size_t longest_topic = 65'535;

struct topic_keys : backend_keys {
  located<std::string> topic;
  std::optional<milliseconds> stale_after;
  std::optional<located<std::string>> set_topic;
  std::optional<located<bool>> set_retain;
};

/// Returns why resources cannot use a topic; nothing if they can.
std::optional<std::string> find_topic_fault(const std::string& topic, bool is_written) {
  if (topic.find_first_of("+#") != std::string::npos)
    return "a wildcard is not allowed here: a resource has one topic";
  if (topic.size() > longest_topic) return "a topic has at most " + std::to_string(longest_topic) + " bytes";
  if (is_written && topic.starts_with('$'))
    return "a topic that begins with '$' is the broker's own, and nobody else publishes there";
  if (topic.starts_with("$share/"))
    return "a shared subscription gets only some of the messages, and delivers them under another topic";
  return std::nullopt;
}

value_type<std::string> topic_name(bool is_written) {
  const std::string expected = "a topic like lab/vacuum/gauge1";
  return refine(text(expected), expected, string_schema(is_written ? "^[^+#$][^+#]*$" : "^[^+#]+$"),
                [expected, is_written](std::string topic, const node& n,
                                       read_context& ctx) -> std::optional<std::string> {
                  const auto why = find_topic_fault(topic, is_written);
                  if (!why && !topic.empty()) return topic;
                  if (why)
                    ctx.faults.error(n, *why);
                  else
                    mismatch(n, expected, ctx);
                  return std::nullopt;
                });
}

std::optional<kind_options> build_topic(const topic_keys& keys, const kind_place& at) {
  topic_options options;
  options.topic = keys.topic.value;
  options.stale_after = keys.stale_after;
  method_set methods{method::get};
  if (keys.set_topic) {
    options.set_topic = keys.set_topic->value;
    methods.insert(method::put);
  }
  if (keys.set_retain) {
    options.set_retain = keys.set_retain->value;
    if (!keys.set_topic)
      at.faults.error(*keys.set_retain->at->key,
                      "`set_retain` is about what a PUT publishes, and there is no `set_topic`");
  }
  options.front = build_backend_options(keys, methods, at);
  return options;
}

}  // namespace

const kind_module& topic_kind() {
  using keys = topic_keys;
  static const kind_table<keys> table{
      without_key(
          with_backend_keys<keys>(
              {key<keys>("topic", with_place(topic_name(false)), another_kind(),
                         "The latest message of an ordinary MQTT topic of the default broker, retained or "
                         "not, without wildcards. 503 before the first message and after an empty one, 502 "
                         "if it cannot be parsed. Messages that are larger than `limits.payload` are "
                         "ignored and counted.",
                         &keys::topic),
               key<keys>("stale_after", duration(10ms, 168h), presence::optional("any age is good"),
                         "How old the message may be; an older one gets 503. Its age counts from when the "
                         "gateway gets it, for a retained one as well; a retained one that is delivered "
                         "again, unchanged, does not become younger",
                         &keys::stale_after),
               key<keys>(
                   "set_topic", with_place(topic_name(true)), presence::optional("no PUT"),
                   "The topic on which a PUT publishes: a string as its text, without quotes, and anything "
                   "else as JSON; 204 when it was sent, with `qos: 1` when the broker has acknowledged it",
                   &keys::set_topic),
               key<keys>("set_retain", with_place(boolean()), presence::optional("`false`"),
                         "Whether the broker retains the message of a PUT", &keys::set_retain)}),
          "cache"),
      build_topic};
  return table;
}

}  // namespace mqcoap
