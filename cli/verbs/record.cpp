#include <spdlog/fmt/fmt.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mqcoap/protocol/topic.hpp>
#include <optional>

#include "options/watch_options.hpp"
#include "output/exchange_fields.hpp"
#include "session/bus_session.hpp"
#include "session/recording.hpp"
#include "verbs/verbs.hpp"
#include "words/address_pattern.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

constexpr char record_examples[] =
    "Each line is {\"t\": ms since the beginning, \"at\": time, \"topic\": ..., \"payload\": text}, with\n"
    "\"encoding\": \"base64\" for a payload that is not UTF-8, and is written at once. Ctrl-C ends it, with\n"
    "status 130 and a summary on stderr.\n\n"
    "Examples:\n"
    "  mqcoap record shots.jsonl --for 10min\n"
    "  mqcoap record - '2D_*' | jq -r .topic";

struct record_arguments {
  std::string file;
  std::string pattern = "*";
  bool force = false;
  watch_limits limits;
};

/// The file or standard output to which lines are written.
class line_file {
 public:
  /// @throws failure  if the file cannot be created, or exists and must not be replaced
  line_file(const std::string& path, bool replace) : path_(path) {
    if (path == "-") return;
    file_ = std::fopen(path.c_str(), replace ? "we" : "wxe");
    if (file_ != nullptr) return;
    throw failure(status_usage, path + " cannot be created: " + std::strerror(errno),
                  errno == EEXIST ? "--force replaces it" : "");
  }
  line_file(const line_file&) = delete;
  line_file& operator=(const line_file&) = delete;
  ~line_file() {
    if (file_ != nullptr) std::fclose(file_);
  }

  /// Writes a line and flushes. @throws failure, output_closed
  void write(const std::string& line) {
    if (file_ == nullptr) return print(line);
    if (std::fwrite(line.data(), 1, line.size(), file_) != line.size() || std::fflush(file_) != 0)
      throw failure(status_internal, path_ + " cannot be written to: " + std::strerror(errno));
  }

 private:
  const std::string path_;
  std::FILE* file_ = nullptr;
};

class recorder {
 public:
  recorder(const record_arguments& given, address_pattern pattern, const settled_options& options)
      : options_(options),
        pattern_(std::move(pattern)),
        most_(given.limits.count),
        duration_(given.limits.time()),
        given_(given),
        session_(
            options.client.broker,
            {pattern_.filter(options.client.ns, "request"), pattern_.filter(options.client.ns, "response")},
            options.client.timeout, {[this] { begin(); }, [this](const inbound& m) { take(m); }}) {}

  int run() {
    const bool finished = session_.run();
    if (!options_.quiet)
      complain(fmt::format("recorded {} requests and {} answers, {} bytes", requests_, written_ - requests_,
                           bytes_));
    if (!finished) throw interrupted(session_.signal());
    return status_ok;
  }

 private:
  void begin() {
    out_.emplace(given_.file, given_.force);
    began_ = session_.time().now();
    if (!options_.quiet) complain("recording " + options_.client.ns.text() + "; Ctrl-C ends it");
    if (duration_) session_.finish_after(*duration_);
  }

  void take(const inbound& m) {
    const auto topic = exchange_topic::parse(m.topic);
    if (!topic || m.retained || !out_ || (most_ > 0 && written_ >= most_)) return;
    if (!pattern_.matches(topic->tag(), topic->subsystem(),
                          pattern_.path == "**" ? "" : read_fields(*topic, m.payload).path))
      return;
    const auto since = std::chrono::duration_cast<std::chrono::microseconds>(session_.time().now() - began_);
    const auto line =
        to_line({since, session_.time().wall(), std::string(m.topic), std::string(m.payload)}) + '\n';
    out_->write(line);
    bytes_ += line.size();
    requests_ += topic->which() == exchange_topic::kind::request;
    if (++written_ == most_) session_.finish();
  }

  const settled_options& options_;
  const address_pattern pattern_;
  const std::uint64_t most_;
  const std::optional<std::chrono::milliseconds> duration_;
  const record_arguments& given_;
  std::optional<line_file>
      out_;  ///< created after the connection is established, so that a failure leaves no empty file
  bus_session session_;
  steady_time began_{};
  std::uint64_t written_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t bytes_ = 0;
};

int run(const record_arguments& given, const settled_options& options) {
  return recorder(given, address_pattern::parse(given.pattern), options).run();
}

}  // namespace

verb declare_record(CLI::App& root) {
  auto app = command(root).add_subcommand("record", "Write requests and answers to a file, for `replay`");
  auto given = std::make_shared<record_arguments>();
  app->add_option("file", given->file, "The file, or - for standard output")->required()->option_text("FILE");
  app->add_option("pattern", given->pattern, "TAG, TAG/SUBSYSTEM or TAG/SUBSYSTEM/PATH, with * and ?")
      ->capture_default_str()
      ->option_text("PATTERN");
  app->add_flag("--force", given->force, "Replace an existing file");
  given->limits.declare(app, "messages");
  app->footer(record_examples);
  auto has = effects::with_outputs({});
  has.token = false;
  return {.app = app,
          .run = [given](const settled_options& options) { return run(*given, options); },
          .has = std::move(has)};
}

}  // namespace mqcoap::cli
