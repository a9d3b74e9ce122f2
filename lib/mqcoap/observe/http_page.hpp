#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap::observe {

/// The content type of a plain-text page.
constexpr char plain_text[] = "text/plain; charset=utf-8";

struct http_page {
  unsigned status = 200;
  std::string type;  ///< Content-Type
  std::string body;
};

/// Returns the page at a path without its query; nothing if there is none. Called on the event loop.
using http_pages = std::function<std::optional<http_page>(std::string_view path)>;

}  // namespace mqcoap::observe
