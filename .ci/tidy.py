"""clang-tidy over the sources of a build, in parallel; what passed before and has not changed is not run again.

A source counts as unchanged if its text, every header of the project that it includes, its compiler command,
.clang-tidy and clang-tidy's version are the same. The included headers come from ninja's own record, so the
build must be up to date.
"""

import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import shlex
import subprocess
import sys


def included_files(build):
    """Object file -> every file that ninja saw it depend on."""
    out = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], check=True, capture_output=True, text=True)
    deps, current = {}, None
    for line in out.stdout.splitlines():
        if line.startswith(" "):
            deps[current].append(line.strip())
        elif ":" in line:
            current = line.split(":", 1)[0]
            deps[current] = []
    return deps


def fingerprint(entry, headers, build, root, common):
    digest = hashlib.sha256(common)
    digest.update(entry["command"].encode())
    for name in sorted({entry["file"], *headers}):
        path = (build / name).resolve()
        if path.is_relative_to(root):
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def without_precompiled(command):
    """The command without CMake's precompiled header: clang cannot read g++'s, and each source must include what it uses."""
    words = shlex.split(command)
    kept = []
    while words:
        word = words.pop(0)
        if word == "-include" and words and words[0].endswith("cmake_pch.hxx"):
            words.pop(0)
        elif word != "-Winvalid-pch":
            kept.append(word)
    return shlex.join(kept)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="build directory, built and up to date")
    parser.add_argument("--cache", type=pathlib.Path, required=True, help="where passes are remembered")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("folders", nargs="+", type=pathlib.Path, help="only sources in these")
    args = parser.parse_args()

    root = pathlib.Path.cwd().resolve()
    build = args.build.resolve()
    folders = [folder.resolve() for folder in args.folders]
    args.cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run(["clang-tidy", "--version"], check=True, capture_output=True).stdout
    common = version + (root / ".clang-tidy").read_bytes()

    deps = included_files(build)
    entries = json.loads((build / "compile_commands.json").read_text())
    for entry in entries:
        entry["command"] = without_precompiled(entry["command"])
    (args.cache / "compile_commands.json").write_text(json.dumps(entries))
    work = []
    for entry in entries:
        source = pathlib.Path(entry["file"])
        if any(source.is_relative_to(folder) for folder in folders):
            headers = deps.get(entry.get("output", ""))
            if headers is None:
                headers = deps.get(entry["command"].split(" -o ", 1)[1].split()[0], [])
            mark = args.cache / fingerprint(entry, headers, build, root, common)
            if not mark.exists():
                work.append((source, mark))
    if not work:
        print("clang-tidy: nothing has changed")
        return 0

    def check(job):
        source, mark = job
        # The build is g++'s, which knows warnings that clang does not.
        command = ["clang-tidy", "--quiet", "--extra-arg=-Wno-unknown-warning-option", "-p", str(args.cache), str(source)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 0:
            mark.touch()
        return source, done

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for source, done in pool.map(check, work):
            if done.returncode != 0:
                failed += 1
                print(f"{source.relative_to(root)}\n{done.stdout}{done.stderr}", flush=True)
    print(f"clang-tidy: {len(work)} sources checked, {failed} with faults")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
