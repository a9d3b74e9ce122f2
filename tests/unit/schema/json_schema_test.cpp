#include <doctest/doctest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <mqcoap/json/json_number.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <random>
#include <utility>
#include <vector>

#include "support/json_value.hpp"

using namespace mqcoap;
using namespace mqcoap::test;
namespace json = boost::json;

namespace {

json_schema compiled(std::string_view schema) {
  const auto made = json_schema::compile(json_value(schema));
  REQUIRE_MESSAGE(made.has_value(), schema);
  return *made;
}

bool fits(std::string_view schema, std::string_view value) {
  const auto fault = compiled(schema).check(json_value(value));
  if (fault) CHECK_FALSE(fault->message.empty());
  return !fault;
}

/// Returns the first fault, as `pointer: message`.
std::string fault_of(std::string_view schema, std::string_view value) {
  const auto fault = compiled(schema).check(json_value(value));
  REQUIRE_MESSAGE(fault.has_value(), value);
  return fault->pointer + ": " + fault->message;
}

std::string refusal_of(std::string_view schema) {
  const auto made = json_schema::compile(json_value(schema));
  REQUIRE_MESSAGE(made.has_error(), schema);
  return made.error().pointer + ": " + made.error().message;
}

}  // namespace

TEST_CASE("type names one type or several") {
  CHECK(fits(R"({"type":"null"})", "null"));
  CHECK(fits(R"({"type":"boolean"})", "false"));
  CHECK(fits(R"({"type":"object"})", "{}"));
  CHECK(fits(R"({"type":"array"})", "[]"));
  CHECK(fits(R"({"type":"number"})", "1.5"));
  CHECK(fits(R"({"type":"number"})", "1"));
  CHECK(fits(R"({"type":"string"})", "\"\""));
  CHECK(fits(R"({"type":["string","null"]})", "null"));
  CHECK(fault_of(R"({"type":"boolean"})", "0") == ": 0 is given, true or false is expected");
  CHECK(fault_of(R"({"type":["integer","null"]})", "\"x\"") ==
        ": \"x\" is a string, null or an integer is expected");
  CHECK(fault_of(R"({"type":"number"})", "[1]") == ": it is an array, a number is expected");
  CHECK(fault_of(R"({"type":"object"})", "null") == ": it is null, an object is expected");
  CHECK(fault_of(R"({"type":"string"})", "true") == ": true is given, a string is expected");
}

TEST_CASE("integer means a whole number, however it is written") {
  for (const char* whole : {"5", "5.0", "-1", "1e3", "18446744073709551615", "1e300"})
    CHECK_MESSAGE(fits(R"({"type":"integer"})", whole), whole);
  CHECK(fault_of(R"({"type":"integer"})", "2.5") == ": 2.5 is given, an integer is expected");
}

TEST_CASE("bounds of numbers are compared exactly over int64, uint64 and double") {
  CHECK(fits(R"({"minimum":0,"maximum":7})", "7"));
  CHECK(fault_of(R"({"maximum":7})", "9") == ": 9 is over the maximum 7");
  CHECK(fault_of(R"({"minimum":0.5})", "0.25") == ": 0.25 is under the minimum 0.5");
  CHECK_FALSE(fits(R"({"maximum":9007199254740992})", "9007199254740993"));
  CHECK_FALSE(fits(R"({"maximum":9007199254740992.0})", "9007199254740993"));
  CHECK_FALSE(fits(R"({"minimum":18446744073709551615})", "18446744073709551614"));
  CHECK(fits(R"({"minimum":9223372036854775807})", "9223372036854775808"));
  CHECK_FALSE(fits(R"({"minimum":0})", "-9223372036854775808"));
  CHECK_FALSE(fits(R"({"maximum":18446744073709551615})", "1.8446744073709552e19"));
  CHECK(fits(R"({"maximum":1e30})", "18446744073709551615"));
  CHECK(fits(R"({"minimum":-1e30})", "-9223372036854775808"));
  CHECK_FALSE(fits(R"({"maximum":-0.5})", "0"));
  CHECK(fits(R"({"minimum":-0.5})", "0"));
  CHECK_FALSE(fits(R"({"minimum":-0.5})", "-1"));
}

TEST_CASE("exclusive bounds leave out the bound itself") {
  CHECK(fits(R"({"exclusiveMinimum":0,"exclusiveMaximum":1})", "0.5"));
  CHECK(fault_of(R"({"exclusiveMinimum":0})", "0.0") == ": 0 is given, more than 0 is expected");
  CHECK(fault_of(R"({"exclusiveMaximum":1})", "1") == ": 1 is given, less than 1 is expected");
}

TEST_CASE("multipleOf is exact for whole numbers and takes decimals as they are written") {
  CHECK(fits(R"({"multipleOf":3})", "-9"));
  CHECK(fault_of(R"({"multipleOf":3})", "10") == ": 10 is not a multiple of 3");
  CHECK_FALSE(fits(R"({"multipleOf":2})", "18446744073709551615"));
  CHECK(fits(R"({"multipleOf":2})", "-9223372036854775808"));
  for (const char* multiple : {"0.3", "0.7", "-1.1", "0", "1000000.1"})
    CHECK_MESSAGE(fits(R"({"multipleOf":0.1})", multiple), multiple);
  CHECK_FALSE(fits(R"({"multipleOf":0.1})", "0.35"));
  CHECK_FALSE(fits(R"({"multipleOf":0.5})", "0.25"));
  CHECK_FALSE(fits(R"({"multipleOf":2.5})", "9007199254740993"));
  CHECK(fits(R"({"multipleOf":1e-8})", "1e30"));
}

TEST_CASE("a multiple is one of decimals, whatever their doubles are") {
  const std::pair<const char*, std::vector<const char*>> multiples[]{
      {"0.001", {"47973", "8192.219", "50000", "0.001", "-8192.219", "562949953421.312", "1e300"}},
      {"0.01", {"500000", "131072.27", "0.07", "1.1", "90071992547409.91"}},
      {"1e-6", {"40", "8.000006", "0.000003", "123456789.123456"}},
      {"1e-8", {"12391239123", "0.00000001", "1e-8", "1e308", "1.7976931348623157e308"}},
      {"0.3", {"0.9", "2.1", "999999999999999.9", "3e200"}},
      {"2.5", {"7.5", "-1e20", "0", "0.0", "-0.0"}},
      {"7", {"7e22", "-14.0", "9223372036854775807", "18446744073709551614"}},
      {"1e-300", {"1e-299", "1e308", "3e-300"}},
      {"1e300", {"2e300", "0"}},
      {"5e-324", {"5e-324", "1", "1.5e-323"}},
      {"0.123456789", {"0.246913578", "123456789"}},
  };
  for (const auto& row : multiples)
    for (const char* number : row.second)
      CHECK_MESSAGE(fits("{\"multipleOf\":" + std::string(row.first) + '}', number),
                    (std::string(number) + " of " + row.first));
}

TEST_CASE("what is no multiple is refused, however small the ratio's fraction or large the ratio") {
  const std::pair<const char*, std::vector<const char*>> others[]{
      {"0.001", {"47973.0001", "8192.2195", "0.0005", "1e-300", "562949953421.3125", "8192.21900001"}},
      {"0.01", {"131072.275", "0.071", "500000.005", "1125899906842.6245"}},
      {"1e-6", {"8.0000061", "1e-7", "0.00000350000001"}},
      {"0.1", {"0.35", "0.3000000000001", "0.30000001", "1.05", "1e-17", "100000000000000.02"}},
      {"0.123456789", {"1e308", "0.12345679", "1"}},
      {"7", {"1e22", "1e308", "7.0000000000000009", "18446744073709551615"}},
      {"1", {"1.0000000000000002", "0.5", "4503599627370495.5"}},
      {"0.25", {"0.30000000000000004", "1.2500000000000002"}},
      {"0.7", {"50000000000000.71", "500000000000000.3", "100000000000001"}},
      {"7.3", {"1000000000000001", "100000000000001.5"}},
      {"2.5", {"9007199254740993", "2.4"}},
      {"1e3", {"1000000000000000001", "999"}},
      {"1e300", {"1", "1.5e300"}},
      {"0.3", {"1e15", "1e200"}},
  };
  for (const auto& row : others)
    for (const char* number : row.second)
      CHECK_MESSAGE(!fits("{\"multipleOf\":" + std::string(row.first) + '}', number),
                    (std::string(number) + " of " + row.first));
}

TEST_CASE("the rounding of a sum or product of steps is forgiven, but not from 2^50 steps on") {
  CHECK(fits(R"({"multipleOf":0.1})", "0.30000000000000004"));
  CHECK(fits(R"({"multipleOf":0.1})", "-0.30000000000000004"));
  CHECK(fits(R"({"multipleOf":0.1})", "0.7999999999999999"));
  CHECK(fits(R"({"multipleOf":0.1})", "0.09999999999999998"));
  std::mt19937_64 random(5);
  for (const double step : {0.1, 0.01, 0.001, 0.3, 0.7, 1e-6, 2.5, 0.123456789, 12.5, 1e-20}) {
    const auto schema = compiled("{\"multipleOf\":" + number_text(step) + '}');
    for (int i = 0; i < 2000; ++i) {
      const auto m = static_cast<double>(random() % 1'000'000), n = static_cast<double>(random() % 1'000'000);
      CAPTURE(step);
      CAPTURE(m);
      CAPTURE(n);
      REQUIRE_FALSE(schema.check(m * step + n * step));
      REQUIRE_FALSE(schema.check(m * step));
      REQUIRE(schema.check((m + 0.5) * step));
      REQUIRE(schema.check(m * step + step / 100));
    }
  }
  CHECK_FALSE(fits(R"({"multipleOf":0.001})", "1125899906842.6243"));
  CHECK(fits(R"({"multipleOf":0.001})", "1125899906842.624"));
  CHECK(fits(R"({"multipleOf":0.25})", "562949953421312.25"));  // the shorter notation, 0.2, denotes
                                                                // the same double
}

TEST_CASE("every number that is a step's decimal is a multiple, and its neighbours are not") {
  std::mt19937_64 random(6);
  for (int i = 0; i < 20'000; ++i) {
    const int places = static_cast<int>(random() % 9);
    const auto steps = static_cast<std::int64_t>(random() % 1'000'000'000'000'000) >> random() % 48;
    const auto decimal = [](std::int64_t digits, int power) {
      return std::to_string(digits) + 'e' + std::to_string(power);
    };
    CAPTURE(steps);
    CAPTURE(places);
    const auto schema = compiled("{\"multipleOf\":" + decimal(1, -places) + '}');
    REQUIRE_FALSE(schema.check(json_value(decimal(steps, -places))));
    if (steps < 100'000'000'000'000) REQUIRE(schema.check(json_value(decimal(10 * steps + 1, -places - 1))));
  }
}

TEST_CASE("numbers of 16 and 17 digits are compared as the doubles that they are") {
  CHECK(fits(R"({"minimum":364.2447733054774})", "364.24477330547739"));
  CHECK(fits(R"({"maximum":364.24477330547739})", "364.2447733054774"));
  CHECK(fits(R"({"const":364.2447733054774})", "364.24477330547739"));
  CHECK(fits(R"({"enum":[364.24477330547739]})", "364.2447733054774"));
  CHECK_FALSE(fits(R"({"uniqueItems":true})", "[364.2447733054774,364.24477330547739]"));
  CHECK_FALSE(fits(R"({"exclusiveMinimum":364.2447733054774})", "364.24477330547739"));
  CHECK(fault_of(R"({"minimum":365})", "364.2447733054774") ==
        ": 364.2447733054774 is under the minimum 365");
}

TEST_CASE("bounds of numbers say nothing about other types") {
  CHECK(fits(R"({"minimum":5,"maxLength":1,"minItems":3})", "true"));
  CHECK(fits(R"({"minimum":5})", "\"a\""));
  CHECK(fits(R"({"minItems":3})", "{}"));
}

TEST_CASE("the length of a string is counted in characters, not bytes") {
  CHECK(fits(R"({"minLength":3,"maxLength":3})", "\"\xc3\xa4\xc3\xb6\xc3\xbc\""));
  CHECK(fits(R"({"maxLength":1})", "\"\xf0\x9f\x94\xac\""));
  CHECK(fault_of(R"({"minLength":2})", "\"a\"") == ": it has 1 character, at least 2 wanted");
  CHECK(fault_of(R"({"maxLength":2})", "\"abc\"") == ": it has 3 characters, at most 2 allowed");
}

TEST_CASE("a pattern may match anywhere in the string") {
  CHECK(fits(R"({"pattern":"^[A-Z]+$"})", "\"ABC\""));
  CHECK(fits(R"({"pattern":"b"})", "\"abc\""));
  CHECK(fault_of(R"({"pattern":"^[0-9]+$"})", "\"12x\"") == ": \"12x\" does not match the pattern ^[0-9]+$");
}

TEST_CASE("a pattern that would take others exponential time is bounded") {
  const std::string text = '"' + std::string(50'000, 'a') + '"';
  CHECK_FALSE(fits(R"({"pattern":"^(a+)+$"})", text.substr(0, text.size() - 1) + "b\""));
  CHECK(fits(R"({"pattern":"^(a+)+$"})", text));
}

TEST_CASE("enum and const take equal values, whatever their form") {
  CHECK(fits(R"({"enum":["a",5,{"x":1,"y":2}]})", "5.0"));
  CHECK(fits(R"({"enum":["a",5,{"x":1,"y":2}]})", R"({"y":2,"x":1.0})"));
  CHECK(fault_of(R"({"enum":["a","b",3]})", "\"c\"") == ": \"c\" is none of \"a\", \"b\", 3");
  CHECK(fits(R"({"const":null})", "null"));
  CHECK(fault_of(R"({"const":4})", "3") == ": 3 is given, only 4 is allowed");
  CHECK_FALSE(fits(R"({"const":9007199254740993})", "9007199254740992"));
  CHECK_FALSE(fits(R"({"const":1})", "true"));
  CHECK_FALSE(fits(R"({"const":[1,2]})", "[2,1]"));
}

TEST_CASE("items are checked one by one, and the fault names its place") {
  constexpr auto gains = R"({"type":"array","items":{"type":"integer","minimum":0,"maximum":7}})";
  CHECK(fits(gains, "[]"));
  CHECK(fits(gains, "[0,1,2,3,4]"));
  CHECK(fault_of(gains, "[1,2,9]") == "/2: 9 is over the maximum 7");
  CHECK(fault_of(R"({"items":{"items":{"type":"string"}}})", R"([["a"],["b",1]])") ==
        "/1/1: 1 is given, a string is expected");
  CHECK(fault_of(R"({"minItems":2})", "[1]") == ": it has 1 item, at least 2 wanted");
  CHECK(fault_of(R"({"maxItems":0})", "[1]") == ": it has 1 item, at most 0 allowed");
}

TEST_CASE("uniqueItems compares values, not how they are written") {
  CHECK(fits(R"({"uniqueItems":true})", R"([1,"1",true,null,[1],{"a":1},2,false])"));
  CHECK(fault_of(R"({"uniqueItems":true})", "[1,2,1.0]")
            .ends_with("occurs more than once, all items must differ"));
  CHECK_FALSE(fits(R"({"uniqueItems":true})", R"([{"a":1,"b":2},{"b":2,"a":1}])"));
  CHECK(fits(R"({"uniqueItems":true})", "[9007199254740992,9007199254740993]"));
  CHECK(fits(R"({"uniqueItems":false})", "[1,1]"));
}

TEST_CASE("uniqueItems of a long array does not compare every pair") {
  json::array numbers;
  for (int i = 0; i < 200'000; ++i) numbers.emplace_back(i);
  const auto schema = compiled(R"({"uniqueItems":true})");
  CHECK_FALSE(schema.check(numbers));
  numbers.back() = 0;
  CHECK(schema.check(numbers));
}

TEST_CASE("members are checked by name, and the pointer is escaped") {
  constexpr auto state =
      R"({"type":"object","properties":{"state":{"enum":["IDLE","ARMED"]},"a/b~c":{"type":"null"}},
                             "required":["state"],"additionalProperties":false})";
  CHECK(fits(state, R"({"state":"IDLE"})"));
  CHECK(fault_of(state, R"({"state":"OFF"})") == "/state: \"OFF\" is none of \"IDLE\", \"ARMED\"");
  CHECK(fault_of(state, "{}") == ": the member 'state' is missing");
  CHECK(fault_of(state, R"({"state":"IDLE","a/b~c":1})") == "/a~1b~0c: 1 is given, null is expected");
  CHECK(fault_of(state, R"({"state":"IDLE","stats":1})") == "/stats: unknown member; did you mean 'state'?");
  CHECK(fault_of(state, R"({"state":"IDLE","colour":1})") ==
        "/colour: unknown member; there are a/b~c, state");
  CHECK(fault_of(R"({"additionalProperties":false})", R"({"x":1})") == "/x: unknown member; none is allowed");
}

TEST_CASE("additionalProperties may be a schema, for the members that properties does not name") {
  constexpr auto schema =
      R"({"properties":{"name":{"type":"string"}},"additionalProperties":{"type":"number"}})";
  CHECK(fits(schema, R"({"name":"x","a":1})"));
  CHECK(fault_of(schema, R"({"name":"x","a":"y"})") == "/a: \"y\" is a string, a number is expected");
}

TEST_CASE("the number of members is bounded") {
  CHECK(fault_of(R"({"minProperties":1})", "{}") == ": it has 0 members, at least 1 wanted");
  CHECK(fault_of(R"({"maxProperties":1})", R"({"a":1,"b":2})") == ": it has 2 members, at most 1 allowed");
}

TEST_CASE("schemas are combined with allOf, anyOf, oneOf and not") {
  CHECK(fits(R"({"allOf":[{"minimum":1},{"maximum":3}]})", "2"));
  CHECK(fault_of(R"({"allOf":[{"minimum":1},{"maximum":3}]})", "4") == ": 4 is over the maximum 3");
  CHECK(fits(R"({"anyOf":[{"type":"string"},{"minimum":3}]})", "5"));
  CHECK(fault_of(R"({"anyOf":[{"type":"string"},{"minimum":3}]})", "2") ==
        ": it fits none of the alternatives: 2 is given, a string is expected; nor the last: 2 is under the "
        "minimum 3");
  CHECK(fits(R"({"oneOf":[{"multipleOf":3},{"multipleOf":5}]})", "9"));
  CHECK(fault_of(R"({"oneOf":[{"multipleOf":3},{"multipleOf":5}]})", "15") ==
        ": it fits 2 of the alternatives, only one is allowed");
  CHECK_FALSE(fits(R"({"oneOf":[{"multipleOf":3},{"multipleOf":5}]})", "7"));
  CHECK(fits(R"({"not":{"type":"integer"}})", "1.5"));
  CHECK(fault_of(R"({"not":{"type":"integer"}})", "5") == R"(: 5 must not match {"type":"integer"})");
  CHECK(fault_of(R"({"anyOf":[{"items":{"type":"null"}}]})", "[null,1]") ==
        ": it fits none of the alternatives: /1: 1 is given, null is expected");
}

TEST_CASE("true and false are schemas") {
  CHECK(fits("true", "[1]"));
  CHECK(fits("{}", "[1]"));
  CHECK(fault_of("false", "1") == ": nothing is allowed here");
  CHECK(fault_of(R"({"properties":{"a":false}})", R"({"a":1})") == "/a: nothing is allowed here");
}

TEST_CASE("annotations say nothing about values") {
  CHECK(fits(R"({"title":"T","description":5,"default":"x","examples":[1],"$comment":"c"})", "null"));
}

TEST_CASE("annotations ask nothing of a value, wherever they stand") {
  for (const char* annotation :
       {R"("$comment":"c")", R"("title":"T")", R"("description":"D")", R"("default":"x")",
        R"("examples":[1])", R"("deprecated":true)", R"("readOnly":true)", R"("writeOnly":true)",
        R"("format":"date-time")", R"("contentEncoding":"base64")", R"("contentMediaType":"text/csv")",
        R"("contentSchema":{"type":"object"})"}) {
    const std::string schema = "{" + std::string(annotation) + R"(,"type":["integer","array"],"items":{)" +
                               annotation + R"(,"type":"integer"}})";
    CHECK_MESSAGE(fits(schema, "[1]"), schema);
    CHECK_MESSAGE(fits(schema, "1"), schema);
    CHECK_MESSAGE(!fits(schema, "\"2026-13-45\""), schema);
    CHECK_MESSAGE(!fits(schema, "[true]"), schema);
  }
}

TEST_CASE("$schema names a draft that is understood, in a schema with an identity of its own") {
  for (const char* name :
       {"https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2020-12/schema#",
        "http://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-06/schema#",
        "https://json-schema.org/draft/2019-09/schema"})
    CHECK_MESSAGE(fits(std::string(R"({"type":"integer","$schema":")") + name + "\"}", "1"), name);
  CHECK(fits(
      R"({"items":{"$id":"https://example.org/item","$schema":"http://json-schema.org/draft-07/schema#"}})",
      "[1]"));

  CHECK(refusal_of(R"({"$schema":"https://json-schema.org/draft-04/schema"})") ==
        "/$schema: \"https://json-schema.org/draft-04/schema\" stands where "
        "https://json-schema.org/draft/2020-12/schema "
        "(or 2019-09, draft-07, draft-06) is expected");
  for (const char* wrong :
       {"5", "null", "\"\"", "\"ftp://json-schema.org/draft-07/schema\"",
        "\"https://json-schema.org/draft/2020-12/schema#/x\"", "\"https://example.org/mine\""})
    CHECK_MESSAGE(refusal_of(std::string(R"({"$schema":)") + wrong + "}").starts_with("/$schema: "), wrong);
  for (const char* inner :
       {R"({"items":{"$schema":"https://json-schema.org/draft/2020-12/schema"}})",
        R"({"properties":{"a":{"$schema":"https://json-schema.org/draft/2020-12/schema"}}})",
        R"({"anyOf":[{"$schema":"https://json-schema.org/draft/2020-12/schema"}]})"})
    CHECK_MESSAGE(refusal_of(inner).ends_with("/$schema: this keyword belongs in the outermost schema"),
                  inner);
  // A property with that name is not a schema keyword.
  CHECK(fits(R"({"properties":{"$schema":{"type":"string"}},"required":["$schema"]})", R"({"$schema":"x"})"));
}

TEST_CASE("$id is a URI that names a whole schema") {
  for (const char* id : {"https://example.org/gains", "urn:example:gains", "gains.json", "gains.json#"})
    CHECK_MESSAGE(fits(std::string(R"({"$id":")") + id + R"(","items":{"$id":"item"}})", "[1]"), id);
  CHECK(refusal_of(R"({"$id":7})") == "/$id: 7 stands where a URI is expected");
  CHECK(refusal_of(R"({"items":{"$id":"#part"}})") ==
        "/items/$id: \"#part\" stands where a URI without a fragment is expected");
}

TEST_CASE("an unknown schema keyword is an error at its place, with the word that was probably meant") {
  CHECK(refusal_of(R"({"minimun":1})") ==
        "/minimun: unknown schema keyword 'minimun'; did you mean 'minimum'?");
  CHECK(refusal_of(R"({"items":{"tpye":"integer"}})") ==
        "/items/tpye: unknown schema keyword 'tpye'; did you mean 'type'?");
  CHECK(refusal_of(R"({"$ref":"#"})") == "/$ref: unknown schema keyword '$ref'");
  CHECK(refusal_of(R"({"readonly":true})") ==
        "/readonly: unknown schema keyword 'readonly'; did you mean 'readOnly'?");
  CHECK(refusal_of(R"({"schema":"x"})") ==
        "/schema: unknown schema keyword 'schema'; did you mean '$schema'?");
  CHECK(refusal_of(R"({"formats":"x"})") ==
        "/formats: unknown schema keyword 'formats'; did you mean 'format'?");
  CHECK(refusal_of(R"({"properties":{"a/b":{"colour":1}}})") ==
        "/properties/a~1b/colour: unknown schema keyword 'colour'");
  CHECK(refusal_of(R"({"anyOf":[true,{"x":1}]})").starts_with("/anyOf/1/x: "));
}

TEST_CASE("each schema word refuses what it cannot take, saying what it wants") {
  CHECK(refusal_of("5") == ": 5 stands where a schema (an object, true or false) is expected");
  CHECK(refusal_of(R"({"type":"int"})") ==
        "/type: unknown type 'int'; there are null, boolean, object, array, number, integer and string");
  CHECK(refusal_of(R"({"type":["null","strng"]})") ==
        "/type/1: unknown type 'strng'; did you mean 'string'?");
  CHECK(refusal_of(R"({"type":[]})").starts_with("/type: [] stands where"));
  CHECK(refusal_of(R"({"minimum":"5"})") == "/minimum: \"5\" stands where a number is expected");
  CHECK(refusal_of(R"({"multipleOf":0})") == "/multipleOf: 0 stands where a number over 0 is expected");
  CHECK(refusal_of(R"({"maxLength":-1})") ==
        "/maxLength: -1 stands where a whole number of 0 or more is expected");
  CHECK(refusal_of(R"({"enum":"a"})") == "/enum: \"a\" stands where a list of values is expected");
  CHECK(refusal_of(R"({"required":["a",1]})") ==
        "/required/1: 1 stands where the name of a member is expected");
  CHECK(refusal_of(R"({"pattern":"(["})").starts_with("/pattern: not a regular expression (RE2): "));
  for (const char* bad :
       {R"({"minItems":1.5})", R"({"minItems":1e300})", R"({"minLength":"1"})", R"({"uniqueItems":1})",
        R"({"properties":[]})", R"({"items":[{}]})", R"({"allOf":{}})", R"({"oneOf":[]})", R"({"not":1})",
        R"({"pattern":1})", R"({"required":"a"})", R"({"enum":[]})", R"({"additionalProperties":"no"})",
        R"({"type":5})", R"({"maximum":null})"}) {
    CAPTURE(bad);
    CHECK_FALSE(refusal_of(bad).empty());
  }
}

TEST_CASE("an empty list of required members asks for none") { CHECK(fits(R"({"required":[]})", "{}")); }

TEST_CASE("a count may be written as a whole double") {
  CHECK_FALSE(fits(R"({"minItems":2.0})", "[1]"));
  CHECK(fits(R"({"minItems":2.0})", "[1,2]"));
}

TEST_CASE("a range that nothing can satisfy is refused") {
  CHECK(refusal_of(R"({"minimum":5,"maximum":3})") == ": minimum is over maximum: nothing can satisfy both");
  CHECK(refusal_of(R"({"minimum":5,"exclusiveMaximum":5})") ==
        ": minimum equals exclusiveMaximum: nothing can satisfy both");
  CHECK(refusal_of(R"({"exclusiveMinimum":5,"exclusiveMaximum":5})") ==
        ": exclusiveMinimum equals exclusiveMaximum: nothing can satisfy both");
  CHECK(refusal_of(R"({"exclusiveMinimum":6,"maximum":5})") ==
        ": exclusiveMinimum is over maximum: nothing can satisfy both");
  CHECK(fits(R"({"minimum":5,"maximum":5})", "5"));
  CHECK(refusal_of(R"({"items":{"minLength":2,"maxLength":1}})")
            .starts_with("/items: minLength is over maxLength"));
  CHECK(fits(R"({"minimum":3,"maximum":3.0})", "3"));
}

TEST_CASE("a schema nested without end is refused, not followed") {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += R"({"not":)";
  deep += "true" + std::string(100, '}');
  const auto made = json_schema::compile(json_value(deep));
  REQUIRE(made.has_error());
  CHECK(made.error().message == "schemas are nested deeper than 64");
}

TEST_CASE("a copy of a schema checks the same") {
  auto original = std::make_unique<json_schema>(compiled(R"({"minimum":1})"));
  const json_schema copy = *original;
  original.reset();
  CHECK(copy.check(0));
  CHECK_FALSE(copy.check(1));
}

TEST_CASE("the words about a large value stay short and whole UTF-8") {
  std::string value = "\"";
  for (int i = 0; i < 10'000; ++i) value += "\xc3\xa4";
  const auto message = fault_of(R"({"type":"integer"})", value + '"');
  CHECK(message.size() < 120);
  CHECK(message.find("...") != std::string::npos);
  CHECK_NOTHROW(json_value(
      '"' + message.substr(message.find("\xc3\xa4"), message.find("...") - message.find("\xc3\xa4")) + '"'));
}
