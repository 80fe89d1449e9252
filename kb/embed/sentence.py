"""Any other sentence-transformers model, by its name in the local cache or its path."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from kb.embed import Progress, Vectors
from kb.errors import ModelError

#: What a family wants before a query and before a passage, by a part of its name.
PREFIXES = {
    "e5": ("query: ", "passage: "),
    "bge-": ("为这个句子生成表示以用于检索相关文章：", ""),
}


class SentenceEmbedder:
    """Float32 unit vectors of a model that lies on this machine; nothing is downloaded. Raises ModelError."""

    def __init__(self, name: str) -> None:
        self.name = name
        family = next((p for part, p in PREFIXES.items() if part in name.lower()), ("", ""))
        self._query_prefix, self._passage_prefix = family
        self._lock = threading.Lock()
        self._model: Any = None

    @property
    def dim(self) -> int:
        return int(self._loaded().get_embedding_dimension())

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        step = 256
        parts = []
        for i in range(0, len(texts), step):
            parts.append(self._encode([self._passage_prefix + t for t in texts[i : i + step]]))
            if progress:
                progress(min(i + step, len(texts)), len(texts))
        return np.concatenate(parts) if parts else np.zeros((0, self.dim), np.float32)

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode([self._query_prefix + t for t in texts])

    def _encode(self, texts: Sequence[str]) -> Vectors:
        found = self._loaded().encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, np.float32)

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
                from sentence_transformers import SentenceTransformer

                try:
                    self._model = SentenceTransformer(self.name, local_files_only=True)
                except (OSError, ValueError) as error:
                    raise ModelError(
                        f"本机没有向量模型 {self.name}：请给出模型所在的文件夹，或不设置以使用随程序提供的模型"
                    ) from error
        return self._model
