#include "completion.hpp"

#include <string_view>

namespace mqcoap::cli {
namespace {

/// What is asked when an address is completed: devices, or below `TAG/` its resources. Options that choose
/// the broker are taken over from the line.
constexpr char live_bash[] = R"sh(
# Tags of devices, or addresses of the resources of one.
_mqcoap_live() {
  local i broker=() cur=$1
  shift
  for ((i = 1; i < $#; i++)); do
    case ${!i} in
      -L|-h|-p|-u|-n|-V|--url|--host|--port|--username|--namespace|--protocol|--context|--password-file|--cafile|--capath|--cert|--key)
        local next=$((i + 1))
        broker+=("${!i}" "${!next}") ;;
      --*=*|--insecure) broker+=("${!i}") ;;
    esac
  done
  case $cur in
    */*/*) mqcoap "${broker[@]}" ls --quiet --timeout 1s "${cur%"${cur#*/*/}"}" ;;
    */*) mqcoap "${broker[@]}" ls --quiet --timeout 1s "${cur%%/*}" ;;
    *) mqcoap "${broker[@]}" ls --quiet --timeout 1s --wait 300ms | sed 's,$,/,' ;;
  esac 2>/dev/null
}
)sh";

std::string joined_names(const std::vector<option_words>& options) {
  std::string all;
  for (const auto& o : options)
    for (const auto& name : o.names) all.append(all.empty() ? "" : " ").append(name);
  return all;
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) all.append(all.empty() ? "" : " ").append(word);
  return all;
}

/// In single quotes, for a shell.
std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + '\'';
}

/// The option names that take a value, as a pattern of `case`.
std::string valued(const std::vector<option_words>& common, const std::vector<verb_words>& verbs) {
  std::string all;
  const auto add = [&all](const std::vector<option_words>& options) {
    for (const auto& o : options)
      for (const auto& name : o.names)
        if (o.takes_value && ('|' + all + '|').find('|' + name + '|') == std::string::npos)
          all.append(all.empty() ? "" : "|").append(name);
  };
  add(common);
  for (const auto& v : verbs) add(v.options);
  return all;
}

std::string verb_cases(const std::vector<verb_words>& verbs, const char* indent) {
  std::string out;
  for (const auto& v : verbs) {
    out.append(indent).append(v.name).append(") options=").append(single_quoted(joined_names(v.options)));
    if (!v.verbs.empty()) out.append("; below=").append(single_quoted(joined(v.verbs)));
    if (v.takes_address) out += "; live=1";
    out += " ;;\n";
  }
  return out;
}

std::string bash_script(const std::vector<option_words>& common, const std::vector<verb_words>& verbs) {
  std::string names;
  for (const auto& v : verbs) names.append(names.empty() ? "" : " ").append(v.name);
  return "# Completion of mqcoap for bash:  source <(mqcoap completion bash)\n" + std::string(live_bash) +
         R"sh(
_mqcoap() {
  local cur prev words cword
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n := cur prev words cword
  else
    cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
  fi
  COMPREPLY=()
  local i verb= position=0 options= below= live=
  local common=)sh" +
         single_quoted(joined_names(common)) + R"sh(
  for ((i = 1; i < cword; i++)); do
    case ${words[i]} in
      )sh" +
         valued(common, verbs) + R"sh() ((i++)) ;;
      -*) ;;
      *) if [ -z "$verb" ]; then verb=${words[i]}; else ((position++)); fi ;;
    esac
  done
  case $prev in
    -o|--output) COMPREPLY=($(compgen -W 'body json raw csv' -- "$cur")); return ;;
    --context) COMPREPLY=($(compgen -W "$(mqcoap context ls --quiet 2>/dev/null)" -- "$cur")); return ;;
    )sh" +
         valued(common, verbs) + R"sh() COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  case $verb in
)sh" + verb_cases(verbs, "    ") +
         R"sh(  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$common $options" -- "$cur"))
  elif [ -z "$verb" ]; then
    COMPREPLY=($(compgen -W ")sh" +
         names + R"sh(" -- "$cur"))
  elif [ -n "$below" ] && [ "$position" = 0 ]; then
    COMPREPLY=($(compgen -W "$below" -- "$cur"))
  elif [ -n "$below" ] && [ "$verb" = context ]; then
    COMPREPLY=($(compgen -W "$(mqcoap context ls --quiet 2>/dev/null)" -- "$cur"))
  elif [ -n "$live" ] && [ "$position" = 0 ]; then
    COMPREPLY=($(compgen -W "$(_mqcoap_live "$cur" "${words[@]:0:cword}")" -- "$cur"))
    [[ ${COMPREPLY[0]} == */ ]] && compopt -o nospace
  elif [[ $cur == @* ]]; then
    COMPREPLY=($(compgen -P @ -f -- "${cur#@}"))
  else
    COMPREPLY=($(compgen -f -- "$cur"))
  fi
}
complete -F _mqcoap mqcoap
)sh";
}

std::string zsh_script(const std::vector<option_words>& common, const std::vector<verb_words>& verbs) {
  std::string names;
  for (const auto& v : verbs) names += "    " + single_quoted(v.name + ':' + v.about) + '\n';
  return "#compdef mqcoap\n# Completion of mqcoap for zsh:  source <(mqcoap completion zsh)\n"
         R"sh(
# Tags of devices, or addresses of the resources of one.
_mqcoap_live() {
  local -a broker found
  local i cur=$PREFIX
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
      -L|-h|-p|-u|-n|-V|--url|--host|--port|--username|--namespace|--protocol|--context|--password-file|--cafile|--capath|--cert|--key)
        broker+=("$words[i]" "$words[i+1]") ;;
      --*=*|--insecure) broker+=("$words[i]") ;;
    esac
  done
  case $cur in
    */*/*) found=(${(f)"$(mqcoap $broker ls --quiet --timeout 1s ${cur%${cur#*/*/}} 2>/dev/null)"}) ;;
    */*) found=(${(f)"$(mqcoap $broker ls --quiet --timeout 1s ${cur%%/*} 2>/dev/null)"}) ;;
    *) found=(${(f)"$(mqcoap $broker ls --quiet --timeout 1s --wait 300ms 2>/dev/null)"})
       (( $#found )) && compadd -S / -a found
       return ;;
  esac
  (( $#found )) && compadd -a found
}

_mqcoap() {
  local i verb= position=0 options= below= live=
  local common=)sh" +
         single_quoted(joined_names(common)) + R"sh(
  local -a verbs
  verbs=(
)sh" + names +
         R"sh(  )
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
      )sh" +
         valued(common, verbs) + R"sh() ((i++)) ;;
      -*) ;;
      *) if [[ -z $verb ]]; then verb=$words[i]; else ((position++)); fi ;;
    esac
  done
  case $words[CURRENT-1] in
    -o|--output) compadd body json raw csv; return ;;
    --context) compadd ${(f)"$(mqcoap context ls --quiet 2>/dev/null)"}; return ;;
    )sh" +
         valued(common, verbs) + R"sh() _files; return ;;
  esac
  case $verb in
)sh" + verb_cases(verbs, "    ") +
         R"sh(  esac
  if [[ $PREFIX == -* ]]; then
    compadd -- ${=common} ${=options}
  elif [[ -z $verb ]]; then
    _describe verb verbs
  elif [[ -n $below && $position == 0 ]]; then
    compadd ${=below}
  elif [[ -n $below && $verb == context ]]; then
    compadd ${(f)"$(mqcoap context ls --quiet 2>/dev/null)"}
  elif [[ -n $live && $position == 0 ]]; then
    _mqcoap_live
  else
    [[ $PREFIX == @* ]] && compset -P @
    _files
  fi
}

if [[ $funcstack[1] == _mqcoap ]]; then _mqcoap "$@"; else compdef _mqcoap mqcoap; fi
)sh";
}

void append_fish_option(std::string& out, const option_words& o, const std::string& condition) {
  out += "complete -c mqcoap" + condition;
  for (const auto& name : o.names)
    out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (o.takes_value) out += o.about.find("FILE") != std::string::npos ? " -r -F" : " -x";
  out += " -d " + single_quoted(o.about) + '\n';
}

std::string fish_script(const std::vector<option_words>& common, const std::vector<verb_words>& verbs) {
  std::string names;
  std::string live;
  for (const auto& v : verbs) {
    names.append(names.empty() ? "" : " ").append(v.name);
    if (v.takes_address) live.append(live.empty() ? "" : " ").append(v.name);
  }
  std::string out =
      "# Completion of mqcoap for fish:  mqcoap completion fish | source\n"
      R"sh(
# Tags of devices, or addresses of the resources of one.
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
    switch $cur
        case '*/*/*'
            set -l parts (string split / -- $cur)
            mqcoap $broker ls --quiet --timeout 1s $parts[1]/$parts[2] 2>/dev/null
        case '*/*'
            mqcoap $broker ls --quiet --timeout 1s (string split / -- $cur)[1] 2>/dev/null
        case '*'
            mqcoap $broker ls --quiet --timeout 1s --wait 300ms 2>/dev/null | string replace -r '$' /
    end
end

complete -c mqcoap -e
)sh";
  const std::string none = " -n 'not __fish_seen_subcommand_from " + names + "'";
  for (const auto& v : verbs)
    out += "complete -c mqcoap -f" + none + " -a " + v.name + " -d " + single_quoted(v.about) + '\n';
  out += "complete -c mqcoap -f -n '__fish_seen_subcommand_from " + live + "' -a '(__mqcoap_live)'\n";
  for (const auto& o : common) append_fish_option(out, o, "");
  out += "complete -c mqcoap -s o -l output -x -a 'body json raw csv'\n";
  out += "complete -c mqcoap -l context -x -a '(mqcoap context ls --quiet 2>/dev/null)'\n";
  for (const auto& v : verbs) {
    const std::string here = " -n '__fish_seen_subcommand_from " + v.name + "'";
    for (const auto& o : v.options) append_fish_option(out, o, here);
    if (!v.verbs.empty())
      out += "complete -c mqcoap -f" + here + " -a " + single_quoted(joined(v.verbs)) + '\n';
  }
  return out;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<option_words>& common,
                              const std::vector<verb_words>& verbs) {
  if (shell == "bash") return bash_script(common, verbs);
  if (shell == "zsh") return zsh_script(common, verbs);
  return fish_script(common, verbs);
}

}  // namespace mqcoap::cli
