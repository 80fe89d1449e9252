"""Which of the lines that begin with 第…条 are heads of articles: those that count up.

A reference that happens to stand at a line's start (第二十七条的规定…) breaks the count, so the heads are the chain
of candidates with the highest sum: every member adds its weight, every irregular step costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.law.numerals import ArticleNumber

#: How many candidates back a predecessor is looked for: more references than this never stand between two articles.
_WINDOW = 80
#: A missing article costs this, each further one _MORE, up to _JUMP: a lone reference is never worth it, a run is.
_GAP, _MORE, _JUMP = 2.0, 0.75, 8.0
#: Weight of a head that is set off from its text, of one whose text follows directly, as a reference's does, and of one
#: that reads like a reference (第八十六条规定……): it only counts where the sequence has a hole without it.
STRONG, WEAK, DOUBTFUL = 3.0, 1.5, 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may be the head of an article.

    `restart`: a title stands between the one before and it. `appendices`: how many appendices began above it.
    """

    number: ArticleNumber
    weight: float
    restart: bool = False
    appendices: int = 0


def chain(candidates: Sequence[Candidate]) -> list[int]:
    """Indexes of the heads, in order."""
    best: list[float] = []
    back: list[int] = []
    restarts = [i for i, c in enumerate(candidates) if c.restart]
    for i, candidate in enumerate(candidates):
        # Beginning late means that everything before was no article.
        score, source = candidate.weight - (0.0 if candidate.number.number == 1 else _GAP), -1
        since = max((r for r in restarts if r <= i), default=0)
        for j in range(max(0, i - _WINDOW), i):
            step = _cost(candidates[j].number, candidate.number, restarted=j < since)
            if step is not None and candidate.appendices > candidates[j].appendices:
                step += _JUMP
            # On a tie the nearest wins: a table of contents that lists the articles stands before them.
            if step is not None and best[j] + candidate.weight - step >= score:
                score, source = best[j] + candidate.weight - step, j
        best.append(score)
        back.append(source)
    if not best:
        return []
    at = max(range(len(best)), key=lambda i: (best[i], i))
    found = []
    while at >= 0:
        found.append(at)
        at = back[at]
    return found[::-1]


def _cost(before: ArticleNumber, after: ArticleNumber, *, restarted: bool) -> float | None:
    """Of going from one article to the next; None where it cannot be."""
    if restarted and after.number == 1 and not after.of:
        return 0.0
    if after.number == before.number:
        return (after.of - before.of - 1) * _GAP if after.of > before.of else None
    if after.number < before.number:
        return None
    missing = after.number - before.number - 1 + max(after.of - 1, 0)
    if after.of:
        missing += 1
    return min(_GAP + _MORE * (missing - 1), _JUMP) if missing else 0.0
