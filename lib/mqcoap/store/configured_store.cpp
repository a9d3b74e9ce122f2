#include <mqcoap/store/configured_store.hpp>

#include <cstdlib>
#include <mqcoap/store/storage_fault.hpp>
#include <utility>

namespace mqcoap::store {

std::string directory_of(const state_options& options) {
  if (!options.directory.empty()) return options.directory;
  const char* const given = std::getenv("STATE_DIRECTORY");
  const std::string all = given != nullptr ? given : "";
  return all.substr(0, all.find(':'));  // a systemd unit may have several
}

void configured_store::configure(const state_options& options) {
  if (!options.is_needed) return;
  if (options.has_database())
    configure_database(options);
  else
    configure_directory(options);
}

/// Connects to the database. An unreachable one is not an error, because it may become available later.
void configured_store::configure_database(const state_options& options) {
  if (opened_ != nullptr || (database_ != nullptr && url_ != options.postgres.url)) return warn_of_change();
  if (options.records_writes && writes_ == nullptr)
    writes_ = std::make_unique<postgres_once>(options.postgres, env_.loop);
  if (database_ != nullptr) return;
  database_ =
      std::make_unique<postgres_store>(options.postgres, postgres_store::environment{env_.loop, env_.log});
  url_ = options.postgres.url;
}

void configured_store::configure_directory(const state_options& options) {
  const auto directory = directory_of(options);
  if (database_ != nullptr || (opened_ != nullptr && directory != opened_->directory()))
    return warn_of_change();
  if (opened_ != nullptr) return;
  if (directory.empty())
    throw storage_fault(
        storage_fault::kind::failed,
        "resources with `persist: true` need a directory: name it by `state: {dir: ...}`, or by "
        "$STATE_DIRECTORY, as the unit does");
  opened_ = std::make_unique<sqlite_store>(directory, env_);
}

void configured_store::warn_of_change() const {
  if (!env_.log) return;
  env_.log(log_level::warning, "`state` is read at the start only: state stays in " +
                                   (opened_ ? opened_->directory() : database_->status().where));
}

std::vector<stored_cell> configured_store::load() {
  return opened_ ? opened_->load() : std::vector<stored_cell>();
}

void configured_store::commit(state_commit what, commit_handler done) {
  if (database_) return database_->commit(std::move(what), std::move(done));
  if (!opened_) return done({});
  opened_->commit(std::move(what), std::move(done));
}

void configured_store::refresh(std::vector<cell_mark> held, refresh_handler done) {
  database_->refresh(std::move(held), std::move(done));
}

void configured_store::begin(once_request write, begin_handler done) {
  if (writes_) return writes_->begin(std::move(write), std::move(done));
  if (!opened_) return done({}, {});
  opened_->begin(std::move(write), std::move(done));
}

void configured_store::end(std::string key, std::string answer) {
  if (writes_) return writes_->end(std::move(key), std::move(answer));
  if (opened_) opened_->end(std::move(key), std::move(answer));
}

std::optional<store_status> configured_store::status() const {
  if (database_) return database_->status();
  return opened_ ? std::optional(opened_->status()) : std::nullopt;
}

}  // namespace mqcoap::store
