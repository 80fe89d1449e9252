"""A corpus of articles in a library of its own, filled through the same code path as any other document."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kb.base import KnowledgeBase, Progress
from kb.embed import Embedder, Vectors
from kb.errors import KBError, UnreadableFile
from kb.law.numerals import ArticleNumber
from kb.models import Article, Document, DocumentKind, Part, Span, Unit, Viewer, Visibility
from kb.store.writing import unit_ids

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A filled library and the corpus's own id of each unit."""

    kb: KnowledgeBase
    ids: Mapping[str, str]  # unit id → the corpus's id, as text
    articles: int


def open_corpus(
    file: Path, embedder: Embedder, cache: Path, vectors: Path | None = None, progress: Progress | None = None
) -> Corpus:
    """The library of this corpus and model, filled as far as it is not yet: an interrupted run resumes.

    `vectors` is a .npy file with a row for each line of the corpus, made by the same model.
    """
    rows = _read(file)
    ready = _read_vectors(vectors, len(rows)) if vectors else None
    mark = hashlib.sha256(file.read_bytes() + (vectors.read_bytes() if vectors else b"")).hexdigest()[:16]
    model = re.sub(r"[^\w.-]+", "_", embedder.name)
    kb = KnowledgeBase.open(cache / "eval" / f"{mark}-{model}", cache=cache, embedder=embedder)
    ids: dict[str, str] = {}
    done = 0
    for document, lines in _documents(rows):
        if progress:
            progress(done, len(rows))
        kb.add(document, Viewer.local(), vectors=None if ready is None else ready[lines])
        ids.update(
            (unit_id, str(rows[line]["id"]))
            for unit_id, line in zip(unit_ids(document, document.id or ""), lines, strict=True)
        )
        done += len(lines)
    if progress:
        progress(done, len(rows))
    return Corpus(kb, ids, len(rows))


def _read(file: Path) -> list[Row]:
    rows: list[Row] = []
    try:
        with (
            gzip.open(file, "rt", encoding="utf-8-sig")
            if file.suffix == ".gz"
            else file.open(encoding="utf-8-sig") as lines
        ):
            for number, line in enumerate(lines, 1):
                if line.strip():
                    row = json.loads(line)
                    if not all(isinstance(row.get(k), str) for k in ("law", "article", "text")) or "id" not in row:
                        raise UnreadableFile(f"{file.name} 第 {number} 行：每行须有 id、law、article、text 四项")
                    rows.append(row)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UnreadableFile(f"{file.name}：不能读成每行一个 JSON 对象的语料（{error}）") from error
    return rows


def _read_vectors(file: Path, rows: int) -> Vectors:
    try:
        found = np.load(file, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"{file.name}：不是 .npy 向量文件（{error}）") from error
    if found.ndim != 2 or len(found) != rows:
        raise KBError(f"{file.name}：形状为 {found.shape}，语料有 {rows} 行，应为每行一个向量")
    return np.asarray(found, dtype=np.float32)


def _documents(rows: Sequence[Row]) -> Iterator[tuple[Document, list[int]]]:
    """A document for each law, with the lines of the corpus that its units come from."""
    by_law: dict[str, list[int]] = {}
    for line, row in enumerate(rows):
        by_law.setdefault(row["law"], []).append(line)
    for ordinal, (law, lines) in enumerate(by_law.items(), 1):
        text = f"{law}\n"
        units: list[Unit] = []
        for line in lines:
            label, body = rows[line]["article"], rows[line]["text"]
            start = len(text)
            text += f"{label} {body}\n"
            units.append(_unit(law, label, start, start + len(label) + 1, len(text) - 1))
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        yield (
            Document(
                law,
                DocumentKind.STATUTE,
                text,
                sha256,
                f"eval:{law}",
                tuple(units),
                id=f"law-{ordinal}",
                visibility=Visibility.PUBLIC,
            ),
            lines,
        )


def _unit(law: str, label: str, start: int, body: int, end: int) -> Unit:
    try:
        number = ArticleNumber.parse(label)
    except ValueError:
        return Part(label, body, end)  # 全文, 条目一: a text without numbered articles
    return Article(law, number, start, body, end, paragraphs=(Span(body, end),))
