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

/// The functions of libpq. It is loaded when a configuration first names a database: it depends on twenty
/// libraries (Kerberos, LDAP and their dependencies), which would make every gateway start more slowly and
/// use more memory.
struct pg_library {
// NOLINTNEXTLINE(bugprone-macro-parentheses): the name of a member
#define MQCOAP_PQ_MEMBER(function) decltype(&::function) function = nullptr;
  MQCOAP_PQ_FUNCTIONS(MQCOAP_PQ_MEMBER)
#undef MQCOAP_PQ_MEMBER
};

/// Loads the library unless it is loaded. Returns an error message if it cannot be loaded.
/// @par Threads  Any.
std::optional<std::string> load_pg_library();

/// Returns the loaded library.
/// @pre load_pg_library has succeeded
const pg_library& pg() noexcept;

}  // namespace mqcoap::store
