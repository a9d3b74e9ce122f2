#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/net/name_lookup.hpp>
#include <mqcoap/resource/backend/backend_services.hpp>
#include <mqcoap/resource/http/http_pool.hpp>
#include <mqcoap/resource/http/http_url.hpp>

namespace mqcoap {

/// Creates the pool of connections to the server of a URL, with a timer on the event loop. The clock
/// must outlive it.
std::shared_ptr<http_pool> make_http_pool(const http_url& at, const boost::asio::any_io_executor& loop,
                                          const clock& time, const log_sink& log,
                                          name_resolver resolver = resolve_by_system);

/// Returns the pool that all resources of this server share, also across reloads. The services must outlive
/// it as well.
std::shared_ptr<http_pool> find_http_pool(const http_url& at, backend_services& services, const clock& time,
                                          const log_sink& log);

}  // namespace mqcoap
