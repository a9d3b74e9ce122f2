#include "session/address_search.hpp"

#include <algorithm>
#include <mqcoap/base/glob.hpp>
#include <mqcoap/base/safe_text.hpp>
#include <set>

#include "session/request_verb.hpp"
#include "words/address_pattern.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

using namespace std::chrono_literals;

/// Retained messages arrive in close succession, so after this pause no more are expected.
constexpr auto pause_after_last = 150ms;
constexpr auto longest_search = 1s;

/// Returns true if a pattern may select the device: one that is OFFLINE does not answer.
bool is_online(const device_presence& device) { return device.state != "OFFLINE"; }

std::vector<std::string> tags_of(session& s, const address_pattern& pattern) {
  if (!is_glob(pattern.tag)) return {pattern.tag};
  std::vector<std::string> tags;
  for (const auto& [tag, device] : find_devices(s, pattern.tag, longest_search))
    if (is_online(device)) tags.push_back(tag);
  return tags;
}

bool has_method(const resource_entry& r, method verb) {
  return (", " + r.methods + ", ").find(", " + std::string(to_string(verb)) + ", ") != std::string::npos;
}

/// Adds those resources of a device that match the pattern and have the method.
void add_resources(std::vector<address>& to, session& s, const std::string& tag,
                   const address_pattern& pattern, method verb) {
  const request_spec list(discovery_address(is_glob(pattern.subsystem) ? tag : tag + '/' + pattern.subsystem),
                          method::get);
  const auto outcome = s.request(list);
  const auto resources =
      outcome.answered && !outcome.error ? read_resources(outcome.answered->answer.body) : std::nullopt;
  if (!resources) {
    const auto why = outcome.answered ? message_of(outcome.answered->answer.body) : outcome.message;
    complain("mqcoap: " + tag + " does not list its resources: " + safe_text(why));
    return;
  }
  for (const auto& r : *resources) {
    if (r.path.starts_with('.') || !has_method(r, verb)) continue;
    auto where = address::parse(address_of(r, list.to));
    if (where && pattern.matches(where->tag.text(), where->subsystem.text(), where->path.key()))
      to.push_back(*std::move(where));
  }
}

}  // namespace

presence_list find_devices(session& s, const std::string& pattern, std::chrono::milliseconds most) {
  presence_list devices;
  auto last = std::chrono::steady_clock::now();
  const auto which =
      s.subscribe(general_filter(general_topic::kind::system, {}, {}, *resource_path::parse("presence")),
                  [&](const general_message& m) {
                    note_presence(devices, m, pattern);
                    last = std::chrono::steady_clock::now();
                  });
  const auto end = std::chrono::steady_clock::now() + most;
  last = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() < std::min(end, last + pause_after_last))
    s.wait_until(std::min(end, last + pause_after_last));
  s.mqtt().unsubscribe(which);
  return devices;
}

void check_addresses(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (is_glob(word))
      address_pattern::parse(word);
    else
      read_address(word);
  }
}

std::vector<address> find_addresses(session& s, const std::vector<std::string>& words, method verb,
                                    const settled_options& options) {
  std::vector<address> found;
  for (const auto& word : words) {
    const auto before = found.size();
    if (!is_glob(word)) {
      found.push_back(read_address(word));
      continue;
    }
    const auto pattern = address_pattern::parse(word);
    for (const auto& tag : tags_of(s, pattern)) add_resources(found, s, tag, pattern, verb);
    if (found.size() == before)
      throw failure(status_no_answer,
                    "no resource in " + options.client.ns.text() + " matches '" + word + "' and takes " +
                        std::string(to_string(verb)),
                    "mqcoap ls shows which devices are online, mqcoap ls TAG lists resources");
  }
  std::set<std::string> seen;
  std::erase_if(found, [&](const address& a) { return !seen.insert(a.to_string()).second; });
  return found;
}

}  // namespace mqcoap::cli
