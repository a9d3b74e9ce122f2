#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <list>
#include <memory>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/protocol/resource_path.hpp>
#include <mqcoap/resource/action/action_run.hpp>
#include <mqcoap/resource/action/request_step.hpp>
#include <mqcoap/resource/exec/exec.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/resource/kind_options.hpp>
#include <mqcoap/resource/resource_services.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <mqcoap/state/resource_state.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

class kind_module;
class resource_site;

/// The steps of an action after `when` and `set`.
struct further_steps {
  action_run::step_list list{};
  const resource_services* services = nullptr;  ///< null if there are no steps
  std::optional<json_schema> schema{};          ///< the schema of the body of a POST
};

/// An action, which POST runs. If a condition of `when` does not hold, the answer is 412. Otherwise the
/// values of `set` are stored all at once, the steps are run in order, and the answer is 203. A condition on
/// an object holds if its named members are equal; a condition on anything else holds if the whole value is
/// equal. If a step fails, the answer is its error, prefixed with the name of the step; what was done before
/// is not undone, and no further step is run. Runs do not wait for each other.
class action_resource final : public handler, public std::enable_shared_from_this<action_resource> {
 public:
  /// The limit of runs whose steps are under way; a further one gets 503.
  static constexpr std::size_t most_runs = 256;

  struct condition {
    std::string path;  ///< path of the value, for the message of a 412
    std::shared_ptr<cell> value;
    boost::json::value expected;
  };
  struct assignment {
    std::shared_ptr<cell> value;
    json_text stored;
  };
  action_resource(std::vector<condition> when, std::vector<assignment> set, resource_state& state,
                  further_steps then = {});
  void handle(responder&& r) override;

 private:
  /// Shared with waiting requests.
  struct rules {
    std::vector<condition> when;
    std::vector<assignment> set;
  };
  std::optional<answer> refuse(const call& requested) const;
  static answer decide(const rules& known, change_list& changes);
  static cell_list cells_of(const rules& known);
  void go_on(responder&& r);

  const std::shared_ptr<const rules> rules_;
  resource_state& state_;
  const cell_list cells_;
  const std::shared_ptr<const action_run::step_list> steps_;
  const resource_services* const services_;
  const std::optional<json_schema> schema_;
  std::list<std::shared_ptr<action_run>> under_way_;
};

/// The event of an action.
struct action_event {
  resource_path name;  ///< the end of its topic
  json_text body{};

  friend bool operator==(const action_event&, const action_event&) = default;
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
  std::optional<json_schema> schema{};      ///< the schema of the body of a POST
  std::optional<exec_options> exec{};       ///< a program; its `front` and `paths` are not used
  std::optional<action_request> request{};  ///< run after the program
  std::optional<action_event> publish{};    ///< sent after the request

  method_set offered() const { return {method::post}; }
  void make(resource_site& at) const;
  std::vector<std::string> conditions() const;
  const device_tag* target_device() const noexcept { return request ? &request->to.tag : nullptr; }
  std::optional<fixed_request> sent_request() const {
    if (!request) return std::nullopt;
    return fixed_request{request->to, request->verb, "/request/to"};
  }
  bool is_host_bound() const noexcept { return exec.has_value(); }
  friend bool operator==(const action_options&, const action_options&) = default;
};

/// Returns the kind: `arm: {action: {when: {status: IDLE}, set: {status: ARMED}}}` in a configuration.
const kind_module& action_kind();

}  // namespace mqcoap
