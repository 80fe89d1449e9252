"""How close a hit is, in three words; never a percentage."""

from __future__ import annotations

from math import exp
from typing import Literal

Strength = Literal["strong", "good", "weak"]

#: Logistic model of "this is what was asked for": calibrated on training questions by bench/strength.py.
INTERCEPT = -43.81
COSINE = 44.41
COVERAGE = 2.06

STRONG = 0.3
GOOD = 0.05


def closeness(cosine: float, coverage: float) -> float:
    """Estimated probability that a hit answers, from the dense score and the share of the query's words it holds."""
    return 1 / (1 + exp(-(INTERCEPT + COSINE * cosine + COVERAGE * coverage)))


def strength(cosine: float, coverage: float) -> Strength:
    """strong, good or weak; 0 for the cosine of a hit that only words found."""
    p = closeness(cosine, coverage)
    return "strong" if p >= STRONG else "good" if p >= GOOD else "weak"
