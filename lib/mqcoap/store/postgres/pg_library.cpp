#include <mqcoap/store/postgres/pg_library.hpp>

#include <dlfcn.h>

#include <mqcoap/base/safe_text.hpp>

namespace mqcoap::store {
namespace {

/// The library has had this name since 2006.
constexpr const char* file_name = "libpq.so.5";

struct loaded_library {
  pg_library functions;
  std::string fault;  ///< empty: it is loaded
};

template <class Function>
bool take(void* from, const char* name, Function& to) {
  to = reinterpret_cast<Function>(::dlsym(from, name));
  return to != nullptr;
}

/// Loads the library, which is never unloaded.
loaded_library load() {
  loaded_library made;
  void* const from = ::dlopen(file_name, RTLD_NOW | RTLD_LOCAL);
  bool is_whole = from != nullptr;
#define MQCOAP_PQ_TAKE(function) is_whole = is_whole && take(from, #function, made.functions.function);
  MQCOAP_PQ_FUNCTIONS(MQCOAP_PQ_TAKE)
#undef MQCOAP_PQ_TAKE
  if (is_whole) return made;
  const char* const why = ::dlerror();
  made.fault = "libpq, the library for PostgreSQL 14 or newer, cannot be loaded (package libpq5): " +
               safe_text(why == nullptr ? file_name : why);
  return made;
}

const loaded_library& library() {
  static const loaded_library all = load();
  return all;
}

}  // namespace

std::optional<std::string> load_pg_library() {
  const auto& all = library();
  return all.fault.empty() ? std::nullopt : std::optional(all.fault);
}

const pg_library& pg() noexcept { return library().functions; }

}  // namespace mqcoap::store
