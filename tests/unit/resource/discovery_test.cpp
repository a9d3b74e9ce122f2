#include <doctest/doctest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <mqcoap/protocol/content_format.hpp>
#include <mqcoap/resource/discovery.hpp>

#include "recorder.hpp"
#include "support/json_value.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

answer discover(const std::vector<resource_info>& resources, std::string_view accept = "",
                std::string etag = "") {
  discovery_resource core(resources);
  request_options options;
  options.accept = accept;
  options.etag = std::move(etag);
  return ask(core, {.path = std::string(discovery_path), .options = options});
}

std::string links(const std::vector<resource_info>& resources) {
  const auto got = discover(resources, content_format::link_format);
  CHECK(got.code == response_code::content);
  CHECK(got.options.content_format == content_format::link_format);
  REQUIRE(got.body.is_string());
  return decode_json_string(got.body.text());
}

const std::vector<resource_info> lab{
    {"gains", {method::get, method::put}, "value", "", ""},
    {"supply/voltage", {method::get}, "signal", "V", "Supply \"A\""},
    {"arm", {method::post}, "action", "", ""},
    {"probe/**", method_set::all(), "proxy", "", ""},
};

}  // namespace

TEST_CASE("discovery lists the resources as JSON, unit and title only where they are set") {
  const auto got = discover(lab);
  CHECK(got.code == response_code::content);
  CHECK(got.options.content_format.empty());
  CHECK(got.body.value() == json_value(R"([
    {"path": "gains", "methods": ["GET", "PUT"], "type": "value"},
    {"path": "supply/voltage", "methods": ["GET"], "type": "signal", "unit": "V", "title": "Supply \"A\""},
    {"path": "arm", "methods": ["POST"], "type": "action"},
    {"path": "probe/**", "methods": ["GET", "POST", "PUT", "DELETE"], "type": "proxy"}])"));
}

TEST_CASE("discovery gives link-format where it is asked for") {
  CHECK(links(lab) == R"(</gains>;rt="value";ct=50;methods="GET PUT",)"
                      R"(</supply/voltage>;rt="signal";ct=50;methods="GET";unit="V";title="Supply \"A\"",)"
                      R"(</arm>;rt="action";methods="POST",)"
                      R"(</probe/**>;rt="proxy";ct=50;methods="GET POST PUT DELETE")");
}

TEST_CASE("discovery says under which subsystems a resource is found, if not under any") {
  const std::vector<resource_info> two{{"gains", {method::get}, "value", "", "", {"axuv", "host"}}};
  CHECK(discover(two).body.value() ==
        json_value(
            R"([{"path": "gains", "methods": ["GET"], "type": "value", "subsystems": ["axuv", "host"]}])"));
  CHECK(links(two) == R"(</gains>;rt="value";ct=50;methods="GET";subsystems="axuv host")");
}

TEST_CASE("discovery says under which subsystem a resource publishes events") {
  const std::vector<resource_info> two{{"gains", {method::get}, "value", "", "", {}, "axuv"},
                                       {"list", {method::get}, "collection", "", ""}};
  CHECK(discover(two).body.value() ==
        json_value(R"([{"path": "gains", "methods": ["GET"], "type": "value", "events": "axuv"},
                       {"path": "list", "methods": ["GET"], "type": "collection"}])"));
  CHECK(links(two) == R"(</gains>;rt="value";ct=50;methods="GET";events="axuv",)"
                      R"(</list>;rt="collection";ct=50;methods="GET")");
}

TEST_CASE("a device without resources has an empty list in both forms") {
  CHECK(discover({}).body.text() == "[]");
  CHECK(links({}).empty());
}

TEST_CASE("characters that are not allowed in a URI are percent-encoded in links") {
  CHECK(links({{"a b/\xc3\xa4>\"%#?x", {method::get}, "value", "", ""}}) ==
        R"(</a%20b/%C3%A4%3E%22%25%23%3Fx>;rt="value";ct=50;methods="GET")");
  CHECK(links({{"a-b._~!$&'()*+,;=:@", {}, "value", "", ""}}) ==
        R"(</a-b._~!$&'()*+,;=:@>;rt="value";methods="")");
}

TEST_CASE("quotes, backslashes and line breaks cannot end an attribute") {
  CHECK(links({{"x", {method::post}, "value", "", "say \"\\\"\n\tnow\x7f\xc2\xb0"}}) ==
        "</x>;rt=\"value\";methods=\"POST\";title=\"say \\\"\\\\\\\"  now \xc2\xb0\"");
}

TEST_CASE("paths and titles are escaped in JSON") {
  const auto listed = discover({{"a\"b", {}, "value", "\\", "line\nbreak"}}).body.value();
  const auto& entry = listed.at(0).as_object();
  CHECK(entry.at("path") == "a\"b");
  CHECK(entry.at("methods") == boost::json::array{});
  CHECK(entry.at("unit") == "\\");
  CHECK(entry.at("title") == "line\nbreak");
}

TEST_CASE("each form of discovery has its version") {
  const auto json = discover(lab).options.etag;
  const auto link = discover(lab, content_format::link_format).options.etag;
  CHECK(json != link);
  const auto same = discover(lab, "", json);
  CHECK(same.code == response_code::valid);
  CHECK(same.body.is_null());
  CHECK(discover(lab, "", link).code == response_code::content);
  CHECK(discover(lab, content_format::link_format, link).code == response_code::valid);
}

TEST_CASE("discovery refuses other formats and methods with what is possible") {
  const auto refused = discover(lab, "text/plain");
  CHECK(refused.code == response_code::not_acceptable);
  CHECK(message_of(refused) ==
        "accept: .well-known/core cannot be given as 'text/plain', only as application/json or "
        "application/link-format");
  CHECK(discover(lab, "APPLICATION/LINK-FORMAT").code == response_code::content);
  discovery_resource core(lab);
  for (const auto verb : {method::post, method::put, method::del})
    CHECK(ask(core, {verb, ".well-known/core"}).code == response_code::method_not_allowed);
}
