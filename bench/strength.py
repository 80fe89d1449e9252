"""Calibrates strong, good and weak on training questions: the coefficients of kb/search/strength.py.

    python bench/strength.py --corpus statutes.jsonl.gz --train stard_train.jsonl [--vectors F.npy]

Every hit among the first ten is a sample: its cosine, the share of the query's words it holds, and whether it is gold.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from kb import Viewer, settings
from kb.embed.load import load
from kb.evaluate import open_corpus, read_queries
from kb.search.explain import coverage
from kb.search.query import parse


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("corpus", "train", "vectors"):
        parser.add_argument(f"--{name}", type=Path)
    arguments = parser.parse_args()
    embedder = load(settings.embedder(), settings.cache())
    opened = open_corpus(arguments.corpus, embedder, settings.cache(), arguments.vectors)
    samples, labels, first = [], [], []
    for query in read_queries(arguments.train):
        asked = parse(query.text)
        for hit in opened.kb.search(query.text, Viewer.local()).hits:
            if "dense" in hit.parts:
                samples.append((hit.parts["dense"], coverage(asked, hit.text)))
                labels.append(opened.ids[hit.id] in query.gold)
                first.append(hit.rank == 1)
    x, y, top = np.array(samples), np.array(labels), np.array(first)
    model = LogisticRegression(C=1e6)
    held = cross_val_predict(model, x, y, cv=5, method="predict_proba")[:, 1]
    model.fit(x, y)
    cosine, covered = model.coef_[0]
    print(f"intercept {model.intercept_[0]:.2f} cosine {cosine:.2f} coverage {covered:.2f}")
    print(f"cross-validated AUC {roc_auc_score(y, held):.3f}, of {len(y)} samples {y.mean():.3f} gold")
    print("share of hits / of first hits at or above p, and how many of them are gold")
    for p in (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5):
        chosen = held >= p
        print(
            f"p ≥ {p:.2f}: {chosen.mean():.3f} gold {y[chosen].mean() if chosen.any() else 0:.3f} | "
            f"first {chosen[top].mean():.3f} gold {y[chosen & top].mean() if (chosen & top).any() else 0:.3f}"
        )


if __name__ == "__main__":
    main()
