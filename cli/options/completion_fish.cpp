#include "options/completion_parts.hpp"

namespace mqcoap::cli {
namespace {

constexpr char engine[] = R"sh(
# Prints the verb that the words before the cursor name, then `:` and the number of arguments after it.
function __mqcoap_state
    set -l path
    set -l position 0
    set -l is_value 0
    for word in (commandline -opc)[2..-1]
        if test $is_value = 1
            set is_value 0
        else if contains -- "$word" (__mqcoap_valued "$path")
            set is_value 1
        else if not string match -q -- '-*' $word
            if test $position = 0; and contains -- $word (__mqcoap_below "$path")
                set path (string trim -- "$path $word")
            else
                set position (math $position + 1)
            end
        end
    end
    echo "$path:$position"
end

# True at the n-th argument of a verb; `+`: at it and after it; without a number, at the verb.
function __mqcoap_at
    set -l state (string split : -- (__mqcoap_state))
    test "$state[1]" = "$argv[1]"; or return 1
    switch "$argv[2]"
        case ''
            return 0
        case '*+'
            test $state[2] -ge (string replace + '' -- $argv[2])
        case '*'
            test $state[2] = $argv[2]
    end
end

# Tags of devices, or addresses of the resources of one. Options that choose the broker are taken over from the line.
function __mqcoap_live
    set -l cur (commandline -ct)
    set -l broker
    set -l line (commandline -opc)
    for i in (seq 2 (count $line))
        switch $line[$i]
            case -L -h -p -u -n -V --url --host --port --username --namespace --protocol --context --password-file --cafile --capath --cert --key
                set -a broker $line[$i] $line[(math $i + 1)]
            case '--*=*' --insecure
                set -a broker $line[$i]
        end
    end
    set -l parts (string split / -- $cur)
    switch "$argv[1]:$cur"
        case 'tag:*/*'
            mqcoap $broker ls --quiet --timeout 1s $parts[1] 2>/dev/null | string replace -r '^([^/]*/[^/]*).*' '$1' | sort -u
        case 'tag:*'
            mqcoap $broker ls --quiet --timeout 1s --wait 300ms 2>/dev/null
        case '*:*/*/*'
            mqcoap $broker ls --quiet --timeout 1s $parts[1]/$parts[2] 2>/dev/null
        case '*:*/*'
            mqcoap $broker ls --quiet --timeout 1s $parts[1] 2>/dev/null
        case '*'
            mqcoap $broker ls --quiet --timeout 1s --wait 300ms 2>/dev/null | string replace -r '$' /
    end
end

function __mqcoap_offer
    set -l cur (commandline -ct)
    switch $argv[1]
        case 'words:*'
            string split , -- (string replace words: '' -- $argv[1])
        case file
            __fish_complete_path $cur
        case new_file folder
            __fish_complete_directories $cur
        case value
            string match -q -- '@*' $cur; and __fish_complete_path (string sub -s 2 -- $cur) | string replace -r '^' @
        case target
            __fish_complete_suffix .yaml; __fish_complete_suffix .yml
        case context
            mqcoap context ls --quiet 2>/dev/null
        case address tag pattern
            __mqcoap_live $argv[1]
    end
end

complete -c mqcoap -e
complete -c mqcoap -f
)sh";

/// Writes a shell function that prints the list that `list_of` returns for a verb, one entry per line.
std::string lists(const char* name, const std::vector<verb_words>& verbs,
                  std::string (*list_of)(const verb_words&)) {
  std::string out = std::string("\nfunction ") + name + "\n    switch \"$argv[1]\"\n";
  for (const auto& v : verbs)
    if (const auto words = list_of(v); !words.empty())
      out += "        case " + single_quoted(v.path) + "\n            string split ' ' -- " +
             single_quoted(words) + '\n';
  return out + "    end\nend\n";
}

std::string valued_of(const verb_words& v) {
  std::string out;
  for (const auto& o : v.options)
    for (const auto& name : o.names)
      if (o.takes_value) append_word(out, name);
  return out;
}

void append_option(std::string& out, const option_words& o, const std::string& path) {
  out += "complete -c mqcoap -n \"__mqcoap_at " + single_quoted(path) + '"';
  for (const auto& name : o.names)
    out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (o.takes_value) out += " -x -a " + single_quoted("(__mqcoap_offer " + token_of(o.value) + ')');
  out += " -d " + single_quoted(o.about) + '\n';
}

std::string about_of(const std::vector<verb_words>& verbs, const std::string& path) {
  for (const auto& v : verbs)
    if (v.path == path) return v.about;
  return {};
}

}  // namespace

std::string token_of(const argument_words& argument) {
  switch (argument.kind) {
    case word_kind::none: break;
    case word_kind::words: return "words:" + joined(argument.words, ',');
    case word_kind::file: return "file";
    case word_kind::new_file: return "new_file";
    case word_kind::folder: return "folder";
    case word_kind::value: return "value";
    case word_kind::address: return "address";
    case word_kind::tag: return "tag";
    case word_kind::pattern: return "pattern";
    case word_kind::target: return "target";
    case word_kind::context: return "context";
  }
  return "none";
}

std::string fish_script(const std::vector<verb_words>& verbs) {
  std::string out = "# Completion of mqcoap for fish:  mqcoap completion fish | source\n";
  out += lists("__mqcoap_below", verbs, [](const verb_words& v) { return joined(v.below); });
  out += lists("__mqcoap_valued", verbs, valued_of) + engine;
  for (const auto& v : verbs) {
    for (const auto& name : v.below) {
      const auto path = v.path.empty() ? name : v.path + ' ' + name;
      out += "complete -c mqcoap -n \"__mqcoap_at " + single_quoted(v.path) + " 0\" -a " + name + " -d " +
             single_quoted(about_of(verbs, path)) + '\n';
    }
    for (std::size_t i = 0; i < v.arguments.size(); ++i)
      out += "complete -c mqcoap -n \"__mqcoap_at " + single_quoted(v.path) + ' ' + std::to_string(i) +
             (v.arguments[i].repeated ? "+" : "") + "\" -a " +
             single_quoted("(__mqcoap_offer " + token_of(v.arguments[i]) + ')') + '\n';
    for (const auto& o : v.options) append_option(out, o, v.path);
  }
  return out;
}

}  // namespace mqcoap::cli
