#include "requests.hpp"

#include <cstdio>
#include <utility>

namespace mqcoap::replay {
namespace {

constexpr std::size_t most_writes = 12;

struct stored {
  const char* path;
  std::vector<const char*> bodies;  ///< valid and invalid bodies
};

const std::vector<stored>& values() {
  static const std::vector<stored> all{
      {"gains",
       {"[1,2,3]", "[]", "[7]", "[1.0,2]", "[ 3 , 2 ]", "[8]", "[1,\"x\"]", "3", "[0,0,0,0,0,0,0,0,0]",
        "[0.5]", "[-1]", "null", "", "{\"a\":1,\"a\":2}", "[1e0,20e-1]", "[9007199254740993]"}},
      {"any/thing",
       {"{\"z\":1}", "\"text\"", "18446744073709551615", "-9223372036854775808", "1e308", "true", "null", "",
        "{\"a\":1,\"a\":2}", "\"\\u00e9\\ud83d\\ude00\"", "\"\xC3\xA9\"", "[[[[1]]]]", "\"a\\/b\\u0000\"",
        "0.1000", "-0", "{\"deep\":{\"er\":[{}]}}"}},
      {"level", {"5", "6", "7.25", "\"5\"", "null", "[5]", "5.0", "", "1e400", "-3"}},
      {"rate", {"1", "250", "0", "0.5", "\"1\"", "", "1e3"}},
      {"mode",
       {"{\"name\":\"free\"}", "{\"name\":\"busy\",\"n\":2}", "{\"name\":\"off\"}", "{\"n\":2}",
        "{\"name\":\"free\",\"x\":1}", "{\"name\":\"free\",\"name\":\"busy\"}", "[]",
        "{\"name\":\"free\",\"n\":0.5}", "{\"n\\u0061me\":\"busy\",\"name\":\"free\"}"}},
      {"state",
       {"{\"state\":\"IDLE\",\"shot\":0}", "{\"state\":\"ARMED\"}",
        "{\"state\":\"IDLE\",\"state\":\"ARMED\"}", "{}", "\"IDLE\""}},
      {"fixed/value", {"1", ""}},
      {"secret", {"1", "\"x\""}},
      {"x", {"1", "2"}},
      {"notes/1", {"\"other words\"", "null", "{\"n\":1}"}},
      {"shots/1", {"{\"n\":5}", "{\"n\":\"5\"}", "{\"n\":1,\"n\":2}", ""}},
      {"shots/9", {"{\"n\":5}"}},
      {"hello", {"1"}},
      {"ramp", {"1"}},
  };
  return all;
}

}  // namespace

std::string requests::next_id() {
  char text[40];
  std::snprintf(text, sizeof text, "fa%06x-00cd-4000-8000-%012d",
                static_cast<unsigned>(next_id_) * 2654435U % 0xffffffU, next_id_);
  ++next_id_;
  return text;
}

std::string requests::own_tag() { return dice_.one_of({"GW_1", "GW_1", "GW_1", "GW_1", "GW_2", "GW_3"}); }

request_text requests::plain(parts p) {
  request_text made;
  made.kind = std::move(p.kind);
  made.tag = std::move(p.tag);
  made.path = std::move(p.path);
  made.method = std::move(p.method);
  made.id = next_id();
  return made;
}

void requests::add_options(request_text& to) {
  if (!dice_.chance(25)) return;
  to.options.push_back(dice_.one_of({
      R"("correlation_id":"0123456789ABCDEF0123456789abcdef")",
      R"("correlation_id":null)",
      R"("source":"desk-7")",
      R"("source":null,"token":"my own")",
      R"("accept":"text/plain")",
      R"("accept":"application/json")",
      R"("accept":"application/link-format")",
      R"("accept":"image/png")",
      R"("content_format":"text/plain")",
      R"("content_format":"application/json")",
      R"("content_format":"application/link-format")",
      R"("critical":["accept","etag"])",
      R"("critical":["unheard_of"])",
      R"("critical":[])",
      R"("hops":1)",
      R"("hops":2)",
      R"("hops":255)",
      R"("timeout_ms":700)",
      R"("timeout_ms":60000)",
      R"("timeout_ms":1)",
      R"("traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")",
      R"("etag":"nonsense")",
      R"("max_age":60,"unknown":{"a":[1]})",
  }));
}

std::string requests::etag_of(const std::string& path) {
  const auto known = etags_.find(path);
  return known == etags_.end() || dice_.chance(25) ? "\"0123456789abcdef\"" : '"' + known->second + '"';
}

request_text requests::get() {
  auto made = plain({"get", own_tag(),
                     dice_.one_of({"gains",       "/gains", "any/thing", "level",   "rate",        "mode",
                                   "fixed/value", "state",  "shots",     "shots/1", "shots/2",     "notes",
                                   "notes/1",     "hello",  "locked",    "secret",  "unbuilt/x/y", "ramp",
                                   "root",        "serial", "arm",       "x"})});
  made.subsystem = dice_.one_of({"axuv", "axuv", "axuv", "axuv", "axuv", "host", "host", "other", "proxy"});
  if (dice_.chance(10)) made.body = "{\"ignored\":true}";
  add_options(made);
  return made;
}

request_text requests::put() {
  const auto& value = dice_.one_of(values());
  auto made = plain({"put", own_tag(), value.path, "\"PUT\""});
  made.body = dice_.one_of(value.bodies);
  add_options(made);
  return made;
}

request_text requests::post() {
  auto made = plain({"post", own_tag(),
                     dice_.one_of({"shots", "shots", "notes", "arm", "arm", "fire", "fire", "reset",
                                   "nothing", "gains", "hello", "shots/1", "ramp", "unbuilt"}),
                     "\"POST\""});
  if (made.path == "shots")
    made.body = dice_.one_of(
        {"{\"n\":1}", "{\"n\":2,\"more\":[1]}", "{\"n\":\"1\"}", "{}", "", "[1]", "{\"n\":1,\"n\":2}"});
  else if (dice_.chance(60))
    made.body = dice_.one_of({"\"a note\"", "null", "{\"force\":true}", "42"});
  add_options(made);
  return made;
}

request_text requests::erase() {
  auto made = plain({"delete", "GW_1",
                     dice_.one_of({"shots/1", "shots/2", "shots/3", "shots/4", "notes/1", "notes/2", "shots",
                                   "gains", "shots/01", "shots/x", "shots/1/2", "arm", "missing"}),
                     "\"DELETE\""});
  add_options(made);
  return made;
}

request_text requests::missing() {
  auto made =
      plain({"missing", own_tag(),
             dice_.one_of({"gain", "gains/0", "any", "any/thing/else", "nowhere", ".gw", ".gw/nothing",
                           ".well-known", "probe", "unbuilt/", "Gains", "state/state"}),
             dice_.one_of({"\"GET\"", "\"PUT\"", "\"POST\"", "\"DELETE\""})});
  made.subsystem = dice_.one_of({"axuv", "nosuch", "host"});
  if (dice_.chance(20)) made.tag = dice_.one_of({"GW_9", "gw_1", "D_1", "FWD_1"});
  return made;
}

request_text requests::conditional() {
  auto made = plain({"conditional", "GW_1",
                     dice_.one_of({"gains", "any/thing", "level", "shots/1", "notes/1", "hello"}),
                     dice_.one_of({"\"GET\"", "\"PUT\"", "\"PUT\"", "\"DELETE\""})});
  if (made.method == "\"GET\"") {
    made.options.push_back("\"etag\":" + etag_of(made.path));
    return made;
  }
  if (made.method == "\"PUT\"")
    made.body = made.path == std::string("gains") ? "[1]" : dice_.one_of({"6", "{\"n\":1}"});
  const auto version = etag_of(made.path);
  if (dice_.chance(50)) made.options.push_back("\"if_match\":" + version);
  if (dice_.chance(50)) made.options.push_back(R"("if_none_match":)" + (dice_.chance(50) ? "true" : version));
  if (dice_.chance(20))
    made.options.push_back(dice_.one_of({R"("if_match":"*")", R"("if_none_match":false)"}));
  return made;
}

request_text requests::discovery() {
  auto made =
      plain({"discovery", dice_.one_of({"GW_1", "GW_2", "GW_3", "GW_4", "S_1", "FWD_1"}), ".well-known/core",
             dice_.one_of({"\"GET\"", "\"GET\"", "\"GET\"", "\"GET\"", "\"PUT\""})});
  made.subsystem = dice_.one_of({"axuv", "anything", "proxy"});
  if (dice_.chance(50))
    made.options.push_back(dice_.one_of(
        {R"("accept":"application/link-format")", R"("accept":"text/plain")", R"("accept":"*/*")"}));
  return made;
}

request_text requests::document() {
  auto made = plain({"document", dice_.one_of({"GW_1", "GW_1", "GW_2", "FWD_1"}),
                     dice_.one_of({".gw/status", ".gw/devices", ".gw/brokers", ".gw/config"}),
                     dice_.one_of({"\"GET\"", "\"GET\"", "\"GET\"", "\"PUT\""})});
  if (dice_.chance(20)) made.options.push_back(R"("accept":"text/plain")");
  return made;
}

request_text requests::to_device(std::string kind) {
  auto made = plain({std::move(kind), "GW_1", "",
                     dice_.one_of({"\"GET\"", "\"GET\"", "\"PUT\"", "\"PUT\"", "\"POST\"", "\"DELETE\""})});
  if (made.method != "\"GET\"" && dice_.chance(80))
    made.body = dice_.one_of({"[1,2]", "{\"a\":1,\"a\":2}", "\"x\"", "7"});
  add_options(made);
  return made;
}

namespace {

const std::vector<std::string>& device_addresses() {
  static const std::vector<std::string> all{
      "D_1/axuv/gains",      "D_1/axuv/gains",
      "D_2/hv/level",        "D_3/axuv/a/b/c",
      "ARD_1/axuv/pin",      "ARD_1/hv/pin",
      "ARD_2/axuv/pin/2",    "ARD_2/other/pin",
      "S_1/axuv/gains",      "S_2/host/open",
      "OLD_1/axuv/gains",    "F_1/axuv/x",
      "F_2/axuv/y",          "F_1/hv/x",
      "LONG_1/axuv/path",    "LONG_1/axuv/and/a/path/that/is/longer/than/that",
      "M_9/axuv/open/q/x",   "M_9/axuv/open/q/y",
      "N_1/axuv/public/a/b", "N_1/axuv/private",
      "GW_1/axuv/gains",     "GW_2/axuv/gains"};
  return all;
}

}  // namespace

request_text requests::by_uri() {
  auto made = to_device("forward by proxy_uri");
  made.path = dice_.one_of({"gains", "whatever", "proxy"});
  if (dice_.chance(12)) made.tag = dice_.one_of({"GW_2", "S_1", "FWD_1"});
  made.options.push_back("\"proxy_uri\":\"" + dice_.one_of(device_addresses()) + '"');
  return made;
}

request_text requests::by_path() {
  auto made = to_device("forward by path");
  made.subsystem = "proxy";
  made.path = dice_.one_of(device_addresses());
  if (dice_.chance(10)) made.tag = dice_.one_of({"GW_2", "S_1", "FWD_1"});
  return made;
}

request_text requests::mounted() {
  auto made = to_device("mount");
  made.path =
      dice_.one_of({"probe/gains", "probe/a/b", "deep/level", "free/x", "away/x", "/probe/gains", "probe"});
  if (dice_.chance(10)) made.tag = "GW_2";
  return made;
}

request_text requests::served() {
  auto made = to_device("reverse by tag");
  made.tag = dice_.one_of({"S_1", "S_1", "S_2", "OLD_1", "S_77", "D_1"});
  made.subsystem = dice_.one_of({"axuv", "host"});
  made.path = dice_.one_of({"gains", "a/b", "/slash", "open"});
  return made;
}

request_text requests::unroutable() {
  auto made = to_device("unroutable");
  if (dice_.chance(50)) {
    made.options.push_back(dice_.one_of(
        {R"("proxy_uri":"NOBODY/axuv/x")", R"("proxy_uri":"N_1/axuv/private")", R"("proxy_uri":"a/b")",
         R"("proxy_uri":"")", R"("proxy_uri":"D_1//x")", R"("proxy_uri":"D 1/axuv/x")", R"("proxy_uri":7)",
         R"("proxy_uri":null)", R"("proxy_uri":"$SYS/axuv/x")"}));
    made.path = "x";
  } else {
    made.subsystem = "proxy";
    made.path = dice_.one_of({"NOBODY/axuv/x", "a", "a/b", "D_1/axuv", "+/axuv/x", "N_1/axuv/private"});
  }
  return made;
}

void requests::note(const request_text& sent) {
  if (sent.method == "\"GET\"" || sent.id.empty()) return;
  writes_.push_back(sent);
  if (writes_.size() > most_writes) writes_.erase(writes_.begin());
}

request_text requests::retained() {
  auto made = dice_.chance(50) ? get() : put();
  made.kind = "retained";
  made.retain = true;
  return made;
}

request_text requests::with_source() {
  auto made = dice_.chance(50) ? served() : dice_.chance(50) ? put() : by_uri();
  made.kind = "source";
  made.options.push_back(dice_.one_of({R"("source":"lab")", R"("source":"site")", R"("source":"far")",
                                       R"("source":"b")", R"("source":7)", R"("source":"")"}));
  return made;
}

}  // namespace mqcoap::replay
