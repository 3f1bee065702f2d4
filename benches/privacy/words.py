#!/usr/bin/env python3
"""Words of Korean law and of citizens' questions that look like names and are none: spine/privacy/data/words.txt.

    python3 benches/privacy/words.py > spine/privacy/data/words.txt         # MARU_SHARED (default ../shared) holds the texts

A word looks like a name where it begins with a family name and goes on with syllables of given names, as spine/privacy/src/names/word.rs has them. It is taken
where four articles of law, or four questions with their answers, have it: no private person stands there so often. Words of petitions are not taken below a dozen, and
persons of public life, who stand there often, are left out by hand.
"""

import collections, json, lzma, os, re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(os.environ.get("MARU_SHARED", os.path.join(ROOT, "..", "shared")), "data")
PERSONS = set(
    "문재인 이명박 노무현 황교안 나경원 김정은 박정희 김현미 김대중 박근혜 전두환 이재명 김용현 장자연 유승준 안철수 홍준표 조두순 손석희 박원순 이재용 최순실 윤석열 조국 한동훈 "
    "김영란 김성태 김진태 이승만 김일성 김정일 이순신 안희정 김어준 심석희 안태근 서지현 이윤택 조재범 정유라 우병우 김기춘 이해찬 추미애 유은혜 김상곤 강경화 정경두 송영무".split()
)


def lists():
    source = open(os.path.join(ROOT, "spine/privacy/src/names/word.rs"), encoding="utf-8").read()
    text = lambda name: re.search(rf'const {name}: &str =\s*"([^"]+)"', source).group(1)
    row = lambda name: re.findall(r'"([^"]+)"', re.search(rf"const {name}: [^=]*=\s*&?\[(.*?)\];", source, re.S).group(1))
    return set(text("FAMILIES")), set(text("GIVEN")), row("DOUBLE_FAMILIES"), sorted(row("ENDINGS"), key=len, reverse=True)


FAMILIES, GIVEN, DOUBLE, ENDINGS = lists()


def looks_like_name(word):
    given = lambda rest: all(syllable in GIVEN for syllable in rest)
    if len(word) == 3 and word[0] in FAMILIES and given(word[1:]):
        return True
    return len(word) in (3, 4) and word[:2] in DOUBLE and given(word[2:])


def words_of(text):
    found = set()
    for run in re.findall(r"[가-힣]{3,8}", text):
        found.add(run)
        found.update(run[: -len(ending)] for ending in ENDINGS if run.endswith(ending) and len(run) - len(ending) in (3, 4))
    return filter(looks_like_name, found)


def counted(lines):
    count = collections.Counter()
    for line in lines:
        count.update(words_of(" ".join(value for value in json.loads(line).values() if isinstance(value, str))))
    return count


def main():
    law = counted(lzma.open(os.path.join(DATA, "statutes.jsonl.xz"), "rt", encoding="utf-8"))
    questions, petitions = collections.Counter(), collections.Counter()
    for file, count in (("easylaw-sections", questions), ("seoul120", questions), ("proposals-answered", questions), ("petitions", petitions)):
        count.update(counted(open(os.path.join(DATA, f"{file}.jsonl"), encoding="utf-8")))
    often = lambda count, least: {word for word, times in count.items() if times >= least}
    print("\n".join(sorted((often(law, 4) | often(questions, 4) | often(petitions, 12)) - PERSONS)))


main()
