#!/usr/bin/env python3
"""Dependencies that the rules propose from a plan's texts, against those that were read in them.

cargo build -p maru-plan --example dependencies
python3 benches/plan/dependencies.py ../shared/data/action-plan.tsv
"""
import os
import subprocess
import sys

program = os.path.join(os.environ.get("CARGO_TARGET_DIR", "target"), "debug/examples/dependencies")
output = subprocess.run([program, sys.argv[1]], capture_output=True, text=True, check=True).stdout
proposed = {tuple(line.split("\t")[:2]) for line in output.splitlines()}
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "dependencies.tsv"), encoding="utf-8") as file:
    read = {tuple(line.split()) for line in file if line.strip() and not line.startswith("#")}


def shown(pairs):
    numbers = lambda pair: [[int(part) for part in one.split("-")] for one in pair]
    return ", ".join(f"{dependent}<{prerequisite}" for dependent, prerequisite in sorted(pairs, key=numbers))


both = proposed & read
print(f"proposed {len(proposed)}, read {len(read)}, both {len(both)}")
print(f"precision {len(both) / max(len(proposed), 1):.2%}   recall {len(both) / max(len(read), 1):.2%}")
print(f"proposed and not read: {shown(proposed - read)}")
print(f"read and not proposed: {shown(read - proposed)}")
