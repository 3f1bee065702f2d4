"""Kills a screening that makes lots of proposals again and again: `kill_lots.py MARU NATION KILLS`.

MARU is the program, NATION a population with receipts (maru welfare population generate, receipts). A screening with --proposals is
started, killed (SIGKILL) after a random time, and started again until it comes to its end; what it found must be what a
screening finds that nobody killed, and the log and every lot must be whole. Whoever goes on waits until the lease of the killed
process ends, half a minute at most; so does this.
"""

import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

FOUND = re.compile(r"\d+ proposals wait for an official")


def screen(program, nation, data):
    command = [program, "welfare", "screen", "--population", nation, "--period", "2026-03", "--proposals", str(data), "--every-benefit"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def found(process):
    told = process.communicate()[0]
    if process.returncode != 0:
        sys.exit(f"the screening ended with {process.returncode}")
    return FOUND.search(told).group(0)


def main():
    program, nation, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
    work = pathlib.Path(tempfile.mkdtemp(prefix="maru-lots-"))
    begin = time.monotonic()
    expected = found(screen(program, nation, work / "unharmed"))
    whole = time.monotonic() - begin
    random.seed(1)
    hit = 0
    while hit < kills:
        process = screen(program, nation, work / "killed")
        try:
            process.wait(random.uniform(0.1, 1.0) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            hit += process.wait() == -signal.SIGKILL
            print(f"{hit} of {kills} kills", file=sys.stderr, flush=True)
            continue
        check(program, work / "killed", found(process), expected)
        # The same month once more: it finds the same, and changes nothing.
        check(program, work / "killed", found(screen(program, nation, work / "killed")), expected)
        shutil.rmtree(work / "killed")
    check(program, work / "killed", found(screen(program, nation, work / "killed")), expected)
    shutil.rmtree(work)
    print(f"{hit} kills: {expected}, the log and every lot whole (a screening takes {whole:.1f} s)")


def check(program, data, told, expected):
    if told != expected:
        sys.exit(f"{told}; unharmed: {expected}")
    subprocess.run([program, "ledger", "verify", "--data", str(data)], check=True, stdout=subprocess.DEVNULL)


main()
