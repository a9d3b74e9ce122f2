#include <mqcoap/gateway/local_device.hpp>

#include <algorithm>
#include <deque>
#include <iterator>
#include <mqcoap/gateway/event_topic.hpp>
#include <mqcoap/resource/discovery.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace mqcoap {

/// Creates the handlers of one device, except the common ones, and registers them under their paths.
class local_device::builder {
 public:
  builder(local_device& built, const resource_services& services, state_draft& draft)
      : built_(built), options_(built.options_), services_(services), draft_(draft) {
    for (const auto* r : built_.layout_->own()) by_path_.emplace(r->path, &sites_.emplace_back(*this, *r));
  }

  void build(std::vector<extra_resource> extra) {
    if (const auto* const path = built_.layout_->twice()) refuse_second(*path);
    for (auto& each : sites_) each.make();
    // Some were created earlier, because other resources refer to them.
    for (auto& each : sites_) each.move_gauges(built_.gauges_);
    auto discovery = extra.empty() ? built_.layout_->discovery() : make_discovery(extra);
    for (auto& e : extra) serve(e.info.path, std::move(e.target));
    serve(std::string(discovery_path), std::move(discovery));
  }

 private:
  /// The site of one resource, which is created only once.
  class site final : public resource_site {
   public:
    site(builder& of, const resource_options& options) : of_(of), options_(options) {}

    void make() {
      if (std::exchange(made_, true)) return;
      options_.kind.make(*this);
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
    bool is_condition() const override { return of_.built_.layout_->is_condition(options_.path); }
    std::shared_ptr<cell> value_at(const std::string& path) override { return of_.value_at(path); }
    void serve(std::string pattern, std::shared_ptr<handler> target) override {
      if (target->is_metric()) gauges_.push_back({options_.path, options_.unit, target});
      of_.serve(pattern, std::move(target));
    }
    void hold_value(std::shared_ptr<cell> value) override { value_ = std::move(value); }
    const std::shared_ptr<cell>& value() const noexcept { return value_; }

   private:
    builder& of_;
    const resource_options& options_;
    bool made_ = false;
    std::shared_ptr<cell> value_;
    std::vector<gauge> gauges_;
  };

  std::shared_ptr<cell> value_at(const std::string& path) {
    if (const auto* const common = built_.layout_->find(path)) return built_.cells_->open(common->number);
    const auto other = by_path_.find(path);
    if (other == by_path_.end()) return nullptr;
    other->second->make();
    return other->second->value();
  }

  std::shared_ptr<handler> make_discovery(const std::vector<extra_resource>& extra) const {
    auto infos = describe(options_.resources, options_.subsystems);
    for (const auto& e : extra) infos.push_back(e.info);
    return std::make_shared<discovery_resource>(infos);
  }

  void serve(const std::string& path, std::shared_ptr<handler> made) {
    if (built_.layout_->find(path) != nullptr || !built_.router_.add(path, std::move(made)))
      refuse_second(path);
  }

  [[noreturn]] void refuse_second(const std::string& path) const {
    throw std::invalid_argument(options_.tag.text() + ": two resources serve '" + path + "'");
  }

  local_device& built_;
  const device_options& options_;
  const resource_services& services_;
  state_draft& draft_;
  std::deque<site> sites_;  ///< sites of the resources, in their order
  std::unordered_map<std::string_view, site*> by_path_;
};

local_device::local_device(const device_options& options, std::shared_ptr<const device_layout> layout,
                           const resource_services& services, state_draft& draft,
                           std::vector<extra_resource> extra)
    : options_(options),
      has_extra_(!extra.empty()),
      layout_(std::move(layout)),
      cells_(draft.open(options.tag.text(), layout_->cells())) {
  builder(*this, services, draft).build(std::move(extra));
}

bool local_device::has_subsystem(std::string_view name) const noexcept {
  const auto& all = options_.subsystems;
  return all.empty() ||
         std::any_of(all.begin(), all.end(), [name](const auto& s) { return s.text() == name; });
}

void local_device::handle(responder&& r) {
  // A caller that uses discovery does not know the subsystems yet.
  if (!has_subsystem(r->target.subsystem()) && r.req().path.key() != discovery_path) {
    std::string message = tag() + " has no subsystem '" + std::string(r->target.subsystem()) + "'; it has";
    for (const auto& s : options_.subsystems)
      message.append(&s == &options_.subsystems.front() ? " " : ", ").append(s.text());
    return std::move(r).refuse(response_code::not_found, message);
  }
  const auto path = r.req().path.key();
  if (const auto* const common = layout_->find(path)) {
    r.set_rest_at(path.size());
    return common->target->handle(std::move(r), *cells_, common->number);
  }
  const auto found = router_.find(path);
  if (found.target == nullptr) {
    const std::string message = tag() + " has no resource '" + std::string(r.req().path.key()) + "'; GET " +
                                std::string(discovery_path) + " lists what there is";
    return std::move(r).refuse(response_code::not_found, message);
  }
  r.set_rest_at(found.rest_at);
  found.target->handle(std::move(r));
}

}  // namespace mqcoap
