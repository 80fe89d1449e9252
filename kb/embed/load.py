"""The embedder that a setting names."""

from __future__ import annotations

import re
from pathlib import Path

from kb.embed import Embedder, bundled
from kb.embed.bert import BertEmbedder
from kb.embed.fake import FakeEmbedder
from kb.embed.sentence import SentenceEmbedder
from kb.errors import ModelError

#: What a family wants before a query and before a passage, as its model cards say; by the last part of the name.
PREFIXES = (
    (re.compile(r"(^|-)e5-(small|base|large)(?!.*instruct)"), ("query: ", "passage: ")),
    (re.compile(r"^bge-.*\bzh\b"), ("为这个句子生成表示以用于检索相关文章：", "")),
)


def load(setting: str | None, cache: Path) -> Embedder:
    """None or "bundled" is the model that ships, "fake" the one for tests, else a sentence-transformers name or path.

    Raises ModelError where the bundled model has not been built or a path is no folder; a name that is not on this
    machine raises it at first use.
    """
    if setting in (None, "", "bundled"):
        if not bundled.is_built(cache):
            raise ModelError("向量模型尚未准备好，请先运行 ./start setup（或 kb init）")
        return BertEmbedder(bundled.model_path(cache), bundled.NAME)
    if setting == "fake":
        return FakeEmbedder()
    source = str(setting)
    folder = Path(source).expanduser()
    if folder.is_dir():
        source = str(folder.resolve())  # the same model by whichever path it is named
    elif source.startswith(("/", ".", "~")):
        raise ModelError(f"没有向量模型文件夹 {source}：请给出已有的文件夹，或不设置以使用随程序提供的模型")
    return SentenceEmbedder(source, source, *prefixes(source))


def prefixes(name: str) -> tuple[str, str]:
    """What the model of this name or path wants before a query and before a passage; empty for an unknown family."""
    last = Path(name).name.lower()
    return next((wanted for family, wanted in PREFIXES if family.search(last)), ("", ""))
