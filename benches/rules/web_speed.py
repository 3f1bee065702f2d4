"""Time of one `/calculate` over HTTP: Maru's Web API, and OpenFisca's where `openfisca` is installed.

    python benches/rules/web_speed.py target/release/maru [--requests 2000]

Needs `pip install openfisca-core[web-api] openfisca-country-template`. One connection that stays open, one request after the other, the
couple of the country template's own example; the time from the first byte sent to the last byte received.
"""

import argparse
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

import openfisca_country_template as template


def connect(port):
    for _ in range(600):
        try:
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nobody listens on port {port}")


def answer(connection):
    """One response, read to its end."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return head, body


def processor_seconds(process):
    """How long the server has been on a processor."""
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(name, port, requests, process):
    situation = (pathlib.Path(template.__file__).parent / "situation_examples/couple.json").read_bytes()
    head = f"POST /calculate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(situation)}\r\n\r\n"
    request = head.encode() + situation
    connection = connect(port)
    times = []
    busy = processor_seconds(process)
    for _ in range(requests):
        begin = time.perf_counter()
        connection.sendall(request)
        status, body = answer(connection)
        times.append(time.perf_counter() - begin)
        if b" 200 " not in status.split(b"\r\n")[0]:
            raise SystemExit(f"{name}: {status.decode()}\n{body.decode()}")
        if b"onnection: close" in status:
            connection = connect(port)
    busy = processor_seconds(process) - busy
    json.loads(body)
    times.sort()
    p50, p95 = times[len(times) // 2], times[len(times) * 95 // 100]
    print(f"{name}: p50 {p50 * 1e3:.3f} ms, p95 {p95 * 1e3:.3f} ms of {requests}; {busy / requests * 1e3:.3f} ms on a processor each")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("maru")
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--without-core", action="store_true")
    arguments = parser.parse_args()
    package = str(pathlib.Path(template.__file__).parent)
    servers = [("Maru", 5901, [arguments.maru, "rules", "serve", package, "--address", "127.0.0.1:5901"], arguments.requests)]
    if not arguments.without_core:
        openfisca = str(pathlib.Path(sys.executable).parent / "openfisca")
        core = [openfisca, "serve", "--country-package", "openfisca_country_template", "--port", "5902"]
        servers.append(("OpenFisca Core", 5902, core, max(50, arguments.requests // 20)))
    for name, port, command, requests in servers:
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            measure(name, port, requests, server.pid)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
