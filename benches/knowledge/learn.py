"""Learns the weights of the search's linear models from what `examples/measure_knowledge.rs` writes (`MARU_WEIGHED`).

Listwise: the weights maximise the probability (softmax over a question's candidates) that falls on what is right. Evaluated by
five-fold cross-validation over questions; then calibrated by logistic regression over all candidates. Needs numpy and scikit-learn.

    python benches/knowledge/learn.py FILE.tsv article
"""

import sys

import numpy as np
from sklearn.linear_model import LogisticRegression


def load(path, kind):
    """Questions as pairs: which candidates are right, and the candidates' numbers."""
    questions = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            if cells[0] == kind:
                questions.setdefault(cells[1], []).append((int(cells[2]), [float(cell) for cell in cells[3:]]))
    return [
        (np.array([right for right, _ in rows]), np.array([numbers for _, numbers in rows]))
        for rows in questions.values()
    ]


def measures(questions, weights):
    """MRR@10, hit@10 and hit@1; questions without a right candidate count as misses."""
    ranks = []
    for right, numbers in questions:
        scores = numbers @ weights
        ranks.append(1 + int((scores > scores[right == 1].max()).sum()) if right.any() else 10**6)
    ranks = np.array(ranks, dtype=float)
    return np.mean(np.where(ranks <= 10, 1 / ranks, 0)), np.mean(ranks <= 10), np.mean(ranks <= 1)


def fit(questions, spread, steps=300, rate=0.09, shrink=1e-3):
    """Gradient ascent with Adam on numbers brought to the same spread."""
    useful = [(right, numbers / spread) for right, numbers in questions if right.any() and not right.all()]
    weights = np.zeros(len(spread))
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        gradient = -shrink * weights * len(useful)
        for right, numbers in useful:
            scores = numbers @ weights
            share = np.exp(scores - scores.max())
            share /= share.sum()
            wanted = share * right
            gradient += numbers.T @ (wanted / max(wanted.sum(), 1e-12) - share)
        gradient /= len(useful)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        moved = (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        weights += rate * max(0.05, 1 - step / steps) * moved
    return weights / spread


def main():
    questions = load(sys.argv[1], sys.argv[2])
    everything = np.concatenate([numbers for _, numbers in questions])
    spread = everything.std(axis=0) + 1e-9
    folds = np.random.RandomState(0).randint(0, 5, len(questions))
    parts = []
    for fold in range(5):
        weights = fit([one for one, part in zip(questions, folds) if part != fold], spread)
        parts.append(measures([one for one, part in zip(questions, folds) if part == fold], weights))
    print("five-fold  MRR@10 %.3f  hit@10 %.3f  hit@1 %.3f" % tuple(np.mean(parts, axis=0)))
    weights = fit(questions, spread)
    scores = (everything @ weights)[:, None]
    calibration = LogisticRegression(C=1e6).fit(scores, np.concatenate([right for right, _ in questions]))
    print("constant", round(calibration.intercept_[0], 3))
    print("weights", np.round(weights * calibration.coef_[0, 0], 3).tolist())


if __name__ == "__main__":
    main()
