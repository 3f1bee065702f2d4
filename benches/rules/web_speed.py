"""Time of one `/calculate` over HTTP: Maru's Web API, and OpenFisca's where `openfisca` is installed.

    python benches/rules/web_speed.py target/dist/maru [--requests 10000] [--without-core]

Needs `pip install openfisca-core[web-api] openfisca-country-template`. Twenty connections, one after the other, each with one request after the other, the
couple of the country template's own example; the time from the first byte sent to the last byte received. The client writes once and
reads until as many bytes came as the first answer had, and looks at what it got after the clock has stopped: the same for every server.
An echo of the same bytes between two processes says what the machine and this client take without any server.
"""

import argparse
import json
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import time

import openfisca_country_template as template

# Client and server meet on one processor or on two, which the system chooses for each connection anew: several are measured.
CONNECTIONS = 20


def connect(port):
    for _ in range(600):
        try:
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # The kernel's own limit: Python's would ask the kernel twice for each read.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 30, 0))
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


def question():
    situation = (pathlib.Path(template.__file__).parent / "situation_examples/couple.json").read_bytes()
    head = f"POST /calculate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(situation)}\r\n\r\n"
    return head.encode() + situation


def exchange(connection, request, length):
    """Seconds until an answer of a known length is there, and the answer."""
    begin = time.perf_counter()
    connection.sendall(request)
    received = connection.recv(65536)
    while len(received) < length:
        more = connection.recv(65536)
        if not more:
            break
        received += more
    return time.perf_counter() - begin, received


def report(name, rounds, busy):
    medians = sorted(sorted(times)[len(times) // 2] * 1e3 for times in rounds)
    times = sorted(seconds for times in rounds for seconds in times)
    count, p50, p95 = len(times), times[len(times) // 2] * 1e3, times[len(times) * 95 // 100] * 1e3
    print(
        f"{name}: p50 {p50:.3f} ms, p95 {p95:.3f} ms of {count}; p50 of {len(medians)} connections from {medians[0]:.3f} "
        f"to {medians[-1]:.3f} ms; {busy / count * 1e3:.3f} ms on a processor each"
    )


def measure(name, port, requests, process):
    request = question()
    connection = connect(port)
    connection.sendall(request)
    head, body = answer(connection)
    first = head + b"\r\n\r\n" + body
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise SystemExit(f"{name}: {head.decode()}\n{body.decode()}")
    json.loads(body)
    rounds = []
    busy = processor_seconds(process)
    for _ in range(CONNECTIONS):
        connection = connect(port)
        times = []
        for _ in range(requests // CONNECTIONS):
            if b"onnection: close" in head and times:
                connection = connect(port)
            seconds, received = exchange(connection, request, len(first))
            times.append(seconds)
            if len(received) != len(first) or not received.endswith(body):
                raise SystemExit(f"{name} answered otherwise:\n{received.decode()}")
        rounds.append(times)
    report(name, rounds, processor_seconds(process) - busy)


def echo(requests):
    """The same bytes there and back between two processes."""
    listener = socket.create_server(("127.0.0.1", 0))
    child = os.fork()
    if child == 0:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while received := connection.recv(65536):
            connection.sendall(received)
        os._exit(0)
    request = question()
    connection = connect(listener.getsockname()[1])
    busy = processor_seconds(child)
    times = [exchange(connection, request, len(request))[0] for _ in range(requests)]
    report("Echo", [times], processor_seconds(child) - busy)
    connection.close()
    os.waitpid(child, 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("maru")
    parser.add_argument("--requests", type=int, default=10000)
    parser.add_argument("--without-core", action="store_true")
    arguments = parser.parse_args()
    package = str(pathlib.Path(template.__file__).parent)
    servers = [("Maru", 5901, [arguments.maru, "rules", "serve", package, "--address", "127.0.0.1:5901"], arguments.requests)]
    if not arguments.without_core:
        openfisca = str(pathlib.Path(sys.executable).parent / "openfisca")
        core = [openfisca, "serve", "--country-package", "openfisca_country_template", "--port", "5902"]
        servers.append(("OpenFisca Core", 5902, core, max(100, arguments.requests // 50)))
    echo(arguments.requests)
    for name, port, command, requests in servers:
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            measure(name, port, requests, server.pid)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
