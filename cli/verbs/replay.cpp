#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <deque>
#include <fstream>
#include <iostream>
#include <memory>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/base/text_map.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/response_code.hpp>
#include <set>

#include "output/body_diff.hpp"
#include "output/exchange_fields.hpp"
#include "output/exchange_text.hpp"
#include "session/bus_session.hpp"
#include "session/replay_plan.hpp"
#include "verbs/verbs.hpp"
#include "words/duration_text.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

constexpr char no_answer[] = "no answer";
constexpr char replay_examples[] =
    "Compares codes and bodies of the answers with the recorded ones, and prints a line per difference.\n"
    "Without --writes only GET is sent. Requests get fresh ids and the present time; with --same-ids\n"
    "they are sent byte for byte, and a device that remembers ids repeats its earlier answers to\n"
    "writes.\n"
    "Exit status: 0 if all answers are equal to the recorded ones, 1 if not.\n\n"
    "Examples:\n"
    "  mqcoap replay shots.jsonl --speed 2\n"
    "  mqcoap replay shots.jsonl --to SIM_1 --ignore /time --ignore '/samples/*/t'\n"
    "  mqcoap replay shots.jsonl --writes -L mqtt://test-broker -n test_v1";

constexpr int status_different = 1;

struct replay_arguments {
  std::string file;
  double speed = 1;
  bool same_ids = false;
  bool writes = false;
  std::string to;                    ///< empty: as recorded
  std::vector<std::string> ignored;  ///< JSON pointers into bodies
};

std::vector<recorded_message> load(const std::string& path, bool quiet) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file) throw failure(status_usage, path + " cannot be read: " + std::strerror(errno));
  }
  const std::string name = path == "-" ? "standard input" : path;
  auto read = read_recording(path == "-" ? std::cin : file, name);
  if (read.cut_short && !quiet)
    complain("mqcoap: the last line of " + name + " is incomplete, and is skipped");
  return std::move(read.messages);
}

/// Returns the tags to which the requests are sent.
std::set<device_tag> tags_of(const replay_plan& plan) {
  std::set<device_tag> tags;
  for (const auto& r : plan.requests) tags.insert(r.tag);
  return tags;
}

void send_to(replay_plan& plan, const std::string& tag) {
  const auto to = device_tag::parse(tag);
  if (!to) throw usage_failure("--to '" + tag + "' is not a tag", "1 to 64 characters of A-Z a-z 0-9 _ . -");
  for (auto& r : plan.requests) r.tag = *to;
}

std::vector<json_place> places_of(const std::vector<std::string>& pointers) {
  std::vector<json_place> places;
  for (const auto& text : pointers) places.push_back(parse_place(text));
  return places;
}

std::vector<std::string> filters_of(const replay_plan& plan, const namespace_name& ns) {
  std::vector<std::string> filters;
  for (const auto& tag : tags_of(plan)) filters.push_back(response_filter(ns, tag));
  return filters;
}

class replay {
 public:
  replay(const replay_arguments& given, replay_plan plan, const settled_options& options)
      : given_(given),
        options_(options),
        ignored_(places_of(given.ignored)),
        plan_(std::move(plan)),
        session_(options.client.broker, filters_of(plan_, options.client.ns), options.client.timeout,
                 {[this] { begin(); }, [this](const inbound& m) { take(m); }}),
        alarm_(session_.loop()) {}

  int run() {
    const bool finished = session_.run();
    if (!options_.quiet) complain(summary());
    if (!finished) throw interrupted(session_.signal());
    return different_ == 0 ? status_ok : status_different;
  }

 private:
  struct sent {
    std::string answer_topic;
    steady_time deadline;
  };

  void begin() {
    began_ = session_.time().now();
    step();
  }

  steady_time due(const planned_request& r) const {
    return began_ + std::chrono::nanoseconds(
                        static_cast<std::int64_t>(static_cast<double>(r.at.count()) * 1e3 / given_.speed));
  }

  /// Sends requests that are due, reports those that timed out, and sets the timer for the next event.
  void step() {
    const auto now = session_.time().now();
    while (next_ < plan_.requests.size() && due(plan_.requests[next_]) <= now) send(next_++);
    for (; !waiting_.empty() && waiting_.front().deadline <= now; waiting_.pop_front())
      if (const auto lost = pending_.extract(waiting_.front().answer_topic))
        compare(lost.mapped(), std::nullopt, {});
    while (!waiting_.empty() && !pending_.contains(waiting_.front().answer_topic)) waiting_.pop_front();
    if (next_ == plan_.requests.size() && pending_.empty()) return session_.finish();
    auto when = waiting_.empty() ? steady_time::max() : waiting_.front().deadline;
    if (next_ < plan_.requests.size()) when = std::min(when, due(plan_.requests[next_]));
    alarm_.expires_at(when);
    alarm_.async_wait([this](boost::system::error_code ec) {
      if (!ec) session_.guarded([this] { step(); });
    });
  }

  void send(std::size_t index) {
    const auto& r = plan_.requests[index];
    const request_id id = given_.same_ids ? r.id : ids_.next();
    const auto topic =
        exchange_topic::make(options_.client.ns, r.subsystem, exchange_topic::kind::request, r.tag, id);
    const auto now = session_.time().now();
    const auto deadline = now + options_.client.timeout;
    const auto payload = payload_of(r, id, session_.time().wall(), given_.same_ids);
    ++sent_;
    if (session_.bus().publish(topic.text(), payload, deadline)) return compare(index, std::nullopt, {});
    waiting_.push_back({topic.response_topic(), deadline});
    pending_.emplace(topic.response_topic(), index);
  }

  void take(const inbound& m) {
    if (m.retained) return;  // answers an earlier request with the same id
    const auto found = pending_.extract(std::string(m.topic));
    if (!found) return;
    const auto topic = exchange_topic::parse(m.topic);
    compare(found.mapped(), read_fields(*topic, m.payload).code, read_body(m.payload));
    if (next_ == plan_.requests.size() && pending_.empty()) session_.finish();
  }

  void compare(std::size_t index, std::optional<std::int64_t> code, const json_text& body) {
    const auto& r = plan_.requests[index];
    const bool same_code = r.code && code == r.code;
    const auto differs = same_code ? first_difference(r.body, body, ignored_) : std::nullopt;
    if (!r.code) {
      ++unrecorded_;
    } else if (same_code && !differs) {
      ++equal_;
    } else {
      ++different_;
    }
    if (options_.output.kind == output_kind::json) {
      print(json_line(r, code, differs) + '\n');
    } else if (differs) {
      print(fmt::format("{}: {} as recorded, with another body: {}\n", line_of(r), code_text(code, no_answer),
                        to_text(*differs)));
    } else if (r.code && !same_code) {
      print(fmt::format("{}: recorded {}, now {}\n", line_of(r), code_text(r.code, no_answer),
                        code_text(code, no_answer)));
    }
  }

  static std::string line_of(const planned_request& r) {
    const std::string path = r.decoded ? log_safe(r.decoded->path.key(), 128) : "?";
    return fmt::format("{} {} {}/{}/{}", to_text(r.at), r.decoded ? to_string(r.decoded->verb) : "?",
                       r.tag.text(), r.subsystem.text(), path);
  }

  static std::string json_line(const planned_request& r, std::optional<std::int64_t> code,
                               const std::optional<body_difference>& differs) {
    const auto code_text = [](std::optional<std::int64_t> c) { return c ? std::to_string(*c) : "null"; };
    std::string out = fmt::format(R"({{"t":{:.3f},"tag":"{}","subsystem":"{}")", milliseconds_of(r.at),
                                  r.tag.text(), r.subsystem.text());
    if (r.decoded) {
      out += fmt::format(R"(,"method":"{}","path":)", to_string(r.decoded->verb));
      append_json_string(out, r.decoded->path.key());
    }
    out += fmt::format(R"(,"recorded":{},"now":{})", code_text(r.code), code_text(code));
    if (differs) {
      append_json_string(out += R"(,"differs_at":)", differs->at);
      if (differs->was) out.append(R"(,"recorded_value":)").append(differs->was->text());
      if (differs->is) out.append(R"(,"now_value":)").append(differs->is->text());
    }
    return safe_json(out + '}', line_ends::replaced);
  }

  std::string summary() const {
    std::string out =
        fmt::format("sent {} requests: {} answered as recorded, {} differently", sent_, equal_, different_);
    const auto add = [&out](std::size_t n, const char* what) {
      if (n > 0) out += fmt::format("; {} {}", n, what);
    };
    add(unrecorded_, "without a recorded answer");
    add(plan_.writes_left_out, "skipped because they write (--writes sends them)");
    add(plan_.broken_left_out, "skipped because they break the protocol (--same-ids sends them as they are)");
    add(plan_.repeats_left_out, "skipped because their id was sent before");
    return out;
  }

  const replay_arguments& given_;
  const settled_options& options_;
  const std::vector<json_place> ignored_;
  const replay_plan plan_;
  bus_session session_;
  boost::asio::steady_timer alarm_;
  request_id_generator ids_;
  steady_time began_{};
  std::size_t next_ = 0;
  std::deque<sent> waiting_;       ///< by deadline; entries of answered requests are skipped
  text_map<std::size_t> pending_;  ///< index into the plan by topic of the answer
  std::size_t sent_ = 0, equal_ = 0, different_ = 0, unrecorded_ = 0;
};

int run(const replay_arguments& given, const settled_options& options) {
  places_of(given.ignored);  // throws before anything is read
  auto plan = make_plan(load(given.file, options.quiet), {given.same_ids, given.writes});
  if (!given.to.empty()) send_to(plan, given.to);
  if (plan.empty())
    throw failure(status_usage, given.file + " has no request to send",
                  plan.writes_left_out > 0
                      ? fmt::format("--writes sends its {} POST, PUT and DELETE", plan.writes_left_out)
                      : "");
  return replay(given, std::move(plan), options).run();
}

}  // namespace

verb declare_replay(CLI::App& root) {
  auto app = command(root).add_subcommand("replay",
                                          "Send the requests of a recording again, and compare the answers");
  auto given = std::make_shared<replay_arguments>();
  app->add_option("file", given->file, "A recording, or - for standard input")
      ->required()
      ->option_text("FILE");
  app->add_option("--speed", given->speed, "The speed: 2 is twice as fast as recorded")
      ->between(0.001, 1e6)
      ->capture_default_str()
      ->option_text("FACTOR");
  app->add_flag("--same-ids", given->same_ids,
                "Send each request byte for byte, with its recorded id and time");
  app->add_flag("--writes", given->writes, "Send POST, PUT and DELETE too");
  app->add_option("--to", given->to, "Send all requests to this tag (default: the recorded tag)")
      ->option_text("TAG");
  app->add_option(
         "--ignore", given->ignored,
         "Ignore this part of bodies, a JSON pointer: /time, '/*/time', '' for the whole. May be repeated")
      ->expected(1)
      ->take_all()
      ->option_text("PATH");
  app->footer(replay_examples);
  auto has = effects::with_outputs({"body", "json"});
  has.token = false;
  return {.app = app,
          .run = [given](const settled_options& options) { return run(*given, options); },
          .has = std::move(has)};
}

}  // namespace mqcoap::cli
