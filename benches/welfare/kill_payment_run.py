"""Kills a payment run again and again: `kill_payment_run.py PROGRAM KILLS [AWARDS]`.

PROGRAM is the example payment_run of maru-welfare: cargo build -p maru-welfare --release --example payment_run
A run is started, killed (SIGKILL) after a random time, and started again until it comes to its end; then everything is
checked: each award paid once, none lost, the file that which was released, the log whole. Then the next run begins, until
so many kills have hit a living process.
"""

import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time


def main():
    program, kills = sys.argv[1], int(sys.argv[2])
    awards = int(sys.argv[3]) if len(sys.argv) > 3 else 300
    work = pathlib.Path(tempfile.mkdtemp(prefix="maru-kill-"))
    seeded = work / "seeded"
    subprocess.run([program, "seed", seeded, str(awards)], check=True)
    begin = time.monotonic()
    subprocess.run([program, "run", shutil.copytree(seeded, work / "unharmed")], check=True, stdout=subprocess.DEVNULL)
    whole = time.monotonic() - begin
    random.seed(1)
    hit = runs = 0
    while hit < kills:
        folder = work / f"run-{runs}"
        shutil.copytree(seeded, folder)
        while True:
            process = subprocess.Popen([program, "run", folder], stdout=subprocess.DEVNULL)
            try:
                code = process.wait(random.uniform(0.05, 1.0) * whole)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                hit += 1
                continue
            if code != 0:
                sys.exit(f"a run ended with {code} after {hit} kills: {folder}")
            break
        subprocess.run([program, "check", folder, str(awards)], check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder)
        runs += 1
    shutil.rmtree(work)
    print(f"{hit} kills in {runs} runs of {awards} payments: nothing paid twice, nothing lost")


main()
