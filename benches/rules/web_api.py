#!/usr/bin/env python3
"""OpenFisca Core's own tests of its Web API, pointed at `maru rules serve` over HTTP.

    venv/bin/python benches/rules/web_api.py CORE [--maru target/debug/maru] [pytest options …]

CORE is a copy of openfisca-core's repository (its folder tests/web_api is read, nothing is written there). The tests ask
Flask's test client; here that client is replaced by one that asks a running server. Tests that call Core's Python functions
without any request are left out and counted as such. Needs: openfisca-core, openfisca-country-template, dpath, pytest,
openapi-spec-validator, and for the tests of extensions openfisca-extension-template.
"""

import argparse
import http.client
import importlib
import pathlib
import socket
import subprocess
import sys
import time
import urllib.parse

import pytest

# Files whose tests call functions of Core and make no request.
WITHOUT_REQUESTS = ("loader/test_parameters.py", "test_helpers.py")


class Answer:
    """What Flask's test client would have given."""

    def __init__(self, status, headers, data):
        self.status_code, self.headers, self.data = status, headers, data


class Client:
    """Asks a server as Flask's test client asks an application."""

    def __init__(self, port):
        self.port = port

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        path = urllib.parse.quote(path, safe="/%?=&")
        connection.request(method, path, body, {"Host": "localhost", **(headers or {})})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())

    def get(self, path, **_):
        return self.request("GET", path)

    def post(self, path, data="", content_type=None, **_):
        body = data.encode() if isinstance(data, str) else data
        return self.request("POST", path, body, {"Content-Type": content_type} if content_type else {})


class Servers:
    """One server for each set of reforms and extensions."""

    def __init__(self, maru):
        self.maru, self.running = maru, {}

    def client(self, reforms=(), extensions=()):
        key = (tuple(reforms), tuple(extensions))
        if key not in self.running:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            package = pathlib.Path(importlib.import_module("openfisca_country_template").__file__).parent
            command = [self.maru, "rules", "serve", str(package), "--parity", "--address", f"127.0.0.1:{port}"]
            command += [f"--reforms={','.join(reforms)}"] if reforms else []
            command += [f"--extensions={','.join(extensions)}"] if extensions else []
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0 or process.poll() is not None:
                        break
                time.sleep(0.05)
            self.running[key] = (process, Client(port))
        return self.running[key][1]

    def stop(self):
        for process, _ in self.running.values():
            process.terminate()


class Described:
    """A tax and benefit system, as far as the server must know which."""

    def __init__(self, reforms, extensions):
        self.reforms, self.extensions = reforms or (), extensions or ()


class Shim:
    """Puts the server in the place of the application."""

    def __init__(self, core, servers):
        self.core, self.servers, self.counts = core, servers, {"passed": 0, "failed": 0, "skipped": 0}
        self.left_out = 0

    def pytest_configure(self):
        from openfisca_core import scripts
        from openfisca_web_api import app

        servers = self.servers

        class Application:
            def __init__(self, system):
                self.system = system

            def test_client(self):
                return servers.client(getattr(self.system, "reforms", ()), getattr(self.system, "extensions", ()))

        app.create_app = Application
        scripts.build_tax_benefit_system = lambda _name, extensions, reforms: Described(reforms, extensions)

    def pytest_collection_modifyitems(self, items):
        asked = [item for item in items if not str(item.path).endswith(WITHOUT_REQUESTS)]
        self.left_out, items[:] = len(items) - len(asked), asked

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome != "passed":
            if report.when != "teardown":
                self.counts[report.outcome] += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("core", type=pathlib.Path)
    parser.add_argument("--maru", default="target/debug/maru")
    arguments, rest = parser.parse_known_args()
    sys.path.insert(0, str(arguments.core))
    servers = Servers(str(pathlib.Path(arguments.maru).resolve()))
    shim = Shim(arguments.core, servers)
    try:
        folder = arguments.core / "tests" / "web_api"
        options = ["--rootdir", str(arguments.core), "-p", "no:cacheprovider", "-q", "--no-header", *rest]
        plugins = [f"tests.fixtures.{name}" for name in ("appclient", "extensions", "taxbenefitsystems")]
        for plugin in plugins:
            options += ["-p", plugin]
        pytest.main([str(folder), *options], plugins=[shim])
    finally:
        servers.stop()
    counts = shim.counts
    total = sum(counts.values())
    print(f"web API over HTTP: {counts['passed']} of {total} pass; {shim.left_out} tests make no request and are left out")
    return 0 if counts["passed"] == total else 1


if __name__ == "__main__":
    sys.exit(main())
