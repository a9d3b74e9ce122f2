#pragma once

#include <string_view>

// The functions of the targets, each defined in the source file with its name.
namespace mqcoap::fuzz {

void run_request(std::string_view payload);
void run_response(std::string_view payload);
void run_general(std::string_view payload);
void run_topic(std::string_view text);
void run_address(std::string_view text);
void run_json(std::string_view text);
void run_schema(std::string_view text);
void run_configuration(std::string_view yaml);
void run_text(std::string_view lines);
void run_http(std::string_view bytes);
void run_recording(std::string_view lines);

}  // namespace mqcoap::fuzz
