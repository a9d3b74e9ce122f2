#pragma once

namespace CLI {
class App;
}

namespace mqcoap::cli {

/// Makes the program and its verbs print their help in one layout that does not depend on the version of
/// CLI11. Must be called before the first verb is added.
void use_help_formatter(CLI::App& root);

}  // namespace mqcoap::cli
