"""The search itself: candidates from both indexes, fused; articles that the query names come first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import Connection

from kb.embed import Embedder
from kb.index import Scope
from kb.index.follow import Indexes
from kb.law.citations import Citation
from kb.law.names import key
from kb.models import UnitKind, Viewer
from kb.search.fuse import best_of_units, weighted_sum
from kb.search.query import Query
from kb.store.reading import article_units

Mode = Literal["hybrid", "dense", "lexical"]

#: Chunks that each channel contributes.
DEPTH = 200

#: Weight of each channel, chosen by cross-validation on training questions (bench/fusion.py, docs/retrieval.md).
WEIGHTS = {"dense": 1.0, "words": 0.25, "grams": 0.75}


Place = tuple[float, int]  # a channel's score, and the chunk that has it


@dataclass(slots=True)
class Candidate:
    """A unit that may become a hit."""

    unit: int  # row number
    score: float  # 1 is the best of this search
    places: dict[str, Place] = field(default_factory=dict)  # channel → where it found the unit; empty if named only
    cited: Citation | None = None  # the query names it
    digest: int | None = None  # the digest that was found and stands for this official text

    @property
    def chunk(self) -> int | None:
        """The unit's best passage: the chunk on which most weight of the channels agrees; None is the whole unit."""
        if self.cited is not None or self.digest is not None:
            return None
        votes: dict[int, float] = {}
        for name, (_, chunk) in self.places.items():
            votes[chunk] = votes.get(chunk, 0.0) + WEIGHTS[name]
        return max(votes, key=lambda chunk: (votes[chunk], -chunk), default=None)


def rank(
    query: Query,
    indexes: Indexes,
    embedder: Embedder | None,
    scope: Scope,
    mode: Mode = "hybrid",
    depth: int = DEPTH,
) -> list[Candidate]:
    """Units in order of their fused score, best first. `embedder` may be None in lexical mode."""
    channels: dict[str, Sequence[tuple[int, float]]] = {}
    dense, unit_of = indexes.dense, indexes.unit_of  # another thread may put others in their place
    if mode != "lexical" and embedder is not None and dense is not None:
        channels["dense"] = dense.search(embedder.queries([query.text])[0], depth, scope)
    if mode != "dense":
        channels["words"] = indexes.lexical.search("words", query.words, depth, scope)
        channels["grams"] = indexes.lexical.search("grams", query.grams, depth, scope)
    best = {name: best_of_units(ranking, unit_of) for name, ranking in channels.items()}
    scores = weighted_sum(best, WEIGHTS)
    top = max(scores.values(), default=1.0) or 1.0
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [
        Candidate(unit, score / top, {name: units[unit] for name, units in best.items() if unit in units})
        for unit, score in ordered
    ]


def cited(connection: Connection, query: Query, viewer: Viewer, kinds: frozenset[str] | None) -> list[Candidate]:
    """The articles that the query names, in its order: the official text, else its digest."""
    found: list[Candidate] = []
    for citation in query.citations:
        assert citation.law
        assert citation.number
        rows = article_units(connection, key(citation.law), str(citation.number), viewer)
        allowed = [number for number, kind in rows if kinds is None or kind.value in kinds]
        if allowed and all(c.unit != allowed[0] for c in found):
            found.append(Candidate(allowed[0], 1.0, cited=citation))
    return found


def absent(query: Query, named: Sequence[Candidate], kinds: frozenset[str] | None) -> tuple[str, ...]:
    """A sentence for each article that the query names and the viewer's library lacks."""
    if kinds is not None and not kinds & {UnitKind.ARTICLE.value, UnitKind.DIGEST.value}:
        return ()
    held = {(key(c.cited.law or ""), c.cited.number) for c in named if c.cited}
    missing = {f"《{c.law}》{c.number.chinese}": None for c in query.citations if c.law and c.number}
    for c in query.citations:
        if c.law and c.number and (key(c.law), c.number) in held:
            missing.pop(f"《{c.law}》{c.number.chinese}", None)
    return tuple(f"库中没有{name}，请核对条号或先导入该法规" for name in missing)


def official_kinds(kinds: frozenset[str] | None) -> frozenset[str] | None:
    """A search for articles also looks into digests, which stand in for texts that the library lacks."""
    if kinds is not None and UnitKind.ARTICLE.value in kinds:
        return kinds | {UnitKind.DIGEST.value}
    return kinds
