#pragma once

#include <cstdlib>
#include <mqcoap/client/client_options.hpp>
#include <string>

/// What all examples take: [HOST[:PORT] [COUNT]]. COUNT is how often to do it; 0, the default: until Ctrl-C.
struct arguments {
  mqcoap::link_options broker;
  int count = 0;

  arguments(int argc, char** argv) {
    if (argc > 1) {
      const std::string where = argv[1];
      const auto colon = where.find(':');
      broker.host = where.substr(0, colon);
      if (colon != std::string::npos)
        broker.port = static_cast<std::uint16_t>(std::atoi(where.c_str() + colon + 1));
    }
    if (argc > 2) count = std::atoi(argv[2]);
  }

  /// True until the work has been done `count` times.
  bool more(int done) const { return count == 0 || done < count; }

  /// @param tag  whose requests the program answers; empty: nobody's
  mqcoap::client_options options(const std::string& tag = {}) const {
    mqcoap::client_options made;
    made.broker = broker;
    if (!tag.empty()) made.tag = mqcoap::device_tag::parse(tag).value();
    return made;
  }
};
