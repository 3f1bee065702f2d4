#!/usr/bin/env python3
"""What the gateway endures, in front of mocks of a model server. Standard library and wrk. Build first, as run.py does.

    python3 benches/gateway/endure.py hold --streams 10000 --seconds 20     # so many paced streams at once, all to their end; with
                                                                            # --processes 2 by two gateways on one address and database
    python3 benches/gateway/endure.py failover --seconds 12                 # one of three back ends dies under load, then comes back
    python3 benches/gateway/endure.py soak --seconds 240                    # memory under as much load as it takes; with --rate 400
                                                                            # under so many calls a second, for an hour
    python3 benches/gateway/endure.py bad                                   # what strangers and broken servers send
"""

import argparse, asyncio, json, os, resource, signal, socket, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from run import ROOT, memory, spawn, wait_for, wrk  # noqa: E402

GATEWAY, MOCKS = 9932, [9933, 9934, 9935]
KEY = {"authorization": "Bearer maru_sk_bench"}
PROGRAMS = os.environ.get("PROGRAMS", os.path.join(ROOT, "target/dist/examples"))
BODY = json.dumps({"model": "mock", "stream": True, "max_tokens": 50, "messages": [{"role": "user", "content": "대형폐기물은 어떻게 버리나요? 010-1234-5678"}]}).encode()


def mock(port, pace=0, chunks=50):
    return spawn([f"{PROGRAMS}/mock_upstream", "--address", f"127.0.0.1:{port}", "--pace", str(pace), "--chunks", str(chunks)])


def registry(folder, ports, connect):
    backends = "".join(f'[[backends]]\nid = "b{port}"\nurl = "http://127.0.0.1:{port}/v1"\nzone = "work"\ncapacity = 20000\nconnect_seconds = {connect}\n' for port in ports)
    routes = ", ".join(f'{{ backend = "b{port}" }}' for port in ports)
    key = subprocess.run(["sha256sum"], input=b"maru_sk_bench", capture_output=True).stdout.decode().split()[0]
    path = os.path.join(folder, "gateway.toml")
    open(path, "w").write(f'{backends}[[models]]\nid = "mock"\nmaker = "mock"\nstate = "approved"\nroutes = [{routes}]\n[[keys]]\nid = "bench"\nhash = "{key}"\nagency = "agency"\nsystem = "bench"\npurpose = "measurement"\n')
    return path


def gateway(folder, ports, *more, connect=1):
    """`connect`: for how many seconds it tries to reach a server."""
    process = spawn([f"{PROGRAMS}/gateway_bench", "--address", f"127.0.0.1:{GATEWAY}", "--registry", registry(folder, ports, connect), "--data", folder, *more])
    for port in [*ports, GATEWAY]:
        wait_for(port)
    return process


def gateways(folder, ports, count):
    """So many on one address and one database. Thousands of streams begin within seconds: the mock's line of new connections is short, and
    whoever finds it full tries again after one second."""
    if count == 1:
        return [gateway(folder, ports, connect=8)]
    started = []
    for _ in range(count):
        started.append(gateway(folder, ports, "--share-address", "--database", f"sqlite:{folder}/shared.sqlite", connect=8))
        # The address answers as soon as the first is there; the others open the database first too.
        time.sleep(1)
    return started


async def stream(results, started):
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: {KEY['authorization']}\r\ncontent-type: application/json\r\ncontent-length: {len(BODY)}\r\nconnection: close\r\n\r\n"
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", GATEWAY)
        writer.write(head.encode() + BODY)
        last = b""
        while data := await reader.read(65536):
            if not last:
                started.append(time.time())
            last = (last + data)[-64:]
        writer.close()
        results.append(b"data: [DONE]" in last)
    except OSError:
        results.append(False)


def memory_of(processes):
    return sum(memory(process.pid) for process in processes)


async def hold(options, processes):
    results, started, tasks = [], [], []
    for number in range(options.streams):
        tasks.append(asyncio.create_task(stream(results, started)))
        if number % 200 == 199:
            await asyncio.sleep(0.05)
    while len(started) < options.streams and not results:
        await asyncio.sleep(0.2)
    print(f"streams at once: {len(started) - len(results)}; memory of the gateway {memory_of(processes):.0f} MiB")
    await asyncio.gather(*tasks)
    print(f"ended as they should: {sum(results)} of {options.streams}; memory afterwards {memory_of(processes):.0f} MiB")
    return sum(results) == options.streams


def failover(options, folder):
    mocks = {port: mock(port) for port in MOCKS}
    process = gateway(folder, MOCKS)
    load = None
    try:
        import threading
        load = {}
        thread = threading.Thread(target=lambda: load.update(wrk(GATEWAY, 32, options.seconds, False, KEY)))
        thread.start()
        time.sleep(options.seconds / 3)
        mocks[MOCKS[1]].send_signal(signal.SIGKILL)
        mocks[MOCKS[1]].wait()
        time.sleep(options.seconds / 3)
        mocks[MOCKS[1]] = mock(MOCKS[1])
        thread.join()
        print(f"calls {load['n']}, errors that a client saw {load['errors']}, p99 {load['p99']:.1f} ms")
        return load["errors"] == 0
    finally:
        for one in [process, *mocks.values()]:
            one.kill()


def growth(seen, every):
    """MiB an hour: the slope of the line through the second half of what was seen (least squares), when caches and buffers are full."""
    late = seen[len(seen) // 2:]
    if len(late) < 2:
        return float("nan")
    middle = (len(late) - 1) / 2
    slope = sum((at - middle) * value for at, value in enumerate(late)) / sum((at - middle) ** 2 for at in range(len(late)))
    return slope * 3600 / every


def loaded(rate, stream):
    """Ten seconds of load, at a rate or as fast as it goes: calls a second, and how many failed."""
    if not rate:
        result = wrk(GATEWAY, 32, 10, stream, KEY)
        return result["rps"], result["errors"]
    command = [f"{PROGRAMS}/paced_client", "--address", f"127.0.0.1:{GATEWAY}", "--rate", str(rate), "--connections", "32", "--seconds", "10"]
    calls, errors = subprocess.run(command + ["--stream"] * stream, capture_output=True, text=True, check=True).stdout.split()[:2]
    return int(calls) / 10, int(errors)


def soak(options, folder):
    server = mock(MOCKS[0])
    process = gateway(folder, MOCKS[:1])
    try:
        end, seen, failed = time.time() + options.seconds, [], 0
        while time.time() < end:
            rate, errors = loaded(options.rate, len(seen) % 2 == 1)
            failed += errors
            seen.append(memory(process.pid))
            print(f"{len(seen) * 10} s: {rate:.0f} calls/s, errors {errors}, memory {seen[-1]:.0f} MiB", flush=True)
        half = len(seen) // 2
        print(f"first half at most {max(seen[:half] or [0]):.0f} MiB, second half at most {max(seen[half:]):.0f} MiB; growth {growth(seen, 10):+.1f} MiB an hour")
        return failed == 0
    finally:
        process.kill()
        server.kill()


def raw(data, wait=3.0):
    """What comes back for these bytes; None where nothing does in time."""
    connection = socket.create_connection(("127.0.0.1", GATEWAY), 3)
    connection.settimeout(wait)
    try:
        connection.sendall(data)
        return connection.recv(65536).decode(errors="replace")
    except OSError:
        return None
    finally:
        connection.close()


def post(body, length=None, extra=""):
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: {KEY['authorization']}\r\ncontent-length: {len(body) if length is None else length}\r\n{extra}\r\n"
    return raw(head.encode() + body)


LIES = {
    "a length that is too long": b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{}",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
    "chunks that are no chunks": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
    "invalid UTF-8": b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n\"\xff\xfe\"",
    "a page": b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
    "nothing": b"",
    "an endless head": b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 40000,
}


def liar(port, answer):
    import threading
    server = socket.create_server(("127.0.0.1", port))

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            try:
                connection.recv(65536)
                connection.sendall(answer)
                time.sleep(0.1)
                connection.close()
            except OSError:
                pass

    threading.Thread(target=serve, daemon=True).start()
    return server


def bad(folder):
    ok = True
    server = mock(MOCKS[0])
    process = gateway(folder, MOCKS[:1])
    huge = b'{"model":"mock","messages":[{"role":"user","content":"' + b"a" * (9 << 20) + b'"}]}'
    deep = b'{"model":"mock","messages":' + b"[" * 5000 + b"]" * 5000 + b"}"
    sent = {
        "no JSON": post(b"{"),
        "invalid UTF-8": post(b'{"model":"\xff"}'),
        "too deep": post(deep),
        "too large": post(huge),
        "a list": post(b"[]"),
        "no body": post(b""),
        "nonsense": raw(b"\x00\x01\x02\r\n\r\n"),
        "a body that does not come": post(b"{", 100),
    }
    for name, answer in sent.items():
        status = answer.split(" ")[1] if answer and answer.startswith("HTTP/") else "-"
        print(f"{name}: {status}")
        ok &= status in ("400", "413") or name == "a body that does not come" and status == "-"
    ok &= wrk(GATEWAY, 4, 1, False, KEY)["errors"] == 0
    for one in (process, server):
        one.kill()
        one.wait()
    for name, answer in LIES.items():
        other = tempfile.mkdtemp(dir=folder)
        server = liar(MOCKS[1], answer)
        process = gateway(other, MOCKS[1:2])
        reply = post(BODY.replace(b'"stream": true, ', b""))
        status = reply.split(" ")[1] if reply and reply.startswith("HTTP/") else "-"
        print(f"from the server, {name}: {status}")
        ok &= status in ("502", "503")
        process.kill()
        process.wait()
        # A thread that waits for a connection keeps the port until it is woken.
        server.shutdown(socket.SHUT_RDWR)
        server.close()
    return ok


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["hold", "failover", "soak", "bad"])
    parser.add_argument("--streams", type=int, default=10000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--rate", type=int, default=0, help="calls a second of the soak; 0: as many as it takes")
    options = parser.parse_args()
    # A stream takes two descriptors of the gateway; only root may raise the limit.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    limit = max(hard, 65536 if os.geteuid() == 0 else 0)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    except ValueError:
        # In a container root may not always.
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix="gateway-endure-") as folder:
        if options.what == "hold":
            # Each stream lasts for so many seconds: a piece a second.
            server, processes = mock(MOCKS[0], pace=1000, chunks=options.seconds), []
            try:
                processes = gateways(folder, MOCKS[:1], options.processes)
                ok = asyncio.run(hold(options, processes))
            finally:
                for one in [server, *processes]:
                    one.kill()
        else:
            ok = {"failover": lambda: failover(options, folder), "soak": lambda: soak(options, folder), "bad": lambda: bad(folder)}[options.what]()
    sys.exit(0 if ok else 1)


main()
