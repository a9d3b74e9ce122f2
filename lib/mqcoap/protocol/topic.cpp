#include <mqcoap/protocol/topic.hpp>

namespace mqcoap {
namespace {

constexpr std::size_t longest_level = 64;
constexpr std::size_t longest_topic = 5 * longest_level + 4;

std::string_view to_string(exchange_topic::kind k) {
  return k == exchange_topic::kind::request ? "request" : "response";
}

template <class... Parts>
std::string join(const Parts&... parts) {
  std::string text;
  text.reserve((std::string_view(parts).size() + ...) + sizeof...(parts));
  ((text.append(parts).append(1, '/')), ...);
  text.pop_back();
  return text;
}

}  // namespace

result<exchange_topic> exchange_topic::parse(std::string_view text) {
  if (text.size() > longest_topic) return errc::invalid_topic;
  exchange_topic topic;
  std::size_t at = 0;
  for (std::size_t level = 0; level < 5; ++level) {
    const auto begin = at;
    while (at < text.size() && is_name_char(text[at])) ++at;
    if (at == begin || at - begin > longest_level) return errc::invalid_topic;
    topic.start_[level] = static_cast<std::uint16_t>(begin);
    const bool ends = at == text.size();
    if (ends != (level == 4) || (!ends && text[at++] != '/')) return errc::invalid_topic;
  }
  topic.start_[5] = static_cast<std::uint16_t>(text.size() + 1);
  topic.text_ = text;
  const auto kind = topic.level(2);
  if (kind == "request")
    topic.kind_ = kind::request;
  else if (kind == "response")
    topic.kind_ = kind::response;
  else
    return errc::invalid_topic;
  return topic;
}

exchange_topic exchange_topic::make(const namespace_name& ns, const subsystem_name& subsystem, kind k,
                                    const device_tag& tag, const request_id& id) {
  return *parse(join(ns.text(), subsystem.text(), to_string(k), tag.text(), id.text()));
}

std::string_view exchange_topic::level(std::size_t index) const noexcept {
  return std::string_view(text_).substr(start_[index], start_[index + 1] - start_[index] - 1U);
}

std::string exchange_topic::response_topic() const {
  return join(ns(), subsystem(), to_string(kind::response), tag(), id());
}

void exchange_topic::write_response_topic(std::string& out) const {
  out.clear();
  for (const auto part : {ns(), subsystem(), to_string(kind::response), tag()})
    out.append(part).append(1, '/');
  out.append(id());
}

std::string request_filter(const namespace_name& ns, const device_tag& tag) {
  return join(ns.text(), "+", "request", tag.text(), "+");
}

std::string all_requests_filter(const namespace_name& ns) {
  return join(ns.text(), "+", "request", "+", "+");
}

std::string shared_filter(std::string_view group, const std::string& filter) {
  return group.empty() ? filter : "$share/" + std::string(group) + '/' + filter;
}

std::string response_filter(const namespace_name& ns, const device_tag& tag) {
  return join(ns.text(), "+", "response", tag.text(), "+");
}

}  // namespace mqcoap
