#include <mqcoap/transport/tls_authorities.hpp>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mqcoap/transport/tls_library.hpp>
#include <mqcoap/transport/tls_text.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace mqcoap {
namespace {

using authorities = std::shared_ptr<const trusted_authorities>;

/// The identity of a file's state from stat(2), as `make` and editors use it.
struct identity {
  ::dev_t device = 0;
  ::ino_t inode = 0;
  ::off_t size = 0;
  std::int64_t changed = 0;  ///< nanoseconds since 1970

  friend bool operator==(const identity&, const identity&) = default;
};
/// The states of a file and of directories; none for a missing one.
using identities = std::vector<std::optional<identity>>;

std::optional<identity> identity_of(const std::string& file) {
  constexpr std::int64_t second = 1'000'000'000;
  struct ::stat found {};
  if (::stat(file.c_str(), &found) != 0) return std::nullopt;
  return identity{found.st_dev, found.st_ino, found.st_size,
                  found.st_ctim.tv_sec * second + found.st_ctim.tv_nsec};
}

/// Returns the location of the system's authorities, as OpenSSL determines it.
std::string system_path(const char* variable, const char* otherwise) {
  const char* const set = ::secure_getenv(variable);
  return set != nullptr ? set : otherwise;
}

/// The locations to read: a file, and directories separated by colons. The system's file may be missing.
struct places {
  std::string file;
  std::string dirs;
  bool system = false;

  friend auto operator<=>(const places&, const places&) = default;
};

places places_of(const tls_options& options) {
  if (!options.ca_file.empty() || !options.ca_dir.empty()) return {options.ca_file, options.ca_dir};
  return {system_path(X509_get_default_cert_file_env(), X509_get_default_cert_file()),
          system_path(X509_get_default_cert_dir_env(), X509_get_default_cert_dir()), true};
}

identities identities_of(const places& at) {
  identities all{identity_of(at.file)};
  for (std::string_view rest = at.dirs; !rest.empty();) {
    const auto colon = at.system ? rest.find(':') : std::string_view::npos;
    all.push_back(identity_of(std::string(rest.substr(0, colon))));
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  return all;
}

tls_fault fill(X509_STORE* store, const places& at) {
  using enum tls_fault::option;
  ERR_clear_error();
  if (at.system) {
    X509_STORE_set_default_paths(store);
    return {};
  }
  if (!at.file.empty()) {
    if (auto message = unreadable(at.file); !message.empty()) return {ca_file, std::move(message)};
    if (X509_STORE_load_file(store, at.file.c_str()) != 1)
      return {ca_file, at.file + " holds no certificates in PEM form" + last_reason()};
  }
  if (at.dirs.empty()) return {};
  std::error_code error;
  if (!std::filesystem::is_directory(at.dirs, error))
    return {ca_dir, at.dirs + " is not a directory" + (error ? ": " + error.message() : "")};
  X509_STORE_load_path(store, at.dirs.c_str());
  return {};
}

/// The authorities that were read from certain locations.
class shelf {
 public:
  authorities find(const identities& now) {
    const std::scoped_lock hold(lock_);
    return now == loaded_ ? kept_ : nullptr;
  }

  authorities read(const places& at) {
    const std::scoped_lock one_at_a_time(reading_);
    // The state is determined before reading, so that a change during the reading causes another
    // read next time.
    auto now = identities_of(at);
    if (auto found = find(now)) return found;
    start_tls_library();
    auto read = std::make_shared<trusted_authorities>();
    read->store = {X509_STORE_new(), X509_STORE_free};
    read->fault = read->store ? fill(read->store.get(), at)
                              : tls_fault{tls_fault::option::none, "OpenSSL is out of memory"};
    if (!read->fault.message.empty()) read->store.reset();
    const std::scoped_lock hold(lock_);
    kept_ = read->store ? read : nullptr;
    loaded_ = std::move(now);
    return read;
  }

 private:
  std::mutex reading_;
  std::mutex lock_;  ///< protects the following members; never held while reading files
  authorities kept_;
  identities loaded_;
};

/// Returns one object for all connections that trust the same authorities. Objects are never removed, so
/// there are as many as different configurations have been used.
std::shared_ptr<shelf> shelf_of(const places& at) {
  struct library {
    std::mutex lock;
    std::map<places, std::shared_ptr<shelf>> shelves;
  };
  // Never destroyed, because a detached thread may still be reading when the program ends.
  static auto& all = *new library;
  const std::scoped_lock hold(all.lock);
  auto& found = all.shelves[at];
  if (!found) found = std::make_shared<shelf>();
  return found;
}

}  // namespace

std::shared_ptr<const trusted_authorities> find_authorities(const tls_options& options) {
  const auto at = places_of(options);
  return shelf_of(at)->find(identities_of(at));
}

std::shared_ptr<const trusted_authorities> read_authorities(const tls_options& options) {
  const auto at = places_of(options);
  return shelf_of(at)->read(at);
}

}  // namespace mqcoap
