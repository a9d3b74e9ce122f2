#include <mqcoap/gateway/local_device.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>
#include <mqcoap/gateway/event_topic.hpp>
#include <mqcoap/resource/discovery.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <set>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace mqcoap {

/// Makes the handlers of one device and registers them under their paths.
class local_device::builder {
 public:
  builder(local_device& built, const resource_services& services, state_draft& draft)
      : built_(built), options_(built.options_), services_(services), draft_(draft) {
    for (const auto& r : options_.resources) {
      by_path_.emplace(r.path, &sites_.emplace_back(*this, r));
      const auto paths = r.kind.conditions();
      conditions_.insert(paths.begin(), paths.end());
    }
  }

  void build(std::vector<extra_resource> extra) {
    std::vector<resource_info> infos;
    for (auto& each : sites_) {
      each.make();
      infos.push_back(each.describe());
    }
    // Some were made earlier, since other resources refer to them.
    for (auto& each : sites_) each.move_gauges(built_.gauges_);
    for (auto& e : extra) {
      serve(e.info.path, std::move(e.target));
      infos.push_back(std::move(e.info));
    }
    serve(std::string(discovery_path), std::make_shared<discovery_resource>(infos));
  }

 private:
  /// The site of one resource, which is made once.
  class site final : public resource_site {
   public:
    site(builder& of, const resource_options& options) : of_(of), options_(options) {}

    void make() {
      if (std::exchange(made_, true)) return;
      options_.kind.make(*this);
    }
    resource_info describe() const {
      std::vector<std::string> subsystems;
      for (const auto& s : of_.options_.subsystems) subsystems.push_back(s.text());
      auto events = options_.events ? mqcoap::event_subsystem(of_.options_.subsystems).text() : std::string();
      return {options_.path,    options_.kind.offered(), std::string(options_.kind.name()),
              options_.unit,    options_.title,          std::move(subsystems),
              std::move(events)};
    }
    void move_gauges(std::vector<gauge>& to) {
      std::move(gauges_.begin(), gauges_.end(), std::back_inserter(to));
    }

    const std::string& device() const noexcept override { return of_.options_.tag.text(); }
    const std::string& path() const noexcept override { return options_.path; }
    subsystem_name event_subsystem() const override {
      return mqcoap::event_subsystem(of_.options_.subsystems);
    }
    const resource_services& services() const noexcept override { return of_.services_; }
    state_draft& draft() const noexcept override { return of_.draft_; }
    bool is_condition() const override { return of_.conditions_.contains(options_.path); }
    std::shared_ptr<cell> value_at(const std::string& path) override {
      const auto other = of_.by_path_.find(path);
      if (other == of_.by_path_.end()) return nullptr;
      other->second->make();
      return other->second->value_;
    }
    void serve(std::string pattern, std::shared_ptr<handler> target) override {
      if (target->is_metric()) gauges_.push_back({options_.path, options_.unit, target});
      of_.serve(pattern, std::move(target));
    }
    void hold_value(std::shared_ptr<cell> value) override { value_ = std::move(value); }

   private:
    builder& of_;
    const resource_options& options_;
    bool made_ = false;
    std::shared_ptr<cell> value_;
    std::vector<gauge> gauges_;
  };

  void serve(const std::string& path, std::shared_ptr<handler> made) {
    if (!built_.router_.add(path, std::move(made)))
      throw std::invalid_argument(options_.tag.text() + ": two resources serve '" + path + "'");
  }

  local_device& built_;
  const device_options& options_;
  const resource_services& services_;
  state_draft& draft_;
  std::deque<site> sites_;  ///< sites of the resources, in their order
  std::unordered_map<std::string_view, site*> by_path_;
  std::set<std::string, std::less<>> conditions_;  ///< paths of values that other resources use as conditions
};

local_device::local_device(const device_options& options, const resource_services& services,
                           state_draft& draft, std::vector<extra_resource> extra)
    : options_(options), has_extra_(!extra.empty()) {
  builder(*this, services, draft).build(std::move(extra));
}

bool local_device::has_subsystem(std::string_view name) const noexcept {
  const auto& all = options_.subsystems;
  return all.empty() ||
         std::any_of(all.begin(), all.end(), [name](const auto& s) { return s.text() == name; });
}

void local_device::handle(responder&& r) {
  // A caller of discovery does not know the subsystems yet.
  if (!has_subsystem(r->target.subsystem()) && r.req().path.key() != discovery_path) {
    std::string words = tag() + " has no subsystem '" + std::string(r->target.subsystem()) + "'; it has";
    for (const auto& s : options_.subsystems)
      words.append(&s == &options_.subsystems.front() ? " " : ", ").append(s.text());
    return std::move(r).refuse(response_code::not_found, words);
  }
  const auto found = router_.find(r.req().path.key());
  if (found.target == nullptr) {
    const std::string words = tag() + " has no resource '" + std::string(r.req().path.key()) + "'; GET " +
                              std::string(discovery_path) + " lists what there is";
    return std::move(r).refuse(response_code::not_found, words);
  }
  r.set_rest_at(found.rest_at);
  found.target->handle(std::move(r));
}

}  // namespace mqcoap
