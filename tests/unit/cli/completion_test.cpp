#include <doctest/doctest.h>

#include <completion.hpp>

using namespace mqcoap::cli;

TEST_CASE("every script knows the verbs, the options and which verbs take an address") {
  const std::vector<option_words> common{{{"-L", "--url"}, "The broker", true},
                                         {{"--quiet"}, "Say less", false}};
  const std::vector<verb_words> verbs{{"get", "Read it's value", {{{"--etag"}, "Version", true}}, {}, true},
                                      {"context", "Contexts", {}, {"ls", "use"}, false}};
  for (const char* shell : {"bash", "zsh", "fish"}) {
    CAPTURE(shell);
    const auto script = completion_script(shell, common, verbs);
    for (const char* word : {"get", "context", "url", "quiet", "etag", "ls --quiet"}) {
      CAPTURE(word);
      CHECK(script.find(word) != std::string::npos);
    }
  }
  const auto bash = completion_script("bash", common, verbs);
  CHECK(bash.find("get) options='--etag'; live=1 ;;") != std::string::npos);
  CHECK(bash.find("-L|--url|--etag) ((i++))") != std::string::npos);
  CHECK(completion_script("fish", common, verbs).find("'Read it'\\''s value'") != std::string::npos);
}
