#include <mqcoap/store/configured_store.hpp>

#include <cstdlib>
#include <mqcoap/store/storage_fault.hpp>
#include <utility>

namespace mqcoap {

std::string directory_of(const state_options& options) {
  if (!options.directory.empty()) return options.directory;
  const char* const given = std::getenv("STATE_DIRECTORY");
  const std::string all = given != nullptr ? given : "";
  return all.substr(0, all.find(':'));  // a unit may have several
}

void configured_store::configure(const state_options& options) {
  if (!options.is_needed) return;
  const auto directory = directory_of(options);
  if (opened_ == nullptr) {
    if (directory.empty())
      throw storage_fault(
          storage_fault::kind::failed,
          "resources with `persist: true` need a directory: name it by `state: {dir: ...}`, or by "
          "$STATE_DIRECTORY, as the unit does");
    opened_ = std::make_unique<sqlite_store>(directory, env_);
  } else if (directory != opened_->directory() && env_.log) {
    env_.log(log_level::warning,
             "`state.dir` is read at the start only: state stays in " + opened_->directory());
  }
}

std::vector<stored_cell> configured_store::load() {
  return opened_ ? opened_->load() : std::vector<stored_cell>();
}

void configured_store::commit(state_commit what, commit_handler done) {
  if (!opened_) return done({});
  opened_->commit(std::move(what), std::move(done));
}

void configured_store::begin(once_request write, begin_handler done) {
  if (!opened_) return done({}, {});
  opened_->begin(std::move(write), std::move(done));
}

void configured_store::end(std::string key, std::string answer) {
  if (opened_) opened_->end(std::move(key), std::move(answer));
}

std::optional<store_status> configured_store::status() const {
  return opened_ ? std::optional(opened_->status()) : std::nullopt;
}

}  // namespace mqcoap
