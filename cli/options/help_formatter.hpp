#pragma once

namespace CLI {
class App;
}

namespace mqcoap::cli {

/// Makes the program and its verbs print their help in one layout, for all versions of CLI11. Precondition:
/// no verb was added yet.
void use_help_formatter(CLI::App& root);

}  // namespace mqcoap::cli
