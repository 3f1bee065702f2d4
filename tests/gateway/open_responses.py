#!/usr/bin/env python3
"""Open Responses (openresponses.org): what a server of it must be able to do, asked through the gateway and held against the published schema.

    pip install openresponses-types==2.4.0          # the schema of 24 April 2026 as Python types
    cargo build -p maru-gateway --example gateway_bench
    python3 tests/gateway/open_responses.py

The situations are those of the project's own suite (text, streamed or not, instructions, a tool, streamed or not, a picture, several turns,
and the rules of a stream beside them); the suite itself is TypeScript over generated validators and is run, where there is a copy and bun, with

    python3 tests/gateway/open_responses.py --suite FOLDER

It speaks over WebSockets too. A mock stands for the model server. It speaks chat completions alone: what is tested is the gateway's translation.
"""

import hashlib, json, os, signal, socket, subprocess, sys, tempfile, threading, time, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MOCK, GATEWAY, KEY, MODEL = 9931, 9932, "maru_sk_open_responses", "mock"
BASE = f"http://127.0.0.1:{GATEWAY}/v1"
PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TOOL = {"type": "function", "name": "find_office", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}
def user(content):
    return {"type": "message", "role": "user", "content": content}


SITUATIONS = {
    "a text": {"input": [user("인사해 주세요.")]},
    "a text, streamed": {"input": [user("하나부터 다섯까지 세어 주세요.")], "stream": True},
    "instructions": {"input": [{"type": "message", "role": "system", "content": "짧게 답합니다."}, user("인사해 주세요.")]},
    "a tool": {"input": [user("시청이 어디 있나요?")], "tools": [TOOL]},
    "a tool, streamed": {"input": [user("시청이 어디 있나요?")], "tools": [TOOL], "stream": True},
    "a picture": {"input": [user([{"type": "input_text", "text": "무엇이 보이나요?"}, {"type": "input_image", "image_url": PIXEL}])]},
    "several turns": {"input": [user("제 이름은 가람입니다."), {"type": "message", "role": "assistant", "content": "반갑습니다."}, user("제 이름은?")]},
    "what a tool found": {"input": [user("시청?"), {"type": "function_call", "call_id": "c", "name": "find_office", "arguments": "{}"},
                                    {"type": "function_call_output", "call_id": "c", "output": "1층"}]},
    "all that may be set": {"input": "인사", "max_output_tokens": 9, "temperature": 0.5, "top_p": 0.9, "metadata": {"a": "b"},
                            "reasoning": {"effort": "low"}, "text": {"format": {"type": "text"}}, "tool_choice": "none", "tools": [TOOL],
                            "truncation": "disabled", "parallel_tool_calls": False, "safety_identifier": "s", "prompt_cache_key": "p"},
    "an answer cut off, streamed": {"input": "cut", "max_output_tokens": 1, "stream": True},
}


class Mock(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        call = {"id": "call_1", "type": "function", "function": {"name": "find_office", "arguments": '{"city": "가람"}'}}
        calls = "tools" in request and request.get("tool_choice") != "none"
        message = {"role": "assistant", "content": None if calls else "안녕하세요.", "tool_calls": [call] if calls else None}
        finish = "tool_calls" if calls else "length" if request.get("max_tokens") == 1 else "stop"
        base = {"id": "chatcmpl-1", "created": 1, "model": request["model"]}
        usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
        if request.get("stream"):
            deltas = [{"role": "assistant", "content": ""}]
            if calls:
                parts = ('{"city":', ' "가람"}')
                deltas += [{"tool_calls": [{"index": 0, **call, "function": {"name": "find_office", "arguments": ""}}]}]
                deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in parts]
            else:
                deltas += [{"content": "안녕"}, {"content": "하세요."}]
            choices = [[{"index": 0, "delta": delta, "finish_reason": None}] for delta in deltas]
            choices += [[{"index": 0, "delta": {}, "finish_reason": finish}], []]
            chunks = [{**base, "object": "chat.completion.chunk", "choices": choice, "usage": None if choice else usage} for choice in choices]
            kind, body = "text/event-stream", "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
        else:
            choices = [{"index": 0, "message": message, "finish_reason": finish}]
            kind, body = "application/json", json.dumps({**base, "object": "chat.completion", "choices": choices, "usage": usage})
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


def ask(situation):
    request = urllib.request.Request(f"{BASE}/responses", json.dumps({"model": MODEL, **situation}).encode())
    request.add_header("authorization", f"Bearer {KEY}")
    request.add_header("content-type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode()


def events_of(text):
    """The events of a stream; each names its type twice, and the two agree."""
    for block in filter(None, text.split("\n\n")):
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        event = json.loads(lines["data"])
        assert lines["event"] == event["type"], block
        yield event


def validators():
    from openresponses_types import types

    named = [value for name, value in vars(types).items() if name.endswith("StreamingEvent")]
    by_type = {next(iter(kind.model_fields["type"].annotation)).value: kind for kind in named}
    return types.ResponseResource, by_type


def look_at_stream(text, by_type):
    """The last response of a stream that keeps the rules: numbers in turn, items opened, filled and closed, what was said by pieces said whole."""
    events = list(events_of(text))
    assert [event["sequence_number"] for event in events] == list(range(len(events))), "sequence numbers"
    for event in events:
        by_type[event["type"]].model_validate(event, strict=False)
    kinds = [event["type"] for event in events]
    assert kinds[:2] == ["response.created", "response.in_progress"], kinds
    assert kinds[-1] in ("response.completed", "response.incomplete"), kinds
    last = events[-1]["response"]
    for index, item in enumerate(last["output"]):
        of = [event for event in events if event.get("output_index") == index]
        assert of[0]["type"] == "response.output_item.added" and of[-1]["type"] == "response.output_item.done", of
        assert of[-1]["item"] == item and of[0]["item"]["id"] == item["id"], of
        pieces = "".join(event["delta"] for event in of if event["type"].endswith(".delta"))
        assert pieces == (item["arguments"] if item["type"] == "function_call" else item["content"][0]["text"]), of
    return last


def check(name, situation, resource, by_type):
    text = ask(situation)
    last = look_at_stream(text, by_type) if situation.get("stream") else json.loads(text)
    resource.model_validate(last, strict=False)
    cut = situation.get("max_output_tokens") == 1
    assert last["status"] == ("incomplete" if cut else "completed"), last["status"]
    wants_call = "tools" in situation and situation.get("tool_choice") != "none"
    assert [item["type"] for item in last["output"]] == ["function_call" if wants_call else "message"], last["output"]
    for field in ("max_output_tokens", "temperature", "metadata", "safety_identifier", "prompt_cache_key"):
        assert field not in situation or last[field] == situation[field], field
    print(f"ok  {name}")


def run_own():
    resource, by_type = validators()
    failed = 0
    for name, situation in SITUATIONS.items():
        try:
            check(name, situation, resource, by_type)
        except Exception as error:
            failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {error}")
    print(f"{len(SITUATIONS) - failed} passed, {failed} failed")
    return failed > 0


def run_suite(folder):
    command = ["bun", "run", "bin/compliance-test.ts", "--base-url", BASE, "--api-key", KEY, "--model", MODEL]
    return subprocess.run(command, cwd=folder).returncode


def main():
    threading.Thread(target=ThreadingHTTPServer(("127.0.0.1", MOCK), Mock).serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        registry = os.path.join(folder, "gateway.toml")
        digest = hashlib.sha256(KEY.encode()).hexdigest()
        open(registry, "w").write(f"""
[[backends]]
id = "mock"
url = "http://127.0.0.1:{MOCK}/v1"
zone = "work"
[[models]]
id = "{MODEL}"
maker = "mock"
state = "approved"
routes = [{{ backend = "mock" }}]
[[keys]]
id = "tests"
hash = "{digest}"
agency = "tests"
system = "open-responses"
purpose = "tests"
""")
        built = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
        programs = [os.path.join(built, kind, "examples/gateway_bench") for kind in ("release", "debug")]
        program = next(filter(os.path.exists, programs), programs[0])
        gateway = subprocess.Popen([program, "--address", f"127.0.0.1:{GATEWAY}", "--registry", registry, "--data", folder])
        try:
            for _ in range(100):
                try:
                    socket.create_connection(("127.0.0.1", GATEWAY), 1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            code = run_suite(sys.argv[2]) if sys.argv[1:2] == ["--suite"] else run_own()
        finally:
            gateway.send_signal(signal.SIGINT)
            gateway.wait(10)
    sys.exit(code)


main()
