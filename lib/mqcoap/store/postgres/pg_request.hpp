#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <functional>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/store/postgres/pg_fault.hpp>
#include <mqcoap/store/postgres/pg_parameters.hpp>
#include <mqcoap/store/postgres/pg_rows.hpp>
#include <string>
#include <utility>
#include <vector>

namespace mqcoap::store {

/// An SQL statement with parameters ($1, ...).
struct pg_statement {
  enum class way : std::uint8_t { run, prepare, run_prepared };

  std::string sql;             ///< empty to run a prepared statement
  pg_parameters parameters{};  ///< empty to prepare a statement
  std::string name{};          ///< of a prepared statement
  way how = way::run;
};

/// Statements that form one transaction.
using pg_request = std::vector<pg_statement>;
/// Receives the rows, possibly none, of the last statement that returns rows, once the transaction is
/// committed.
using pg_handler = std::function<void(result<pg_rows, pg_fault>)>;

inline pg_statement run_sql(std::string sql, pg_parameters parameters = {}) {
  return {std::move(sql), std::move(parameters)};
}
inline pg_statement prepare_sql(std::string name, std::string sql) {
  return {std::move(sql), {}, std::move(name), pg_statement::way::prepare};
}
inline pg_statement run_prepared(std::string name, pg_parameters parameters) {
  return {{}, std::move(parameters), std::move(name), pg_statement::way::run_prepared};
}

}  // namespace mqcoap::store
