"""Retrieval quality over judged queries, and latency beside a reference measured in the same run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from statistics import mean, median, quantiles

Ranked = Sequence[str]  # ids, best first
Gold = Mapping[str, int]  # id → grade; 1 for a plain gold answer

DEPTHS = (1, 5, 10, 20, 100)


def recall(ranked: Ranked, gold: Gold, k: int) -> float:
    """Share of the gold answers among the first k."""
    return sum(i in gold for i in ranked[:k]) / len(gold)


def ndcg(ranked: Ranked, gold: Gold, k: int = 10) -> float:
    """Normalised discounted cumulative gain: gain 2^grade − 1, discount log2(rank + 1). Järvelin & Kekäläinen 2002."""
    gained: float = sum((2.0 ** gold.get(i, 0) - 1) / log2(rank + 1) for rank, i in enumerate(ranked[:k], 1))
    best: float = sum(
        (2.0**grade - 1) / log2(rank + 1) for rank, grade in enumerate(sorted(gold.values(), reverse=True)[:k], 1)
    )
    return gained / best


def reciprocal_rank(ranked: Ranked, gold: Gold, k: int = 10) -> float:
    """1 / rank of the first gold answer among the first k, else 0."""
    return next((1 / rank for rank, i in enumerate(ranked[:k], 1) if i in gold), 0.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and the ids that answer it."""

    qid: str
    text: str
    gold: Gold
    graded: bool = False


def scores(runs: Sequence[tuple[Judged, Ranked]]) -> dict[str, float]:
    """The usual measures, averaged over the queries that have a gold answer; with grades also hit@3.

    hit@3 is a grade 2 among the first three, averaged over the queries that have one.
    """
    answered = [(q, r) for q, r in runs if q.gold]
    if not answered:
        return {}
    found = {f"R@{k}": mean(recall(r, q.gold, k) for q, r in answered) for k in DEPTHS}
    found["nDCG@10"] = mean(ndcg(r, q.gold) for q, r in answered)
    found["MRR@10"] = mean(reciprocal_rank(r, q.gold) for q, r in answered)
    best = [(q, r) for q, r in answered if q.graded and 2 in q.gold.values()]
    if best:
        found["hit@3"] = mean(any(q.gold.get(i) == 2 for i in r[:3]) for q, r in best)
    return {name: round(value, 4) for name, value in found.items()}


def latency(seconds: Sequence[float], prefix: str = "") -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    if not seconds:
        return {}
    p95 = quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return {f"{prefix}p50_ms": round(median(seconds) * 1000, 2), f"{prefix}p95_ms": round(p95 * 1000, 2)}
