#include "options/completion.hpp"

#include "options/completion_parts.hpp"

namespace mqcoap::cli {
namespace {

/// The bash part: finds the verb before the cursor and the number of arguments after it, and offers what may
/// follow. In the loop, `below` contains the subcommands of the verb.
constexpr char bash_engine[] = R"sh(
# Tags of devices, or addresses of the resources of one. Options that choose the broker are taken over from the line.
_mqcoap_live() {
  local kind=$1 cur=$2 i broker=()
  shift 2
  for ((i = 2; i <= $#; i++)); do
    case ${!i} in
      -L|-h|-p|-u|-n|-V|--url|--host|--port|--username|--namespace|--protocol|--context|--password-file|--cafile|--capath|--cert|--key)
        local next=$((i + 1))
        broker+=("${!i}" "${!next}") ;;
      --*=*|--insecure) broker+=("${!i}") ;;
    esac
  done
  case $kind:$cur in
    tag:*/*) mqcoap "${broker[@]}" ls --quiet --timeout 1s "${cur%%/*}" | cut -d/ -f1,2 | sort -u ;;
    tag:*) mqcoap "${broker[@]}" ls --quiet --timeout 1s --wait 300ms ;;
    *:*/*/*) mqcoap "${broker[@]}" ls --quiet --timeout 1s "${cur%"${cur#*/*/}"}" ;;
    *:*/*) mqcoap "${broker[@]}" ls --quiet --timeout 1s "${cur%%/*}" ;;
    *) mqcoap "${broker[@]}" ls --quiet --timeout 1s --wait 300ms | sed 's,$,/,' ;;
  esac 2>/dev/null
}

# What one kind of argument can be, a line each. Devices choose some of these lines, so the shell must never expand them.
_mqcoap_offer() {
  local kind=$1 cur=$2
  case $kind in
    words:*) printf '%s\n' "${kind#words:}" | tr , '\n' ;;
    file) compgen -f -- "$cur" ;;
    new_file|folder) compgen -d -S / -- "$cur" ;;
    value) [[ $cur == @* ]] && compgen -P @ -f -- "${cur#@}" ;;
    target) compgen -f -- "$cur" | grep -E '\.ya?ml$'; compgen -d -S / -- "$cur" ;;
    context) mqcoap context ls --quiet 2>/dev/null ;;
    address|tag|pattern) _mqcoap_live "$@" ;;
  esac
}

# Reads the beginning of a word as it was typed, without expanding it. `plain` becomes its text and `quote` the quote
# that is open. Bash replaces only what is behind an open quote, or else behind the last ':', '=' or '@': `typed` as it
# is written there, and `before` counts the characters of `plain` in front of it.
_mqcoap_read() {
  local i c next outside= outside_before=0
  plain= quote= typed= before=0
  for ((i = 0; i < ${#1}; i++)); do
    c=${1:i:1} next=${1:i+1:1}
    if [[ -z $quote && $c == [\'\"] ]]; then
      quote=$c outside=$typed outside_before=$before
      typed= before=${#plain}
    elif [[ $c == "$quote" ]]; then
      typed=$outside$c$typed$c before=$outside_before quote=
    elif [[ $c == \\ && ( -z $quote || $quote == \" && ( -z $next || $next == [\"\$\`\\] ) ) ]]; then
      plain+=$next typed+=${next:+\\$next}
      ((i++))
    else
      plain+=$c typed+=$c
      if [[ -z $quote && $c == [:=@] && $COMP_WORDBREAKS == *$c* ]]; then typed= before=${#plain}; fi
    fi
  done
}

# Sets `quoted` to a text as it is written where `quote` is open, so that the shell takes it literally.
_mqcoap_quote() {
  local i c
  quoted=
  if [[ -z $quote && -n $1 ]]; then printf -v quoted %q "$1"; return; fi
  for ((i = 0; i < ${#1}; i++)); do
    c=${1:i:1}
    case $quote$c in
      \'\') quoted+="'\\''" ;;
      \"!) quoted+='"\!"' ;;
      \"[\"\$\`\\]) quoted+=\\$c ;;
      *) quoted+=$c ;;
    esac
  done
}

# Offers the lines of standard input that begin with `plain`. What was typed stays as it is. The lines of compgen may
# begin otherwise: it can ignore the case.
_mqcoap_reply() {
  local each quoted found
  mapfile -t found
  for each in "${found[@]}"; do
    if [[ -n $each && $each == "$plain"* ]]; then
      _mqcoap_quote "${each:${#plain}}"
      COMPREPLY+=("$typed$quoted")
    elif [[ -n $each && $1 == @(file|new_file|folder|target) ]]; then
      _mqcoap_quote "${each:before}"
      COMPREPLY+=("$quoted")
    fi
  done
}

_mqcoap() {
  local cur prev words cword
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n :=@ cur prev words cword
  else
    cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
  fi
  COMPREPLY=()
  local i each kind= path= position=0 options= valued= arguments= below= plain quote typed before
  _mqcoap_read "$cur"
  _mqcoap_table ''
  for ((i = 1; i < cword; i++)); do
    if [[ " $valued " == *" ${words[i]}="* ]]; then
      ((i++))
    elif [[ ${words[i]} != -* ]]; then
      if [[ $position = 0 && " $below " == *" ${words[i]} "* ]]; then
        path="${path:+$path }${words[i]}"
        _mqcoap_table "$path"
      else
        ((position++))
      fi
    fi
  done
  if ((i > cword)); then
    for each in $valued; do [[ $each == "$prev="* ]] && kind=${each#*=}; done
  elif [[ $plain == -* ]]; then
    kind=words:${options// /,}
  elif [[ -n $below && $position = 0 ]]; then
    kind=words:${below// /,}
  else
    i=0
    for each in $arguments; do
      if [[ $i = "$position" ]] || [[ $i -lt $position && $each == *+ ]]; then kind=${each%+}; fi
      ((i++))
    done
  fi
  _mqcoap_reply "$kind" < <(_mqcoap_offer "$kind" "$plain" "${words[@]:0:cword}")
  [[ ${COMPREPLY[0]} == */ ]] && compopt -o nospace
}
complete -F _mqcoap mqcoap
)sh";

constexpr char zsh_engine[] = R"sh(
# Tags of devices, or addresses of the resources of one. Options that choose the broker are taken over from the line.
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
  case $1:$cur in
    tag:*/*) found=(${(fu)"$(mqcoap $broker ls --quiet --timeout 1s ${cur%%/*} 2>/dev/null | cut -d/ -f1,2)"}) ;;
    tag:*) found=(${(f)"$(mqcoap $broker ls --quiet --timeout 1s --wait 300ms 2>/dev/null)"}) ;;
    *:*/*/*) found=(${(f)"$(mqcoap $broker ls --quiet --timeout 1s ${cur%${cur#*/*/}} 2>/dev/null)"}) ;;
    *:*/*) found=(${(f)"$(mqcoap $broker ls --quiet --timeout 1s ${cur%%/*} 2>/dev/null)"}) ;;
    *) found=(${(f)"$(mqcoap $broker ls --quiet --timeout 1s --wait 300ms 2>/dev/null)"})
       (( $#found )) && compadd -S / -a found
       return ;;
  esac
  (( $#found )) && compadd -a found
}

_mqcoap_offer() {
  case $1 in
    words:*) compadd -- ${(s:,:)${1#words:}} ;;
    file) _files ;;
    new_file|folder) _files -/ ;;
    value) [[ $PREFIX == @* ]] && { compset -P @; _files } ;;
    target) _files -g '*.(yaml|yml)' ;;
    context) compadd -- ${(f)"$(mqcoap context ls --quiet 2>/dev/null)"} ;;
    address|tag|pattern) _mqcoap_live $1 ;;
  esac
}

_mqcoap() {
  local i each kind= path_= position=0 options= valued= arguments= below=
  _mqcoap_table ''
  for ((i = 2; i < CURRENT; i++)); do
    if [[ " $valued " == *" $words[i]="* ]]; then
      ((i++))
    elif [[ $words[i] != -* ]]; then
      if [[ $position == 0 && " $below " == *" $words[i] "* ]]; then
        path_="${path_:+$path_ }$words[i]"
        _mqcoap_table "$path_"
      else
        ((position++))
      fi
    fi
  done
  if ((i > CURRENT)); then
    for each in ${=valued}; do [[ $each == "$words[CURRENT-1]="* ]] && kind=${each#*=}; done
  elif [[ $PREFIX == -* ]]; then
    compadd -- ${=options}; return
  elif [[ -n $below && $position == 0 ]]; then
    compadd -- ${=below}; return
  else
    i=0
    for each in ${=arguments}; do
      if [[ $i == $position ]] || [[ $i -lt $position && $each == *+ ]]; then kind=${each%+}; fi
      ((i++))
    done
  fi
  _mqcoap_offer "$kind"
}

if [[ $funcstack[1] == _mqcoap ]]; then _mqcoap "$@"; else compdef _mqcoap mqcoap; fi
)sh";

/// Writes the function that holds the options, arguments and subcommands of each verb, for bash and zsh.
std::string table(const std::vector<verb_words>& verbs) {
  std::string out =
      "\n# What each verb accepts.\n_mqcoap_table() {\n  options= valued= arguments= below=\n  case $1 in\n";
  for (const auto& v : verbs) {
    std::string options;
    std::string valued;
    for (const auto& o : v.options)
      for (const auto& name : o.names) {
        append_word(options, name);
        if (o.takes_value) append_word(valued, name + '=' + token_of(o.value));
      }
    std::string arguments;
    for (const auto& a : v.arguments) append_word(arguments, token_of(a) + (a.repeated ? "+" : ""));
    out += "    " + single_quoted(v.path) + ") options=" + single_quoted(options) +
           " valued=" + single_quoted(valued) + " arguments=" + single_quoted(arguments) +
           " below=" + single_quoted(joined(v.below)) + " ;;\n";
  }
  return out + "  esac\n}\n";
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<verb_words>& verbs) {
  if (shell == "bash")
    return "# Completion of mqcoap for bash:  source <(mqcoap completion bash)\n" + table(verbs) +
           bash_engine;
  if (shell == "zsh")
    return "#compdef mqcoap\n# Completion of mqcoap for zsh:  source <(mqcoap completion zsh)\n" +
           table(verbs) + zsh_engine;
  return fish_script(verbs);
}

}  // namespace mqcoap::cli
