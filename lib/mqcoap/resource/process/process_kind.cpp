#include <mqcoap/resource/backend/child_keys.hpp>
#include <mqcoap/resource/backend/reading_keys.hpp>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/process/process.hpp>

namespace mqcoap {
namespace {

struct process_keys : backend_keys {
  located<std::vector<std::string>> process;
  environment_list environment;
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<located<method_set>> methods;
};

std::optional<kind_options> build_process(const process_keys& keys, const kind_place& at) {
  process_options options;
  options.program = {keys.process.value, build_environment(keys.environment)};
  options.timeout = keys.timeout.value_or(std::chrono::milliseconds(0));
  options.most = at.limits.payload;
  backend_keys front = keys;
  front.parse = {{.as = reading_options::form::json}, keys.process.at};
  options.front = build_backend_options(front, keys.methods ? keys.methods->value : method_set::all(), at);
  return options;
}

}  // namespace

const kind_module& process_kind() {
  using keys = process_keys;
  static const kind_table<keys> table{
      // The program answers with JSON, so there is nothing to parse.
      without_key(
          with_backend_keys<keys>(
              {key<keys>("process", with_place(program_and_arguments()), another_kind(),
                         "A program that keeps running, and its arguments. For each request it reads a line "
                         "like `{\"id\":7,\"method\":\"GET\",\"path\":\"data/0\",\"body\":null}` from its "
                         "standard input, where the path is what `**` stands for, and writes a line like "
                         "`{\"id\":7,\"code\":205,\"body\":[1,2]}` to its standard output, in any order; "
                         "`code` and `body` may be left out, and a write gets a body with 205 alone. When it "
                         "exits, it is restarted, and requests get 503 meanwhile. Its standard error goes to "
                         "the log, and after an exit the last line of it to the callers. It is stopped by "
                         "closing its input, or by SIGTERM.",
                         &keys::process),
               methods_key("all", &keys::methods), environment_key(&keys::environment),
               timeout_key("`limits.handler_timeout`", &keys::timeout)}),
          "parse"),
      build_process,
      nullptr,
      {.paths = subtree_paths::allowed}};
  return table;
}

}  // namespace mqcoap
