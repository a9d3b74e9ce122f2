#include <doctest/doctest.h>

#include <mqcoap/resource/http/http_codes.hpp>
#include <mqcoap/resource/http/http_url.hpp>
#include <string>
#include <string_view>
#include <utility>

using namespace mqcoap;

namespace {

http_url url(std::string_view text) {
  auto read = parse_http_url(text);
  REQUIRE_MESSAGE(read.has_value(), text);
  return *std::move(read);
}

std::string fault_of(std::string_view text) {
  const auto read = parse_http_url(text);
  return read ? "none" : read.error().message;
}

std::string target(std::string_view base, std::string_view below) {
  return target_below(url(base), split_segments(below)).value_or("refused");
}

http_outcome answered(unsigned status, std::string body = {}, std::string type = "application/json") {
  http_outcome made;
  made.status = status;
  made.body = std::move(body);
  made.content_type = std::move(type);
  return made;
}

std::string text_of(const backend_reply& reply) {
  const auto said = is_error(reply.code) ? reply.message
                    : reply.body         ? std::string(reply.body->text())
                                         : reply.text;
  return std::to_string(to_int(reply.code)) + ' ' + said;
}

std::string text_of(method verb, http_outcome outcome) {
  return text_of(reply_of(verb, std::move(outcome), 32));
}

}  // namespace

TEST_CASE("a URL is a server and a place on it") {
  CHECK(url("http://Camera.Lab") == http_url{"camera.lab", 80, "/", ""});
  CHECK(url("http://127.0.0.1:8080/api/exposure") == http_url{"127.0.0.1", 8080, "/api/exposure", ""});
  CHECK(url("http://[fe80::1%eth0]:81?x=1&y=%20") == http_url{"fe80::1%eth0", 81, "/", "?x=1&y=%20"});
  CHECK(origin_of(url("http://[::1]/a")) == "http://[::1]:80");
  CHECK(host_field_of(url("http://[fe80::1%eth0]/a")) == "[fe80::1]");
  CHECK(host_field_of(url("http://a.lab:80/")) == "a.lab");
  CHECK(host_field_of(url("http://a.lab:81/")) == "a.lab:81");
}

TEST_CASE("an invalid server URL is rejected with the reason") {
  CHECK(fault_of("https://a.lab/") == "the gateway does not speak https to a server");
  CHECK(fault_of("a.lab/x") == "it does not begin with http://");
  CHECK(fault_of("ftp://a.lab/x") == "it does not begin with http://");
  CHECK(fault_of("http://") == "the host must be a name or an address (IPv6 in brackets)");
  CHECK(fault_of("http:///x") == "the host must be a name or an address (IPv6 in brackets)");
  CHECK(fault_of("http://a b/") == "the host must be a name or an address (IPv6 in brackets)");
  CHECK(fault_of("http://a.lab:0/") == "the port must be a number from 1 to 65535");
  CHECK(fault_of("http://a.lab:65536/") == "the port must be a number from 1 to 65535");
  CHECK(fault_of("http://me:pw@a.lab/") == "it contains a user or a password");
  CHECK(fault_of("http://a.lab/x#y") == "the part after '#' is never sent to a server; remove it");
  for (const char* bad :
       {"http://a.lab/x y", "http://a.lab/%", "http://a.lab/%4", "http://a.lab/%zz", "http://a.lab/\xc3\xa4",
        "http://a.lab/?a=\"", "http://a.lab/\\..", "http://a.lab/{x}"})
    CHECK_MESSAGE(fault_of(bad) == "a character in it has to be percent-encoded, as in %20", bad);
  for (const char* bad : {"http://a.lab/..", "http://a.lab/a/./b", "http://a.lab/%2e%2E/b"})
    CHECK_MESSAGE(fault_of(bad) == "a segment of its path is '.' or '..'", bad);
  CHECK(fault_of("http://a.lab/" + std::string(4096, 'a')) == "it is longer than 4096 bytes");
}

TEST_CASE("a path below a URL is encoded, and stays below it") {
  CHECK(target("http://a.lab", "") == "/");
  CHECK(target("http://a.lab/api/", "") == "/api/");
  CHECK(target("http://a.lab/api/?k=1", "x/y") == "/api/x/y?k=1");
  CHECK(target("http://a.lab", "x") == "/x");
  CHECK(target("http://a.lab/api", "a b/\xc3\xa4?k#f;p") == "/api/a%20b/%C3%A4%3Fk%23f%3Bp");
  CHECK(target("http://a.lab/api", "%2e%2e/x") == "/api/%252e%252e/x");
  CHECK(target("http://a.lab/api", "..\\..\r\nHost: b") == "/api/..%5C..%0D%0AHost%3A%20b");
  CHECK(target("http://a.lab/api", "a@b:80") == "/api/a%40b%3A80");
  CHECK(target("http://a.lab/api", "x/../y") == "refused");
  CHECK(target("http://a.lab/api", "./y") == "refused");
  CHECK(target("http://a.lab/api", "x//y") == "refused");
  CHECK(target("http://a.lab/api", ".../..y") == "/api/.../..y");
}

TEST_CASE("the location of something new is the path that leads there, or none") {
  const auto at = url("http://a.lab:81/api/items");
  const auto path = [&at](std::string_view location, std::string_view prefix = "items") {
    return path_of_location(location, at, "/api/items", prefix);
  };
  CHECK(path("/api/items/7") == "items/7");
  CHECK(path("http://A.lab:81/api/items/7/x%20y") == "items/7/x y");
  CHECK(path("/api/items/7", "") == "7");
  CHECK(path("//a.lab:81/api/items/7") == "items/7");
  CHECK(path("/api/x/../items/./7") == "items/7");
  CHECK(path("/api/items/7/") == "items/7");
  CHECK(path("/api/items/7#part") == "items/7");
  for (const char* elsewhere : {"",
                                "7",
                                "/",
                                "/api/items",
                                "/api/items/",
                                "/api/itemsize",
                                "/api/7",
                                "//b.lab/api/items/7",
                                "http://b.lab:81/api/items/7",
                                "http://a.lab/api/items/7",
                                "https://a.lab:81/api/items/7",
                                "/api/items/..",
                                "/api/items/%2e%2e/x",
                                "/api/items/a%2Fb",
                                "/api/items/a//b",
                                "/api/items/%00",
                                "/api/items/%FF",
                                "/api/items/%E2%80%AEx",
                                "/api/items/%",
                                "/api/items/7?x=1",
                                "http://a.lab:81",
                                "http://",
                                "//",
                                "http:7",
                                "http:/api/items/7",
                                "mailto:a/b",
                                ":7",
                                "//u:p@a.lab:81/api/items/7",
                                "?x=1",
                                "#part",
                                "/api/items/../7",
                                "../../../api/items"})
    CHECK_MESSAGE(path(elsewhere).empty(), elsewhere);
}

TEST_CASE("a location may be relative to the request") {
  const auto at = url("http://a.lab:81/api/items?key=1");
  const auto path = [&at](std::string_view location, std::string_view target) {
    return path_of_location(location, at, target, "items");
  };
  // Resolved as in browsers: what follows the last slash is replaced.
  CHECK(path("items/7", "/api/items?key=1") == "items/7");
  CHECK(path("./items/7", "/api/items?key=1") == "items/7");
  CHECK(path("7", "/api/items/?key=1") == "items/7");
  CHECK(path("7", "/api/items/a") == "items/7");
  CHECK(path("b/./c/../7", "/api/items/a/x") == "items/a/b/7");
  CHECK(path("../7", "/api/items/a/x") == "items/7");
  CHECK(path(".", "/api/items/a/x") == "items/a");
  CHECK(path("../../../../api/items/7", "/api/items/a") == "items/7");
  CHECK(path("#new", "/api/items/a?key=1") == "items/a");
  CHECK(path("x%20y", "/api/items/a") == "items/x y");
  for (const char* elsewhere : {"7", "../7", "", "items", "items/7?key=1", "//items/7", "items/a%2Fb"})
    CHECK_MESSAGE(path(elsewhere, "/api/items?key=1").empty(), elsewhere);
  const auto root = url("http://a.lab");
  CHECK(path_of_location("7", root, "/", "all") == "all/7");
  CHECK(path_of_location("7", root, "/a/b", "all") == "all/a/7");
}

TEST_CASE("an answer becomes a code by its status and the method") {
  using enum method;
  CHECK(text_of(get, answered(200, "5")) == "205 5");
  CHECK(text_of(get, answered(203, "5")) == "205 5");
  CHECK(text_of(get, answered(204)) == "205 null");
  CHECK(text_of(get, answered(206, "5")) == "502 the server answers 206, which was not asked for");
  CHECK(text_of(put, answered(200, "ignored")) == "205 ");  // the resource turns this into 204
  CHECK(text_of(put, answered(204)) == "205 ");
  CHECK(text_of(put, answered(201)) == "201 ");
  CHECK(text_of(del, answered(200, "gone")) == "205 ");
  CHECK(text_of(del, answered(201)) == "205 ");
  CHECK(text_of(post, answered(200)) == "205 ");
  CHECK(text_of(post, answered(201, "{}")) == "201 ");
  CHECK(text_of(post, answered(200, R"({"id": 7})")) == R"(205 {"id": 7})");
  CHECK(text_of(post, answered(202, "done", "text/plain")) == R"(205 "done")");
  CHECK(text_of(post, answered(200, "{")).starts_with("502 the server's answer is not JSON: "));
  CHECK(text_of(post, answered(200, "\xff", "text/plain"))
            .starts_with("502 the server's answer is not UTF-8 text, and it has run"));
}

TEST_CASE("each status that is no success has its code") {
  const std::pair<unsigned, int> known[] = {
      {400, 400}, {401, 502}, {402, 400}, {403, 403}, {404, 404}, {405, 405}, {406, 406}, {407, 502},
      {408, 504}, {409, 412}, {410, 404}, {412, 412}, {413, 413}, {414, 400}, {415, 415}, {418, 400},
      {421, 502}, {422, 400}, {426, 502}, {428, 412}, {429, 503}, {451, 403}, {499, 400}, {500, 502},
      {501, 501}, {502, 502}, {503, 503}, {504, 504}, {505, 502}, {599, 502}, {600, 502}, {999, 502},
      {0, 502},   {101, 502}, {304, 502}, {301, 502}};
  for (const auto& row : known) CHECK_MESSAGE(to_int(code_of_status(row.first)) == row.second, row.first);
}

TEST_CASE("an error has the server's words, which are safe to log") {
  using enum method;
  auto said = answered(404, "no such\ncamera\x1b[2J " + std::string(200, 'x'), "text/plain");
  said.reason = "Not Found";
  const auto message = text_of(get, said);
  CHECK(message.starts_with("404 the server answers 404 Not Found: no such?camera?[2J xxx"));
  CHECK(message.size() < 140);
  CHECK(text_of(get, answered(500, "<html>", "text/html; charset=utf-8")) == "502 the server answers 500");
  CHECK(text_of(put, answered(500)) == "502 the server answers 500; the PUT may have been run");
  CHECK(text_of(post, answered(408)) == "504 the server answers 408; the POST may have been run");
  auto busy = answered(429);
  busy.retry_after = "120";
  CHECK(text_of(post, busy) == "503 the server answers 429; again after 120");
  CHECK(text_of(get, answered(401)) ==
        "502 the server answers 401: it does not accept the credentials of the configuration, or there are "
        "none");
  CHECK(text_of(get, answered(304)) == "502 the server answers 304, which was not asked for");
  CHECK(text_of(post, answered(303)).ends_with("which is not followed; the POST may have been run"));
  CHECK(text_of(post, answered(401)).ends_with("or there are none"));
  CHECK(text_of(post, answered(200, "{}", "Application/Problem+JSON")) == "205 {}");
}

TEST_CASE("a redirect is not followed, and the error names its host") {
  const auto redirected = [](std::string to) {
    auto moved = answered(302);
    moved.location = std::move(to);
    return text_of(method::get, moved);
  };
  CHECK(redirected("http://evil.example:8/x?y") ==
        "502 the server answers 302, a redirect to 'evil.example:8', which is not followed");
  CHECK(redirected("//me:pw@b.lab") ==
        "502 the server answers 302, a redirect to 'b.lab', which is not followed");
  CHECK(redirected("http://a\x1b[2Jb/") ==
        "502 the server answers 302, a redirect to 'a?[2Jb', which is not followed");
  CHECK(redirected("/login") ==
        "502 the server answers 302, a redirect to another place on it, which is not followed");
}

TEST_CASE("content in an encoding that was not asked for is not read") {
  auto zipped = answered(200, "\x1f\x8b");
  zipped.encoding = "gzip";
  CHECK(text_of(method::get, zipped) == "502 the server's answer is encoded, which was not asked for: gzip");
  CHECK(text_of(method::post, zipped) ==
        "502 the server's answer is encoded, which was not asked for: gzip; the POST may have been run");
  zipped.encoding = "Identity";
  zipped.body = "5";
  CHECK(text_of(method::get, zipped) == "205 5");
}

TEST_CASE("of a write that was sent, and of which no answer came, the words say that it may have been run") {
  using enum http_outcome::end;
  const auto ended = [](method verb, http_outcome::end how, bool was_sent) {
    return text_of(verb, {.how = how, .why = "why", .was_sent = was_sent});
  };
  CHECK(ended(method::get, closed, true) == "502 why");
  CHECK(ended(method::post, closed, true) == "502 why; the POST may have been run");
  CHECK(ended(method::put, cut_off, true) == "502 why; the PUT may have been run");
  CHECK(ended(method::put, late, true) == "504 why; the PUT may have been run");
  CHECK(ended(method::put, late, false) == "504 why");
  CHECK(ended(method::put, not_connected, false) == "503 why");
  CHECK(ended(method::put, too_many_wait, false) == "503 why");
  CHECK(ended(method::get, unreadable, true) == "502 why");
  CHECK(reply_of(method::put, {.how = not_connected, .why = "why", .was_sent = false}, 8).never_run);
  CHECK_FALSE(reply_of(method::put, {.how = late, .why = "why", .was_sent = true}, 8).never_run);
  CHECK(ended(method::get, too_large, true) == "502 why");
}
