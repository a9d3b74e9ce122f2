#include "verbs/config_state.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <mqcoap/store/postgres/postgres_schema.hpp>
#include <mqcoap/store/state_database.hpp>
#include <mqcoap/store/storage_fault.hpp>
#include <optional>

#include "options/configuration_file.hpp"
#include "output/output.hpp"
#include "output/state_listing.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

/// The directory in which the systemd unit of mqcoapd stores its state.
constexpr char directory_of_unit[] = "/var/lib/mqcoap";

std::string directory_for(const state_arguments& given,
                          const std::optional<config::settings>& configuration) {
  if (!given.directory.empty()) return given.directory;
  auto named = store::directory_of(configuration->state);
  return named.empty() ? directory_of_unit : named;
}

bool has_resource(const gateway_options& gateway, const cell_name& name) {
  return std::any_of(gateway.devices.begin(), gateway.devices.end(), [&](const device_options& device) {
    return device.tag.text() == name.device &&
           std::any_of(device.resources.begin(), device.resources.end(), [&](const resource_options& r) {
             return r.path == name.path && r.kind.name() == name.kind && r.kind.persists();
           });
  });
}

/// Renames a file, unless there is one with the new name. @return 0, or the error
int rename_to_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL) return errno;
  // The file system does not support this check.
  if (::access(to.c_str(), F_OK) == 0) return EEXIST;
  return std::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

[[noreturn]] void cannot_create(const std::string& file, int error) {
  if (error == EEXIST)
    throw failure(status_usage, file + " exists already", "no file is overwritten: name another one");
  throw failure(status_usage, file + " cannot be created: " + std::strerror(error));
}

/// Copies the database into a new file, which has its name only when it is complete: an incomplete one would
/// look like a backup.
void back_up(store::state_database& stored, const std::string& file) {
  if (::access(file.c_str(), F_OK) == 0) cannot_create(file, EEXIST);
  const auto part = file + ".part";
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0 && errno == EEXIST)
    throw failure(status_usage, part + " exists: another copy is being made, or one was interrupted",
                  "rm " + part + ", if none is being made");
  if (fd < 0) cannot_create(file, errno);
  ::close(fd);
  try {
    stored.back_up(part);
    if (const int error = rename_to_new(part, file)) cannot_create(file, error);
  } catch (...) {
    for (const char* end : {"", "-journal", "-wal", "-shm"}) ::unlink((part + end).c_str());
    throw;
  }
}

int show(store::state_database& stored, const state_arguments& given,
         const std::optional<config::settings>& configuration, const settled_options& options) {
  if (given.set_aside) {
    print(show_table(list_set_aside(stored.set_aside()), options.output.terminal));
    return status_ok;
  }
  resource_test is_there;
  if (configuration)
    is_there = [&](const cell_name& name) { return has_resource(configuration->gateway, name); };
  print(show_table(list_cells(stored.load(), is_there), options.output.terminal));
  if (const auto count = stored.count_set_aside(); count > 0 && !options.quiet)
    complain_hint(std::to_string(count) +
                      " values are out of force, because their resource refused them; --set-aside shows them",
                  options.output.colour_errors);
  return status_ok;
}

}  // namespace

int show_state(const state_arguments& given, const settled_options& options) {
  if (given.sql) {
    print(store::postgres_schema());
    return status_ok;
  }
  std::optional<config::settings> configuration;
  if (given.directory.empty()) configuration = load_configuration(given.file);
  if (configuration && configuration->state.has_database())
    throw failure(status_configuration, "the state is in a database, " + configuration->state.postgres.url,
                  "look with psql at mqcoap_cell, mqcoap_value and mqcoap_set_aside; copy with pg_dump");
  const auto file = directory_for(given, configuration) + '/' + store::state_database::file_name;
  std::error_code ec;
  if (!std::filesystem::exists(file, ec))
    throw failure(
        status_configuration, file + (ec ? ": " + ec.message() : " does not exist: nothing has been stored"),
        ec ? "its directory belongs to the user of mqcoapd: sudo -u mqcoap mqcoap config state" : "");
  try {
    store::state_database stored(file, store::sqlite_database::access::read);
    if (given.backup.empty()) return show(stored, given, configuration, options);
    back_up(stored, given.backup);
    if (!options.quiet) complain("copied " + file + " to " + given.backup);
    return status_ok;
  } catch (const store::storage_fault& e) {
    throw failure(status_configuration, e.what());
  }
}

}  // namespace mqcoap::cli
