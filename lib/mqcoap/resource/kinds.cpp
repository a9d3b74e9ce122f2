#include <mqcoap/resource/kinds.hpp>

#include <algorithm>
#include <mqcoap/resource/action/action.hpp>
#include <mqcoap/resource/collection/collection.hpp>
#include <mqcoap/resource/exec/exec.hpp>
#include <mqcoap/resource/file/file.hpp>
#include <mqcoap/resource/http/http.hpp>
#include <mqcoap/resource/line/line.hpp>
#include <mqcoap/resource/mount/mount.hpp>
#include <mqcoap/resource/process/process.hpp>
#include <mqcoap/resource/reply/reply.hpp>
#include <mqcoap/resource/signal/signal.hpp>
#include <mqcoap/resource/topic/topic.hpp>
#include <mqcoap/resource/value/value.hpp>

namespace mqcoap {
namespace {

std::vector<const kind_module*>& all_kinds() {
  static std::vector<const kind_module*> kinds{
      &value_kind(),       //
      &collection_kind(),  //
      &action_kind(),      //
      &reply_kind(),       //
      &signal_kind(),      //
      &mount_kind(),       //
      &file_kind(),        //
      &exec_kind(),        //
      &process_kind(),     //
      &line_kind(),        //
      &topic_kind(),       //
      &http_kind(),        //
  };
  return kinds;
}

}  // namespace

const std::vector<const kind_module*>& resource_kinds() { return all_kinds(); }

const kind_module* find_kind(std::string_view name) {
  const auto& kinds = all_kinds();
  const auto at =
      std::find_if(kinds.begin(), kinds.end(), [name](const auto* each) { return each->name() == name; });
  return at == kinds.end() ? nullptr : *at;
}

void add_resource_kind(const kind_module& added) { all_kinds().push_back(&added); }

}  // namespace mqcoap
