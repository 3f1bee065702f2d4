#!/usr/bin/env python3
"""How much later answers come through the gateway than without it, in front of the mock of a model server. Standard library alone; build
first, as run.py does. nginx beside it where it is installed.

    python3 benches/gateway/latency.py --rate 3000      # calls a second, about half of what run.py found; and 64 paced streams
"""

import argparse, os, shutil, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from run import MARU, MOCK, NGINX, ROOT, nginx, spawn, wait_for  # noqa: E402

PROGRAMS = os.path.join(ROOT, "target/dist/examples")


def measured(port, rate, seconds, stream):
    command = [f"{PROGRAMS}/paced_client", "--address", f"127.0.0.1:{port}", "--rate", str(rate), "--seconds", str(seconds)]
    command += ["--connections", "64"] + (["--stream"] if stream else [])
    out = subprocess.run(command, capture_output=True, text=True).stdout
    return [int(word) for word in out.split()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=3000)
    parser.add_argument("--seconds", type=int, default=8)
    options = parser.parse_args()
    print("| what | target | calls | errors | p50 µs | p90 µs | p99 µs | max µs |\n|---|---|---|---|---|---|---|---|")
    for what, rate, stream, pace in ((f"{options.rate} calls a second", options.rate, False, 0), ("first event of 64 paced streams", 64, True, 10)):
        folder = tempfile.mkdtemp(prefix="gateway-latency-")
        mock = spawn([f"{PROGRAMS}/mock_upstream", "--address", f"127.0.0.1:{MOCK}", "--pace", str(pace)])
        wait_for(MOCK)
        targets = [("direct", MOCK, None)]
        if shutil.which("nginx") or os.path.exists("/usr/sbin/nginx"):
            targets.append(("nginx", NGINX, lambda: nginx(folder)))
        targets.append(("maru", MARU, lambda: spawn([f"{PROGRAMS}/gateway_bench", "--address", f"127.0.0.1:{MARU}", "--data", f"{folder}/maru"])))
        try:
            for name, port, start in targets:
                process = start() if start else None
                wait_for(port)
                measured(port, rate, 2, stream)
                row = measured(port, rate, options.seconds, stream)
                print(f"| {what} | {name} | " + " | ".join(f"{figure:,}" for figure in row) + " |", flush=True)
                if process:
                    process.terminate()
                    process.wait(15)
        finally:
            mock.kill()
            mock.wait()
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
