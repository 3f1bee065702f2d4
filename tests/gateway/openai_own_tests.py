#!/usr/bin/env python3
"""openai-python's own tests of its API over HTTP, through the gateway, with a mock of a model server behind it that answers by the schema.

    pip download --no-deps --no-binary :all: openai==3.57.0 -d target/openai && tar xzf target/openai/openai-*.tar.gz -C target/openai
    pip install openai==3.57.0 pytest pytest-asyncio respx dirty-equals inline-snapshot nest-asyncio time-machine rich aiohttp httpx-aiohttp
    cargo build --release -p maru-gateway --example gateway_bench
    python3 tests/gateway/openai_own_tests.py target/openai/openai-3.57.0

The tests are input alone; nothing of them is part of this repository. What the gateway does not offer (objects that a server stores) fails
and is counted so.
"""

import hashlib, json, os, signal, socket, subprocess, sys, tempfile, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MOCK, GATEWAY, KEY = 9921, 9922, "My API Key"
MODELS = ["gpt-6-astra", "text-embedding-3-small"]
FILES = [f"tests/api_resources/{name}.py" for name in ("chat/test_completions", "test_embeddings", "test_models", "test_responses")]


def completion(request):
    message = {"role": "assistant", "content": "text", "refusal": None, "annotations": []}
    choices = [{"index": index, "message": message, "logprobs": None, "finish_reason": "stop"} for index in range(request.get("n") or 1)]
    usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": request["model"], "choices": choices, "usage": usage}


def chunks(request):
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": request["model"]}
    for delta, finish in (({"role": "assistant", "content": ""}, None), ({"content": "text"}, None), ({}, "stop")):
        yield {**base, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}
    yield {**base, "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}}


def embeddings(request):
    inputs = request["input"] if isinstance(request["input"], list) else [request["input"]]
    # Numbers in every format: the published schema knows nothing else, and strict clients hold the answer against it.
    data = [{"object": "embedding", "index": index, "embedding": [1.0, 2.0]} for index in range(len(inputs))]
    return {"object": "list", "model": request["model"], "data": data, "usage": {"prompt_tokens": 3, "total_tokens": 3}}


class Mock(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        streams = request.get("stream") and "chat" in self.path
        if streams:
            body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks(request)) + "data: [DONE]\n\n"
        else:
            body = json.dumps(embeddings(request) if "embeddings" in self.path else completion(request))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if streams else "application/json")
        self.send_header("content-length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


def main():
    threading.Thread(target=ThreadingHTTPServer(("127.0.0.1", MOCK), Mock).serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        models = "".join(f'[[models]]\nid = "{name}"\nmaker = "mock"\nstate = "approved"\nroutes = [{{ backend = "mock" }}]\n' for name in MODELS)
        key = f'[[keys]]\nid = "tests"\nhash = "{hashlib.sha256(KEY.encode()).hexdigest()}"\nagency = "tests"\nsystem = "openai-python"\npurpose = "tests"\ndefault_model = "{MODELS[0]}"\n'
        registry = os.path.join(folder, "gateway.toml")
        open(registry, "w").write(f'[[backends]]\nid = "mock"\nurl = "http://127.0.0.1:{MOCK}/v1"\nzone = "work"\n{models}{key}')
        program = os.path.join(ROOT, "target/release/examples/gateway_bench")
        gateway = subprocess.Popen([program, "--address", f"127.0.0.1:{GATEWAY}", "--registry", registry, "--data", folder])
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", GATEWAY), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        environment = {**os.environ, "TEST_API_BASE_URL": f"http://127.0.0.1:{GATEWAY}/v1", "OPENAI_BASE_URL": ""}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts=", "--tb=line", *FILES, *sys.argv[2:]]
        code = subprocess.run(command, cwd=sys.argv[1], env=environment).returncode
        gateway.send_signal(signal.SIGINT)
        gateway.wait(10)
    sys.exit(code)


main()
