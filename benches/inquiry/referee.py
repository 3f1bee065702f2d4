"""Categories and departments beside scikit-learn, on the same folds.

    cargo build --release -p maru-learning --example figures
    python benches/inquiry/referee.py category seoul120.jsonl [--seeds 0 1]
    python benches/inquiry/referee.py department proposals-answered.jsonl

Needs scikit-learn.
"""

import argparse
import json
import subprocess
import tempfile
from itertools import product
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

FIGURES = Path("target/release/examples/figures")
FOLDS = 5
# What LinearSVC is tried with: the best of these on the folds themselves counts, which favours it.
COSTS = (0.1, 0.3, 1.0)
GRAMS = ((2, 4), (1, 3))
SETTINGS = tuple(product(COSTS, (None, "balanced")))


def read(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def text_of(case):
    return f"{case['title']}\n{case['text']}"


def figures(*arguments):
    """The lines of JSON that the models of Maru give."""
    command = [str(FIGURES), *arguments]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def vectorizer(grams=GRAMS[0]):
    return TfidfVectorizer(analyzer="char_wb", ngram_range=grams, min_df=2, sublinear_tf=True)


def machine(texts, labels, asked):
    vectors = vectorizer().fit(texts)
    model = LinearSVC().fit(vectors.transform(texts), labels)
    return model.classes_, model.decision_function(vectors.transform(asked))


def machines(truth, texts, splits):
    """What LinearSVC says on the folds, for each setting of it that is tried."""
    tried = product(GRAMS, SETTINGS)
    said = {(grams, *setting): np.empty(len(truth), dtype=object) for grams, setting in tried}
    for outside, inside in splits:
        for grams in GRAMS:
            vectors = vectorizer(grams).fit(texts[outside])
            learned, asked = vectors.transform(texts[outside]), vectors.transform(texts[inside])
            for cost, weight in SETTINGS:
                model = LinearSVC(C=cost, class_weight=weight).fit(learned, truth[outside])
                said[grams, cost, weight][inside] = model.predict(asked)
    return {
        f"LinearSVC, {shortest}-{longest}, C {cost}, {weight or 'plain'}": answers
        for ((shortest, longest), cost, weight), answers in said.items()
    }


def category(cases, seed):
    truth = np.array([case["category"] for case in cases])
    texts = np.array([text_of(case) for case in cases], dtype=object)
    folds = np.zeros(len(cases), dtype=int)
    splits = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(texts, truth))
    for number, (_, inside) in enumerate(splits):
        folds[inside] = number
    found = {name: measure(truth, said) for name, said in machines(truth, texts, splits).items()}
    with tempfile.NamedTemporaryFile("w", suffix=".folds") as file:
        file.write("".join(f"{fold}\n" for fold in folds))
        file.flush()
        *lines, costs = figures("category", cases_path, file.name)
    said = np.array([line["label"] for line in lines], dtype=object)
    confidence = np.array([line["confidence"] for line in lines])
    found["Maru"] = measure(truth, said) | certainty(said == truth, confidence) | costs
    return found


def measure(truth, said):
    return {"macro_f1": f1_score(truth, said, average="macro"), "accuracy": np.mean(said == truth)}


def certainty(right, confidence):
    """Accuracy on the surer half, and how far confidence is from accuracy, by tenths."""
    half = np.argsort(-confidence, kind="stable")[: len(right) // 2]
    tenth = np.minimum((confidence * 10).astype(int), 9)
    gaps = [
        abs(right[tenth == number].mean() - confidence[tenth == number].mean()) * np.mean(tenth == number)
        for number in range(10)
        if np.any(tenth == number)
    ]
    return {"surer_half": right[half].mean(), "calibration_error": sum(gaps)}


def department(cases):
    truth = [case["department"] for case in cases]
    names = sorted(set(truth))
    ranked = []
    for place, case in enumerate(cases):
        others = [other for number, other in enumerate(cases) if number != place]
        texts = [text_of(other) for other in others] + names
        labels = [other["department"] for other in others] + names
        classes, scores = machine(texts, labels, [text_of(case)])
        ranked.append(list(classes[np.argsort(-scores[0])[:5]]))
    found = {"LinearSVC, questions and names": ranks(truth, ranked)}
    said = figures("department", cases_path)
    found["Maru"] = ranks(truth, [line["ranked"] for line in said])
    return found


def ranks(truth, ranked):
    return {
        "top_1": np.mean([label == said[0] for label, said in zip(truth, ranked, strict=True)]),
        "top_5": np.mean([label in said for label, said in zip(truth, ranked, strict=True)]),
    }


def show(title, found):
    print(title)
    for name, numbers in found.items():
        print(f"  {name:32}", "  ".join(f"{key} {value:.3f}" for key, value in numbers.items()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["category", "department"])
    parser.add_argument("cases")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    arguments = parser.parse_args()
    cases_path = arguments.cases
    if arguments.what == "department":
        show(cases_path, department(read(cases_path)))
    else:
        for seed in arguments.seeds:
            show(f"{cases_path}, folds of seed {seed}", category(read(cases_path), seed))
