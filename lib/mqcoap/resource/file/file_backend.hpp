#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/backend/backend_services.hpp>
#include <mqcoap/resource/file/file.hpp>
#include <utility>
#include <vector>

namespace mqcoap {

/// Reads and writes the files of one resource, one after the other, on another thread. GETs of one file that
/// wait at the same time share a read, which begins after the last of them has arrived.
class file_backend final : public backend, public std::enable_shared_from_this<file_backend> {
 public:
  /// The limit of waiting requests; a further one gets 503.
  static constexpr std::size_t most_waiting = 1024;

  file_backend(file_options options, backend_services& services)
      : options_(std::move(options)), services_(services) {}
  running run(backend_request what, reply_handler done) override;

 private:
  struct job {
    backend_request what;
    reply_handler done;
  };
  /// The jobs that one access answers. Each job is owned by the handle of its caller.
  using job_list = std::vector<std::weak_ptr<job>>;

  void begin_next();
  job_list take_next();
  void end(const job_list& served, const backend_reply& reply);
  file_place place_of(const backend_request& what) const;

  const file_options options_;
  backend_services& services_;
  std::deque<std::weak_ptr<job>> waiting_;
  bool is_busy_ = false;
};

}  // namespace mqcoap
