#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/resource/resource_info.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// The documents of the gateway about itself, on its own tag: that of `proxy.forward`, or else that of its
/// first device.
enum class own_document : std::uint8_t { status, devices, brokers, state, config };

struct own_document_info {
  own_document which;
  std::string_view path;
  std::string_view title;
};
inline constexpr std::string_view own_prefix = ".gw/";
inline constexpr std::array own_documents{
    own_document_info{own_document::status, ".gw/status", "What the gateway does and has done"},
    own_document_info{own_document::devices, ".gw/devices", "Devices behind the gateway's proxy"},
    own_document_info{own_document::brokers, ".gw/brokers", "Brokers and the connections to them"},
    own_document_info{own_document::state, ".gw/state", "The store of persistent resources"},
    own_document_info{own_document::config, ".gw/config", "The configuration in force"}};

/// Answers GET with a document that is created for each request.
class document_resource final : public handler {
 public:
  using maker = std::function<json_text()>;
  explicit document_resource(maker make) : make_(std::move(make)) {}
  void handle(responder&& r) override;

 private:
  const maker make_;
};

/// A resource in addition to the configured ones.
struct extra_resource {
  resource_info info;
  std::shared_ptr<handler> target;
};

}  // namespace mqcoap
