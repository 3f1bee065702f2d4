"""Kills a payment run again and again:
`kill_payment_run.py PROGRAM KILLS [AWARDS] [--check-file] [--postgres ADDRESS] [--at-once N]`.

PROGRAM is the example payment_run of maru-welfare: cargo build -p maru-welfare --release --example payment_run
A run is started, killed (SIGKILL) after a random time, and started again until it comes to its end; then everything is
checked: each award paid once, none lost, the file that which was released, the log whole. Then the next run begins, until
so many kills have hit a living process. N runs (2 if not said) go on at once, each in a deployment of its own. With --check-file the last file is held against its schema too. With --postgres
(postgres://user@host:port) the deployment stands on that server instead of SQLite, in databases maru_kill_…, made and dropped
with psql; the program is killed, not the server.
"""

import argparse
import concurrent.futures
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time


class Deployments:
    """Folders in which a deployment lies, with a database of its own where a server is named."""

    def __init__(self, work, postgres):
        self.work, self.postgres = work, postgres

    def sql(self, statement):
        subprocess.run(["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-c", statement, f"{self.postgres}/postgres"], check=True)

    def make(self, name, like=None):
        folder = self.work / name
        if like is None:
            folder.mkdir()
        else:
            shutil.copytree(self.work / like, folder)
        if self.postgres:
            template = f" TEMPLATE maru_kill_{like}" if like else ""
            self.sql(f"DROP DATABASE IF EXISTS maru_kill_{name} WITH (FORCE)")
            self.sql(f"CREATE DATABASE maru_kill_{name}{template}")
            (folder / "database").write_text(f"{self.postgres}/maru_kill_{name}")
        return folder

    def drop(self, name):
        shutil.rmtree(self.work / name)
        if self.postgres:
            self.sql(f"DROP DATABASE IF EXISTS maru_kill_{name} WITH (FORCE)")


def killed_until_done(program, folder, whole, chance):
    """How many kills hit the run in a folder before it came to its end."""
    hit = 0
    while True:
        process = subprocess.Popen([program, "run", folder], stdout=subprocess.DEVNULL)
        try:
            code = process.wait(chance.uniform(0.05, 1.0) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            # One that ended by itself in that very moment was not hit.
            if process.wait() == -signal.SIGKILL:
                hit += 1
            continue
        if code != 0:
            sys.exit(f"a run ended with {code} after {hit} kills: {folder}")
        return hit


def one_run(asked, deployments, number, whole):
    """A run killed until it came to its end, and everything checked: its folder, and how many kills hit it."""
    name = f"run_{number}"
    folder = deployments.make(name, "seeded")
    hit = killed_until_done(asked.program, folder, whole, random.Random(number))
    subprocess.run([asked.program, "check", folder, str(asked.awards)], check=True, stdout=subprocess.DEVNULL)
    return name, folder, hit


def whole_run(asked, deployments):
    """How long a run takes that nobody kills, as many of them at once as there will be."""

    def one(number):
        name = f"unharmed_{number}"
        folder = deployments.make(name, "seeded")
        begin = time.monotonic()
        subprocess.run([asked.program, "run", folder], check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - begin
        deployments.drop(name)
        return seconds

    with concurrent.futures.ThreadPoolExecutor(asked.at_once) as pool:
        return sum(pool.map(one, range(asked.at_once))) / asked.at_once


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("kills", type=int)
    parser.add_argument("awards", type=int, nargs="?", default=300)
    parser.add_argument("--check-file", action="store_true")
    parser.add_argument("--postgres", metavar="ADDRESS")
    parser.add_argument("--at-once", type=int, default=2, metavar="N")
    asked = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="maru-kill-"))
    deployments = Deployments(work, asked.postgres)
    subprocess.run([asked.program, "seed", deployments.make("seeded"), str(asked.awards)], check=True)
    whole = whole_run(asked, deployments)
    hit = runs = 0
    with concurrent.futures.ThreadPoolExecutor(asked.at_once) as pool:
        at_work = {pool.submit(one_run, asked, deployments, number, whole) for number in range(asked.at_once)}
        begun = asked.at_once
        while at_work:
            done, at_work = concurrent.futures.wait(at_work, return_when=concurrent.futures.FIRST_COMPLETED)
            for run in done:
                name, folder, hits = run.result()
                hit, runs = hit + hits, runs + 1
                if asked.check_file and hit >= asked.kills:
                    checker = pathlib.Path(__file__).with_name("check_payment_file.py")
                    for file in sorted((folder / "outbox").glob("*.xml")):
                        subprocess.run([sys.executable, checker, file], check=True)
                deployments.drop(name)
                if hit < asked.kills:
                    at_work.add(pool.submit(one_run, asked, deployments, begun, whole))
                    begun += 1
            print(f"{hit} of {asked.kills} kills", file=sys.stderr, flush=True)
    deployments.drop("seeded")
    shutil.rmtree(work)
    where = "PostgreSQL" if asked.postgres else "SQLite"
    print(f"{where}: {hit} kills in {runs} runs of {asked.awards} payments: nothing paid twice, nothing lost (a run takes {whole:.1f} s)")


main()
