"""One ranking out of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Ranking = Sequence[tuple[int, float]]  # (unit, score), best first


def best_of_units(ranking: Ranking, unit_of: Mapping[int, int]) -> dict[int, tuple[float, int]]:
    """Each unit's best chunk: unit → (score, chunk). Chunks that left the library meanwhile are skipped."""
    best: dict[int, tuple[float, int]] = {}
    for chunk, score in ranking:
        unit = unit_of.get(chunk)
        if unit is not None and (unit not in best or score > best[unit][0]):
            best[unit] = (score, chunk)
    return best


def reciprocal_rank(rankings: Mapping[str, Sequence[int]], weights: Mapping[str, float], k: int = 60) -> dict[int, float]:
    """Reciprocal rank fusion: score = Σ weight / (k + rank), rank from 1. Cormack, Clarke & Büttcher, SIGIR 2009, where k = 60."""
    scores: dict[int, float] = {}
    for name, ranking in rankings.items():
        for rank, unit in enumerate(ranking, 1):
            scores[unit] = scores.get(unit, 0.0) + weights[name] / (k + rank)
    return scores
