#include <doctest/doctest.h>

#include <algorithm>

#include "http_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

TEST_CASE_FIXTURE(http_fixture, "a GET reads a body, and connections are kept") {
  hears = [this](server_end& end, const std::string& request) {
    heard.push_back(request);
    end.answer("[1, 2]");
  };
  options.fields = {{"Authorization", secret("Bearer xyz")}};
  const auto tested = make();
  for (int i = 0; i < 3; ++i) {
    ask(*tested);
    CHECK(settle() == "205 [1, 2]");
  }
  CHECK(connections == 1);
  REQUIRE(heard.size() == 3);
  CHECK(heard.front() == "GET /api HTTP/1.1\r\nHost: 127.0.0.1:" + port() +
                             "\r\nUser-Agent: mqcoap\r\nAccept: application/json, */*;q=0.5\r\n"
                             "Accept-Encoding: identity\r\nAuthorization: Bearer xyz\r\n\r\n");
}

TEST_CASE_FIXTURE(http_fixture, "a body is JSON, or a text as it is") {
  hears = [this](server_end& end, const std::string& request) {
    const auto type = request.find("Content-Type: ");
    const auto begin = request.find("\r\n\r\n");
    heard.push_back(request.substr(0, request.find(' ')) + ' ' +
                    (type == std::string::npos
                         ? "-"
                         : request.substr(type + 14, request.find("\r\n", type) - type - 14)) +
                    ' ' + request.substr(begin + 4));
    end.answer("", "204 No Content");
  };
  const auto as_json = make();
  ask(*as_json, method::put, R"({"ms": 5})");
  ask(*as_json, method::put, R"("a\n\"b")");
  ask(*as_json, method::post);
  ask(*as_json, method::del);
  request_options with_text;
  with_text.content_format = "text/plain";
  ask(*as_json,
      {.verb = method::put, .path = "x", .rest = {}, .body = text(R"("a\n")"), .options = with_text});
  options.sends_text = true;
  const auto as_text = make();
  ask(*as_text, method::put, R"("a\n\"b")");
  ask(*as_text, method::put, "5");
  settle(7);
  std::sort(heard.begin(), heard.end());
  CHECK(heard == std::vector<std::string>{"DELETE - ", "POST - ", R"(PUT application/json "a\n\"b")",
                                          "PUT application/json 5", R"(PUT application/json {"ms": 5})",
                                          "PUT text/plain; charset=utf-8 a\n",
                                          "PUT text/plain; charset=utf-8 a\n\"b"});
}

TEST_CASE_FIXTURE(http_fixture,
                  "what a path stands for is below the URL, and nothing else comes from a request") {
  hears = [this](server_end& end, const std::string& request) {
    heard.push_back(request.substr(0, request.find("\r\nUser")));
    end.answer("5", "201 Created", "Location: /api/a/7\r\n");
  };
  options.at.query = "?key=1";
  pattern = "x/**";
  const auto below = make();
  ask(*below, {.verb = method::post, .path = "x/a", .rest = "a", .body = text("1"), .options = {}});
  CHECK(settle() == "201  at x/a/7");
  hears = [this](server_end& end, const std::string& request) {
    heard.push_back(request.substr(0, request.find("\r\nUser")));
    end.answer("5", "201 Created", "Location: 8/y\r\n");
  };
  ask(*below, {.verb = method::post, .path = "x/a", .rest = "a", .body = text("1"), .options = {}});
  CHECK(settle() == "201  at x/8/y");
  heard.pop_back();
  ask(*below, {.verb = method::get, .path = "x/b c/@e:9", .rest = "b c/@e:9", .body = {}, .options = {}});
  CHECK(settle() == "205 5");
  pattern = "relay/*/state/*";
  const auto starred = make();
  ask(*starred,
      {.verb = method::post, .path = "relay/1/state/on", .rest = {}, .body = text("1"), .options = {}});
  CHECK(settle() == "201 ");
  ask(*starred, {.verb = method::get, .path = "relay/../state/on", .rest = {}, .body = {}, .options = {}});
  CHECK(settle() == "400 a segment of the path is empty, '.' or '..'");
  const auto host = " HTTP/1.1\r\nHost: 127.0.0.1:" + port();
  CHECK(heard == std::vector<std::string>{"POST /api/a?key=1" + host, "GET /api/b%20c/%40e%3A9?key=1" + host,
                                          "POST /api/1/on?key=1" + host});
}

TEST_CASE_FIXTURE(
    http_fixture,
    "an answer may come in chunks, in pieces, behind interim ones, or end with the connection") {
  CHECK(taken("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n1;x=y\r\n]\r\n0\r\nTrailer: "
              "x\r\n\r\n") == "205 [1]");
  CHECK(taken("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 "
              "OK\r\nContent-Length: 1\r\n\r\n5") == "205 5");
  CHECK(taken("HTTP/1.0 200 OK\r\n\r\n[1,\n2]") == "205 [1,\n2]");
  CHECK(taken("HTTP/1.1 204 No Content\r\n\r\n") == "205 null");
  hears = [](server_end& end, const std::string&) {
    for (const char c : std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n42")) end.say({c});
  };
  ask(*make());
  CHECK(settle() == "205 42");
}

TEST_CASE_FIXTURE(
    http_fixture,
    "an answer that is not HTTP causes a 502 with its beginning, and so does an incomplete one") {
  CHECK(taken("+5.0\r\n\x1b[2J" + std::string(500, 'x') + "\r\n\r\n")
            .starts_with("502 the server's answer is not HTTP; received so far: '+5.0???[2Jxxx"));
  CHECK(taken("HTTP/1.1 abc\r\n\r\n") ==
        "502 the server's answer is not HTTP; received so far: 'HTTP/1.1 abc"
        "?"
        "?"
        "?"
        "?'");
  const auto within = [](const std::string& had) {
    return "502 the connection to the server ended within its answer (it was closed at the other end); "
           "received so far: '" +
           had + '\'';
  };
  CHECK(taken("HTTP/1") == within("HTTP/1"));
  CHECK(taken("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12") ==
        within("HTTP/1.1 200 OK??Content-Length: 9????12"));
  CHECK(taken("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12", method::put)
            .ends_with("????5??12'; the PUT may have been run"));
  CHECK(taken("") ==
        "502 the connection to the server ended before it had answered: it was closed at the other end");
  CHECK(taken("", method::post).ends_with("; the POST may have been run"));
  CHECK(taken("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n") ==
        "502 the server answers 101 Switching Protocols, which was not asked for");
  std::string interim;
  for (int i = 0; i < 20; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(taken(interim) == "502 the server sends too many interim responses");
  CHECK(taken("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1")
            .starts_with("502 "));
}

TEST_CASE_FIXTURE(http_fixture, "header and body are bounded") {
  options.terms.most = 1000;
  CHECK(taken("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n") ==
        "502 the body of the server's answer is longer than 1000B");
  CHECK(taken("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n").starts_with("502 "));
  CHECK(taken("HTTP/1.0 200 OK\r\n\r\n" + std::string(1001, '1')) ==
        "502 the body of the server's answer is longer than 1000B");
  CHECK(taken("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n" + std::string(2000, '1')) ==
        "502 the body of the server's answer is longer than 1000B");
  CHECK(taken("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n") ==
        "502 the header of the server's answer is longer than 16KiB");
  CHECK(taken("HTTP/1.1 200 " + std::string(100'000, 'x')).starts_with("502 "));
  CHECK(taken("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(100'000, 'x'))
            .starts_with("502 "));
  CHECK(taken("HTTP/1.0 200 OK\r\n\r\n" + std::string(1000, '1')) == "205 " + std::string(1000, '1'));
}

TEST_CASE_FIXTURE(
    http_fixture,
    "a refused connection causes a 503 with the system's message, and so does an unknown name") {
  hears = say_five;
  const auto where = door.local_endpoint();
  door.close();
  ask(*make());
  CHECK(settle() == "503 cannot connect to the server: Connection refused");
  door.open(where.protocol());
  door.set_option(tcp::acceptor::reuse_address(true));
  door.bind(where);
  door.listen();
  accept();
  ask(*make());
  CHECK(settle() == "205 5");
  CHECK(log == std::vector<std::string>{"http://127.0.0.1:" + port() +
                                        ": cannot connect to the server: Connection refused"});
}

TEST_CASE_FIXTURE(http_fixture, "a name is looked up, and its addresses are tried in turn") {
  hears = say_five;
  options.at.host = "a.lab";
  std::vector<std::string> requested;
  resolver = [](const std::string& host) -> resolved_name {
    if (host == "a.lab") return {{"nonsense", "127.0.0.1"}, {}};
    return {{}, "Name or service not known"};
  };
  ask(*make());
  ask(*make());
  CHECK(settle(2) == "205 5; 205 5");
  options.at.host = "b.lab";
  pool.reset();
  ask(*make());
  CHECK(settle() == "503 cannot connect to the server: Name or service not known");
}

TEST_CASE_FIXTURE(
    http_fixture,
    "a missing answer causes a 504 at the deadline, and an incomplete one shows what was received") {
  options.terms.timeout = 20ms;
  hears = [](server_end&, const std::string&) {};
  ask(*make());
  CHECK(settle().starts_with("504 the server has not answered within "));
  hears = [](server_end& end, const std::string&) { end.say("HTTP/1.1 200 OK\r\n"); };
  ask(*make(), method::put, "1");
  const auto said = settle();
  CHECK(said.starts_with("504 the server has not ended its answer within "));
  CHECK(
      said.ends_with("; received so far: 'HTTP/1.1 200 OK"
                     "?"
                     "?'; the PUT may have been run"));
}

TEST_CASE_FIXTURE(http_fixture,
                  "a GET on a connection that the server has just closed is sent again, a POST is not") {
  std::size_t requests = 0;
  hears = [&](server_end& end, const std::string&) {
    // The server closes each connection during the second request.
    if (++requests % 2 == 1) return end.answer("5");
    end.close();
  };
  ask(*make());
  CHECK(settle() == "205 5");
  ask(*make());
  CHECK(settle() == "205 5");
  CHECK(requests == 3);
  CHECK(connections == 2);
  ask(*make(), method::post, "1");
  CHECK(settle() ==
        "502 the connection to the server ended before it had answered: it was closed at the other end; the "
        "POST may have been run");
  CHECK(requests == 4);
  CHECK(connections == 2);
}

TEST_CASE_FIXTURE(http_fixture, "a connection on which unsolicited data arrived is not used again") {
  hears = [](server_end& end, const std::string&) {
    end.say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n5HTTP/1.1 200 OK\r\n");
  };
  for (int i = 0; i < 3; ++i) {
    ask(*make());
    CHECK(settle() == "205 5");
  }
  CHECK(connections == 3);
}

TEST_CASE_FIXTURE(http_fixture, "a refusal that arrives before the body was read is received") {
  options.terms.most = 1 << 20;
  hears = [](server_end&, const std::string&) {};
  // The server answers after the header, like one that checks it before it reads the body.
  door.close();
  tcp::acceptor early(loop, {asio::ip::address_v4::loopback(), 0});
  options.at.port = early.local_endpoint().port();
  std::shared_ptr<tcp::socket> at;
  early.async_accept([&](boost::system::error_code, tcp::socket made) {
    at = std::make_shared<tcp::socket>(std::move(made));
    asio::write(*at, asio::buffer(std::string("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")));
  });
  ask(*make(), method::put, '"' + std::string(8'000'000, 'x') + '"');
  CHECK(settle() == "413 the server answers 413 Too Large");
}

TEST_CASE_FIXTURE(
    http_fixture,
    "a caller who disconnects closes the connection, and a server that disappears does no harm") {
  bool is_heard = false;
  hears = [&](server_end& end, const std::string&) {
    if (!std::exchange(is_heard, true)) return;
    end.answer("5");
  };
  ask(*make());
  run_until(loop, [&] { return is_heard; });
  running.clear();
  ask(*make());
  CHECK(settle() == "205 5");
  CHECK(connections == 2);
}
