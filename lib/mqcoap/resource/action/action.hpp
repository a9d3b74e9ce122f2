#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/state/resource_state.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

class kind_module;
class resource_site;

/// An action. POST runs it (203), with any body: if every condition of `when` holds, else 412, the values of
/// `set` are stored, all in one step. A condition on an object holds if its named members are equal; a
/// condition on anything else holds if the whole value is equal.
class action_resource final : public handler {
 public:
  struct condition {
    std::string path;  ///< path of the value, for the text of a 412
    std::shared_ptr<cell> value;
    boost::json::value expected;
  };
  struct assignment {
    std::shared_ptr<cell> value;
    json_text stored;
  };

  action_resource(std::vector<condition> when, std::vector<assignment> set, resource_state& state);
  void handle(responder&& r) override;

 private:
  /// Shared with requests that wait for their turn.
  struct rules {
    std::vector<condition> when;
    std::vector<assignment> set;
  };
  static answer run(const rules& known, std::vector<change>& changes);
  static std::vector<std::shared_ptr<cell>> cells_of(const rules& known);

  const std::shared_ptr<const rules> rules_;
  resource_state& state_;
  const std::vector<std::shared_ptr<cell>> cells_;
};

/// The options of an action; the paths are those of value resources of the same device.
struct action_options {
  static constexpr std::string_view kind_name = "action";

  struct entry {
    std::string path;
    json_text value;

    friend bool operator==(const entry&, const entry&) = default;
  };
  std::vector<entry> when;
  std::vector<entry> set;

  method_set offered() const { return {method::post}; }
  void make(resource_site& at) const;
  std::vector<std::string> conditions() const;
  friend bool operator==(const action_options&, const action_options&) = default;
};

/// Returns the kind: `arm: {action: {when: {status: IDLE}, set: {status: ARMED}}}` in a configuration.
const kind_module& action_kind();

}  // namespace mqcoap
