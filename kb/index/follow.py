"""Keeps the derived indexes at the store's revision."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from kb.errors import StoreError
from kb.index import Card, Entry
from kb.index.dense import Dense
from kb.index.lexical import Lexical
from kb.models import State
from kb.rights import card_of
from kb.store import Store
from kb.store.engine import AnyRow, revision, was_at
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
        self._anew = False  # the dense one is to be made again; until then searches use the old one

    def follow(self, *, dense: bool = True, progress: Progress | None = None) -> int:
        """Bring the indexes to the store's revision, which is returned; costs one small query when they are there."""
        with self._lock:
            held = self.lexical.revision  # before the look at the store: nobody can be ahead of what is read next
            with self._store.read() as connection:
                return self._follow(connection, held, dense, progress)

    def _follow(self, connection: Connection, held: int, dense: bool, progress: Progress | None) -> int:
        target = revision(connection)
        if not was_at(connection, held):  # a library restored from a backup
            self.lexical.clear()
        for _ in range(_TRIES):  # another process may clear the index while this one gets its change ready
            if self.lexical.revision < target:
                self._follow_lexical(connection, target, progress)
        if dense and (self._anew or self.dense is None or self.dense.revision != target):
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
        dense = self.dense
        if dense is not None and not self._anew and was_at(connection, dense.revision):
            removes, numbers = _changed(connection, dense.revision)
            puts = list(_with_vectors(connection, numbers, whole=dense.revision == 0))
            if all(vectors.shape[1] == dense.dim for _, _, vectors, _ in puts):
                self._bring(dense, puts, [*removes, *numbers], target)
                return
        self._make_dense(connection, target)

    def _bring(self, dense: Dense, puts: list[_Put], touched: list[int], target: int) -> None:
        dense.apply(((card, entries, vectors) for card, entries, vectors, _ in puts), touched, target)
        for document in touched:
            for chunk in self._chunks_of.pop(document, ()):
                self.unit_of.pop(chunk, None)
        for card, entries, _, unit_numbers in puts:
            self._chunks_of[card.document] = [e.chunk for e in entries]
            self.unit_of.update(zip((e.chunk for e in entries), unit_numbers, strict=True))

    def _make_dense(self, connection: Connection, target: int) -> None:
        """From nothing, beside the old one, which other threads may be searching."""
        puts = list(_with_vectors(connection, _changed(connection, 0)[1], whole=True))
        dense = Dense(puts[0][2].shape[1]) if puts else None
        if dense is not None:
            dense.apply(((card, entries, vectors) for card, entries, vectors, _ in puts), (), target)
        self._chunks_of = {card.document: [e.chunk for e in entries] for card, entries, _, _ in puts}
        self.unit_of = {e.chunk: unit for _, entries, _, of in puts for e, unit in zip(entries, of, strict=True)}
        self.dense, self._anew = dense, False

    def rebuild(self, progress: Progress | None = None) -> None:
        """Make both again from the store, without a source file and without the model."""
        with self._lock:
            self.lexical.clear()
            self._anew = True
        self.follow(progress=progress)


def _changed(connection: Connection, since: int) -> tuple[list[int], list[int]]:
    """Documents that left the search since a revision, and documents that are in it and were added or changed."""
    searchable = select(documents.c.number).where(documents.c.state != State.WITHDRAWN.value)
    if since == 0:
        return [], sorted(connection.execute(searchable).scalars())
    changed = select(changes.c.document).where(changes.c.revision > since).distinct()
    touched = set(connection.execute(changed).scalars())
    there = set(connection.execute(searchable.where(documents.c.number.in_(changed))).scalars())
    return sorted(touched - there), sorted(there)


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
    columns = (documents.c.id, documents.c.visibility, documents.c.readers, documents.c.state)
    of = {}
    for n in numbers:
        of[n] = connection.execute(select(*columns).where(documents.c.number == n)).one()
    dim = 0
    for batch in [query] if whole else (query.where(chunks.c.document == n) for n in numbers):
        for number, grouped in itertools.groupby(connection.execute(batch), key=lambda row: row.document):
            if number not in of:
                continue
            rows, about = list(grouped), of[number]
            size = len(rows[0].vector)
            dim = dim or size // 2
            if size % 2 or not size or size != 2 * dim or any(len(row.vector) != size for row in rows):
                raise StoreError(f"文件 {about.id} 的向量已损坏，请运行 kb rebuild --model 重新生成")
            yield _put(card_of(number, about.visibility, about.readers, about.state), rows)


def _put(card: Card, rows: Sequence[AnyRow]) -> _Put:
    entries = [Entry(row.number, row.kind, "") for row in rows]
    vectors = np.frombuffer(b"".join(row.vector for row in rows), dtype=np.float16)
    return (
        card,
        entries,
        vectors.reshape(len(rows), -1).astype(np.float32),
        [row.unit for row in rows],
    )
