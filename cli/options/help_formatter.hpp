#pragma once

namespace CLI {
class App;
}

namespace mqcoap::cli {

/// Has the program and its verbs print their help in one layout, whatever the version of CLI11. Precondition:
/// no verb was added yet.
void use_help_formatter(CLI::App& root);

}  // namespace mqcoap::cli
