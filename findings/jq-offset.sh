#!/usr/bin/env bash
# jq 1.6, 1.7.1 and 1.8.2: strptime() reads a time zone for %z and drops it, so 12:00:00+0200 becomes 12:00 UTC, two
# hours late, and loggers that note one moment in different zones are hours apart, without an error. It does check it:
# "noon" in its place is an error. The manual says that jq's dates are in UTC and that the format is that of the C
# library's strptime(), where %z is the offset; that it has no effect it does not say. Python's strptime() uses the
# offset. In 1.6 the same line is another hour off in the summer if TZ has summer time, "Z" or not.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/old" jq=1.6-2.1+deb12u3 libjq1=1.6-2.1+deb12u3 libonig5=6.9.8-1
debian_all trixie "$work/jq17" jq=1.7.1-6+deb13u4
debian_all forky "$work/jq18" jq=1.8.2-1
times='2026-07-05T12:00:00+0200
2026-07-05T12:00:00+02:00
2026-07-05T10:00:00Z
2026-07-05T05:00:00-0500
2026-07-05T12:00:00noon'
# utc ZONE JQ...
utc() {
  local TZ=$1
  shift
  export TZ
  "$@" -Rr '(try (strptime("%Y-%m-%dT%H:%M:%S%z") | mktime | todate) catch "error") as $utc | "\(.) -> \($utc)"' \
    <<<"$times" || changed "jq failed"
}
old=(env "LD_LIBRARY_PATH=$work/old/usr/lib/x86_64-linux-gnu" "$work/old/usr/bin/jq")
jq17=("$work/jq17/usr/lib64/ld-linux-x86-64.so.2" --library-path "$work/jq17/usr/lib/x86_64-linux-gnu" "$work/jq17/usr/bin/jq")
jq18=("$work/jq18/usr/lib64/ld-linux-x86-64.so.2" --library-path "$work/jq18/usr/lib/x86_64-linux-gnu" "$work/jq18/usr/bin/jq")
dropped='2026-07-05T12:00:00+0200 -> 2026-07-05T12:00:00Z
2026-07-05T12:00:00+02:00 -> 2026-07-05T12:00:00Z
2026-07-05T10:00:00Z -> 2026-07-05T10:00:00Z
2026-07-05T05:00:00-0500 -> 2026-07-05T05:00:00Z
2026-07-05T12:00:00noon -> error'
# Central European time, with summer time; it needs no list of time zones.
zone=CET-1CEST,M3.5.0,M10.5.0/3
expect "$("${old[@]}" --version), TZ UTC" "$dropped" "$(utc UTC "${old[@]}")"
expect "$("${old[@]}" --version), TZ $zone" '2026-07-05T12:00:00+0200 -> 2026-07-05T13:00:00Z
2026-07-05T12:00:00+02:00 -> 2026-07-05T13:00:00Z
2026-07-05T10:00:00Z -> 2026-07-05T11:00:00Z
2026-07-05T05:00:00-0500 -> 2026-07-05T06:00:00Z
2026-07-05T12:00:00noon -> error' "$(utc $zone "${old[@]}")"
for z in UTC $zone; do
  expect "$("${jq17[@]}" --version), TZ $z" "$dropped" "$(utc "$z" "${jq17[@]}")"
  expect "$("${jq18[@]}" --version), TZ $z" "$dropped" "$(utc "$z" "${jq18[@]}")"
done
expect "Python" '2026-07-05T12:00:00+0200 -> 2026-07-05T10:00:00Z
2026-07-05T12:00:00+02:00 -> 2026-07-05T10:00:00Z
2026-07-05T10:00:00Z -> 2026-07-05T10:00:00Z
2026-07-05T05:00:00-0500 -> 2026-07-05T10:00:00Z
2026-07-05T12:00:00noon -> error' "$("$python" -c '
import datetime, sys
for text in sys.argv[1].split("\n"):
    try:
        time = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").astimezone(datetime.timezone.utc)
        print(f"{text} -> {time:%Y-%m-%dT%H:%M:%SZ}")
    except ValueError:
        print(f"{text} -> error")' "$times")"
