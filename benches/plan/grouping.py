#!/usr/bin/env python3
"""Adjusted Rand index of Maru's topics and of TF-IDF + k-means of scikit-learn, on the same texts in the same run.

pip install scikit-learn; cargo build --release -p maru-plan --example grouping
python3 benches/plan/grouping.py ../shared/data/petitions.jsonl
"""
import json
import os
import subprocess
import sys
import time

from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score

path = sys.argv[1]
rows = [json.loads(line) for line in open(path, encoding="utf-8")]
texts = [row["title"] + "\n" + row["text"] for row in rows]
categories = [row["category"] for row in rows]
count = len(set(categories))
print(f"{len(rows)} petitions, {count} categories")

began = time.time()
program = os.path.join(os.environ.get("CARGO_TARGET_DIR", "target"), "release/examples/grouping")


def groups(what):
    """The group of each text."""
    output = subprocess.run([program, what, path, str(count)], capture_output=True, text=True, check=True).stdout
    return [int(line) for line in output.split()]


ours = groups("topics")
print(f"maru                                  ARI {adjusted_rand_score(categories, ours):.4f}   {time.time() - began:.1f} s")

for name, vectoriser in (
    ("scikit-learn, TF-IDF as it comes", TfidfVectorizer()),
    ("scikit-learn, TF-IDF tuned", TfidfVectorizer(min_df=5, max_df=0.3, sublinear_tf=True)),
):
    began = time.time()
    matrix = vectoriser.fit_transform(texts)
    scores = [
        adjusted_rand_score(categories, KMeans(count, n_init=4, random_state=seed).fit_predict(matrix)) for seed in range(3)
    ]
    print(f"{name:<37} ARI {sum(scores) / 3:.4f} (best of 3: {max(scores):.4f})   {time.time() - began:.1f} s")

# The last fifth comes after the others were grouped, and is put to the groups that there are.
began = time.time()
placed = groups("placed")
late = len(rows) * 4 // 5
for name, labels in (("one whole grouping", ours), ("placed after it", placed)):
    score = adjusted_rand_score(categories[late:], labels[late:])
    print(f"the last fifth, {name:<21} ARI {score:.4f}")
print(f"grouping four fifths and placing the rest: {time.time() - began:.1f} s")
