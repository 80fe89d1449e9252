"""Chooses how the channels are fused, on training questions by cross-validation; prints the table for docs/retrieval.md.

python bench/fusion.py --corpus statutes.jsonl.gz --train stard_train.jsonl [--dev stard_dev.jsonl …] [--vectors F.npy]
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import numpy as np

from kb import settings
from kb.embed.load import load
from kb.evaluate import open_corpus, read_queries
from kb.evaluate.metrics import ndcg, recall
from kb.index import Scope
from kb.search.fuse import best_of_units, weighted_sum
from kb.search.query import parse

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
CONSTANTS = (5, 10, 20, 40, 60)
FOLDS = 5


def channels(opened, query, depth=200):
    """unit → score of each channel, best first."""
    indexes, asked = opened.kb.indexes, parse(query)
    vector = opened.kb.embedder.queries([asked.text])[0]
    found = {
        "dense": indexes.dense.search(vector, depth, Scope()),
        "words": indexes.lexical.search("words", asked.words, depth, Scope()),
        "grams": indexes.lexical.search("grams", asked.grams, depth, Scope()),
    }
    return {name: best_of_units(ranking, indexes.unit_of) for name, ranking in found.items()}


def by_rank(found, weights, k):
    """Reciprocal rank fusion: Σ weight / (k + rank), rank from 1. Cormack, Clarke & Büttcher 2009."""
    scores = {}
    for name, units in found.items():
        for rank, unit in enumerate(units, 1):
            scores[unit] = scores.get(unit, 0.0) + weights[name] / (k + rank)
    return sorted(scores, key=lambda u: -scores[u])


def by_score(found, weights, _):
    scores = weighted_sum(found, weights)
    return sorted(scores, key=lambda u: -scores[u])


METHODS = {"rank": by_rank, "score": by_score}


def measure(runs, gold, ids, method, weights, k):
    """(R@10, nDCG@10) per query."""
    out = []
    for found, answers in zip(runs, gold, strict=True):
        ranked = [ids[u] for u in METHODS[method](found, weights, k)[:100]]
        out.append((recall(ranked, answers, 10), ndcg(ranked, answers)))
    return np.array(out)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("corpus", "train", "vectors"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--dev", type=Path, nargs="*", default=[])
    arguments = parser.parse_args()
    opened = open_corpus(
        arguments.corpus, load(settings.embedder(), settings.cache()), settings.cache(), arguments.vectors
    )
    opened.kb.indexes.follow()
    with opened.kb.store.read() as connection:
        from sqlalchemy import select

        from kb.store.tables import units

        ids = {n: opened.ids[i] for n, i in connection.execute(select(units.c.number, units.c.id))}
    sets = {}
    for file in (arguments.train, *arguments.dev):
        queries = read_queries(file)
        sets[file.stem] = ([channels(opened, q.text) for q in queries], [q.gold for q in queries])
    runs, gold = sets[arguments.train.stem]
    grid = [
        (method, dict(zip(("dense", "words", "grams"), (1.0, w, b), strict=True)), k)
        for method in METHODS
        for w, b in itertools.product(WEIGHTS, WEIGHTS)
        for k in (CONSTANTS if method == "rank" else (0,))
    ]
    table = [(setting, measure(runs, gold, ids, *setting)) for setting in grid]
    folds = np.random.default_rng(7).integers(0, FOLDS, len(runs))
    held = np.zeros((len(runs), 2))
    for fold in range(FOLDS):
        best = max(table, key=lambda row: row[1][folds != fold].sum(1).mean())
        held[folds == fold] = best[1][folds == fold]
        print("fold", fold, best[0])
    print("cross-validated R@10 {:.4f} nDCG@10 {:.4f}".format(*tuple(held.mean(0))))
    print("| method | dense | words | grams | k | R@10 | nDCG@10 |")
    for (method, weights, k), values in sorted(table, key=lambda row: -row[1].sum(1).mean())[:12]:
        print(f"| {method} | {' | '.join(map(str, weights.values()))} | {k} | %.4f | %.4f |" % tuple(values.mean(0)))
    best = max(table, key=lambda row: row[1].sum(1).mean())[0]
    alone = {"dense": (1.0, 0.0, 0.0), "words": (0.0, 1.0, 0.0), "grams": (0.0, 0.0, 1.0), "words+grams": (0, 1, 1)}
    for name, (found, answers) in sets.items():
        print(name, "best {:.4f} {:.4f}".format(*tuple(measure(found, answers, ids, *best).mean(0))))
        for part, weights in alone.items():
            given = dict(zip(("dense", "words", "grams"), weights, strict=True))
            only = [{n: u for n, u in f.items() if given[n]} for f in found]
            print(name, part, "{:.4f} {:.4f}".format(*tuple(measure(only, answers, ids, "rank", given, 20).mean(0))))


if __name__ == "__main__":
    main()
