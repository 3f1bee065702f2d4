#!/usr/bin/env python3
"""Takes the disk or the database away from a running server and gives it back: errors must be clear, recovery must need no hand.

    benches/crash/outage.py disk     --maru target/release/maru     (as root: mounts a tmpfs of 32 MiB)
    benches/crash/outage.py database --maru target/release/maru     (starts a PostgreSQL of its own, kills and restarts it)

Nothing but Python, and for `database` the programs of PostgreSQL, is needed.
"""
import argparse
import collections
import glob
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

from kill_under_load import Server, free_port, lost
import http.client


def post(port, key, text):
    """Status, media type and body of one inquiry; status 0 where there was no answer at all."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"content-type": "application/json", "accept": "application/json", "idempotency-key": key}
        connection.request("POST", "/api/v1/inquiries", json.dumps({"title": "시험", "text": text}).encode(), headers)
        response = connection.getresponse()
        return response.status, response.headers.get("content-type", ""), json.loads(response.read() or b"{}")
    except (OSError, http.client.HTTPException, ValueError):
        return 0, "", {}


class Senders:
    """Keeps sending over several connections; notes each receipt, and each refusal with what it said."""

    def __init__(self, port, connections=8, length=4_000):
        self.port, self.stopped, self.acknowledged, self.refusals = port, False, [], collections.Counter()
        self.last, self.text = 0.0, "가로등이 꺼졌습니다. " * (length // 12)
        self.threads = [threading.Thread(target=self.send, args=(number,)) for number in range(connections)]
        for thread in self.threads:
            thread.start()

    def send(self, number):
        serial = 0
        while not self.stopped:
            serial += 1
            text = f"{self.text} {number}-{serial}"
            status, media, body = post(self.port, f"outage-{number}-{serial}", text)
            if status == 201:
                self.acknowledged.append((body["receipt"], body["code"], text))
                self.last = time.monotonic()
            else:
                self.refusals[(status, media.split(";")[0], body.get("title", ""))] += 1
                time.sleep(0.05)

    def stop(self):
        self.stopped = True
        for thread in self.threads:
            thread.join()


def wait_for(what, condition, seconds=60):
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            sys.exit(f"{what}: not within {seconds} seconds")
        time.sleep(0.05)
    return time.monotonic() - began


def finish(arguments, server, senders, place):
    began = len(senders.acknowledged)
    wait_for("no receipt after the outage", lambda: len(senders.acknowledged) >= began + 20)
    senders.stop()
    for (status, media, title), count in senders.refusals.items():
        print(f"  refused {count} times: {status} {media} {title!r}")
    bad = [status for status, media, _ in senders.refusals if status != 503 or media != "application/problem+json"]
    if bad:
        sys.exit(f"refused otherwise than with 503 and a problem: {bad}")
    missing = lost(server.port, senders.acknowledged)
    if missing:
        sys.exit(f"acknowledged but lost: {missing[:5]} ({len(missing)} in all)")
    server.process.terminate()
    server.process.wait(timeout=60)
    verified = subprocess.run([arguments.maru, "ledger", "verify", *place], capture_output=True, text=True, check=False)
    if verified.returncode:
        sys.exit(f"the log does not verify: {verified.stdout}{verified.stderr}")
    print(f"  {len(senders.acknowledged)} acknowledged, all there; {verified.stdout.strip()}")


def disk(arguments):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", folder], check=True)
        try:
            ballast = pathlib.Path(folder) / "ballast"
            ballast.write_bytes(bytes(12 << 20))
            place = ["--data", folder]
            server = Server(arguments.maru, place, free_port())
            server.wait()
            senders = Senders(server.port)
            wait_for("the disk did not fill", lambda: senders.refusals)
            print(f"the disk is full after {len(senders.acknowledged)} receipts")
            time.sleep(2)
            ballast.unlink()
            full_at = len(senders.acknowledged)
            took = wait_for("no receipt after there was room again", lambda: len(senders.acknowledged) > full_at)
            print(f"there is room again: the next receipt after {took:.2f} s")
            finish(arguments, server, senders, place)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def database(arguments):
    binaries = pathlib.Path(sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1])
    as_owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as data:
        os.chmod(folder, 0o777)
        cluster, port = f"{folder}/cluster", free_port()
        quiet = {"stdout": subprocess.DEVNULL, "check": True, "cwd": "/"}
        subprocess.run([*as_owner, binaries / "initdb", "-D", cluster, "-U", "postgres", "--auth=trust"], **quiet)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder}"
        control = [*as_owner, binaries / "pg_ctl", "-D", cluster, "-o", options, "-l", f"{folder}/log", "-w"]
        subprocess.run([*control, "start"], **quiet)
        try:
            place = ["--data", data, "--database", f"postgres://postgres@127.0.0.1:{port}/postgres"]
            server = Server(arguments.maru, place, free_port())
            server.wait()
            senders = Senders(server.port, length=400)
            for mode in ("immediate", "fast"):
                before = len(senders.acknowledged)
                wait_for("nothing was taken in", lambda before=before: len(senders.acknowledged) >= before + 50)
                subprocess.run([*control, "-m", mode, "stop"], **quiet)
                time.sleep(3)
                subprocess.run([*control, "start"], **quiet)
                stopped = len(senders.acknowledged)
                took = wait_for("no receipt after the restart", lambda at=stopped: len(senders.acknowledged) > at)
                print(f"the database is back (stopped: {mode}): the next receipt after {took:.2f} s")
            finish(arguments, server, senders, place)
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], stdout=subprocess.DEVNULL, check=False, cwd="/")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["disk", "database"])
    parser.add_argument("--maru", default="target/release/maru", type=pathlib.Path)
    arguments = parser.parse_args()
    disk(arguments) if arguments.what == "disk" else database(arguments)


if __name__ == "__main__":
    main()
