# Functions that the scripts of this folder share. It is sourced: . "$(dirname "$0")/lib.sh"
#
# A script exits with 0 if everything still behaves as described, with 1 and CHANGED if it does not, and with
# 77 and UNAVAILABLE if a package is not available in the required version. FINDINGS_CACHE names a folder
# where packages are stored for the next run.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/finding-XXXXXX")
cache=${FINDINGS_CACHE:-$work/cache}
python=/usr/bin/python3
export PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8
pids=()

finish() {
  local status=$?
  if [ ${#pids[@]} -gt 0 ]; then
    for pid in "${pids[@]}"; do kill -KILL -- "-$pid" 2>/dev/null || true; done
    wait "${pids[@]}" 2>/dev/null || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

unavailable() { printf 'UNAVAILABLE: %s\n' "$*"; exit 77; }
changed() { printf 'CHANGED: %s\n' "$*"; exit 1; }
need() { command -v "$1" >/dev/null || unavailable "$1 is not installed"; }

# Prints the output, and exits if it differs from what was observed when the script was written.
expect() {
  local what=$1 wanted=$2 said=$3
  printf '%s: %s\n' "$what" "$said"
  [ "$said" = "$wanted" ] || changed "$what was: $wanted"
}

# ---- packages -------------------------------------------------------------------------------------------------------

# Runs apt with separate lists for one release; the system's lists are not touched. Only main's
# keys are trusted.
apt_of() {
  local suite=$1 home=$cache/apt-$1 archive=http://deb.debian.org
  shift
  if [ ! -e "$home/ready" ]; then
    mkdir -p "$home/lists/partial" "$home/archives/partial"
    touch "$home/status"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s/debian %s main\n' "$archive" "$suite" >"$home/sources.list"
    [ "$suite" = forky ] ||
      printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s/debian-security %s-security main\n' "$archive" "$suite" >>"$home/sources.list"
    cat >"$home/apt.conf" <<CONF
Dir::State "$home";
Dir::State::status "$home/status";
Dir::Cache "$home";
Dir::Etc::sourcelist "$home/sources.list";
Dir::Etc::sourceparts "-";
Acquire::Check-Valid-Until "false";
APT::Architecture "amd64";
APT::Architectures "amd64";
APT::Sandbox::User "root";
CONF
    APT_CONFIG=$home/apt.conf apt-get update -q >"$home/log" 2>&1 || unavailable "the package lists of Debian $suite"
    touch "$home/ready"
  fi
  APT_CONFIG=$home/apt.conf "$@"
}

# Prints the downloaded file of a package NAME=VERSION.
deb_file() {
  local version=${1#*=}
  find "$cache/debs" -name "${1%%=*}_${version//:/%3a}_*.deb" -print -quit
}

# debian SUITE FOLDER NAME=VERSION...: unpacks the packages into the folder, without their dependencies. A
# second call does nothing.
debian() {
  local suite=$1 folder=$2 package missing=() mark
  shift 2
  mark=$folder/.unpacked-$(printf '%s\n' "$@" | cksum | cut -d ' ' -f 1)
  [ ! -e "$mark" ] || return 0
  need apt-get
  need dpkg
  mkdir -p "$cache/debs" "$folder"
  for package in "$@"; do
    [ -n "$(deb_file "$package")" ] || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    (cd "$cache/debs" && apt_of "$suite" apt-get download -q "${missing[@]}" >"$work/apt.log" 2>&1) ||
      unavailable "Debian's packages ${missing[*]} ($suite)"
  fi
  for package in "$@"; do dpkg -x "$(deb_file "$package")" "$folder"; done
  touch "$mark"
}

# debian_all SUITE FOLDER NAME=VERSION: unpacks a package with all dependencies, including the C library.
debian_all() {
  local suite=$1 folder=$2 main=$3 name rest packages=()
  [ ! -e "$folder/.complete" ] || return 0
  apt_of "$suite" apt-get install -q -y --no-install-recommends --print-uris "$main" 2>/dev/null |
    sed -n "s/^'[^']*' \([^ ]*\)\.deb .*/\1/p" >"$work/closure" || true
  [ -s "$work/closure" ] || unavailable "$main ($suite) or what it depends on"
  while IFS=_ read -r name rest; do
    case $name in systemd* | libsystemd-shared | adduser | passwd | debconf | sysvinit-utils) continue ;; esac
    rest=${rest%_*}
    packages+=("$name=${rest//%3a/:}")
  done <"$work/closure"
  debian "$suite" "$folder" "${packages[@]}"
  touch "$folder/.complete"
  PATH=$PATH:/sbin ldconfig -n "$folder/usr/lib/x86_64-linux-gnu"
}

# npm_packages FOLDER NAME@VERSION...
npm_packages() {
  local folder=$1
  shift
  [ ! -e "$folder/.installed" ] || return 0
  need npm
  mkdir -p "$folder"
  (cd "$folder" && printf '{"private":true}' >package.json &&
    npm install --no-audit --no-fund --save-exact --cache "$cache/npm" "$@" >"$work/npm.log" 2>&1) || unavailable "npm's packages $*"
  touch "$folder/.installed"
}

# ---- servers on free ports of the loopback --------------------------------------------------------------------------

free_port() {
  "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# await_port PORT PID: waits until the port accepts connections.
await_port() {
  local n
  for n in $(seq 2000); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return 0; fi
    kill -0 "$2" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

# start BROKER [LINES...]: unpacks a broker, starts it and sets `port`. LINES are added to its configuration.
start() {
  local broker=$1 folder=$work/$1-$RANDOM
  shift
  port=$(free_port)
  mkdir -p "$folder"
  setsid "$here/start" "$broker" "$folder" "$port" "$@" >"$folder/log" 2>&1 &
  pids+=($!)
  if ! await_port "$port" $!; then
    if grep -q '^UNAVAILABLE' "$folder/log"; then grep '^UNAVAILABLE' "$folder/log"; exit 77; fi
    cat "$folder/log" >&2
    changed "$broker does not start"
  fi
  printf 'started: %s\n' "$broker"
}

# probe PORT...: runs a Python program from standard input that can import mqtt.py, with the ports as
# arguments. Its output is printed.
probe() { "$python" - "$@" || changed "the probe failed"; }

# compile FOLDER LIBRARIES...: compiles C++ from standard input, with the headers and libraries that were
# unpacked into the folder.
compile() {
  local folder=$1
  shift
  need g++
  cat >"$work/program.cpp"
  g++ -std=c++17 -O1 -w -I"$folder/usr/include" "$work/program.cpp" -o "$work/program" \
    -L"$folder/usr/lib/x86_64-linux-gnu" -Wl,-rpath,"$folder/usr/lib/x86_64-linux-gnu" "$@"
}
