#!/usr/bin/env python3
"""The gateway beside its rivals, in one run, in front of one mock of a model server. Standard library alone.

    python3 benches/gateway/run.py                # everything that is installed; results as a table
    python3 benches/gateway/run.py --seconds 3 --only direct,nginx,maru

Needs: wrk; nginx for that row; LITELLM=path of the litellm command (pip: litellm[proxy], uvloop, httptools); PORTKEY=path of
@portkey-ai/gateway's build/start-server.js (npm; with hono 4.9.7 and @hono/node-server 1.3.3). What is missing is skipped and said so.
Maru: every policy on (masking, injection screening, secrets, class), two budgets, the record on SQLite. One request in four carries a
telephone number. CPU is that of the target's processes alone (user and system), memory is PSS after the run.
"""

import argparse, json, os, re, shutil, signal, socket, statistics, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MOCK, MARU, NGINX, LITELLM, PORTKEY = 9901, 9902, 9903, 9904, 9905

LUA = """
local bodies = {}
for i = 1, 64 do
  local extra = (i % 4 == 0) and string.format(" 제 번호는 010-%04d-%04d입니다.", 1000 + i, 5000 + i) or ""
  bodies[i] = string.format('{"model":"mock","messages":[{"role":"system","content":"너는 시청 민원 안내를 돕는다. 짧고 정중하게 답한다."},{"role":"user","content":"대형폐기물은 어떻게 버리나요? 문의 %s.%s"}],STREAM"max_tokens":200}', string.char(97 + i % 26), extra)
end
local i = 0
request = function()
  i = i % 64 + 1
  return wrk.format("POST", PATH, HEADERS, bodies[i])
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


def children(pid):
    found = [pid]
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in open(f"/proc/{pid}/task/{task}/children").read().split():
                found += children(int(child))
    except OSError:
        pass
    return found


def cpu(pid):
    ticks = 0
    for one in children(pid):
        try:
            fields = open(f"/proc/{one}/stat").read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(pid):
    total = 0
    for one in children(pid):
        try:
            total += int(re.search(r"^Pss:\s+(\d+)", open(f"/proc/{one}/smaps_rollup").read(), re.M).group(1))
        except (OSError, AttributeError):
            pass
    return total / 1024


def wait_for(port, seconds=120):
    end = time.time() + seconds
    while time.time() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.2)
    return False


def wrk(port, connections, seconds, stream, headers, path="/v1/chat/completions"):
    head = ", ".join(f'["{name}"]="{value}"' for name, value in {"content-type": "application/json", **headers}.items())
    lua = LUA.replace("STREAM", '"stream":true,' if stream else "").replace("PATH", f'"{path}"').replace("HEADERS", "{" + head + "}")
    with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as file:
        file.write(lua)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", file.name, f"http://127.0.0.1:{port}"]
    out = subprocess.run(command, capture_output=True, text=True).stdout
    os.unlink(file.name)
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", out)
    requests, micros, p50, p99, status, broken = map(int, found.groups())
    return {"rps": requests / (micros / 1e6), "n": requests, "p50": p50 / 1e3, "p99": p99 / 1e3, "errors": status + broken}


class Target:
    def __init__(self, name, port, start, headers=None):
        self.name, self.port, self.start, self.headers, self.process = name, port, start, headers or {}, None


def spawn(command, env=None, cwd=None):
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **(env or {})}, cwd=cwd)


def nginx(folder):
    config = os.path.join(folder, "nginx.conf")
    open(config, "w").write(f"""daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log /dev/null;
events {{ worker_connections 20000; }}
http {{ access_log off; upstream mock {{ server 127.0.0.1:{MOCK}; keepalive 512; }}
  server {{ listen 127.0.0.1:{NGINX}; keepalive_requests 100000000;
    location / {{ proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }} }} }}
""")
    return spawn([shutil.which("nginx") or "/usr/sbin/nginx", "-c", config, "-p", folder])


def litellm(folder):
    config = os.path.join(folder, "litellm.yaml")
    open(config, "w").write(f"""model_list:
  - model_name: mock
    litellm_params: {{model: openai/mock, api_base: "http://127.0.0.1:{MOCK}/v1", api_key: none}}
general_settings: {{master_key: sk-bench-9f2}}
""")
    command = [os.environ["LITELLM"], "--config", config, "--port", str(LITELLM), "--host", "127.0.0.1", "--num_workers", "2"]
    return spawn(command, {"LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True"})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--no-build", action="store_true")
    options = parser.parse_args()
    if not options.no_build:
        subprocess.run(["cargo", "build", "--profile", "dist", "-p", "maru-gateway", "--examples"], cwd=ROOT, check=True)
    binaries = os.path.join(ROOT, "target/dist/examples")
    folder = tempfile.mkdtemp(prefix="gateway-bench-")
    mock = spawn([f"{binaries}/mock_upstream", "--address", f"127.0.0.1:{MOCK}"])
    targets = [
        Target("direct", MOCK, lambda: mock),
        Target("nginx", NGINX, lambda: nginx(folder)),
        Target("maru", MARU, lambda: spawn([f"{binaries}/gateway_bench", "--address", f"127.0.0.1:{MARU}", "--data", f"{folder}/maru"]), {"authorization": "Bearer maru_sk_bench"}),
    ]
    if os.environ.get("LITELLM"):
        targets.append(Target("litellm", LITELLM, lambda: litellm(folder), {"authorization": "Bearer sk-bench-9f2"}))
    if os.environ.get("PORTKEY"):
        head = {"x-portkey-provider": "openai", "x-portkey-custom-host": f"http://127.0.0.1:{MOCK}/v1", "authorization": "Bearer none"}
        targets.append(Target("portkey", PORTKEY, lambda: spawn(["node", os.environ["PORTKEY"], f"--port={PORTKEY}", "--headless"], {"NODE_ENV": "production", "TRUSTED_CUSTOM_HOSTS": "localhost,127.0.0.1"}), head))
    wanted = set(filter(None, options.only.split(",")))
    results = []
    try:
        wait_for(MOCK)
        for target in targets:
            if wanted and target.name not in wanted:
                continue
            target.process = target.start()
            if not wait_for(target.port):
                print(f"SKIPPED {target.name}: it does not listen", file=sys.stderr)
                continue
            time.sleep(2 if target.name in ("litellm", "portkey") else 0.3)
            wrk(target.port, 4, 1, False, target.headers)
            for stream in (False, True):
                for connections in (1, 16, 64):
                    if stream and connections == 1:
                        continue
                    rounds = []
                    for _ in range(options.rounds):
                        before = cpu(target.process.pid)
                        result = wrk(target.port, connections, options.seconds, stream, target.headers)
                        time.sleep(0.1)
                        result["cpu"] = (cpu(target.process.pid) - before) / max(result["n"], 1) * 1e6
                        rounds.append(result)
                    row = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
                    row |= {"target": target.name, "stream": stream, "connections": connections, "memory": memory(target.process.pid)}
                    results.append(row)
                    print(json.dumps(row), file=sys.stderr, flush=True)
            if target.name != "direct":
                target.process.send_signal(signal.SIGINT if target.name == "maru" else signal.SIGTERM)
                try:
                    target.process.wait(15)
                except subprocess.TimeoutExpired:
                    target.process.kill()
    finally:
        mock.kill()
        shutil.rmtree(folder, ignore_errors=True)
    print("| target | streamed | connections | calls/s | p50 ms | p99 ms | CPU µs/call | memory MiB | errors |\n|---|---|---|---|---|---|---|---|---|")
    for row in results:
        print("| {target} | {s} | {connections} | {rps:,.0f} | {p50:.2f} | {p99:.2f} | {cpu:,.0f} | {memory:.0f} | {errors:.0f} |".format(s="yes" if row["stream"] else "no", **row))


if __name__ == "__main__":
    main()
