"""Texts to unit vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]  # done, of how many


class Embedder(Protocol):
    """Turns texts into unit vectors: float32, shape (len(texts), dim)."""

    @property
    def name(self) -> str:
        """Stored with the vectors; another model may not query them."""

    @property
    def dim(self) -> int: ...

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors: ...

    def queries(self, texts: Sequence[str]) -> Vectors: ...
