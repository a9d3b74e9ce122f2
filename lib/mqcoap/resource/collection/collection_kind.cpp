#include <mqcoap/resource/collection/collection.hpp>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/kind_module.hpp>

namespace mqcoap {
namespace {

struct collection_spec {
  std::size_t max = 0;
  std::optional<located<json_schema>> schema;
};

struct collection_keys {
  collection_spec collection;
  std::optional<located<bool>> persist;
};

const section<collection_spec>& collection_section() {
  static const section<collection_spec> table{
      "collection",
      "devices.TAG.resources.PATH.collection",
      "A list that grows by POST: 201, with the path of the new item in `location`. Items are read, replaced "
      "and deleted "
      "under `PATH/NUMBER`.",
      {key<collection_spec>("max", integer(1, 1'000'000), "1000",
                            "The number of items that it may hold; a POST to a full one gets 413.",
                            [](collection_spec& c, std::int64_t n) { c.max = static_cast<std::size_t>(n); }),
       key<collection_spec>("schema", with_place(json_schema_value()), presence::optional("anything"),
                            "The JSON Schema of an item; see docs/schema.md.", &collection_spec::schema)}};
  return table;
}

std::optional<kind_options> build_collection(const collection_keys& keys, const kind_place& at) {
  collection_options options;
  options.max = keys.collection.max;
  options.max_depth = at.limits.depth - 2;
  options.persist = keys.persist && keys.persist->value;
  if (keys.collection.schema) options.schema = keys.collection.schema->value;
  return options;
}

}  // namespace

const kind_module& collection_kind() {
  using keys = collection_keys;
  static const kind_table<keys> table{{key<keys>("collection", map_with(collection_section()), another_kind(),
                                                 "A list that grows by POST.", &keys::collection),
                                       persist_key(&keys::persist)},
                                      build_collection,
                                      nullptr,
                                      {.owns_below = true}};
  return table;
}

}  // namespace mqcoap
