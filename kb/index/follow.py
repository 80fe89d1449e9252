"""Keeps the derived indexes at the store's revision."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from kb.index import Card, Entry
from kb.index.dense import Dense
from kb.index.lexical import Lexical
from kb.models import State
from kb.rights import card_of
from kb.store import Store
from kb.store.engine import AnyRow, revision
from kb.store.tables import changes, chunks, documents, units, versions

Progress = Callable[[int, int], None]  # documents done, of how many

_TRIES = 3


class Indexes:
    """Both indexes of one library. The lexical one is kept on disk, the dense one is made from the stored vectors."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._lock = threading.Lock()
        self.lexical = Lexical(folder)
        self.dense: Dense | None = None
        #: chunk number → unit number, of every chunk that can be found
        self.unit_of: dict[int, int] = {}
        self._chunks_of: dict[int, list[int]] = {}

    def follow(self, *, dense: bool = True, progress: Progress | None = None) -> int:
        """Bring the indexes to the store's revision, which is returned; costs one small query when they are there."""
        with self._lock, self._store.read() as connection:
            target = revision(connection)
            if self.lexical.revision > target:  # a library restored from a backup
                self.lexical.clear()
            for _ in range(_TRIES):  # another process may clear the index while this one gets its change ready
                if self.lexical.revision < target:
                    self._follow_lexical(connection, target, progress)
            if dense and (self.dense is None or self.dense.revision != target):
                self._follow_dense(connection, target)
            return target

    def _follow_lexical(self, connection: Connection, target: int, progress: Progress | None) -> None:
        since = self.lexical.revision
        removes, numbers = _changed(connection, since)

        def puts() -> Iterator[tuple[Card, list[Entry]]]:
            for done, number in enumerate(numbers):
                if progress:
                    progress(done, len(numbers))
                yield from _with_text(connection, number)
            if progress:
                progress(len(numbers), len(numbers))

        self.lexical.apply(puts(), removes, target, since=since)

    def _follow_dense(self, connection: Connection, target: int) -> None:
        since = 0 if self.dense is None or self.dense.revision > target else self.dense.revision
        removes, numbers = _changed(connection, since)
        puts = list(_with_vectors(connection, numbers, whole=since == 0))
        dense = self.dense if since else None
        if dense is None:
            if not puts:
                return
            dense = Dense(puts[0][2].shape[1])
            self.unit_of, self._chunks_of = {}, {}
        dense.apply(((card, entries, vectors) for card, entries, vectors, _ in puts), [*removes, *numbers], target)
        for document in [*removes, *numbers]:
            for chunk in self._chunks_of.pop(document, ()):
                self.unit_of.pop(chunk, None)
        for card, entries, _, unit_numbers in puts:
            self._chunks_of[card.document] = [e.chunk for e in entries]
            self.unit_of.update(zip((e.chunk for e in entries), unit_numbers, strict=True))
        self.dense = dense

    def rebuild(self, progress: Progress | None = None) -> None:
        """Make both again from the store, without a source file and without the model."""
        with self._lock:
            self.lexical.clear()
            self.dense = None
        self.follow(progress=progress)


def _changed(connection: Connection, since: int) -> tuple[list[int], list[int]]:
    """Documents that left the search since a revision, and documents that are in it and were added or changed."""
    searchable = set(
        connection.execute(select(documents.c.number).where(documents.c.state != State.WITHDRAWN.value)).scalars()
    )
    if since == 0:
        return [], sorted(searchable)
    touched = set(connection.execute(select(changes.c.document).where(changes.c.revision > since).distinct()).scalars())
    return sorted(touched - searchable), sorted(touched & searchable)


def _with_text(connection: Connection, number: int) -> Iterator[tuple[Card, list[Entry]]]:
    row = connection.execute(
        select(documents.c.visibility, documents.c.readers, documents.c.state, versions.c.text)
        .join_from(documents, versions, documents.c.version == versions.c.number)
        .where(documents.c.number == number)
    ).one()
    pieces = connection.execute(
        select(chunks.c.number, units.c.kind, chunks.c.head, chunks.c.start, chunks.c.end)
        .join_from(chunks, units, chunks.c.unit == units.c.number)
        .where(chunks.c.document == number)
        .order_by(chunks.c.number)
    )
    entries = [Entry(n, kind, head + row.text[start:end]) for n, kind, head, start, end in pieces]
    yield card_of(number, row.visibility, row.readers, row.state), entries


_Put = tuple[Card, list[Entry], NDArray[np.float32], list[int]]


def _with_vectors(connection: Connection, numbers: list[int], whole: bool) -> Iterator[_Put]:
    query = (
        select(
            chunks.c.document,
            chunks.c.number,
            chunks.c.unit,
            chunks.c.vector,
            units.c.kind,
        )
        .join_from(chunks, units, chunks.c.unit == units.c.number)
        .order_by(chunks.c.document, chunks.c.number)
    )
    cards = {
        row.number: card_of(row.number, row.visibility, row.readers, row.state)
        for row in connection.execute(
            select(documents.c.number, documents.c.visibility, documents.c.readers, documents.c.state)
        )
    }
    wanted = set(numbers)
    batches = [query] if whole else [query.where(chunks.c.document == n) for n in numbers]
    for batch in batches:
        document = -1
        rows: list[AnyRow] = []
        for row in connection.execute(batch):
            if row.document != document:
                if rows and document in wanted:
                    yield _put(cards[document], rows)
                document, rows = row.document, []
            rows.append(row)
        if rows and document in wanted:
            yield _put(cards[document], rows)


def _put(card: Card, rows: Sequence[AnyRow]) -> _Put:
    entries = [Entry(row.number, row.kind, "") for row in rows]
    vectors = np.frombuffer(b"".join(row.vector for row in rows), dtype=np.float16)
    return (
        card,
        entries,
        vectors.reshape(len(rows), -1).astype(np.float32),
        [row.unit for row in rows],
    )
