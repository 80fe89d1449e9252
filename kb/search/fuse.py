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


def weighted_sum(best: Mapping[str, Mapping[int, tuple[float, int]]], weights: Mapping[str, float]) -> dict[int, float]:
    """Σ weight × the unit's score in each channel, every channel scaled to 0–1 over its own list; higher is better.

    A unit that a channel did not return gets nothing from it. Also called CombSUM with min–max normalisation, Fox & Shaw 1994;
    docs/retrieval.md compares it with reciprocal rank fusion.
    """
    total: dict[int, float] = {}
    for name, units in best.items():
        scores = [score for score, _ in units.values()]
        low, width = min(scores, default=0.0), max(scores, default=0.0) - min(scores, default=0.0)
        for unit, (score, _) in units.items():
            share = (score - low) / width if width else 1.0
            total[unit] = total.get(unit, 0.0) + weights[name] * share
    return total
