#pragma once

#include <memory>
#include <mqcoap/state/state_store.hpp>
#include <mqcoap/store/postgres/postgres_once.hpp>
#include <mqcoap/store/postgres/postgres_store.hpp>
#include <mqcoap/store/sqlite_store.hpp>
#include <mqcoap/store/state_options.hpp>
#include <optional>
#include <vector>

namespace mqcoap::store {

/// The store that a configuration names, which is opened when a resource first needs one. Until then nothing
/// is stored.
/// @par Threads  All functions on the event loop.
class configured_store final : public state_store, public once_store {
 public:
  explicit configured_store(sqlite_store::environment env) : env_(std::move(env)) {}

  /// Opens the store if it is needed. May block.
  /// @par Errors  Throws `storage_fault`; then nothing has changed.
  void configure(const state_options& options);

  std::vector<stored_cell> load() override;
  void commit(state_commit what, commit_handler done) override;
  bool is_shared() const noexcept override { return database_ != nullptr; }
  void refresh(std::vector<cell_mark> held, refresh_handler done) override;
  void begin(once_request write, begin_handler done) override;
  void end(std::string key, std::string answer) override;

  /// Returns nothing while no store is open.
  std::optional<store_status> status() const;

 private:
  void configure_database(const state_options& options);
  void configure_directory(const state_options& options);
  void warn_of_change() const;

  const sqlite_store::environment env_;
  std::unique_ptr<sqlite_store> opened_;  ///< at most one of these two is set
  std::unique_ptr<postgres_store> database_;
  std::unique_ptr<postgres_once> writes_;  ///< with a database, if writes are recorded
  std::string url_;
};

}  // namespace mqcoap::store
