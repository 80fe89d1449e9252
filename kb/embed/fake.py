"""A deterministic embedder for tests: no model, no torch, vectors that can be worked out by hand."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from kb.embed import Progress, Vectors


class FakeEmbedder:
    """Counts a text's characters and character pairs in 64 buckets (CRC-32 of each, modulo 64), at unit length.

    Texts that share words are near; a text without letters gets the first axis.
    """

    name = "fake"
    dim = 64

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if progress:
            progress(len(texts), len(texts))
        return self._vectors(texts)

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._vectors(texts)

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts]) if texts else np.zeros((0, self.dim), np.float32)

    def _vector(self, text: str) -> Vectors:
        letters = [c for c in text if c.isalnum()]
        vector = np.zeros(self.dim, np.float32)
        for gram in [*letters, *(a + b for a, b in itertools.pairwise(letters))]:
            vector[crc32(gram.encode()) % self.dim] += 1
        if not letters:
            vector[0] = 1
        return vector / np.linalg.norm(vector)
