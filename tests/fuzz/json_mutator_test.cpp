#include <doctest/doctest.h>

#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <set>

#include "json_mutator.hpp"

using namespace mqcoap;
using namespace mqcoap::fuzz;

namespace {

std::size_t change_first_byte(std::uint8_t* data, std::size_t size, std::size_t) {
  if (size > 0) data[0] ^= 1;
  return size;
}

/// Applies many changes, each to the result of the previous one.
template <class F>
void walk(const json_shape& shape, F look) {
  std::string document;
  for (std::uint32_t step = 0; step < 2000; ++step) {
    document = mutate_json(shape, step % 10 == 0 ? "no JSON" : document, step, change_first_byte);
    look(document);
  }
}

}  // namespace

TEST_CASE("the mutator generates JSON that keeps changing") {
  for (const auto* shape : {&request_shape(), &response_shape(), &general_shape(), &schema_shape()}) {
    std::set<std::string> seen;
    walk(*shape, [&](const std::string& document) {
      const auto fault = validate_json(document, 200);
      CHECK_MESSAGE((!fault || fault->not_finite), document);
      seen.insert(document);
    });
    CHECK(seen.size() > 1000);
  }
}

TEST_CASE("many mutants have a valid header, and others are rejected for each of its fields") {
  int decoded = 0;
  std::set<std::string> refused;
  walk(request_shape(), [&](const std::string& document) {
    const auto read = decode(document, {.limits = {}, .ids = validation::lenient});
    if (read && std::holds_alternative<request>(*read))
      ++decoded;
    else if (!read)
      refused.insert(read.error().field);
  });
  CHECK(decoded > 300);
  for (const char* field : {"method", "path", "request_id", "correlation_id", "token", "source", "proxy_uri",
                            "timeout_ms", "hops", "critical", "timestamp"})
    CHECK_MESSAGE(refused.contains(field), field);
}

TEST_CASE("the random number determines the mutation") {
  const auto& shape = request_shape();
  CHECK(mutate_json(shape, shape.start, 7, change_first_byte) ==
        mutate_json(shape, shape.start, 7, change_first_byte));
}
