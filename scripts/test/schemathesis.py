#!/usr/bin/env python3
"""Starts a demonstration on a free port and runs Schemathesis over its whole OpenAPI document: no 5xx, no schema violation.

    scripts/test/schemathesis.py [--max-examples N]
"""
import argparse
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(base, server):
    for _ in range(600):
        if server.poll() is not None:
            sys.exit(f"the server ended with code {server.returncode}")
        try:
            with urllib.request.urlopen(f"{base}/health/ready", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("the server was not ready after two minutes")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--max-examples", type=int, default=25)
    arguments = parser.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [target / "debug" / "maru", "demo", "--address", f"127.0.0.1:{port}", "--data", folder, "--no-rate-limits"],
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_until_ready(base, server)
            command = [
                sys.executable, "-m", "schemathesis.cli", "run", f"{base}/api/openapi.json",
                "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance",
                "--max-examples", str(arguments.max_examples), "--seed", "1", "--workers", "2", "--request-timeout", "20",
            ]
            code = subprocess.run(command, cwd=folder, check=False).returncode
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
    sys.exit(code)


main()
