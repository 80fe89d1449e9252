"""Vectors in memory, searched exactly by faiss."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.errors import ModelError
from kb.index import Card, Entry, Scope

faiss.omp_set_num_threads(1)  # one query is too small to share; a web server has its own threads

Put = tuple[Card, Sequence[Entry], NDArray[np.float32]]  # a row of the matrix for each entry

_SCOPES = 64  # whose bitmaps are kept until the next change


class Dense:
    """The vector of every chunk that can be found, by inner product; exact, and good to some 200,000 chunks."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.revision = 0
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))
        self._cards: dict[int, Card] = {}
        self._chunks: dict[int, tuple[NDArray[np.int64], tuple[str, ...]]] = {}  # document → chunks, their kinds
        self._numbers: NDArray[np.int64] | None = None  # chunk of each row, until the next change
        self._allowed: dict[Scope, tuple[int, Any]] = {}
        self._lock = threading.Lock()

    def apply(self, puts: Iterable[Put], removes: Iterable[int], revision: int) -> None:
        """See Index.apply. Raises ModelError, and changes nothing, where a vector's dimension is another."""
        new = {put[0].document: put for put in puts}
        for _, entries, vectors in new.values():
            if len(entries) and vectors.shape != (len(entries), self.dim):
                raise ModelError(
                    f"向量的形状为 {vectors.shape}，索引要求 ({len(entries)}, {self.dim})，请用建库时的模型"
                )
        filled = [put for put in new.values() if len(put[1])]
        with self._lock:
            self._forget([*removes, *new])
            for card, entries, _ in filled:
                numbers = np.array([e.chunk for e in entries], np.int64)
                self._cards[card.document] = card
                self._chunks[card.document] = (numbers, tuple(e.kind for e in entries))
            if filled:
                vectors = np.ascontiguousarray(np.concatenate([v for _, _, v in filled]), np.float32)
                numbers = np.concatenate([self._chunks[card.document][0] for card, _, _ in filled])
                self._index.add_with_ids(vectors, numbers)
            self._numbers = None
            self._allowed.clear()
            self.revision = revision

    def _forget(self, documents: Iterable[int]) -> None:
        gone = []
        for document in documents:
            if document in self._chunks:
                gone.append(self._chunks.pop(document)[0])
                del self._cards[document]
        if gone:
            self._index.remove_ids(faiss.IDSelectorBatch(np.concatenate(gone)))

    def count(self) -> int:
        """How many chunks it holds."""
        return int(self._index.ntotal)

    def numbers(self) -> set[int]:
        """The number of every chunk it holds."""
        with self._lock:
            return set(faiss.vector_to_array(self._index.id_map).tolist())

    def search(self, vector: NDArray[np.float32], k: int, scope: Scope) -> list[tuple[int, float]]:
        """Chunk numbers with their inner product, best first, equals by number. Raises ModelError as `apply` does."""
        if vector.shape != (self.dim,):
            raise ModelError(f"向量的形状为 {vector.shape}，索引要求 ({self.dim},)，请用建库时的模型")
        with self._lock:
            if self._numbers is None:
                self._numbers = faiss.vector_to_array(self._index.id_map)
            admitted, selector = self._allowed_by(scope, self._numbers)
            k = min(k, admitted)
            if k < 1:
                return []
            parameters: Any = None
            if selector is not None:
                parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
            query = np.ascontiguousarray(vector[None, :], np.float32)
            scores, rows = self._index.index.search(query, k, params=parameters)
            numbers = self._numbers[rows[0]]
        ranked = [(int(n), float(s)) for n, s in zip(numbers, scores[0], strict=True)]
        return sorted(ranked, key=lambda hit: (-hit[1], hit[0]))

    def _allowed_by(self, scope: Scope, numbers: NDArray[np.int64]) -> tuple[int, Any]:
        """How many chunks the scope admits, and a bitmap of their rows; None where it admits all.

        Rows, because chunk numbers are sparse; a bitmap of them beats a set of numbers at every share of admitted chunks.
        """
        if scope not in self._allowed:
            admitted = [
                chunks if scope.kinds is None else chunks[[kind in scope.kinds for kind in kinds]]
                for document, (chunks, kinds) in self._chunks.items()
                if scope.admits(self._cards[document])
            ]
            found = np.concatenate(admitted) if admitted else np.zeros(0, np.int64)
            selector = None
            if len(found) < len(numbers):
                rows = np.isin(numbers, found)
                selector = faiss.IDSelectorBitmap(np.packbits(rows, bitorder="little"))  # type: ignore[call-arg,arg-type]
            if len(self._allowed) >= _SCOPES:
                self._allowed.clear()
            self._allowed[scope] = (len(found), selector)
        return self._allowed[scope]
