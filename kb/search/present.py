"""Candidates into hits: texts, places, reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from kb.law.authority import tier
from kb.models import Article, Case, Digest, Hit, Source, Span, Unit, UnitKind, Viewer
from kb.records import statute_from, unit_from
from kb.rights import may_read
from kb.search.engine import Candidate
from kb.search.explain import coverage, matched_words, matches
from kb.search.query import Query
from kb.search.strength import Strength, strength
from kb.store.engine import AnyRow
from kb.store.reading import article_units, page_at, slices
from kb.store.tables import chunks, documents, units, versions

#: Candidates fetched beyond those wanted, for units that fell out meanwhile.
_SPARE = 5
_BATCH = 500  # SQLite takes 999 variables


def hits(
    connection: Connection,
    query: Query,
    candidates: Sequence[Candidate],
    viewer: Viewer,
    k: int,
    *,
    merge_digests: bool,
    province: str | None,
) -> list[Hit]:
    """The first k candidates that are still there and may be read, as hits.

    With `merge_digests` a digest whose official article is in the library is shown as that article.
    """
    found: list[Hit] = []
    seen: set[int] = set()
    step = min(k + _SPARE, _BATCH)
    for i in range(0, len(candidates), step):
        batch = candidates[i : i + step]
        if merge_digests:
            batch = _officials(connection, batch, viewer)
        rows = _rows(connection, [c.unit for c in batch])
        places = _places(connection, [chunk for c in batch if (chunk := c.chunk) is not None])
        for candidate in batch:
            row = rows.get(candidate.unit)
            if row is None or candidate.unit in seen or not may_read(viewer, row.visibility, row.readers, row.state):
                continue
            seen.add(candidate.unit)
            found.append(_hit(connection, len(found) + 1, query, candidate, row, places, province))
            if len(found) == k:
                return found
    return found


def _officials(connection: Connection, batch: Sequence[Candidate], viewer: Viewer) -> list[Candidate]:
    query = select(units.c.number, units.c.law, units.c.article).where(
        units.c.number.in_([c.unit for c in batch]), units.c.kind == UnitKind.DIGEST.value
    )
    official: dict[int, int] = {}
    for number, law, article in connection.execute(query):
        first = next(iter(article_units(connection, law, article, viewer)), None)
        if first is not None and first[1] is UnitKind.ARTICLE:
            official[number] = first[0]
    return [replace(c, unit=official[c.unit], digest=c.unit) if c.unit in official else c for c in batch]


def _rows(connection: Connection, numbers: Sequence[int]) -> dict[int, AnyRow]:
    query = (
        select(
            units,
            documents.c.id.label("doc_id"),
            documents.c.title.label("doc_title"),
            documents.c.path,
            documents.c.visibility,
            documents.c.readers,
            documents.c.state,
            versions.c.pages,
            versions.c.statute,
        )
        .join_from(units, documents, documents.c.version == units.c.version)
        .join(versions, versions.c.number == units.c.version)
        .where(units.c.number.in_(numbers))
    )
    return {row.number: row for row in connection.execute(query)}


def _places(connection: Connection, numbers: Sequence[int]) -> dict[int, AnyRow]:
    query = select(chunks.c.number, chunks.c.section, chunks.c.start, chunks.c.end).where(chunks.c.number.in_(numbers))
    return {row.number: row for row in connection.execute(query)}


def _hit(
    connection: Connection,
    rank: int,
    query: Query,
    candidate: Candidate,
    row: AnyRow,
    places: Mapping[int, AnyRow],
    province: str | None,
) -> Hit:
    kind = UnitKind(row.kind)
    unit = unit_from(kind, row.data)
    chunk = candidate.chunk
    place = places.get(chunk) if chunk is not None else None
    section = place.section if place is not None else ""
    span = Span(place.start, place.end) if place is not None else _named(unit, candidate)
    text = slices(connection, row.version, [(span.start, span.end)])[0]
    marks = matches(query, text)
    close = _strength(query, candidate, text)
    return Hit(
        rank=rank,
        id=row.id,
        kind=kind,
        title=row.title,
        text=text,
        section=section,
        score=round(candidate.score, 6),
        strength=close,
        reasons=_reasons(candidate, unit, section, matched_words(text, marks), close),
        matches=marks,
        source=Source(row.doc_id, row.doc_title, row.path, page_at(row.pages, span.start), span.start, span.end),
        unit=unit,
        authority=tier(unit, province) if isinstance(unit, Case) else None,
        parts={name: score for name, (score, _) in candidate.places.items()},
        statute=statute_from(row.statute),
    )


def _named(unit: Unit, candidate: Candidate) -> Span:
    """What a query that names an article wants to see: the paragraph or item it names, else the whole article."""
    citation = candidate.cited
    if isinstance(unit, Article):
        if citation is not None and citation.item is not None:
            wanted = citation.paragraph
            for item in unit.items:
                if item.number == citation.item and wanted in (None, item.paragraph):
                    return Span(item.start, item.end)
        if citation is not None and citation.paragraph and citation.paragraph <= len(unit.paragraphs):
            return unit.paragraphs[citation.paragraph - 1]
        return Span(unit.body, unit.end)
    return Span(unit.start, unit.end)


def _strength(query: Query, candidate: Candidate, text: str) -> Strength:
    if candidate.cited is not None:
        return "strong"
    cosine, _ = candidate.places.get("dense", (0.0, 0))
    return strength(cosine, coverage(query, text))


def _reasons(candidate: Candidate, unit: Unit, section: str, words: Sequence[str], close: Strength) -> tuple[str, ...]:
    reasons: list[str] = []
    if candidate.cited is not None:
        reasons.append(f"检索词写明该条：{candidate.cited.text}")
    if words:
        reasons.append(f"命中词：{'、'.join(words)}")
    if "dense" in candidate.places:
        reasons.append({"strong": "语义很近", "good": "语义相近", "weak": "语义略有关联"}[close])
    if section:
        reasons.append(f"命中段落：{section}")
    if candidate.digest is not None:
        reasons.append("由本条的条文要旨找到")
    if isinstance(unit, Digest):
        reasons.append("条文要旨（库中暂无官方全文）")
    return tuple(reasons)
