#pragma once

#include <map>
#include <output/output.hpp>
#include <string>

namespace mqcoap::test {

inline json_text json(std::string_view text) { return *json_text::parse(text); }

/// Returns an exchange with this answer, which took 12 ms.
inline cli::exchange_record exchanged(response_code code, std::string_view body) {
  response answer{
      {}, *resource_path::parse("gains"), *request_id::parse("16fd2706-8baf-433b-82eb-8c7fada847da"), {}, {}};
  answer.code = code;
  answer.body = json(body);
  answer.source = "DEV_1";
  return {make_address("DEV_1/axuv/gains"), method::get, answer, std::chrono::milliseconds(12)};
}

/// An environment that contains only these variables.
class made_up_environment {
 public:
  explicit made_up_environment(std::map<std::string, std::string> variables)
      : variables_(std::move(variables)) {}
  const char* operator()(const char* name) const {
    const auto found = variables_.find(name);
    return found == variables_.end() ? nullptr : found->second.c_str();
  }

 private:
  std::map<std::string, std::string> variables_;
};

}  // namespace mqcoap::test
