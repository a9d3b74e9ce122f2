#!/usr/bin/env bash
# serialport 13.0.0 for Node.js: its ReadlineParser is a stream of bytes, into which it writes each line without the
# line break, and not a stream of objects. Who asks such a stream gets all that waits as one piece, and `for await`
# asks: lines that came together, or while the body of the loop was busy, are one text without a border. 20.1, 20.2
# and 20.3 are "20.120.220.3", and parseFloat() makes 20.12 of that, without an error. With on("data"), the way of the
# documentation, each line comes by itself, and so it does in a loop with readableObjectMode. The documentation calls
# the parser a transform stream that emits lines, does not speak of loops, and Node.js lets streams be iterated.
. "$(dirname "$0")/lib.sh"
need node
npm_packages "$work/js" serialport@13.0.0 @serialport/parser-readline@13.0.0
cat >"$work/js/program.mjs" <<'JS'
import { SerialPort, ReadlineParser } from "serialport";
const [, , path, way] = process.argv;
const port = new SerialPort({ path, baudRate: 115200 });
const lines = port.pipe(new ReadlineParser({ readableObjectMode: way === "objects" }));
const got = [];
function take(line) {
  got.push(`${line} = ${parseFloat(line)}`);
  if (!line.endsWith("20.3")) return false;
  console.log(got.join(", "));
  port.close();
  return true;
}
port.on("open", () => console.log("open"));
if (way === "data") lines.on("data", take);
else for await (const line of lines) if (take(line)) break;
JS
cat >"$work/device.py" <<'PY'
import os, pty, select, subprocess, sys, tty
device, port = pty.openpty()
tty.setraw(port)
command = [word.replace("PORT", os.ttyname(port)) for word in sys.argv[1:]]
program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
assert program.stdout.readline() == "open\n"
os.write(device, b"20.1\n20.2\n20.3\n")
assert select.select([program.stdout], [], [], 20)[0], "the program says nothing"
print(program.stdout.readline(), end="")
program.kill()
PY
# readings WAY
readings() { "$python" "$work/device.py" node "$work/js/program.mjs" PORT "$1" || changed "the program failed"; }
single="20.1 = 20.1, 20.2 = 20.2, 20.3 = 20.3"
expect 'three lines at once, on("data")' "$single" "$(readings data)"
expect "for await" "20.120.220.3 = 20.12" "$(readings loop)"
expect "for await, with readableObjectMode" "$single" "$(readings objects)"
