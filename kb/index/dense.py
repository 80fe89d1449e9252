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


class Dense:
    """The vector of every chunk that can be found, by inner product; exact, and good to some 200,000 chunks."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.revision = 0
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))
        self._cards: dict[int, Card] = {}
        self._chunks: dict[int, tuple[NDArray[np.int64], tuple[str, ...]]] = {}  # document → chunks, their kinds
        self._allowed: dict[Scope, NDArray[np.int64] | None] = {}
        self._lock = threading.Lock()

    def apply(self, puts: Iterable[Put], removes: Iterable[int], revision: int) -> None:
        """See Index.apply. Raises ModelError where a vector's dimension is another."""
        with self._lock:
            self._forget(removes)
            new = list(puts)
            for _, entries, vectors in new:
                if len(entries) and vectors.shape != (len(entries), self.dim):
                    raise ModelError(
                        f"向量为 {vectors.shape} 维，索引要求 ({len(entries)}, {self.dim})，请用建库时的模型"
                    )
            self._forget(card.document for card, _, _ in new)
            filled = [put for put in new if len(put[1])]
            for card, entries, _ in filled:
                numbers = np.array([e.chunk for e in entries], np.int64)
                self._cards[card.document] = card
                self._chunks[card.document] = (numbers, tuple(e.kind for e in entries))
            if filled:
                vectors = np.ascontiguousarray(np.concatenate([v for _, _, v in filled]), np.float32)
                numbers = np.concatenate([self._chunks[card.document][0] for card, _, _ in filled])
                self._index.add_with_ids(vectors, numbers)
            self._allowed.clear()
            self.revision = revision

    def _forget(self, documents: Iterable[int]) -> None:
        gone = [self._chunks.pop(d)[0] for d in documents if d in self._chunks and self._cards.pop(d)]
        if gone:
            self._index.remove_ids(faiss.IDSelectorBatch(np.concatenate(gone)))

    def count(self) -> int:
        """How many chunks it holds."""
        return int(self._index.ntotal)

    def search(self, vector: NDArray[np.float32], k: int, scope: Scope) -> list[tuple[int, float]]:
        """Chunk numbers with their inner product, best first, equals by number."""
        with self._lock:
            allowed = self._allowed_by(scope)
            k = min(k, self.count() if allowed is None else len(allowed))
            if k == 0:
                return []
            parameters: Any = None
            if allowed is not None:
                parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
            scores, numbers = self._index.search(vector[None, :], k, params=parameters)
        ranked = [(int(n), float(s)) for n, s in zip(numbers[0], scores[0], strict=True) if n >= 0]
        return sorted(ranked, key=lambda hit: (-hit[1], hit[0]))

    def _allowed_by(self, scope: Scope) -> NDArray[np.int64] | None:
        """Numbers of the chunks that the scope admits; None where it admits all."""
        if scope not in self._allowed:
            parts = [
                numbers
                if scope.kinds is None
                else numbers[np.fromiter((kind in scope.kinds for kind in kinds), bool, len(kinds))]
                for document, (numbers, kinds) in self._chunks.items()
                if scope.admits(self._cards[document])
            ]
            found = np.concatenate(parts) if parts else np.zeros(0, np.int64)
            if len(self._allowed) > 64:
                self._allowed.clear()
            self._allowed[scope] = None if len(found) == self.count() else found
        return self._allowed[scope]
