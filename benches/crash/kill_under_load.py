#!/usr/bin/env python3
"""Kills a server at random moments under load, again and again; nothing that was acknowledged may be lost.

    benches/crash/kill_under_load.py --maru target/release/maru [--rounds 200] [--database postgres://…]

Each round: start the server, send inquiries over several connections, kill -9 after a random time, start it again, read the acknowledged
receipts back. `maru ledger verify` runs after every kill. Needs nothing but Python.
"""
import argparse
import http.client
import json
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, maru, place, port):
        command = [maru, "serve", *place, "--address", f"127.0.0.1:{port}", "--no-rate-limits"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.port = port

    def wait(self):
        for _ in range(600):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/health/ready")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None:
                sys.exit(f"the server did not start: code {self.process.returncode}")
            time.sleep(0.05)
        sys.exit("the server was not ready after 30 seconds")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def send(port, worker, round_number, acknowledged):
    """Sends until the connection breaks; notes every receipt that was acknowledged."""
    serial = 0
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        while True:
            serial += 1
            text = f"가로등이 꺼졌습니다. 라운드 {round_number}, 연결 {worker}, 번호 {serial}"
            body = json.dumps({"title": "가로등", "text": text}).encode()
            headers = {"content-type": "application/json", "idempotency-key": f"crash-{round_number}-{worker}-{serial}"}
            connection.request("POST", "/api/v1/inquiries", body, headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
            if response.status == 201:
                acknowledged.append((answer["receipt"], answer["code"], text))
    except (OSError, http.client.HTTPException, ValueError):
        return


def lost(port, acknowledged):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    missing = []
    for receipt, code, text in acknowledged:
        connection.request("GET", f"/api/v1/inquiries/{receipt}", headers={"x-access-code": code, "accept": "application/json"})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200 or json.loads(body)["text"] != text:
            missing.append((receipt, response.status))
    return missing


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--maru", default="target/release/maru", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--database")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    total = 0
    with tempfile.TemporaryDirectory() as folder:
        place = ["--data", folder] + (["--database", arguments.database] if arguments.database else [])
        for round_number in range(1, arguments.rounds + 1):
            server = Server(arguments.maru, place, free_port())
            server.wait()
            acknowledged = []
            workers = [
                threading.Thread(target=send, args=(server.port, worker, round_number, acknowledged))
                for worker in range(arguments.connections)
            ]
            for worker in workers:
                worker.start()
            time.sleep(chance.uniform(0.02, 0.6))
            server.kill()
            for worker in workers:
                worker.join()
            verified = subprocess.run([arguments.maru, "ledger", "verify", *place], capture_output=True, text=True, check=False)
            if verified.returncode != 0:
                sys.exit(f"round {round_number}: the log does not verify: {verified.stdout}{verified.stderr}")
            server = Server(arguments.maru, place, free_port())
            server.wait()
            missing = lost(server.port, acknowledged)
            server.kill()
            if missing:
                sys.exit(f"round {round_number}: acknowledged but lost: {missing[:5]} ({len(missing)} in all)")
            total += len(acknowledged)
            print(f"round {round_number}: {len(acknowledged)} acknowledged, all there; {verified.stdout.strip()}", flush=True)
    print(f"{arguments.rounds} kills, {total} acknowledged receipts, none lost; the log verified every time")


if __name__ == "__main__":
    main()
