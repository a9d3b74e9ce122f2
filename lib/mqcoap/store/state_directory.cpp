#include <mqcoap/store/state_directory.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mqcoap/store/state_database.hpp>
#include <mqcoap/store/storage_fault.hpp>
#include <utility>

namespace mqcoap::store {

state_directory::state_directory(std::string path) : path_(std::move(path)) {
  const auto file = path_ + "/state.lock";
  lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (lock_ < 0) throw storage_fault(storage_fault::kind::failed, file + ": " + std::strerror(errno));
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
  const int why = errno;
  ::close(lock_);
  if (why == EWOULDBLOCK)
    throw storage_fault(storage_fault::kind::in_use, path_ + " is used by another gateway");
  throw storage_fault(storage_fault::kind::failed, file + ": " + std::strerror(why));
}

/// Does not remove the lock file: otherwise a process that has it open and the next process would lock two
/// different files.
state_directory::~state_directory() { ::close(lock_); }

std::string state_directory::database() const { return path_ + '/' + state_database::file_name; }

std::string state_directory::set_aside(const std::string& suffix) const {
  const auto held = database();
  std::error_code ec;
  std::filesystem::rename(held, held + suffix, ec);
  if (ec) throw storage_fault(storage_fault::kind::failed, held + ": cannot be renamed: " + ec.message());
  for (const char* const beside : {"-wal", "-shm"})
    std::filesystem::rename(held + beside, held + suffix + beside, ec);  // they may not exist
  return held + suffix;
}

}  // namespace mqcoap::store
