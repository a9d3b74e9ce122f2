#pragma once

#include <mqcoap/settings/section.hpp>
#include <string>
#include <string_view>

// Common parts of the reference page and the manual page. Texts are Markdown.
namespace mqcoap::config {

/// Returns the introduction, with the page's title.
std::string settings_introduction();

/// Returns the heading of a section, such as `brokers.NAME`.
std::string heading(const section_info& section);

/// Returns the text about the absence of a key.
std::string presence_text(const presence& when);

}  // namespace mqcoap::config
