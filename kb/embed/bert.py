"""The bundled model's encoder, run straight on torch.

The directory that `bundled` builds is an ordinary sentence-transformers model and gives the same vectors there; this
path imports neither transformers nor sentence-transformers, which take longer to load than a whole search.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kb.embed import Progress, Vectors

if TYPE_CHECKING:
    import torch

#: e5 was trained with at most this many tokens.
MAX_TOKENS = 512

#: Tokens of a batch, padding included: keeps memory flat and the cores busy.
_BATCH_TOKENS = 4096

#: Tokens up to which one core is enough.
_SHORT = 256


class BertEmbedder:
    """e5 with mean pooling: float32 unit vectors. Loads the weights at first use; safe to share between threads."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._folder = folder
        self._lock = threading.Lock()
        self._encoder: _Encoder | None = None
        self.dim: int = json.loads((folder / "config.json").read_text())["hidden_size"]

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._encode([f"passage: {text}" for text in texts], progress)

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode([f"query: {text}" for text in texts], None)

    def _encode(self, texts: Sequence[str], progress: Progress | None) -> Vectors:
        with self._lock:
            if self._encoder is None:
                self._encoder = _Encoder(self._folder)
        tokens = self._encoder.tokens(texts)
        out = np.zeros((len(texts), self.dim), np.float32)
        done = 0
        for batch in _batches(tokens):
            out[batch] = self._encoder.vectors([tokens[i] for i in batch])
            done += len(batch)
            if progress:
                progress(done, len(texts))
        return out


def _batches(tokens: Sequence[Sequence[int]]) -> list[list[int]]:
    """Indices by falling length, so that a batch holds equals and the estimate of the rest never rises."""
    batches: list[list[int]] = []
    for i in sorted(range(len(tokens)), key=lambda i: -len(tokens[i])):
        if batches and (len(batches[-1]) + 1) * len(tokens[batches[-1][0]]) <= _BATCH_TOKENS:
            batches[-1].append(i)
        else:
            batches.append([i])
    return batches


def has_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 itself; elsewhere float32 is faster."""
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


class _Encoder:
    """A BERT encoder: embeddings, then post-norm layers of attention and feed-forward."""

    def __init__(self, folder: Path) -> None:
        import torch
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        self._torch: Any = torch
        self._threads: int = torch.get_num_threads()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        config = json.loads((folder / "config.json").read_text())
        self._heads: int = config["num_attention_heads"]
        self._epsilon: float = config["layer_norm_eps"]
        self._dtype = torch.bfloat16 if has_bfloat16() else torch.float32
        stored = load_file(folder / "model.safetensors")
        # four fifths of the file: stays mapped from the disk, so that only the rows asked for are read
        self._words = stored.pop("embeddings.word_embeddings.weight")
        weights = {k: v.to(self._dtype) for k, v in stored.items()}
        self._places = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._first_norm = (weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])
        self._layers = [_layer(weights, i) for i in range(config["num_hidden_layers"])]

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids with the special ones, cut at MAX_TOKENS."""
        return [e.ids for e in self._tokenizer.encode_batch(list(texts))]

    def vectors(self, tokens: Sequence[Sequence[int]]) -> Vectors:
        """Unit vectors of one batch, longest first."""
        torch = self._torch
        width = len(tokens[0])
        # A short query gains a third from a second core when the machine is idle and loses ten times as much when it
        # is not: the cores wait for each other at every layer.
        torch.set_num_threads(1 if len(tokens) * width <= _SHORT else self._threads)
        with torch.inference_mode():
            ids = torch.tensor([[*t, *[1] * (width - len(t))] for t in tokens])
            lengths = torch.tensor([len(t) for t in tokens])
            real = torch.arange(width)[None, :] < lengths[:, None]
            hidden = self._forward(ids, None if bool(real.all()) else real[:, None, None, :])
            hidden = hidden.float() * real[:, :, None]
            mean = hidden.sum(1) / lengths[:, None]
            found: Vectors = torch.nn.functional.normalize(mean).numpy()
        return found

    def _forward(self, ids: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        functional = self._torch.nn.functional
        rows, width = ids.shape
        hidden = functional.embedding(ids, self._words).to(self._dtype) + self._places[:width]
        size = (hidden.shape[-1],)
        hidden = functional.layer_norm(hidden, size, *self._first_norm, self._epsilon)
        for qkv, qkv_bias, out, out_bias, norm, up, up_bias, down, down_bias, last in self._layers:
            mixed = (
                functional.linear(hidden, qkv, qkv_bias).view(rows, width, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            )
            seen = functional.scaled_dot_product_attention(mixed[0], mixed[1], mixed[2], attn_mask=mask)
            seen = functional.linear(seen.transpose(1, 2).reshape(rows, width, -1), out, out_bias)
            hidden = functional.layer_norm(hidden + seen, size, *norm, self._epsilon)
            fed = functional.linear(functional.gelu(functional.linear(hidden, up, up_bias)), down, down_bias)
            hidden = functional.layer_norm(hidden + fed, size, *last, self._epsilon)
        return hidden  # type: ignore[no-any-return]


def _layer(weights: dict[str, Any], index: int) -> tuple[Any, ...]:
    """One layer's weights; query, key and value are one matrix, which is one product instead of three."""
    import torch

    def of(place: str) -> tuple[Any, Any]:
        name = f"encoder.layer.{index}.{place}"
        return weights[f"{name}.weight"], weights[f"{name}.bias"]

    parts = [of(f"attention.self.{p}") for p in ("query", "key", "value")]
    return (
        torch.cat([w for w, _ in parts]),
        torch.cat([b for _, b in parts]),
        *of("attention.output.dense"),
        of("attention.output.LayerNorm"),
        *of("intermediate.dense"),
        *of("output.dense"),
        of("output.LayerNorm"),
    )
