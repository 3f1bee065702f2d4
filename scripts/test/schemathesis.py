#!/usr/bin/env python3
"""Starts a demonstration on a free port and runs Schemathesis over its whole OpenAPI document, as several people: no 5xx, no schema violation.

    scripts/test/schemathesis.py [--max-examples N]
"""
import argparse
import http.cookiejar
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance"
# A stranger, and people who get past the sign-in to cases that are there.
PEOPLE = [None, "kim-haneul", "moon-gaon", "han-seoyun", "seo-jiho"]


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


def signed_in(base, account):
    """The headers of a person's session, and the receipts that the person can open."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    # Only those who read pages get the cookie that forms are tied to.
    browser.addheaders = [("Accept", "text/html")]

    def token():
        return re.search(r'data-csrf-token="([^"]+)"', browser.open(f"{base}/sign-in").read().decode())[1]

    form = urllib.parse.urlencode({"csrf_token": token(), "account": account, "return_to": "/"}).encode()
    browser.open(f"{base}/sign-in/demonstration", form)
    headers = {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar), "X-CSRF-Token": token()}
    request = urllib.request.Request(f"{base}/api/v1/inquiries", headers={**headers, "Accept": "application/json"})
    try:
        listed = json.load(urllib.request.urlopen(request))
    except urllib.error.HTTPError:
        return headers, []
    return headers, sorted(set(re.findall(r"\b\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", json.dumps(listed))))


def run(base, account, examples, folder):
    headers, receipts = signed_in(base, account) if account else ({}, [])
    print(f"\n== as {account or 'a stranger'}, who can open {len(receipts)} inquiries", flush=True)
    if account in ("kim-haneul", "moon-gaon") and not receipts:
        sys.exit(f"{account} ought to have inquiries")
    configuration = pathlib.Path(folder) / "schemathesis.toml"
    configuration.write_text(f'[parameters]\n"path.receipt" = {json.dumps(receipts)}\n' if receipts else "")
    # One worker: two threads that read Python's grammar at once break CPython 3.11 («AST constructor recursion depth mismatch», gh-106905).
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration), "run", f"{base}/api/openapi.json",
        "--checks", CHECKS, "--max-examples", str(examples), "--seed", "1", "--workers", "1", "--request-timeout", "20",
    ]
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    return subprocess.run(command, cwd=folder, check=False).returncode


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--max-examples", type=int, default=8)
    arguments = parser.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [target / "debug" / "maru", "demo", "--address", f"127.0.0.1:{port}", "--data", folder, "--no-rate-limits"],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "RUST_LOG": "warn"},
        )
        try:
            wait_until_ready(base, server)
            codes = [run(base, account, arguments.max_examples, folder) for account in PEOPLE]
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
    sys.exit(max(codes))


main()
