#pragma once

#include <boost/json/value.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/resource/value.hpp>
#include <string>
#include <vector>

namespace mqcoap {

/// POST runs it (203), whatever the body: if every condition of `when` holds, else 412, the values of `set`
/// are stored, all in one step. A condition on an object holds if the members it names are equal, the rest
/// does not count; on anything else, if the whole value is equal.
class action_resource final : public handler {
 public:
  struct condition {
    std::string path;  ///< of the value, for the words of a 412
    value_resource* value;
    boost::json::value expected;
  };
  struct assignment {
    value_resource* value;
    json_text stored;
  };

  action_resource(std::vector<condition> when, std::vector<assignment> set);
  void handle(responder&& r) override;

 private:
  std::vector<condition> when_;
  std::vector<assignment> set_;
};

/// An action as configured; the paths are those of value resources of the same device.
struct action_options {
  struct entry {
    std::string path;
    json_text value;

    friend bool operator==(const entry&, const entry&) = default;
  };
  std::vector<entry> when;
  std::vector<entry> set;

  friend bool operator==(const action_options&, const action_options&) = default;
};

}  // namespace mqcoap
