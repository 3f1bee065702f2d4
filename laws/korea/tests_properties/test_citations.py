"""Every article and paragraph that a reason or a docstring cites exists in the statute's text.

Reads the statutes of `MARU_SHARED` (default: `../shared` beside the project); without them it says that it skips.
"""

import inspect
import json
import lzma
import os
import pathlib
import re

import pytest
from openfisca_core.parameters import Parameter
from population import SYSTEM

from openfisca_korea.reasons import REASONS

PROJECT = pathlib.Path(__file__).resolve().parents[3]
STATUTES = pathlib.Path(os.environ.get("MARU_SHARED", PROJECT.parent / "shared")) / "data/statutes.jsonl.xz"
ACTS = [
    "국민기초생활 보장법",
    "의료급여법",
    "주거급여법",
    "기초연금법",
    "장애인연금법",
    "장애인복지법",
    "아동수당법",
    "저출산ㆍ고령사회기본법",
    "한부모가족지원법",
    "에너지법",
    "조세특례제한법",
]
KINDS = ("시행령", "시행규칙")
TOKEN = re.compile(
    "(" + "|".join(map(re.escape, ACTS)) + r")|(시행령|시행규칙)|제(\d+)조(의\d+)?((?:(?:제|·제)\d+(?:의\d+)?항)*)"
)
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def read_statutes():
    wanted = {act for act in ACTS} | {f"{act} {kind}" for act in ACTS for kind in KINDS}
    found = {}
    with lzma.open(STATUTES, "rt", encoding="utf-8") as lines:
        for line in lines:
            if any(act in line[:80] for act in ACTS):
                row = json.loads(line)
                if row["law"] in wanted:
                    found.setdefault((row["law"], row["article"]), "")
                    found[row["law"], row["article"]] += row["text"]
    return found


def citations(text):
    """(law, article, paragraphs) for each article in a text; an article without an act belongs to the last one named."""
    act, kind = None, ""
    for named, of_act, number, branch, paragraphs in TOKEN.findall(text):
        if named:
            act, kind = named, ""
        elif of_act:
            kind = f" {of_act}"
        elif act:
            yield (
                f"{act}{kind}",
                f"제{number}조{branch}",
                [int(n) for n in re.findall(r"제(\d+)(?:의\d+)?항", paragraphs)],
            )


def cited_texts():
    for name, outcomes in REASONS.items():
        for number, outcome in enumerate(outcomes):
            yield f"reason {number} of {name}", outcome["basis"]
    for name, variable in SYSTEM.variables.items():
        for formula in variable.formulas.values():
            yield f"docstring of {name}", inspect.getdoc(formula)
        if variable.documentation:
            yield f"documentation of {name}", variable.documentation
    for node in SYSTEM.parameters.get_descendants():
        if isinstance(node, Parameter):
            for metadata in (node.metadata, *(value.metadata for value in node.values_list)):
                for reference in metadata.get("reference", []):
                    yield f"parameter {node.name}", reference["title"]


@pytest.mark.skipif(not STATUTES.exists(), reason=f"the statutes are not at {STATUTES}; set MARU_SHARED")
def test_every_cited_article_exists():
    statutes = read_statutes()
    assert len({law for law, _ in statutes}) > 20
    wrong, number = [], 0
    for where, text in cited_texts():
        for law, article, paragraphs in citations(text):
            number += 1
            words = statutes.get((law, article))
            if words is None:
                wrong.append(f"{where}: {law} {article} does not exist")
                continue
            wrong += [
                f"{where}: {law} {article} has no 제{p}항" for p in paragraphs if p > 1 and CIRCLED[p - 1] not in words
            ]
    assert not wrong, "\n".join(wrong)
    assert number > 400


def test_the_test_can_fail():
    text = "기초연금법 제3조제1항, 시행령 제11조; 주거급여법 제7조"
    assert list(citations(text)) == [
        ("기초연금법", "제3조", [1]),
        ("기초연금법 시행령", "제11조", []),
        ("주거급여법", "제7조", []),
    ]
