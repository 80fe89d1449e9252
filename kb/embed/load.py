"""The embedder that a setting names."""

from __future__ import annotations

from pathlib import Path

from kb.embed import Embedder, bundled
from kb.embed.bert import BertEmbedder
from kb.embed.fake import FakeEmbedder
from kb.embed.sentence import SentenceEmbedder
from kb.errors import ModelError


def load(setting: str | None, cache: Path) -> Embedder:
    """None or "bundled" is the model that ships, "fake" the one for tests, else a sentence-transformers name or path.

    Raises ModelError where the bundled model has not been built.
    """
    if setting in (None, "", "bundled"):
        if not bundled.is_built(cache):
            raise ModelError("向量模型尚未准备好，请先运行 ./start setup（或 kb init）")
        return BertEmbedder(bundled.model_path(cache), bundled.NAME)
    if setting == "fake":
        return FakeEmbedder()
    return SentenceEmbedder(str(setting))
