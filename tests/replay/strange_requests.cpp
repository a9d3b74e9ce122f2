#include <algorithm>
#include <cctype>
#include <utility>

#include "requests.hpp"

// Requests with errors, and repeats.

namespace mqcoap::replay {
namespace {

/// Replaces each `$` with an id.
std::string with_id(std::string text, const std::string& id) {
  for (auto at = text.find('$'); at != std::string::npos; at = text.find('$', at + id.size()))
    text.replace(at, 1, id);
  return text;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string without_hyphens(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '-'), text.end());
  return text;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

request_text requests::strange_method() {
  auto made =
      plain({"method", own_tag(), dice_.one_of({"gains", "shots", "arm", "probe/x", "hello", "nowhere"}),
             dice_.one_of({"\"PATCH\"",
                           "\"get\"",
                           "\"Put\"",
                           "1",
                           "2",
                           "3",
                           "4",
                           "5",
                           "0",
                           "-1",
                           "1.0",
                           "1e0",
                           "\"1\"",
                           "null",
                           "true",
                           "\"\"",
                           "[1]",
                           "{}",
                           "\"GET \"",
                           "99999999999999999999",
                           "\"G\\u0045T\"",
                           "\"OBSERVE\""})});
  if (dice_.chance(50)) made.body = "[1]";
  return made;
}

request_text requests::strange_option() {
  auto made = plain({"option", "GW_1", dice_.one_of({"gains", "probe/x", "hello", "nowhere", "shots"}),
                     dice_.one_of({"\"GET\"", "\"PUT\"", "\"POST\""})});
  if (made.method != "\"GET\"") made.body = "[1]";
  static const std::vector<const char*> names{"etag",        "if_match",   "if_none_match",  "accept",
                                              "critical",    "hops",       "content_format", "proxy_uri",
                                              "source",      "timeout_ms", "token",          "correlation_id",
                                              "traceparent", "max_age",    "location"};
  const std::string name = dice_.one_of(names);
  made.options.push_back('"' + name + "\":" +
                         dice_.one_of({"0",
                                       "1",
                                       "-1",
                                       "256",
                                       "1.5",
                                       "86400001",
                                       "1e3",
                                       "true",
                                       "false",
                                       "null",
                                       "\"\"",
                                       "\"words\"",
                                       "[]",
                                       "[1]",
                                       "{}",
                                       "[\"etag\",7]",
                                       "\"a\\u0000b\"",
                                       "\"12\"",
                                       "18446744073709551616",
                                       "[\"hops\",\"hops\"]",
                                       "\"00-zz-01\""}));
  if (dice_.chance(15)) made.options.push_back(made.options.front());
  return made;
}

request_text requests::strange_id() {
  auto made = plain({"id", dice_.one_of({"GW_1", "S_1"}), "gains", dice_.one_of({"\"GET\"", "\"PUT\""})});
  made.body = "[1]";
  const auto id = made.id;
  switch (dice_.below(10)) {
    case 0: made.id = upper(id); break;
    case 1: made.id = without_hyphens(id); break;
    case 2: made.id = upper(without_hyphens(id)); break;
    case 3: made.header_id = upper(id); break;
    case 4: made.header_id = without_hyphens(id); break;
    case 5: made.id = id.substr(0, 20); break;
    case 6: made.id = 'g' + id.substr(1); break;
    case 7: made.header_id = "00000000-0000-4000-8000-000000000000"; break;
    case 8: made.id = "short_1"; break;
    default: made.id = id + "-------------------------"; break;
  }
  return made;
}

request_text requests::strange_header() {
  auto made = plain({"header", "GW_1", "gains"});
  made.payload = with_id(
      dice_.one_of({
          R"({"body":1,"timestamp":1})",
          R"({"header":null,"timestamp":1})",
          R"({"header":[],"timestamp":1})",
          R"({"header":"GET","timestamp":1})",
          R"({"header":{},"timestamp":1})",
          R"({"header":{"method":"GET","path":"gains"},"timestamp":1})",
          R"({"header":{"method":"GET","request_id":"$"},"timestamp":1})",
          R"({"header":{"path":"gains","request_id":"$"},"timestamp":1})",
          R"({"header":{"method":"GET","path":7,"request_id":"$"},"timestamp":1})",
          R"({"header":{"method":"GET","path":"gains","request_id":7},"timestamp":1})",
          R"({"header":{"method":"GET","path":null,"request_id":null},"timestamp":1})",
          R"({"header":{"method":"GET","method":"PUT","path":"gains","request_id":"$"},"timestamp":1})",
          R"({"header":{"method":"GET","path":"gains","path":"gains","request_id":"$"},"timestamp":1})",
          R"({"header":{"method":"GET","path":"gains","p\u0061th":"mode","request_id":"$"},"timestamp":1})",
          R"({"header":{"x":1,"x":2,"method":"GET","path":"gains","request_id":"$"},"timestamp":1})",
          R"({"header":{"method":"GET","path":"gains","request_id":"$"},"header":{},"timestamp":1})",
          R"({"header":{"method":"GET","path":"gains","request_id":"$"},"body":1,"body":2,"timestamp":1})",
          R"({"header":{"method":"GET","path":"gains","request_id":"$"}})",
          R"({"header":{"method":"GET","path":"gains","request_id":"$"},"timestamp":null})",
          R"({"header":{"method":"GET","path":"gains","request_id":"$"},"timestamp":"soon"})",
          R"({"header":{"method":"GET","path":"gains","request_id":"$"},"timestamp":1.5})",
          R"({"header":{"method":"GET","path":"gains","request_id":"$"},"timestamp":-5})",
          R"({"header":{"method":"GET","path":"gains","request_id":"$"},"timestamp":9223372036854775808})",
          R"({"header":{"method":"GET","path":"gains","request_id":"$"},"timestamp":"9223372036854775807"})",
          R"({"header":{"response_code":205,"path":"gains","request_id":"$"},"body":1,"timestamp":1})",
          R"({"header":{"method":"GET","response_code":205,"path":"gains","request_id":"$"},"timestamp":1})",
          R"({"timestamp":1,"body":null,"more":[1],"header":{"request_id":"$","path":"gains","method":1}})",
          R"({"header":{"method":"GET","path":"gains","request_id":"$","correlation_id":"xyz"},"timestamp":1})",
          R"({"header":{"method":"GET","path":"gains","request_id":"$","token":7},"timestamp":1})",
          R"({"header":{"method":"GET","path":"gains","request_id":"$","token":"a\u0000b"},"timestamp":1})",
      }),
      made.id);
  return made;
}

request_text requests::strange_body() {
  auto made = plain(
      {"body", dice_.one_of({"GW_1", "S_1"}), dice_.one_of({"any/thing", "gains", "probe/x"}), "\"PUT\""});
  switch (dice_.below(4)) {
    case 0: made.body = nested(3 + dice_.below(8)); break;
    case 1: made.body = '"' + std::string(20 + dice_.below(60), 'x') + '"'; break;
    default:
      made.body = dice_.one_of({"1e999",       "-1e999",     "01",        "+1",       ".5",
                                "1.",          "NaN",        "Infinity",  "'x'",      "{a:1}",
                                "[1,]",        "{\"a\":1,}", "\"\xFF\"",  "\"\xC3\"", "\"\xED\xA0\x80\"",
                                "\"\\ud800\"", "\"\\x\"",    "\"a\nb\"",  "tru",      "nul",
                                "[1 2]",       "{\"a\" 1}",  "/* c */ 1", "1 // c",   "\"open",
                                "0x1F",        "True",       "None",      "1_000",    "\"\\uZZZZ\"",
                                "[",           "]"});
  }
  return made;
}

request_text requests::strange_payload() {
  auto made = plain({"payload", dice_.one_of({"GW_1", "GW_2", "S_1"}), "gains", "\"PUT\""});
  made.body = "[1]";
  const auto whole = made.made_payload();
  switch (dice_.below(8)) {
    case 0: made.payload = whole.substr(0, 1 + dice_.below(whole.size() - 1)); break;
    case 1: made.payload = whole + dice_.one_of({"x", "{}", ",", "\n", " ", "\xEF\xBB\xBF"}); break;
    case 2: made.payload = "\xEF\xBB\xBF" + whole; break;
    case 3:
      made.payload = whole;
      made.payload[dice_.below(whole.size())] = static_cast<char>(dice_.below(256));
      break;
    case 4: made.payload = "[" + whole + "]"; break;
    default:
      made.payload = dice_.one_of({"<empty>", "null", "1", "\"GET gains\"", "[]", "{}", "GET /gains HTTP/1.1",
                                   "true", "\xFF\xFE", " ", "{\"header\"", "<xml/>", "gains: [1]"});
  }
  return made;
}

request_text requests::strange_path() {
  auto made =
      plain({"path", dice_.one_of({"GW_1", "S_1"}),
             dice_.one_of({"",        "/",         "//gains",   "gains/",       "a//b",        ".",
                           "..",      "a/../b",    "a/./b",     "gains\\u0000", "g\\u0061ins", "a b",
                           "a\\tb",   "a\\u007fb", "\xC3\xA9",  "gains?x=1",    "a+b",         "a#b",
                           "%67ains", "\\u00e9",   "gains\\/x", "...",          "a\\\"b",      "\xFF"}),
             dice_.one_of({"\"GET\"", "\"PUT\""})});
  if (dice_.chance(20)) made.path = std::string(40 + dice_.below(60), 'p');
  return made;
}

request_text requests::strange_topic() {
  auto made = plain({"topic", "GW_1", "gains"});
  made.topic = with_id(
      dice_.one_of(
          {"gf_int_v1/axuv/request/GW_1", "gf_int_v1/axuv/request/GW_1/$/x", "gf_int_v1//request/GW_1/$",
           "gf_int_v1/axuv/Request/GW_1/$", "gf_int_v2/axuv/request/GW_1/$", "gf_int_v1/axuv/request/GW 1/$",
           "gf_int_v1/$axuv/request/GW_1/$", "gf_int_v1/axuv/request//$", "request",
           "gf_int_v1/axuv/request/GW_1/", "gf_int_v1/axuv/response/GW_1/$", "gf_int_v1/axuv/response/S_1/$",
           "gf_int_v1/axuv/response/D_1/$", "gf_int_v1/axuv/event/GW_1/started",
           "gf_int_v1/gateway/system/GW_1/status", "gf_int_v1/axuv/request/D_1/$",
           "gf_int_v1/axuv/request/GW_9/$", "gf_int_v1/\xC3\xA9/request/GW_1/$"}),
      made.id);
  if (dice_.chance(30)) made.payload = "not JSON";
  return made;
}

request_text requests::large() {
  auto made = plain({"large", dice_.one_of({"GW_1", "S_1"}), dice_.one_of({"any/thing", "probe/x", "notes"}),
                     dice_.one_of({"\"PUT\"", "\"POST\""})});
  made.body = '"' + std::string(1500 + dice_.below(4000), 'y') + '"';
  if (dice_.chance(30)) made.payload = made.made_payload().substr(0, 4200);
  return made;
}

request_text requests::repeat() {
  if (writes_.empty()) return put();
  auto made = dice_.one_of(writes_);
  made.kind = "repeat";
  switch (dice_.below(9)) {
    case 0: made.id = upper(made.id); break;
    case 1: made.id = without_hyphens(made.id); break;
    case 2: made.body = made.body == "[6]" ? "[5]" : "[6]"; break;
    case 3: made.path += dice_.one_of({"x", "/x"}); break;
    case 4: made.method = made.method == "\"PUT\"" ? "\"POST\"" : "\"PUT\""; break;
    case 5: made.method = "\"GET\""; break;
    default: return made;
  }
  if (!made.header_id.empty()) made.header_id = made.id;
  return made;
}

}  // namespace mqcoap::replay
