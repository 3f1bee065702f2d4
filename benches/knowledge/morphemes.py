"""BM25 over character bigrams, over MeCab-ko's morphemes, and over both, on the retrieval tasks of `measure_knowledge`.

    pip install numpy python-mecab-ko==1.3.7
    MARU_SHARED=../shared python benches/knowledge/morphemes.py [--every 4] [--sample 40] [--articles | --answers]

The same BM25 as `measure_knowledge` compares with (k1 1.2, b .75, each term of the question once), so that only the terms differ:

- bigrams: pairs of characters within words, as the index has them;
- morphemes: everything that MeCab-ko (mecab-ko-dic) cuts a text into, signs left out;
- without particles: the same without particles (J*), endings (E*) and suffixes (XS*), as a stemmed index would hold them;
- both: bigrams and morphemes without particles, each a term of its own.

Title -> text is `seoul120.jsonl`, topic -> cited article `easylaw-sections.jsonl` over the articles of `statutes.jsonl.xz` (with --sample N:
over those that are cited and every N-th of the others, since MeCab-ko takes its time); of an article title, heading and text count. A cited article counts where title and number are found as they stand, spaces and middle dots apart.
Single thread.
"""

import argparse
import json
import lzma
import os
import re
import time
from array import array
from pathlib import Path

import numpy as np
from mecab import MeCab

DATA = Path(os.environ.get("MARU_SHARED", "../shared")) / "data"
WORDS = re.compile(r"[^\W_]+")
LEFT_OUT = ("J", "E", "XS")
TOP = 10

mecab = MeCab()


def bigrams(text):
    grams = []
    for word in WORDS.findall(text):
        grams += [word] if len(word) <= 2 else [word[place : place + 2] for place in range(len(word) - 1)]
    return grams


def tagged(text):
    """Morphemes with their tags; text without a letter gives none."""
    return [(form.lower(), tag) for form, tag in mecab.pos(text) if not tag.startswith("S") or tag in ("SL", "SN", "SH")]


def kinds(text):
    """The terms of a text, one list for each way to cut it."""
    morphemes = tagged(text)
    # Tags of joined morphemes are written VV+EC: the first tells what it is.
    content = [form for form, tag in morphemes if not tag.startswith(LEFT_OUT)]
    grams = bigrams(text)
    return {
        "bigrams": grams,
        "morphemes": [form for form, _ in morphemes],
        "without particles": content,
        "both": grams + ["=" + form for form in content],
    }


class Index:
    """Postings of one kind of terms, gathered text by text."""

    def __init__(self):
        self.numbers = {}
        self.terms, self.texts, self.counts = array("i"), array("i"), array("f")
        self.lengths = array("f")

    def add(self, terms):
        counts = {}
        for term in terms:
            counts[term] = counts.get(term, 0) + 1
        text = len(self.lengths)
        for term, count in counts.items():
            self.terms.append(self.numbers.setdefault(term, len(self.numbers)))
            self.texts.append(text)
            self.counts.append(count)
        self.lengths.append(len(terms))

    def close(self):
        terms = np.frombuffer(self.terms, dtype=np.int32)
        order = np.argsort(terms, kind="stable")
        self.starts = np.searchsorted(terms[order], np.arange(len(self.numbers) + 1))
        self.places = np.frombuffer(self.texts, dtype=np.int32)[order]
        lengths = np.frombuffer(self.lengths, dtype=np.float32)
        norms = 1.2 * (0.25 + 0.75 * lengths / lengths.mean())
        counts = np.frombuffer(self.counts, dtype=np.float32)[order]
        self.weights = counts * 2.2 / (counts + norms[self.places])
        self.total = len(lengths)

    def search(self, terms):
        """The best texts, the first at the front."""
        scores = np.zeros(self.total, dtype=np.float32)
        for term in set(terms):
            number = self.numbers.get(term)
            if number is None:
                continue
            start, end = self.starts[number], self.starts[number + 1]
            having = end - start
            rarity = np.log(1 + (self.total - having + 0.5) / (having + 0.5))
            scores[self.places[start:end]] += rarity * self.weights[start:end]
        best = np.argpartition(-scores, TOP)[: TOP + 1] if self.total > TOP else np.arange(self.total)
        best = best[np.argsort(-scores[best], kind="stable")]
        return [int(place) for place in best[:TOP] if scores[place] > 0]


def indexes(texts):
    found = {}
    begin = time.process_time()
    for text in texts:
        for name, terms in kinds(text).items():
            found.setdefault(name, Index()).add(terms)
    for index in found.values():
        index.close()
    return found, time.process_time() - begin


def report(task, found, questions, is_right):
    print(f"{task}, n = {len(questions)}")
    for name, index in found.items():
        ranks, begin = [], time.process_time()
        for number, question in questions:
            best = index.search(kinds(question)[name])
            ranks.append(next((rank for rank, place in enumerate(best) if is_right(number, place)), None))
        hits = [rank for rank in ranks if rank is not None]
        mrr = sum(1 / (rank + 1) for rank in hits) / len(ranks)
        first = sum(rank == 0 for rank in hits) / len(ranks)
        milliseconds = 1000 * (time.process_time() - begin) / len(ranks)
        print(
            f"  {name:<18} MRR@10 {mrr:.3f}  hit@10 {len(hits) / len(ranks):.3f}  hit@1 {first:.3f}"
            f"  terms {len(index.numbers):,}, postings {len(index.places):,}, {milliseconds:.1f} ms a question",
            flush=True,
        )


def rows(name):
    with open(DATA / name, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def answers():
    cases = rows("seoul120.jsonl")
    found, seconds = indexes(case["text"] for case in cases)
    print(f"{len(cases):,} texts cut and indexed all four ways in {seconds:.0f} s of processor")
    questions = [(number, case["title"]) for number, case in enumerate(cases)]
    report("title -> text", found, questions, lambda number, place: number == place)


def key(law, article):
    return re.sub(r"[\s·ㆍ]", "", law), article


def articles(every, sample):
    sections = rows("easylaw-sections.jsonl")[::every]
    right = [{key(cite["law"], cite["article"]) for cite in section["cites"]} for section in sections]
    cited = set().union(*right)
    keys = []

    def texts():
        with lzma.open(DATA / "statutes.jsonl.xz", "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                row = json.loads(line)
                name = key(row["law"], row["article"])
                if number % sample and name not in cited:
                    continue
                keys.append(name)
                yield f"{row['law']} {row['heading']} {row['text']}"

    found, seconds = indexes(texts())
    print(f"{len(keys):,} articles cut and indexed all four ways in {seconds:.0f} s of processor")
    questions = [(number, section["question"]) for number, section in enumerate(sections)]
    report("topic -> cited article", found, questions, lambda number, place: keys[place] in right[number])


def cutting():
    """How fast texts are cut, one thread."""
    texts = [case["text"] for case in rows("petitions.jsonl")]
    letters = sum(map(len, texts))
    for name, cut in (("bigrams", bigrams), ("MeCab-ko", tagged)):
        begin = time.process_time()
        for text in texts:
            cut(text)
        seconds = time.process_time() - begin
        print(f"{name}: {letters / seconds / 1e6:.2f} million characters a second (Python around it included)")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--every", type=int, default=4, help="each so many sections of the guide")
    arguments.add_argument("--sample", type=int, default=1, help="each so many articles beside those that are cited")
    arguments.add_argument("--answers", action="store_true", help="title -> text alone")
    arguments.add_argument("--articles", action="store_true", help="topic -> cited article alone")
    chosen = arguments.parse_args()
    both = chosen.answers == chosen.articles
    if both:
        cutting()
    if both or chosen.answers:
        answers()
    if both or chosen.articles:
        articles(chosen.every, chosen.sample)
