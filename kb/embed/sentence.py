"""Any other sentence-transformers model, by its name in the local cache or its path."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from kb.embed import Progress, Vectors
from kb.embed.bert import has_bfloat16
from kb.errors import ModelError

#: Characters of a batch, padding included; about as many tokens in Chinese. Keeps memory flat.
_BATCH_CHARACTERS = 8192


class SentenceEmbedder:
    """Float32 unit vectors of a model that lies on this machine; nothing is downloaded.

    Loads the model at first use and raises ModelError if it cannot; safe to share between threads. `name` is stored
    with the vectors. Texts are cut at `max_tokens`, or where the model itself cuts them if that is sooner.
    """

    def __init__(
        self,
        path_or_name: str,
        name: str | None = None,
        query_prefix: str = "",
        passage_prefix: str = "",
        max_tokens: int = 512,
    ) -> None:
        self.name = name or path_or_name
        self._source = path_or_name
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix
        self._max_tokens = max_tokens
        self._lock = threading.RLock()  # the tokenizer refuses two threads at once
        self._model: Any = None

    @property
    def dim(self) -> int:
        model = self._loaded()
        # renamed in sentence-transformers 6
        size = getattr(model, "get_embedding_dimension", None) or model.get_sentence_embedding_dimension
        return int(size())

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._encode([self._passage_prefix + text for text in texts], progress)

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode([self._query_prefix + text for text in texts], None)

    def _encode(self, texts: Sequence[str], progress: Progress | None) -> Vectors:
        out = np.zeros((len(texts), self.dim), np.float32)
        done = 0
        for batch in self._batches(texts):
            with self._lock:
                found = self._loaded().encode(
                    [texts[i] for i in batch], batch_size=len(batch), show_progress_bar=False, convert_to_numpy=True
                )
            vectors = np.asarray(found, np.float32)  # made unit length here: in bfloat16 it is 0.4 % off
            out[batch] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
            done += len(batch)
            if progress:
                progress(done, len(texts))
        return out

    def _batches(self, texts: Sequence[str]) -> Iterator[list[int]]:
        """Indices by falling length, so that little of a batch is padding."""
        batch: list[int] = []
        width = 0
        for i in sorted(range(len(texts)), key=lambda i: -len(texts[i])):
            if batch and (len(batch) + 1) * width > _BATCH_CHARACTERS:
                yield batch
                batch = []
            if not batch:
                width = max(1, min(len(texts[i]), 2 * self._max_tokens))
            batch.append(i)
        if batch:
            yield batch

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                self._model = self._load()
        return self._model

    def _load(self) -> Any:
        os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"  # read when they are imported
        import torch
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        dtype = torch.bfloat16 if has_bfloat16() else torch.float32
        try:
            model = SentenceTransformer(
                self._source, device="cpu", local_files_only=True, model_kwargs={"torch_dtype": dtype}
            )
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            raise ModelError(
                f"本机没有可用的向量模型 {self._source}：请给出模型所在的文件夹，或不设置以使用随程序提供的模型"
            ) from error
        model.max_seq_length = min(model.max_seq_length or self._max_tokens, self._max_tokens)
        return model
