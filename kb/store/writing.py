"""Documents into the database and out of it, each in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from kb.chunks import Chunk, hash_of, kind_of
from kb.law.names import key
from kb.models import Article, Digest, Document, State, Unit, Visibility
from kb.records import as_json, title_of
from kb.standing import Standing
from kb.store.engine import mark_changed, now, record
from kb.store.tables import chunks, documents, units, versions

Status = Literal["added", "replaced", "unchanged"]


@dataclass(frozen=True, slots=True)
class Found:
    """A document that is there already."""

    number: int
    id: str
    version: int
    sha256: str
    title: str
    added_by: str | None
    standing: Standing


_FOUND = (
    select(
        documents.c.number,
        documents.c.id,
        documents.c.version,
        versions.c.sha256,
        documents.c.title,
        documents.c.added_by,
        documents.c.visibility,
        documents.c.readers,
        documents.c.state,
    )
    .join_from(documents, versions, documents.c.version == versions.c.number)
    .order_by(documents.c.number)
)


def _found(row: Sequence[Any]) -> Found:
    number, doc_id, version, sha256, title, by, visibility, readers, state = row
    standing = Standing(Visibility(visibility), tuple(readers), State(state))
    return Found(number, doc_id, version, sha256, title, by, standing)


def at_path(connection: Connection, path: str) -> Found | None:
    """The document that came from this path."""
    row = connection.execute(_FOUND.where(documents.c.path == path)).first()
    return None if row is None else _found(row)


def of_bytes(connection: Connection, sha256: str) -> list[Found]:
    """The documents whose current version has these bytes."""
    return [_found(row) for row in connection.execute(_FOUND.where(versions.c.sha256 == sha256))]


def numbered(connection: Connection, number: int) -> Found | None:
    """The document of this row number."""
    row = connection.execute(_FOUND.where(documents.c.number == number)).first()
    return None if row is None else _found(row)


def sketches(connection: Connection) -> Iterator[tuple[Found, bytes]]:
    """Every document that is not withdrawn, with its current version's sketch."""
    query = _FOUND.add_columns(versions.c.sketch).where(documents.c.state != State.WITHDRAWN.value)
    for *row, sketch in connection.execute(query):
        yield _found(row), sketch


def vectors_of(connection: Connection, hashes: Sequence[str]) -> dict[str, bytes]:
    """Vectors that the library already has for texts of these hashes."""
    found: dict[str, bytes] = {}
    for i in range(0, len(hashes), 500):  # SQLite takes 999 variables
        rows = connection.execute(
            select(chunks.c.hash, chunks.c.vector).where(chunks.c.hash.in_(hashes[i : i + 500])).distinct()
        )
        found.update((h, v) for h, v in rows)
    return found


def write(
    connection: Connection,
    document: Document,
    pieces: Sequence[Chunk],
    vectors: NDArray[np.float16],
    sketch: bytes,
    found: Found | None,
    by: str | None,
) -> tuple[str, Status]:
    """Put a document in the place of `found`, or beside all others; returns its id.

    `vectors` has one row per piece. The superseded version keeps its text and units and loses its chunks; the new one is
    seen by nobody who was kept from the old one (Standing.narrowed).
    """
    if found is None:
        status: Status = "added"
        doc_id = _free_id(connection, document)
        number = connection.execute(
            insert(documents).values(
                id=doc_id,
                path=document.path,
                kind=document.kind.value,
                title=document.title,
                visibility=document.visibility.value,
                readers=list(document.readers),
                state=document.state.value,
                version=0,
                added_at=now(),
                added_by=by,
            )
        ).inserted_primary_key[0]  # type: ignore[index]
    else:
        status, doc_id, number = "replaced", found.id, found.number
        standing = found.standing.narrowed(Standing.wished(document))
        connection.execute(delete(chunks).where(chunks.c.document == number))
        connection.execute(
            update(documents)
            .where(documents.c.number == number)
            .values(
                path=document.path,
                kind=document.kind.value,
                title=document.title,
                visibility=standing.visibility.value,
                readers=list(standing.readers),
                state=standing.state.value,
            )
        )
    version = connection.execute(
        insert(versions).values(
            document=number,
            sha256=document.sha256,
            text=document.text,
            pages=[[p.number, p.start, p.end] for p in document.pages],
            statute=as_json(document.statute),
            notes=list(document.notes),
            sketch=sketch,
            read_at=now(),
        )
    ).inserted_primary_key[0]  # type: ignore[index]
    connection.execute(update(documents).where(documents.c.number == number).values(version=version))
    numbers = _write_units(connection, document, doc_id, number, version)
    _write_chunks(connection, document, number, numbers, pieces, vectors)
    mark_changed(connection, number)
    record(connection, by, status, doc_id, path=document.path, sha256=document.sha256)
    return doc_id, status


def _free_id(connection: Connection, document: Document) -> str:
    """The wished id if nobody has it, else one made of the path: the same path gets the same id."""
    digest = hashlib.sha256(document.path.encode()).hexdigest()
    for wish in (document.id, f"doc-{digest[:12]}", f"doc-{digest[:24]}"):
        # A colon would make it look like a unit's id: law-x:1 is 第一条 of law-x.
        if (
            wish
            and ":" not in wish
            and not connection.execute(select(documents.c.number).where(documents.c.id == wish)).first()
        ):
            return wish
    return f"doc-{digest}"


def unit_ids(document: Document, doc_id: str) -> list[str]:
    """Ids of the units: the document's own for its only case, else doc:17-1, doc:c2, doc:p3."""
    if len(document.units) == 1 and kind_of(document.units[0]).value == "case":
        return [doc_id]
    ids: list[str] = []
    taken: set[str] = set()
    for ordinal, unit in enumerate(document.units, 1):
        if isinstance(unit, Article | Digest):
            name = str(unit.number)
        else:
            name = f"{kind_of(unit).value[0].replace('o', 'p')}{ordinal}"
        copy, wish = 1, name
        while wish in taken:  # an appended decree may start again at 第一条
            copy += 1
            wish = f"{name}~{copy}"
        taken.add(wish)
        ids.append(f"{doc_id}:{wish}")
    return ids


def _write_units(connection: Connection, document: Document, doc_id: str, number: int, version: int) -> list[int]:
    if not document.units:
        return []
    rows = [
        {
            "version": version,
            "document": number,
            "id": unit_id,
            "kind": kind_of(unit).value,
            "title": title_of(unit) or document.title,
            "law": _law(unit),
            "article": str(unit.number) if isinstance(unit, Article | Digest) else None,
            "start": unit.start,
            "end": unit.end,
            "data": as_json(unit),
        }
        for unit, unit_id in zip(document.units, unit_ids(document, doc_id), strict=True)
    ]
    returning = insert(units).returning(units.c.number, sort_by_parameter_order=True)
    return list(connection.execute(returning, rows).scalars())


def _law(unit: Unit) -> str | None:
    return key(unit.law) if isinstance(unit, Article | Digest) else None


def _write_chunks(
    connection: Connection,
    document: Document,
    number: int,
    unit_numbers: Sequence[int],
    pieces: Sequence[Chunk],
    vectors: NDArray[np.float16],
) -> None:
    if not pieces:
        return
    rows = [
        {
            "unit": unit_numbers[piece.unit],
            "document": number,
            "section": piece.section,
            "start": piece.start,
            "end": piece.end,
            "head": piece.head,
            "hash": hash_of(piece.indexed(document.text)),
            "vector": vector.tobytes(),
        }
        for piece, vector in zip(pieces, vectors, strict=True)
    ]
    connection.execute(insert(chunks), rows)


def remove(connection: Connection, doc_id: str, by: str | None) -> bool:
    """Take a document out with all its versions; False where there is none of this id."""
    number = connection.execute(select(documents.c.number).where(documents.c.id == doc_id)).scalar()
    if number is None:
        return False
    connection.execute(delete(documents).where(documents.c.number == number))
    mark_changed(connection, number)
    record(connection, by, "remove", doc_id)
    return True


def change(connection: Connection, doc_id: str, by: str | None, **values: object) -> bool:
    """Set columns of a document (state, visibility, readers); False where there is none of this id."""
    number = connection.execute(select(documents.c.number).where(documents.c.id == doc_id)).scalar()
    if number is None:
        return False
    connection.execute(update(documents).where(documents.c.number == number).values(**values))
    mark_changed(connection, number)
    record(connection, by, "change", doc_id, **values)
    return True


def indexed_texts(connection: Connection) -> list[tuple[int, str]]:
    """Every chunk's number and the text that is embedded for it."""
    rows = connection.execute(
        select(chunks.c.number, chunks.c.head, chunks.c.start, chunks.c.end, units.c.version)
        .join_from(chunks, units, chunks.c.unit == units.c.number)
        .order_by(chunks.c.number)
    ).all()
    texts = {
        version: connection.execute(select(versions.c.text).where(versions.c.number == version)).scalar_one()
        for version in {row.version for row in rows}
    }
    return [(row.number, row.head + texts[row.version][row.start : row.end]) for row in rows]


def chunk_numbers(connection: Connection) -> set[int]:
    """The number of every chunk."""
    return set(connection.execute(select(chunks.c.number)).scalars())


def put_vectors(connection: Connection, numbers: Iterable[int], vectors: Iterable[NDArray[np.float16]]) -> None:
    """Give chunks new vectors; every document counts as changed, so that the indexes follow."""
    rows = [{"of": number, "to": vector.tobytes()} for number, vector in zip(numbers, vectors, strict=True)]
    if rows:
        connection.execute(
            update(chunks).where(chunks.c.number == bindparam("of")).values(vector=bindparam("to")), rows
        )
    for document in connection.execute(select(documents.c.number)).scalars().all():
        mark_changed(connection, document)
