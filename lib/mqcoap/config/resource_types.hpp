#pragma once

#include <mqcoap/config/spec.hpp>
#include <mqcoap/settings/value_type.hpp>
#include <string_view>

namespace mqcoap {

/// True for the keys of a resource that tell its kind.
bool is_kind_name(std::string_view key) noexcept;

/// The path of a resource, as a key: without its leading slash, `**` only at the end.
value_type<std::string> resource_key();

/// The path of a value resource in an action.
value_type<std::string> value_path();

/// A fixed answer: any JSON value, or a code and a body.
value_type<reply_options> fixed_reply();

/// An expression that muParser takes.
value_type<std::string> signal_expression();

/// `TAG/SUBSYSTEM` or `TAG/SUBSYSTEM/PATH`.
value_type<mount_options> mount();

}  // namespace mqcoap
