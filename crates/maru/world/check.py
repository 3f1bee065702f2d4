#!/usr/bin/env python3
"""Checks that the demonstration city hangs together. Run from anywhere: python3 crates/maru/world/check.py

Every identifier exists, every article that is cited is in statutes.jsonl, dates and histories are in order, and the pieces are
as long as they should be. Prints what is wrong and exits 1, or prints the counts and exits 0. Needs Python 3.11 and nothing else.
"""

import collections
import json
import pathlib
import re
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
KINDS = {"application", "legal-question", "question", "suggestion", "immediate", "grievance"}
EVENTS = {
    "received", "understood", "corrected", "noted", "drafted", "transferred", "completion-requested", "completed",
    "extended", "answered", "refused", "objected", "rated", "withdrawn", "same-matter",
}
STATES = {
    "received", "understood", "drafted", "transferred", "completion-requested", "extended", "answered", "refused",
    "objected", "rated", "withdrawn", "overdue",
}
ROLES = {"official", "supervisor", "administrator", "auditor"}
GROUNDS = {"cooperation", "site-check", "force-majeure", "similar"}
MOMENT = re.compile(r"^-(\d+)d (\d\d):(\d\d)$")

problems = []


def complain(where, what):
    problems.append(f"{where}: {what}")


def lines(name):
    rows = []
    for number, line in enumerate((HERE / name).read_text(encoding="utf-8").splitlines(), 1):
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError as error:
            complain(f"{name}:{number}", f"not JSON: {error}")
    return rows


def unique(rows, where):
    for identifier, count in collections.Counter(row["id"] for row in rows).items():
        if count > 1:
            complain(where, f"{identifier} stands {count} times")


def moment(text, where):
    found = MOMENT.match(text)
    if not found or int(found[1]) < 1 or int(found[2]) > 23 or int(found[3]) > 59:
        complain(where, f"not a moment before today: {text}")
        return (0, 0)
    return (-int(found[1]), int(found[2]) * 60 + int(found[3]))


agency = tomllib.loads((HERE / "agency.toml").read_text(encoding="utf-8"))
statutes = lines("statutes.jsonl")
answers = lines("answers.jsonl")
services = lines("services.jsonl")
inquiries = lines("inquiries.jsonl")
training = lines("training.jsonl")

articles = collections.Counter(f"{row['law']} {row['article']}" for row in statutes)
laws = {row["law"] for row in statutes}
departments = {row["id"]: row for row in agency["departments"]}
categories = {row["id"]: row for row in agency["categories"]}
officials = {row["id"]: row for row in agency["officials"]}
citizens = {row["id"]: row for row in agency["citizens"]}

for article, count in articles.items():
    if count > 1:
        complain("statutes.jsonl", f"{article} stands {count} times")
for row in statutes:
    if set(row) != {"law", "kind", "ministry", "effective", "article", "heading", "text", "url"}:
        complain("statutes.jsonl", f"{row['law']} {row['article']}: other fields than expected")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", row["effective"]):
        complain("statutes.jsonl", f"{row['law']}: date {row['effective']}")
    if not row["text"].strip() or len(row["text"]) > 600:
        complain("statutes.jsonl", f"{row['law']} {row['article']}: {len(row['text'])} characters")

for part in ("departments", "categories", "officials", "citizens"):
    unique(agency[part], f"agency.toml {part}")
for row in agency["departments"]:
    for law in row["laws"]:
        if law not in laws:
            complain("agency.toml", f"{row['id']}: no article of {law}")
    if "-0000-" not in row["telephone"]:
        complain("agency.toml", f"{row['id']}: telephone is not in the invented range")
for row in agency["categories"] + agency["officials"]:
    if row["department"] not in departments:
        complain("agency.toml", f"{row['id']}: department {row['department']}")
for row in agency["officials"]:
    if row["role"] not in ROLES:
        complain("agency.toml", f"{row['id']}: role {row['role']}")
for department in departments:
    if not any(row["department"] == department for row in agency["officials"]):
        complain("agency.toml", f"{department} has nobody")
if agency["agency"]["supervising_person"] not in officials:
    complain("agency.toml", "supervising person")
for key in ("audit_department", "reception_department"):
    if agency["agency"][key] not in departments:
        complain("agency.toml", key)


def placed(row, where):
    if row["category"] not in categories:
        complain(where, f"category {row['category']}")
    if row["department"] not in departments:
        complain(where, f"department {row['department']}")


def cited(cites, where):
    for cite in cites:
        if cite not in articles:
            complain(where, f"cites {cite}, which is not in statutes.jsonl")


unique(answers, "answers.jsonl")
for row in answers:
    where = f"answers.jsonl {row['id']}"
    placed(row, where)
    cited(row["cites"], where)
    if not row["cites"]:
        complain(where, "cites nothing")
    if not 150 <= len(row["text"]) <= 520:
        complain(where, f"{len(row['text'])} characters")
    if ("title_en" in row) != ("text_en" in row):
        complain(where, "half of the English is missing")

unique(services, "services.jsonl")
for row in services:
    where = f"services.jsonl {row['id']}"
    placed(row, where)
    cited(row["cites"], where)
    for key in ("title", "who", "what", "how", "period", "documents"):
        if not row[key] or not row[f"{key}_en"]:
            complain(where, f"{key} is missing")

unique(inquiries, "inquiries.jsonl")
identifiers = {row["id"] for row in inquiries}
for row in inquiries:
    where = f"inquiries.jsonl {row['id']}"
    placed(row, where)
    if row["citizen"] is not None and row["citizen"] not in citizens:
        complain(where, f"citizen {row['citizen']}")
    if row["kind"] not in KINDS:
        complain(where, f"kind {row['kind']}")
    if (row["kind"] == "application") != ("period" in row):
        complain(where, "an application has a published period, others have none")
    if row["state"] not in STATES:
        complain(where, f"state {row['state']}")
    if "repeat_of" in row and row["repeat_of"] not in identifiers:
        complain(where, f"repeats {row['repeat_of']}")
    history = row["history"]
    if history[0]["event"] != "received" or history[0]["at"] != row["received"]:
        complain(where, "does not begin with its receipt")
    moments = [moment(event["at"], where) for event in history]
    if moments != sorted(moments):
        complain(where, "history is not in order")
    for event in history:
        if event["event"] not in EVENTS:
            complain(where, f"event {event['event']}")
        if "by" in event and event["by"] not in officials:
            complain(where, f"official {event['by']}")
        cited(event.get("cites", []), where)
        for key in ("department", "from", "to"):
            if key in event and event[key] not in departments:
                complain(where, f"department {event[key]}")
        if "same_as" in event and event["same_as"] not in identifiers:
            complain(where, f"the same matter as {event['same_as']}")
        if event["event"] == "extended" and event["ground"] not in GROUNDS:
            complain(where, f"ground {event['ground']}")
        if event["event"] == "refused" and not (event["reason"] and event["remedy"]):
            complain(where, "a refusal needs a reason and a remedy (법 제27조제3항)")
        if event["event"] in ("answered", "refused"):
            text = event["text"]
            for number in range(1, len(event["cites"]) + 1):
                if text.count(f"[{number}]") < 2:  # once where it is used, once in the list of sources
                    complain(where, f"source [{number}] is not used")
    last = [event["event"] for event in history if event["event"] not in ("noted", "corrected", "same-matter")][-1]
    if row["state"] == "overdue":
        if last not in ("understood", "drafted"):
            complain(where, "overdue, but not open")
    elif row["state"] != last:
        complain(where, f"state {row['state']}, history ends with {last}")

for number, row in enumerate(training, 1):
    placed(row, f"training.jsonl:{number}")
    if not row["title"].strip() or not row["text"].strip():
        complain(f"training.jsonl:{number}", "empty")
for text, count in collections.Counter(row["text"] for row in training).items():
    if count > 1:
        complain("training.jsonl", f"stands {count} times: {text}")

if problems:
    print("\n".join(problems))
    sys.exit(1)
print(
    f"{len(departments)} departments, {len(categories)} categories, {len(officials)} officials, {len(citizens)} citizens; "
    f"{len(statutes)} articles of {len(laws)} laws, {len(answers)} answers ({sum('text_en' in row for row in answers)} also in English), "
    f"{len(services)} services, {len(inquiries)} inquiries, {len(training)} labelled texts: all consistent"
)
