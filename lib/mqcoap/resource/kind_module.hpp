#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/resource/device_view.hpp>
#include <mqcoap/resource/kind_options.hpp>
#include <mqcoap/settings/section.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// The configuration of a kind of resources. A kind consists of a struct of keys and a kind_table; all other
// code of the configuration accesses kinds only through their list (kinds.hpp).
namespace mqcoap {

/// A key of a resource that belongs to its kind.
struct kind_field {
  /// Several kinds may share a key besides the one that names them; then its values are read in the same way,
  /// and `when` is what its absence means for this kind. The doc of such a key ends without a full stop,
  /// because the kinds that have it are appended.
  field_info info;
  std::string bounds;        ///< further restrictions for this kind: `only GET and PUT`; may be empty
  boost::json::object rule;  ///< rule of the JSON Schema for a resource with this key; may be empty
};

/// The resource whose options are built, and the report for its errors.
struct kind_place {
  const located<std::string>& path;
  const payload_limits& limits;
  report& faults;

  /// Returns false after reporting that a value is nested too deeply to be sent.
  bool is_shallow(const json_text& value, const node& at) const;
};

/// The keys of one resource that belong to its kind.
class kind_reading {
 public:
  virtual ~kind_reading() = default;
  /// Reads the value of a field, by its number. Returns false after reporting an error.
  virtual bool read(std::size_t field, const node& from, read_context& ctx) = 0;
  /// Builds the options. Returns nothing if the keys have an error.
  virtual std::optional<kind_options> build(const kind_place& at) const = 0;
  /// Reports conflicts with the other resources of the device.
  virtual void check(const device_view& device, report& faults) const = 0;
};

/// Whether the path of a resource may end in `**`.
enum class subtree_paths : std::uint8_t { refused, allowed, required };

/// The properties of a kind besides its fields.
struct kind_traits {
  subtree_paths paths = subtree_paths::refused;
  bool takes_patterns = false;  ///< a `*` may stand for a segment of the path
  bool owns_below = false;      ///< no other resource may be below its path
};

/// A kind of resources.
class kind_module {
 public:
  virtual ~kind_module() = default;

  const std::string& name() const noexcept { return key().name; }
  /// Returns the key that names the kind.
  const field_info& key() const noexcept { return fields_.front().info; }
  /// Returns all keys, the one that names the kind first.
  const std::vector<kind_field>& fields() const noexcept { return fields_; }
  const kind_traits& traits() const noexcept { return traits_; }
  virtual std::unique_ptr<kind_reading> begin() const = 0;

 protected:
  kind_module(std::vector<kind_field> fields, kind_traits traits)
      : fields_(std::move(fields)), traits_(traits) {}

 private:
  const std::vector<kind_field> fields_;
  const kind_traits traits_;
};

/// A row of the table of a kind.
template <class Keys>
struct kind_row {
  kind_row(table_row<Keys> r, std::string bounds_ = {}, boost::json::object rule_ = {})
      : row(std::move(r)), bounds(std::move(bounds_)), rule(std::move(rule_)) {}

  table_row<Keys> row;
  std::string bounds;
  boost::json::object rule;
};

/// The table of a kind whose keys fill a struct.
template <class Keys>
class kind_table final : public kind_module {
 public:
  using builder = std::optional<kind_options> (*)(const Keys& keys, const kind_place& at);
  using checker = void (*)(const Keys& keys, const device_view& device, report& faults);

  /// @param rows   the key that names the kind first
  /// @param build  builds the options, after all given keys were read without errors
  /// @param check  checks for conflicts with the other resources of the device; may be null
  kind_table(std::vector<kind_row<Keys>> rows, builder build, checker check = nullptr,
             kind_traits traits = {})
      : kind_module(fields_of(rows), traits), build_(build), check_(check) {
    for (auto& each : rows) decode_.push_back(std::move(each.row.decode));
  }

  std::unique_ptr<kind_reading> begin() const override { return std::make_unique<reading>(*this); }

 private:
  class reading final : public kind_reading {
   public:
    explicit reading(const kind_table& by) : by_(by) {}
    bool read(std::size_t field, const node& from, read_context& ctx) override {
      return by_.decode_[field](keys_, from, ctx);
    }
    std::optional<kind_options> build(const kind_place& at) const override { return by_.build_(keys_, at); }
    void check(const device_view& device, report& faults) const override {
      if (by_.check_ != nullptr) by_.check_(keys_, device, faults);
    }

   private:
    const kind_table& by_;
    Keys keys_{};
  };

  static std::vector<kind_field> fields_of(const std::vector<kind_row<Keys>>& rows) {
    std::vector<kind_field> fields;
    for (const auto& each : rows) fields.push_back({each.row.info, each.bounds, each.rule});
    return fields;
  }

  std::vector<decltype(table_row<Keys>::decode)> decode_;
  const builder build_;
  const checker check_;
};

}  // namespace mqcoap
