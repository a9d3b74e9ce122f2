#pragma once

#include <mqcoap/json/json_text.hpp>

namespace mqcoap::observe {

class observer;

// The documents under `.gw/` (docs/operations.md, "Metrics and health"). Times are milliseconds since
// 1970-01-01 UTC.

json_text make_status_document(const observer& o);
/// Returns the devices behind the proxy, most recently used first, as many as fit into a payload.
json_text make_devices_document(const observer& o);
json_text make_brokers_document(const observer& o);
json_text make_state_document(const observer& o);

}  // namespace mqcoap::observe
