"""What the database holds, for those who may read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from kb.models import Page, Statute, Unit, UnitKind, Viewer
from kb.records import statute_from, unit_from
from kb.rights import may_read
from kb.store.engine import AnyRow
from kb.store.tables import chunks, documents, units, versions


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in a list."""

    id: str
    path: str
    kind: str
    title: str
    visibility: str
    state: str
    added_at: str
    units: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the database holds it, with where it stands."""

    number: int
    id: str
    kind: UnitKind
    title: str
    start: int
    end: int
    unit: Unit
    document: str  # id


@dataclass(frozen=True, slots=True)
class Whole:
    """A document in full: its current version."""

    id: str
    kind: str
    title: str
    path: str
    text: str
    pages: tuple[Page, ...]
    statute: Statute | None
    notes: tuple[str, ...]
    units: tuple[UnitRow, ...]
    visibility: str
    state: str
    added_at: str

    def page_at(self, offset: int) -> int | None:
        """The page on which a character stands; None where the format has no pages."""
        return page_at(((p.number, p.start, p.end) for p in self.pages), offset)


def page_at(pages: Any, offset: int) -> int | None:
    """The number of the page that holds the offset, of (number, start, end) rows."""
    last = None
    for number, start, _ in pages:
        if start > offset:
            break
        last = number
    return last


def _visible(connection: Connection, viewer: Viewer, query: Select[*tuple[Any, ...]]) -> Iterator[AnyRow]:
    """Rows of documents (with visibility, readers, state) that the viewer may read."""
    for row in connection.execute(query):
        if may_read(viewer, row.visibility, row.readers, row.state):
            yield row


def whole(connection: Connection, doc_id: str, viewer: Viewer) -> Whole | None:
    """The document of this id; None where there is none or the viewer may not know."""
    query = (
        select(documents, versions.c.text, versions.c.pages, versions.c.statute, versions.c.notes)
        .join_from(documents, versions, documents.c.version == versions.c.number)
        .where(documents.c.id == doc_id)
    )
    row = next(_visible(connection, viewer, query), None)
    if row is None:
        return None
    return Whole(
        row.id,
        row.kind,
        row.title,
        row.path,
        row.text,
        tuple(Page(*p) for p in row.pages),
        statute_from(row.statute),
        tuple(row.notes),
        tuple(_units(connection, row.version, row.id)),
        row.visibility,
        row.state,
        row.added_at,
    )


def _units(connection: Connection, version: int, doc_id: str) -> Iterator[UnitRow]:
    for row in connection.execute(select(units).where(units.c.version == version).order_by(units.c.number)):
        yield _unit_row(row, doc_id)


def _unit_row(row: AnyRow, doc_id: str) -> UnitRow:
    kind = UnitKind(row.kind)
    return UnitRow(row.number, row.id, kind, row.title, row.start, row.end, unit_from(kind, row.data), doc_id)


def unit(connection: Connection, unit_id: str, viewer: Viewer) -> UnitRow | None:
    """The unit of this id in its document's current version; None where there is none or the viewer may not know."""
    query = (
        select(units, documents.c.id.label("doc_id"), documents.c.visibility, documents.c.readers, documents.c.state)
        .join_from(units, documents, documents.c.version == units.c.version)
        .where(units.c.id == unit_id)
    )
    row = next(_visible(connection, viewer, query), None)
    return None if row is None else _unit_row(row, row.doc_id)


def article_units(connection: Connection, law: str, article: str, viewer: Viewer) -> list[tuple[int, UnitKind]]:
    """Numbers of the units that are, or tell, this article: official texts before digests, newest first."""
    query = (
        select(units.c.number, units.c.kind, documents.c.visibility, documents.c.readers, documents.c.state)
        .join_from(units, documents, documents.c.version == units.c.version)
        .where(units.c.law == law, units.c.article == article, documents.c.state == "published")
        .order_by(units.c.kind, units.c.number.desc())
    )
    return [(row.number, UnitKind(row.kind)) for row in _visible(connection, viewer, query)]


def entries(connection: Connection, viewer: Viewer) -> list[Entry]:
    """Every document that the viewer may read, newest first."""
    count = select(func.count()).where(units.c.version == documents.c.version).scalar_subquery()
    query = select(documents, count.label("units")).order_by(documents.c.number.desc())
    return [
        Entry(row.id, row.path, row.kind, row.title, row.visibility, row.state, row.added_at, row.units)
        for row in _visible(connection, viewer, query)
    ]


def stats(connection: Connection, viewer: Viewer) -> dict[str, Any]:
    """Counts of what the viewer may read."""
    readable = {
        row.number: row
        for row in _visible(
            connection,
            viewer,
            select(
                documents.c.number, documents.c.kind, documents.c.visibility, documents.c.readers, documents.c.state
            ),
        )
    }
    by_unit: Counter[str] = Counter()
    pieces = 0
    unit_counts = (
        select(units.c.document, units.c.kind, func.count())
        .join_from(units, documents, documents.c.version == units.c.version)
        .group_by(units.c.document, units.c.kind)
    )
    for document, kind, n in connection.execute(unit_counts):
        if document in readable:
            by_unit[kind] += n
    for document, n in connection.execute(select(chunks.c.document, func.count()).group_by(chunks.c.document)):
        pieces += n if document in readable else 0
    return {
        "documents": len(readable),
        "by_kind": dict(Counter(row.kind for row in readable.values())),
        "by_state": dict(Counter(row.state for row in readable.values())),
        "units": dict(by_unit),
        "chunks": pieces,
    }


def slices(connection: Connection, version: int, spans: Sequence[tuple[int, int]]) -> list[str]:
    """Pieces of a version's text, cut in the database so that a whole code need not travel."""
    return [
        connection.execute(
            select(func.substr(versions.c.text, start + 1, end - start)).where(versions.c.number == version)
        ).scalar_one()
        for start, end in spans
    ]
