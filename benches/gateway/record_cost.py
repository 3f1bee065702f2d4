#!/usr/bin/env python3
"""What the instructions of a recorded call are for: `record_cost.rs` under callgrind.

    python3 benches/gateway/record_cost.py [--profile dist] [--no-build] [--calls 3200] [--together 320] [--binary FILE]

The example runs twice, with so many calls and with twice as many: the difference, divided by the calls, leaves out how the program begins. Every
function's own instructions are counted to one kind of work, so that the kinds add up to the whole; what is done for others (allocation, copying)
is a kind of its own. Valgrind knows no SHA instructions of processors: hashing takes about a sixth of what stands here where they are there.
Needs valgrind.
"""

import argparse
import collections
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = [
    ("SQLite", r"^sqlite3|^(btree|pager|wal|vdbe|pcache1?|unix|balance|cell|moveTo|insertCell|allocateBtree|memjrnl|drop[CP]|fill|get[CP]|page|defrag|columnIndex|valueNew|bindText|yy_|resolve|expr|parserAdd|keywordCode|zeroPage|decodeFlags|readDbPage|accessPayload|clearCell|newDatabase|setChildPtrmaps|editPage|releasePage|freeP4|freeSpace|lookasideM|saveCursor|indexCell|rebuildPage|codeVerify|tableAnd|where)|rusqlite|libsqlite3|hashlink"),
    ("statements, rows and sums", r"maru_ledger::(database|gathered|schema|head|idempotency|vault)|maru_gateway::record::projection|maru_gateway::record::latency"),
    ("JSON", r"serde|itoa|ryu|indexmap|preserve_order|hashbrown"),
    ("sealing", r"chacha|poly1305|aead|salsa|universal_hash|rand"),
    ("hashing", r"sha2|digest|block_buffer"),
    ("base64", r"base64"),
    ("allocation", r"^_?mi_|^mi_|malloc|calloc|realloc|^free$|__rust_(alloc|dealloc|realloc)|__rdl|alloc::alloc"),
    ("copying and comparing", r"mem(cpy|move|set|cmp|chr)|strlen|core::slice::memchr"),
    ("Merkle tree and signature", r"merkle|curve25519|ed25519"),
    ("record, the gateway's side", r"maru_gateway"),
    ("record, the ledger's side", r"maru_ledger"),
]


def count(binary, calls, together):
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/out"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", binary]
        command += ["--calls", str(calls), "--together", str(together), "--data", folder]
        subprocess.run(command, check=True, capture_output=True)
        shown = subprocess.run(["callgrind_annotate", "--threshold=100", "--auto=no", "--show=Ir", out], check=True, capture_output=True, text=True).stdout
    found = collections.Counter()
    for line in shown.splitlines():
        match = re.match(r"^\s*([\d,]+)\s+(?:\([^)]*\)\s+)?[^:]*:(.+?)(?:\s\[.*\])?$", line)
        if match and "PROGRAM TOTALS" not in line:
            found[re.sub(r"'\d+$", "", match[2].strip())] += int(match[1].replace(",", ""))
    return found


def kind_of(function):
    plain = re.sub(r"^\S+\.(rs|c):", "", function)
    return next((kind for kind, pattern in KINDS if re.search(pattern, plain)), "the rest")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", default="dist")
    parser.add_argument("--no-build", action="store_true")
    parser.add_argument("--calls", type=int, default=3200)
    parser.add_argument("--together", type=int, default=320)
    parser.add_argument("--binary")
    parser.add_argument("--top", type=int, default=0, help="also the functions with most instructions")
    options = parser.parse_args()
    if not options.no_build and not options.binary:
        build = ["cargo", "build", "--locked", "--profile", options.profile, "-p", "maru-gateway", "--example", "record_cost"]
        subprocess.run(build, check=True, cwd=ROOT)
    folder = "debug" if options.profile == "dev" else options.profile
    binary = options.binary or str(ROOT / "target" / folder / "examples" / "record_cost")
    once, twice = (count(binary, times * options.calls, options.together) for times in (1, 2))
    twice.subtract(once)
    by_kind = collections.Counter()
    for function, instructions in twice.items():
        by_kind[kind_of(function)] += instructions
    print(f"instructions for a recorded call ({options.together} at a time)")
    for kind, instructions in by_kind.most_common():
        print(f"  {kind:<30}{instructions / options.calls:>12,.0f}")
    print(f"  {'all':<30}{sum(by_kind.values()) / options.calls:>12,.0f}")
    for function, instructions in twice.most_common(options.top):
        print(f"  {instructions / options.calls:>10,.0f}  {kind_of(function)}: {function[:150]}")


if __name__ == "__main__":
    main()
