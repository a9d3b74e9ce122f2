#include <doctest/doctest.h>

#include <options/completion.hpp>

using namespace mqcoap::cli;

TEST_CASE("every script knows the verbs, the options, and what each verb accepts") {
  const option_words quiet{{"--quiet"}, "Say less"};
  const option_words output{{"-o", "--output"}, "Form", true, {word_kind::words, {"body", "json"}}};
  const std::vector<verb_words> verbs{{"", "", {quiet}, {}, {"get", "context"}},
                                      {"get",
                                       "Read it's value",
                                       {output, {{"--etag"}, "Version", true}},
                                       {{word_kind::address}, {word_kind::value, {}, true}}},
                                      {"context", "Contexts", {quiet}, {}, {"ls", "use"}},
                                      {"context use", "Take one", {}, {{word_kind::context}}}};
  for (const char* shell : {"bash", "zsh", "fish"}) {
    CAPTURE(shell);
    const auto script = completion_script(shell, verbs);
    for (const char* word : {"get", "context use", "quiet", "etag", "ls --quiet", "words:body,json"}) {
      CAPTURE(word);
      CHECK(script.find(word) != std::string::npos);
    }
  }
  CHECK(completion_script("bash", verbs)
            .find("'get') options='-o --output --etag' valued='-o=words:body,json --output=words:body,json "
                  "--etag=none' "
                  "arguments='address value+' below='' ;;") != std::string::npos);
  CHECK(completion_script("zsh", verbs)
            .find("'context') options='--quiet' valued='' arguments='' below='ls use' ;;") !=
        std::string::npos);
  CHECK(completion_script("fish", verbs).find("'Read it'\\''s value'") != std::string::npos);
}
