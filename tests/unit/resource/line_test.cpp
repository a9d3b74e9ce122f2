#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <mqcoap/resource/line/instrument.hpp>
#include <mqcoap/resource/line/line_backend.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "recorder.hpp"
#include "support/run_loop.hpp"
#include "unit/config/support.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
using namespace std::chrono_literals;

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// The instrument's end of a connection: reports lines, and sends what the test wants. It writes
/// synchronously, because what it sends is short.
class far_end : public std::enable_shared_from_this<far_end> {
 public:
  /// Called for each line.
  using hearer = std::function<void(far_end&, const std::string&)>;

  virtual ~far_end() = default;
  virtual void say(const std::string& text) = 0;
  virtual void close() = 0;

  hearer hears;

 protected:
  template <class Stream>
  void listen(Stream& at) {
    at.async_read_some(asio::buffer(bytes_), [self = weak_from_this(), &at, this](
                                                 boost::system::error_code ec, std::size_t got) {
      const auto kept = self.lock();
      if (!kept || ec) return;
      heard_.append(bytes_.data(), got);
      for (auto end = heard_.find('\n'); end != std::string::npos; end = heard_.find('\n')) {
        const auto line = heard_.substr(0, end);
        heard_.erase(0, end + 1);
        if (hears) hears(*this, line);
      }
      if (at.is_open()) listen(at);
    });
  }

 private:
  std::array<char, 1024> bytes_{};
  std::string heard_;
};

class tcp_end final : public far_end {
 public:
  explicit tcp_end(tcp::socket at) : at_(std::move(at)) {}
  void begin() { listen(at_); }
  void say(const std::string& text) override { asio::write(at_, asio::buffer(text)); }
  void close() override { at_.close(); }

 private:
  tcp::socket at_;
};

/// A pseudo-terminal; the instrument uses the master end.
class serial_end final : public far_end {
 public:
  explicit serial_end(asio::io_context& loop) : at_(loop) {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(master >= 0);
    REQUIRE(::grantpt(master) == 0);
    REQUIRE(::unlockpt(master) == 0);
    std::array<char, 128> name{};
    REQUIRE(::ptsname_r(master, name.data(), name.size()) == 0);
    path = name.data();
    // The master reads an end of file when nobody has the port open.
    slave_ = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    termios raw{};
    ::tcgetattr(slave_, &raw);
    ::cfmakeraw(&raw);
    ::tcsetattr(slave_, TCSANOW, &raw);
    at_.assign(master);
  }
  ~serial_end() override { close(); }
  void begin() { listen(at_); }
  void say(const std::string& text) override { asio::write(at_, asio::buffer(text)); }
  void close() override {
    if (slave_ >= 0) ::close(std::exchange(slave_, -1));
    if (at_.is_open()) at_.close();
  }
  std::string path;

 private:
  asio::posix::stream_descriptor at_;
  int slave_ = -1;
};

struct line_fixture {
  asio::io_context loop;
  backend_services services{loop.get_executor()};
  system_clock time;
  std::vector<std::string> log;
  tcp::acceptor door{loop, {asio::ip::address_v4::loopback(), 0}};
  std::shared_ptr<tcp_end> connected;
  std::size_t connections = 0;
  far_end::hearer hears;
  std::vector<std::string> answers;
  std::vector<backend::running> running;

  line_fixture() { accept(); }
  void accept() {
    door.async_accept([this](boost::system::error_code ec, tcp::socket made) {
      if (ec) return;
      ++connections;
      connected = std::make_shared<tcp_end>(std::move(made));
      connected->hears = [this](far_end& end, const std::string& line) { hears(end, line); };
      connected->begin();
      accept();
    });
  }
  line_options options(const std::string& get = "V?") {
    line_options made;
    made.at = tcp_address{"127.0.0.1", door.local_endpoint().port()};
    made.terms.timeout = 1h;
    made.get = *line_template::parse(get);
    made.front.methods = method_set::all();
    return made;
  }
  std::shared_ptr<line_backend> make(const line_options& of) {
    return std::make_shared<line_backend>(
        of, instrument::find(of.at, services, time,
                             [this](log_level, std::string_view message) { log.emplace_back(message); }));
  }
  void ask(backend& of, method verb = method::get, const std::string& body = "null",
           const std::string& rest = {}) {
    running.push_back(of.run({.verb = verb, .path = "x", .rest = rest, .body = text(body), .options = {}},
                             [this](const backend_reply& reply) {
                               std::string said = is_error(reply.code) ? reply.message : reply.text;
                               if (reply.body) said = reply.body->text();
                               answers.push_back(std::to_string(to_int(reply.code)) + ' ' + said);
                             }));
  }
  std::string settle(std::size_t wanted = 1) {
    run_until(loop, [&] { return answers.size() >= wanted; });
    std::string all;
    for (const auto& each : std::exchange(answers, {})) all += (all.empty() ? "" : "; ") + each;
    return all;
  }
};

void echo(far_end& end, const std::string& line) { end.say(line + "\r\n"); }

}  // namespace

TEST_CASE_FIXTURE(line_fixture, "an instrument behind TCP is connected once, and asked in turn") {
  hears = echo;
  const auto volts = make(options("V?"));
  const auto amperes = make(options("I?"));
  for (int i = 0; i < 3; ++i) {
    ask(*volts);
    ask(*amperes);
  }
  CHECK(settle(6) == "205 V?; 205 I?; 205 V?; 205 I?; 205 V?; 205 I?");
  CHECK(connections == 1);
}

TEST_CASE_FIXTURE(line_fixture,
                  "what a resource is named does not matter: an address is one instrument, over a reload") {
  hears = echo;
  auto before = make(options());
  ask(*before);
  CHECK(settle() == "205 V?");
  const auto after = make(options("I?"));
  before.reset();
  ask(*after);
  CHECK(settle() == "205 I?");
  CHECK(connections == 1);
}

TEST_CASE_FIXTURE(line_fixture, "an answer in pieces is put together, one with two lines is one") {
  hears = [](far_end& end, const std::string&) {
    end.say("4.9");
    end.say("9\nsecond\n");
  };
  const auto tested = make(options());
  ask(*tested);
  CHECK(settle() == "205 4.99");
  ask(*tested);
  CHECK(settle() == "205 4.99");
  CHECK(log.size() == 1);
}

TEST_CASE_FIXTURE(line_fixture, "a late answer never reaches the next caller") {
  std::vector<std::shared_ptr<far_end>> late;
  hears = [&](far_end& end, const std::string& line) {
    if (late.empty())
      late.push_back(end.shared_from_this());
    else
      end.say(line + '\n');
  };
  auto of = options("first?");
  of.terms.timeout = 20ms;
  const auto mute = make(of);
  const auto next = make(options("second?"));
  ask(*mute);
  ask(*next);
  CHECK(settle(2) == "504 the instrument has not answered within 20ms; 205 second?");
  CHECK(connections == 2);
  REQUIRE(late.size() == 1);
  try {
    late.front()->say("first\n");  // the old connection is closed, or accepts the bytes and nobody reads them
  } catch (const boost::system::system_error&) {
  }
  ask(*next);
  CHECK(settle() == "205 second?");
}

TEST_CASE_FIXTURE(line_fixture, "an instrument that closes within its answer, or before it") {
  hears = [n = 0](far_end& end, const std::string&) mutable {
    if (++n == 1) end.say("12.");
    end.close();
  };
  const auto tested = make(options());
  ask(*tested);
  CHECK(settle() ==
        "502 the connection to the instrument ended within its answer (it was closed at the other end); "
        "received so far: '12.'");
  ask(*tested);
  CHECK(settle() ==
        "503 the connection to the instrument ended before it had answered: it was closed at the other end");
}

TEST_CASE_FIXTURE(line_fixture,
                  "an instrument that refuses is a 503 with the system's words, and asked again") {
  hears = echo;
  const auto of = options();
  const auto where = door.local_endpoint();
  door.close();
  const auto tested = make(of);
  ask(*tested);
  CHECK(settle() == "503 cannot connect to the instrument: Connection refused");
  door.open(where.protocol());
  door.set_option(tcp::acceptor::reuse_address(true));
  door.bind(where);
  door.listen();
  accept();
  ask(*tested);
  CHECK(settle() == "205 V?");
}

TEST_CASE_FIXTURE(line_fixture, "a name is looked up, and one that is unknown is a 503") {
  hears = echo;
  auto of = options();
  std::get<tcp_address>(of.at).host = "localhost";
  const auto tested = make(of);
  ask(*tested);
  CHECK(settle() == "205 V?");
  std::get<tcp_address>(of.at).host = "no-such-host.invalid";
  const auto lost = make(of);
  ask(*lost);
  CHECK(settle().starts_with("503 cannot connect to the instrument: "));
}

TEST_CASE_FIXTURE(line_fixture, "a mute instrument delays only its own callers") {
  hears = [](far_end&, const std::string&) {};
  auto of = options();
  const auto mute = make(of);
  ask(*mute);
  const auto echoing = std::make_shared<serial_end>(loop);
  echoing->hears = echo;
  echoing->begin();
  of.at = serial_address{.device = echoing->path};
  const auto tested = make(of);
  for (int i = 0; i < 10; ++i) {
    ask(*tested);
    CHECK(settle() == "205 V?");
  }
}

TEST_CASE_FIXTURE(line_fixture, "GET, PUT and POST send their lines") {
  std::vector<std::string> heard;
  hears = [&](far_end& end, const std::string& line) {
    heard.push_back(line);
    if (line == "TST?") end.say("0\n");
    if (line.ends_with("*OPC?")) end.say("1\n");
    if (line == "V?") end.say("5\n");
  };
  auto of = options();
  of.put = *line_template::parse("VOLT {body}");
  of.post = *line_template::parse("TST?");
  const auto tested = make(of);
  ask(*tested, method::put, "12.5");
  CHECK(settle() == "205 ");
  ask(*tested, method::post);
  CHECK(settle() == R"(205 "0")");
  of.put = *line_template::parse("VOLT {body};*OPC?");
  const auto waits = make(of);
  ask(*waits, method::put, "13");
  CHECK(settle() == "205 ");
  ask(*waits, method::put, R"("13\nOUTP ON")");
  CHECK(settle().starts_with("400 the body cannot be sent"));
  ask(*waits);
  CHECK(settle() == "205 5");
  CHECK(heard == std::vector<std::string>{"VOLT 12.5", "TST?", "VOLT 13;*OPC?", "V?"});
}

TEST_CASE_FIXTURE(line_fixture, "an answer to a PUT may have to agree") {
  hears = [](far_end& end, const std::string& line) { end.say(line == "led 1" ? "OK\n" : "ERR range\n"); };
  auto of = options();
  of.put = *line_template::parse("led {body}");
  of.is_answered = true;
  of.expect = *json_schema::compile({{"type", "string"}, {"pattern", "^OK"}});
  const auto tested = make(of);
  ask(*tested, method::put, "1");
  CHECK(settle() == "205 ");
  ask(*tested, method::put, "2");
  CHECK(settle() == "502 the instrument's answer does not match 'expect'; it said: 'ERR range'");
}

TEST_CASE_FIXTURE(line_fixture, "numbers by which an instrument says that it has none are 503") {
  std::string says = "1.5";
  hears = [&](far_end& end, const std::string&) { end.say(says + '\n'); };
  auto of = options();
  of.front.reading.as = reading_options::form::number;
  of.front.reading.expr = "x / 1000";
  const auto tested = make(of);
  const auto answer_to = [&](std::string what) {
    says = std::move(what);
    ask(*tested);
    return settle();
  };
  CHECK(answer_to("+9.90000000E+37") == "503 the instrument reports +infinity (overrange)");
  CHECK(answer_to("-9.9E37") == "503 the instrument reports -infinity (negative overrange)");
  CHECK(answer_to("9.91E37") == "503 the instrument reports that it has no value (not a number)");
  CHECK(answer_to("9.8E37") == "205 9.8E37");
  CHECK(answer_to("****") == "205 ****");  // checked by the resource
  CHECK(tested->unreadable() == response_code::bad_gateway);
}

TEST_CASE_FIXTURE(line_fixture, "a part of the path may stand in the line, if it is as it has to be") {
  hears = echo;
  auto of = options("MEAS? (@{rest})");
  of.rest = *json_schema::compile({{"type", "string"}, {"pattern", "^(?:[1-4])$"}});
  const auto tested = make(of);
  ask(*tested, method::get, "null", "3");
  CHECK(settle() == "205 MEAS? (@3)");
  for (const char* bad : {"5", "3;*RST", "", "3/1", "3\n4"}) {
    ask(*tested, method::get, "null", bad);
    CHECK(settle().starts_with("400 the path"));
  }
}

TEST_CASE_FIXTURE(line_fixture, "an instrument at a serial port is asked as well, and lines are raw") {
  std::vector<std::string> heard;
  const auto board = std::make_shared<serial_end>(loop);
  board->hears = [&](far_end& end, const std::string& line) {
    heard.push_back(line);
    end.say("\x03 21.5\r\n");
  };
  board->begin();
  auto of = options("T?");
  of.at = serial_address{.device = board->path, .baud = 115200};
  const auto tested = make(of);
  ask(*tested);
  CHECK(settle() == "205 \x03 21.5");
  ask(*tested);
  CHECK(settle() == "205 \x03 21.5");
  CHECK(heard == std::vector<std::string>{"T?", "T?"});  // nothing was echoed
}

TEST_CASE_FIXTURE(line_fixture, "a late answer at a serial port is dropped") {
  std::shared_ptr<serial_end> board = std::make_shared<serial_end>(loop);
  asio::steady_timer later(loop);
  board->hears = [&, n = 0](far_end& end, const std::string& line) mutable {
    if (++n > 1) return end.say(line + '\n');
    later.expires_after(150ms);
    later.async_wait([&end, line](boost::system::error_code) { end.say(line + " late\n"); });
  };
  board->begin();
  auto of = options("first?");
  of.at = serial_address{.device = board->path};
  of.terms.timeout = 100ms;
  of.terms.drain = 10s;
  const auto mute = make(of);
  of.get = *line_template::parse("second?");
  const auto next = make(of);
  ask(*mute);
  ask(*next);
  CHECK(settle(2) == "504 the instrument has not answered within 100ms; 205 second?");
}

TEST_CASE_FIXTURE(line_fixture, "a serial port that vanishes is a 503, and asked again when it is back") {
  temporary_folder folder;
  const auto port = folder.path("ttyACM0");
  auto of = options("T?");
  of.at = serial_address{.device = port};
  const auto tested = make(of);
  ask(*tested);
  CHECK(settle() == "503 cannot connect to the instrument: No such file or directory");
  for (int i = 0; i < 2; ++i) {
    const auto board = std::make_shared<serial_end>(loop);
    board->hears = [](far_end& end, const std::string& line) {
      if (line == "T?") return end.say("21\n");
      end.close();
    };
    board->begin();
    std::filesystem::create_symlink(board->path, port);
    ask(*tested);
    CHECK(settle() == "205 21");
    std::filesystem::remove(port);
    of.get = *line_template::parse("vanish");
    ask(*make(of));
    CHECK(settle().starts_with("503 the connection to the instrument ended before it had answered: "));
    ask(*tested);
    CHECK(settle() == "503 cannot connect to the instrument: No such file or directory");
  }
}

TEST_CASE_FIXTURE(line_fixture, "what is no serial port is said to be none") {
  temporary_folder folder;
  folder.write("file", "");
  auto of = options("T?");
  of.at = serial_address{.device = folder.path("file")};
  const auto tested = make(of);
  ask(*tested);
  CHECK(settle() == "503 cannot connect to the instrument: it is not a serial port");
}

TEST_CASE_FIXTURE(line_fixture, "a resource that goes with its instrument leaves nothing behind") {
  hears = [](far_end&, const std::string&) {};
  auto tested = make(options());
  ask(*tested);
  run_until(loop, [&] { return connections > 0; });
  tested.reset();
  running.clear();
  loop.restart();
  loop.poll();
  CHECK(answers.empty());
}

TEST_CASE_FIXTURE(line_fixture,
                  "of 10,000 exchanges over TCP with every seventh late, none gets that of another") {
  std::size_t heard = 0;
  std::vector<std::pair<std::weak_ptr<far_end>, std::string>> late;
  hears = [&](far_end& end, const std::string& line) {
    for (const auto& [who, what] : std::exchange(late, {})) {
      if (const auto still = who.lock()) try {
          still->say(what + '\n');
        } catch (const boost::system::system_error&) {
        }
    }
    if (++heard % 7 == 0)
      late.emplace_back(end.weak_from_this(), line);
    else
      end.say(line + '\n');
  };
  auto of = options("{rest}");
  of.terms.timeout = 2ms;
  const auto tested = make(of);
  std::size_t requested = 0, right = 0, silent = 0, wrong = 0, other = 0;
  std::function<void()> next = [&] {
    const auto number = std::to_string(requested++);
    running.assign(1,
                   tested->run({.verb = method::get, .path = "x", .rest = number, .body = {}, .options = {}},
                               [&, number](const backend_reply& reply) {
                                 if (reply.code == response_code::gateway_timeout)
                                   ++silent;
                                 else if (is_error(reply.code))
                                   ++other;
                                 else
                                   ++(reply.text == number ? right : wrong);
                               }));
  };
  run_until(loop, [&] {
    const auto ended = right + silent + wrong + other;
    if (requested == ended && ended < 10'000) next();
    return ended == 10'000;
  });
  CHECK(wrong == 0);
  CHECK(other == 0);
  CHECK(silent >= 1400);  // more on a slow machine
  CHECK(right > 0);
}
