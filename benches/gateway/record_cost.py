#!/usr/bin/env python3
"""What a recorded call's time on processors is for: `record_cost.rs` under `perf`.

    python3 benches/gateway/record_cost.py [--profile dist|release|dev] [--calls 20480] [--together 320] [--binary FILE] [--top 0]

Every sample is counted to one kind of work by the function that ran, so that the kinds add up to the whole. Time on processors is measured, not time
that passes: others on the machine disturb it little. Needs perf (its clock, no counters of the processor).
"""

import argparse
import collections
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = [
    ("the system (files, threads)", r"^\[k\]"),
    ("sealing", r"chacha|poly1305|aead|universal_hash|cipher|inout"),
    ("hashing", r"sha2|digest|block_buffer"),
    ("base64", r"base64"),
    ("JSON", r"serde|itoa|indexmap"),
    ("signature", r"curve25519|ed25519"),
    ("SQLite's driver", r"rusqlite|hashlink"),
    ("the gateway's own", r"maru_gateway"),
    ("the ledger's own", r"maru_ledger"),
    ("allocation", r"mi_|malloc|realloc|^\[\.\] (cfree|free)$|alloc::(alloc|raw_vec)|drop_in_place"),
    ("copying and comparing", r"mem(cpy|move|set|cmp|chr)"),
    ("threads that wait for each other", r"tokio|mpmc|mpsc|futex|pthread"),
    ("collections, texts, hashing of names", r"core::|alloc::|std::|hashbrown|<"),
    ("SQLite", r"^\[\.\] [a-z0-9_]+(\.(part|constprop|isra|cold)\S*)?$|sqlite3"),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", default="dist")
    parser.add_argument("--calls", type=int, default=20480)
    parser.add_argument("--together", type=int, default=320)
    parser.add_argument("--binary", help="measured instead of what is built")
    parser.add_argument("--top", type=int, default=0, help="also so many functions that take most")
    options = parser.parse_args()
    binary = options.binary
    if not binary:
        build = ["cargo", "build", "--locked", "--profile", options.profile, "-p", "maru-gateway", "--example", "record_cost"]
        subprocess.run(build, check=True, cwd=ROOT)
        binary = str(ROOT / "target" / ("debug" if options.profile == "dev" else options.profile) / "examples" / "record_cost")
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/samples"
        run = [binary, "--calls", str(options.calls), "--together", str(options.together), "--data", folder]
        said = subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "4999", "-o", out, "--", *run], check=True, capture_output=True, text=True).stdout
        report = ["perf", "report", "-i", out, "--stdio", "--no-children", "--sort", "symbol", "-F", "sample,symbol", "--percent-limit", "0"]
        shown = subprocess.run(report, check=True, capture_output=True, text=True).stdout
    print(said, end="")
    functions = collections.Counter()
    for line in shown.splitlines():
        if match := re.match(r"^\s*(\d+)\s+(\[[.k]\] .*?)\s*$", line):
            functions[match[2]] += int(match[1])
    all_samples = sum(functions.values())
    micros = float(re.search(r"all\s+([\d.]+)", said)[1]) / all_samples
    kinds = collections.Counter()
    for function, samples in functions.items():
        kinds[next((kind for kind, pattern in KINDS if re.search(pattern, function)), "the rest")] += samples
    print(f"of that, by what it is for ({all_samples:,} samples):")
    for kind, samples in kinds.most_common():
        print(f"  {kind:<38}{samples * micros:>8.2f}")
    for function, samples in functions.most_common(options.top):
        print(f"  {samples * micros:>8.2f}  {function[:150]}")


if __name__ == "__main__":
    main()
