"""Runs judged queries through the real search, timed beside its reference."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from kb.base import KnowledgeBase
from kb.errors import KBError, UnreadableFile
from kb.evaluate.metrics import Judged, latency, scores
from kb.index import Scope
from kb.models import UnitKind, Viewer
from kb.search.engine import DEPTH, Mode

#: R@100 needs as many units.
_DEEP = 100


def read_queries(file: Path) -> list[Judged]:
    """Lines of {"qid", "q", "gold_ids": […]} or {"qid", "q", "rel": {id: grade}}. Raises UnreadableFile."""
    found: list[Judged] = []
    try:
        for number, line in enumerate(file.read_text(encoding="utf-8-sig").split("\n"), 1):
            if not line.strip():
                continue
            row = json.loads(line)
            if not isinstance(row.get("q"), str) or not ("gold_ids" in row or "rel" in row):
                raise UnreadableFile(f"{file.name} 第 {number} 行：须有 q，以及 gold_ids 或 rel")
            graded = "rel" in row
            gold = (
                {str(i): int(g) for i, g in row["rel"].items() if int(g) > 0}
                if graded
                else {str(i): 1 for i in row["gold_ids"]}
            )
            found.append(Judged(str(row.get("qid", number)), row["q"], gold, graded))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, AttributeError, TypeError, ValueError) as error:
        raise UnreadableFile(f"{file.name}：不能读成每行一个 JSON 对象的问题集（{error}）") from error
    if not found:
        raise UnreadableFile(f"{file.name}：没有问题，每行应为一个 JSON 对象")
    return found


def evaluate(
    kb: KnowledgeBase,
    queries: Sequence[Judged],
    *,
    mode: Mode = "hybrid",
    kinds: frozenset[UnitKind] | None = None,
    ids: Mapping[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Measures over all queries. `ids` turns unit ids into those that the queries name."""
    viewer = Viewer.local()
    if not kb.stats(viewer)["chunks"]:
        raise KBError("库中没有可检索的内容，请先运行 kb init，或用 --corpus 指定语料")
    kb.search(queries[0].text, viewer, kinds=kinds, mode=mode)  # loads the model and the indexes
    taken, reference = [], []
    runs, weak = [], 0
    for done, query in enumerate(queries):
        if progress:
            progress(done, len(queries))
        start = perf_counter()
        shown = kb.search(query.text, viewer, kinds=kinds, mode=mode)
        taken.append(perf_counter() - start)
        if kb.indexes.dense is not None:
            start = perf_counter()
            kb.indexes.dense.search(kb.embedder.queries([query.text])[0], DEPTH, Scope())
            reference.append(perf_counter() - start)
        weak += shown.nothing_close
        full = kb.search(query.text, viewer, kinds=kinds, mode=mode, k=_DEEP).hits
        runs.append((query, [hit.id if ids is None else ids[hit.id] for hit in full]))
    if progress:
        progress(len(queries), len(queries))
    return {
        "queries": len(queries),
        **scores(runs),
        **latency(taken),
        **latency(reference, "reference_"),
        "none_said": weak,
        "mode": mode,
        "model": kb.embedder.name if mode != "lexical" else None,
    }
