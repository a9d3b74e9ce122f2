#!/usr/bin/python3
"""Runs fuzz targets, for ./dev fuzz.

Without a target, all of them run one after another. New inputs are stored in build/fuzz/corpus/TARGET,
and inputs that terminate the program in build/fuzz/crashes. Exits with 1 if there is such an input.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/fuzz"
PROGRAM = BUILD / "bin/fuzz"
CORPUS = ROOT / "tests/fuzz/corpus"
SEEDS = BUILD / "tests/fuzz/seeds"
FOUND = BUILD / "corpus"
CRASHES = BUILD / "crashes"
MOST_FILES, MOST_BYTES = 100, 100_000  # for each target in tests/fuzz/corpus
LIMITS = ["-timeout=20", "-rss_limit_mb=3000"]


def targets():
    """Returns the names of the targets, as the program lists them."""
    done = subprocess.run([PROGRAM], env={**os.environ, "FUZZ": ""}, capture_output=True, text=True)
    return done.stderr.split(":", 1)[1].split()


def seconds_of(text):
    found = re.fullmatch(r"(\d+)(s|min|h)", text)
    if found is None:
        raise argparse.ArgumentTypeError("expected a duration such as 60s, 10min or 1h")
    return int(found[1]) * {"s": 1, "min": 60, "h": 3600}[found[2]]


def command(target, *arguments):
    environment = {**os.environ, "FUZZ": target}
    environment.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
    return {"args": [str(a) for a in (PROGRAM, *LIMITS, *arguments)], "env": environment}


def inputs(target):
    return [folder / target for folder in (CORPUS, SEEDS) if (folder / target).is_dir()]


def run(target, seconds):
    """Fuzzes a target. Returns its line of the table, and the inputs that terminated it."""
    own, crashes = FOUND / target, CRASHES / target
    for folder in (own, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    before = set(crashes.iterdir())
    log = BUILD / "logs" / f"{target}.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("w") as out:
        done = subprocess.run(**command(
            target, f"-max_total_time={seconds}", f"-artifact_prefix={crashes}/", "-print_final_stats=1", "-reload=0",
            own, *inputs(target)), stdout=out, stderr=subprocess.STDOUT)
    text = log.read_text(errors="replace")
    executions = (re.findall(r"number_of_executed_units: (\d+)", text) or re.findall(r"^#(\d+)\t", text, re.M) or ["0"])[-1]
    coverage = (re.findall(r" cov: (\d+)", text) or ["?"])[-1]
    features = (re.findall(r" ft: (\d+)", text) or ["?"])[-1]
    new = sorted(f for f in set(crashes.iterdir()) - before if not f.name.startswith("slow-unit"))
    result = "no fault" if done.returncode == 0 else f"FAULT, see {log.relative_to(ROOT)}"
    print(f"{target:14} {int(executions):>12,} {coverage:>9} {features:>9}  {result}", flush=True)
    return done.returncode == 0, new


def fuzz(names, seconds):
    print(f"{'target':14} {'executions':>12} {'coverage':>9} {'features':>9}  result ({seconds} s each)", flush=True)
    good = True
    for target in names:
        passed, crashes = run(target, seconds)
        good &= passed
        for file in crashes:
            print(f"  reproduce: ./dev fuzz {target} --reproduce {file.relative_to(ROOT)}", flush=True)
    return 0 if good else 1


def reproduce(target, file):
    return subprocess.run(**command(target, file)).returncode


def minimise(target):
    """Reduces tests/fuzz/corpus to the fewest files that reach all code which was found and which the
    seeds do not reach.
    """
    kept = CORPUS / target
    kept.mkdir(parents=True, exist_ok=True)
    # Files with names that were chosen by hand are regressions and are kept.
    named = [file for file in kept.iterdir() if not re.fullmatch("[0-9a-f]{40}", file.name)]
    with tempfile.TemporaryDirectory() as folder:
        merged = pathlib.Path(folder)
        for file in [*named, *(SEEDS / target).iterdir()]:
            shutil.copy(file, merged / file.name)
        known = {file.name for file in merged.iterdir()}
        found = [folder for folder in (kept, FOUND / target) if folder.is_dir()]
        # Without counters, so that only reached code counts, and not how often it is reached.
        subprocess.run(**command(target, "-set_cover_merge=1", "-use_counters=0", merged, *found), check=True, capture_output=True)
        files, size = len(named), sum(file.stat().st_size for file in named)
        chosen = []
        for file in sorted((f for f in merged.iterdir() if f.name not in known), key=lambda f: (f.stat().st_size, f.name)):
            files, size = files + 1, size + file.stat().st_size
            if files > MOST_FILES or size > MOST_BYTES:
                print(f"{target}: some larger files are left out")
                break
            chosen.append((file.name, file.read_bytes()))
        for file in set(kept.iterdir()) - set(named):
            file.unlink()
        for name, data in chosen:
            (kept / name).write_bytes(data)
    print(f"{target}: {len(named) + len(chosen)} files in {kept.relative_to(ROOT)}")


def main():
    known = targets()
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(known) + " (default: all)")
    parser.add_argument("--for", dest="seconds", type=seconds_of, default=60, metavar="TIME", help="for each target (default: 60s)")
    parser.add_argument("--reproduce", metavar="FILE", help="run one target over one input")
    parser.add_argument("--minimise", action="store_true", help="take over into tests/fuzz/corpus what was found")
    args = parser.parse_args()
    for name in args.targets:
        if name not in known:
            parser.error(f"there is no target {name}; there are {', '.join(known)}")
    names = args.targets or known
    if args.reproduce:
        if len(args.targets) != 1:
            parser.error("--reproduce needs one target")
        return reproduce(names[0], args.reproduce)
    if args.minimise:
        for name in names:
            minimise(name)
        return 0
    return fuzz(names, args.seconds)


if __name__ == "__main__":
    sys.exit(main())
