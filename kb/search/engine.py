"""The search itself: candidates from both indexes, fused; articles that the query names come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import Connection

from kb.embed import Embedder
from kb.index import Scope
from kb.index.follow import Indexes
from kb.law.citations import Citation
from kb.law.names import key
from kb.models import UnitKind, Viewer
from kb.search.fuse import best_of_units, reciprocal_rank
from kb.search.query import Query
from kb.store.reading import article_units

Mode = Literal["hybrid", "dense", "lexical"]

#: Chunks that each channel contributes.
DEPTH = 200

#: Weight of each channel and the constant of reciprocal rank fusion, chosen by cross-validation on training questions
#: (bench/fusion.py; the table is in docs/retrieval.md).
WEIGHTS = {"dense": 1.0, "words": 0.5, "bigrams": 0.5}
RRF_K = 20


@dataclass(slots=True)
class Candidate:
    """A unit that may become a hit."""

    unit: int  # row number
    score: float
    chunk: int | None = None  # its best passage; None for a unit that was named, not found
    parts: dict[str, float] = field(default_factory=dict)  # channel → its score there
    cited: Citation | None = None  # the query names it


def rank(
    query: Query,
    indexes: Indexes,
    embedder: Embedder | None,
    scope: Scope,
    mode: Mode = "hybrid",
    depth: int = DEPTH,
) -> list[Candidate]:
    """Units in order of their fused score, best first, each with its best chunk. `embedder` may be None if lexical."""
    channels: dict[str, Sequence[tuple[int, float]]] = {}
    if mode != "lexical" and embedder is not None and indexes.dense is not None:
        channels["dense"] = indexes.dense.search(embedder.queries([query.text])[0], depth, scope)
    if mode != "dense":
        channels["words"] = indexes.lexical.search("words", query.words, depth, scope)
        channels["bigrams"] = indexes.lexical.search("bigrams", query.bigrams, depth, scope)
    best = {name: best_of_units(ranking, indexes.unit_of) for name, ranking in channels.items()}
    scores = reciprocal_rank({name: list(units) for name, units in best.items()}, WEIGHTS, RRF_K)
    found = []
    for unit, score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        parts = {name: units[unit][0] for name, units in best.items() if unit in units}
        found.append(Candidate(unit, score, _passage(unit, best), parts))
    return found


def _passage(unit: int, best: Mapping[str, Mapping[int, tuple[float, int]]]) -> int:
    """The unit's chunk that the channels agree on."""
    votes: dict[int, float] = {}
    for name, units in best.items():
        if unit in units:
            chunk = units[unit][1]
            votes[chunk] = votes.get(chunk, 0.0) + WEIGHTS[name]
    return max(votes, key=lambda chunk: (votes[chunk], -chunk))


def cited(connection: Connection, query: Query, viewer: Viewer, kinds: frozenset[str] | None) -> list[Candidate]:
    """The articles that the query names, in its order: the official text, else its digest."""
    found: list[Candidate] = []
    for citation in query.citations:
        assert citation.law and citation.number  # noqa: S101 - parse keeps no others
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
