"""Kills a payment run again and again: `kill_payment_run.py PROGRAM KILLS [AWARDS] [--check-file]`.

PROGRAM is the example payment_run of maru-welfare: cargo build -p maru-welfare --release --example payment_run
A run is started, killed (SIGKILL) after a random time, and started again until it comes to its end; then everything is
checked: each award paid once, none lost, the file that which was released, the log whole. Then the next run begins, until
so many kills have hit a living process. With --check-file the last file is held against its schema too.
"""

import argparse
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time


def killed_until_done(program, folder, whole):
    """How many kills hit the run in a folder before it came to its end."""
    hit = 0
    while True:
        process = subprocess.Popen([program, "run", folder], stdout=subprocess.DEVNULL)
        try:
            code = process.wait(random.uniform(0.05, 1.0) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            # One that ended by itself in that very moment was not hit.
            if process.wait() == -signal.SIGKILL:
                hit += 1
            continue
        if code != 0:
            sys.exit(f"a run ended with {code} after {hit} kills: {folder}")
        return hit


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("kills", type=int)
    parser.add_argument("awards", type=int, nargs="?", default=300)
    parser.add_argument("--check-file", action="store_true")
    asked = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="maru-kill-"))
    seeded = work / "seeded"
    subprocess.run([asked.program, "seed", seeded, str(asked.awards)], check=True)
    begin = time.monotonic()
    subprocess.run([asked.program, "run", shutil.copytree(seeded, work / "unharmed")], check=True, stdout=subprocess.DEVNULL)
    whole = time.monotonic() - begin
    random.seed(1)
    hit = runs = 0
    while hit < asked.kills:
        folder = shutil.copytree(seeded, work / f"run-{runs}")
        hit += killed_until_done(asked.program, folder, whole)
        subprocess.run([asked.program, "check", folder, str(asked.awards)], check=True, stdout=subprocess.DEVNULL)
        runs += 1
        if asked.check_file and hit >= asked.kills:
            checker = pathlib.Path(__file__).with_name("check_payment_file.py")
            for file in sorted((folder / "outbox").glob("*.xml")):
                subprocess.run([sys.executable, checker, file], check=True)
        shutil.rmtree(folder)
    shutil.rmtree(work)
    print(f"{hit} kills in {runs} runs of {asked.awards} payments: nothing paid twice, nothing lost (a run takes {whole:.1f} s)")


main()
