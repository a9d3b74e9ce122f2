#pragma once

#include <cstddef>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <mqcoap/settings/report.hpp>
#include <mqcoap/settings/value_type.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// The patterns of what the N-th `*` of a path may stand for.
using pattern_list = std::vector<named<std::size_t, json_schema>>;

/// The configured arguments of a program, and what determines the placeholders that they may have.
struct argument_rules {
  const located<std::vector<std::string>>& argv;  ///< the program first
  method_set methods;                             ///< those of the resource
  bool has_schema = false;                        ///< bodies are checked against a schema
  std::string_view path;                          ///< the path of the resource, with its `*`
  const located<pattern_list>* paths = nullptr;   ///< null if none are given
};

/// Reports placeholders for something that is not validated, or that a request must not choose.
void check_arguments(const argument_rules& of, report& faults);

}  // namespace mqcoap
