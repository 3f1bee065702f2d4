#!/usr/bin/env python3
"""openai-python's own tests of its API over HTTP, through the gateway, with a mock of a model server behind it that answers by the schema.

    pip download --no-deps --no-binary :all: openai==3.57.0 -d target/openai && tar xzf target/openai/openai-*.tar.gz -C target/openai
    pip install openai==3.57.0 pytest pytest-asyncio respx dirty-equals inline-snapshot nest-asyncio time-machine rich aiohttp httpx-aiohttp
    cargo build -p maru-gateway --example gateway_bench
    python3 tests/gateway/openai_own_tests.py target/openai/openai-3.57.0

The tests are input alone; nothing of them is part of this repository. They ask for objects by fixed names that nobody made before: the mock
has one of every name, and the registry says that it works for one agency alone (`tenant`), so that calls about what it stores go through to
it, after policy. What the gateway stores itself is tested in spine/gateway/tests/it/stored.rs.
"""

import hashlib, json, os, signal, socket, subprocess, sys, tempfile, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MOCK, GATEWAY, KEY = 9921, 9922, "My API Key"
MODELS = ["gpt-6-astra", "text-embedding-3-small", "model"]
NAMES = ("chat/test_completions", "test_embeddings", "test_models", "test_responses")
# Beside those that were asked for: what else there is to ask about stored objects.
MORE = ("chat/completions/test_messages", "responses/test_input_items", "responses/test_input_tokens")
FILES = [f"tests/api_resources/{name}.py" for name in NAMES + MORE]
USAGE = {"input_tokens": 3, "output_tokens": 1, "total_tokens": 4, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
         "output_tokens_details": {"reasoning_tokens": 0}}


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


def response(name="resp_1"):
    part = {"type": "output_text", "text": "text", "annotations": [], "logprobs": []}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    return {"id": name, "object": "response", "created_at": 1, "status": "completed", "model": MODELS[0], "output": [message],
            "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "error": None, "incomplete_details": None, "instructions": None,
            "metadata": {}, "temperature": 1.0, "top_p": 1.0, "usage": USAGE}


def events():
    yield {"type": "response.created", "sequence_number": 0, "response": {**response(), "status": "in_progress", "output": []}}
    delta = {"item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": "text", "logprobs": []}
    yield {"type": "response.output_text.delta", "sequence_number": 1, **delta}
    yield {"type": "response.completed", "sequence_number": 2, "response": response()}


def listed(items):
    return {"object": "list", "data": items, "first_id": "a", "last_id": "b", "has_more": False}


def stored(method, path, question, request):
    """The object that a call about stored objects gives; nothing where the call is about none."""
    parts = path.strip("/").split("/")[1:]
    completed = {**completion({"model": MODELS[0]}), "metadata": {}}
    match (method, *parts):
        case ("GET", "chat", "completions"):
            return listed([completed])
        case ("GET" | "POST", "chat", "completions", _):
            return completed
        case ("DELETE", "chat", "completions", name):
            return {"id": name, "object": "chat.completion.deleted", "deleted": True}
        case ("GET", "chat", "completions", _, "messages"):
            return listed([{"id": "a", "role": "assistant", "content": "text", "refusal": None, "annotations": []}])
        case ("POST", "responses"):
            return events() if request.get("stream") else response()
        case ("POST", "responses", "compact"):
            item = {"id": "cmp_1", "type": "compaction", "encrypted_content": "x"}
            return {"id": "resp_1", "object": "response.compaction", "created_at": 1, "output": [item], "usage": USAGE}
        case ("POST", "responses", "input_tokens"):
            return {"object": "response.input_tokens", "input_tokens": 3}
        case ("GET", "responses", name):
            return events() if "stream=true" in question else response(name)
        case ("POST", "responses", name, "cancel"):
            return {**response(name), "status": "cancelled"}
        case ("DELETE", "responses", name):
            return {"id": name, "object": "response", "deleted": True}
        case ("GET", "responses", _, "input_items"):
            part = {"type": "input_text", "text": "text"}
            return listed([{"id": "msg_0", "type": "message", "role": "user", "status": "completed", "content": [part]}])
        case ("DELETE", "models", name):
            return {"id": name, "object": "model", "deleted": True}
    return None


class Mock(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer({})

    do_DELETE = do_GET

    def do_POST(self):
        length = int(self.headers["content-length"])
        self.answer(json.loads(self.rfile.read(length)) if length else {})

    def answer(self, request):
        path, _, question = self.path.partition("?")
        found = stored(self.command, path, question, request)
        streams = request.get("stream") or "stream=true" in question
        if found is not None and not isinstance(found, dict):
            body = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in found)
        elif found is not None:
            body, streams = json.dumps(found), False
        elif streams:
            body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks(request)) + "data: [DONE]\n\n"
        else:
            body = json.dumps(embeddings(request) if "embeddings" in path else completion(request))
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
        open(registry, "w").write(f'[[backends]]\nid = "mock"\nurl = "http://127.0.0.1:{MOCK}/v1"\nzone = "work"\ntenant = "tests"\n{models}{key}')
        built = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
        programs = [os.path.join(built, kind, "examples/gateway_bench") for kind in ("release", "debug")]
        program = next(filter(os.path.exists, programs), programs[0])
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
