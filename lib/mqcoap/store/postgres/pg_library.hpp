#pragma once

#include <libpq-fe.h>

#include <mqcoap/base/errc.hpp>
#include <optional>
#include <string>

namespace mqcoap::store {

// The functions of libpq that are used (libpq-fe.h).
#define MQCOAP_PQ_FUNCTIONS(USE) \
  USE(PQclear)                   \
  USE(PQconnectPoll)             \
  USE(PQconnectStartParams)      \
  USE(PQconninfoFree)            \
  USE(PQconninfoParse)           \
  USE(PQconsumeInput)            \
  USE(PQenterPipelineMode)       \
  USE(PQerrorMessage)            \
  USE(PQfinish)                  \
  USE(PQflush)                   \
  USE(PQfreemem)                 \
  USE(PQgetResult)               \
  USE(PQgetisnull)               \
  USE(PQgetlength)               \
  USE(PQgetvalue)                \
  USE(PQisBusy)                  \
  USE(PQntuples)                 \
  USE(PQpipelineSync)            \
  USE(PQresultErrorField)        \
  USE(PQresultErrorMessage)      \
  USE(PQresultStatus)            \
  USE(PQsendPrepare)             \
  USE(PQsendQueryParams)         \
  USE(PQsendQueryPrepared)       \
  USE(PQsetNoticeReceiver)       \
  USE(PQsetnonblocking)          \
  USE(PQsocket)                  \
  USE(PQstatus)

/// libpq. It is loaded when a configuration first names a database: it brings twenty libraries (Kerberos,
/// LDAP and what these need), which would make every gateway begin later and hold more memory.
struct pg_library {
// NOLINTNEXTLINE(bugprone-macro-parentheses): the name of a member
#define MQCOAP_PQ_MEMBER(function) decltype(&::function) function = nullptr;
  MQCOAP_PQ_FUNCTIONS(MQCOAP_PQ_MEMBER)
#undef MQCOAP_PQ_MEMBER
};

/// Loads libpq unless it is loaded. Returns why it cannot be loaded; nothing if it is.
/// @par Threads  Any.
std::optional<std::string> load_pg_library();

/// Returns the loaded library.
/// @pre load_pg_library has succeeded
const pg_library& pg() noexcept;

}  // namespace mqcoap::store
