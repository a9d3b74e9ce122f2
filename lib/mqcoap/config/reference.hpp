#pragma once

#include <mqcoap/settings/section.hpp>
#include <string>
#include <string_view>

// What the reference page and the manual page have in common. Texts are Markdown.
namespace mqcoap {

/// What is to be known beside the keys, with the page's title.
std::string settings_introduction();

/// `brokers.NAME`
std::string heading(const section_info& section);

/// What holds if a key is left out.
std::string presence_words(const presence& when);

}  // namespace mqcoap
