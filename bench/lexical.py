"""Compares word indexes: engines, ways to cut texts, and BM25 parameters; prints the tables of docs/lexical.md.

python bench/lexical.py --corpus statutes.jsonl.gz --queries stard_train.jsonl [stard_dev.jsonl …] [--tables engines …]

Times are of the engine alone, one thread, the query already cut, each the best of three, so that other programs on the
machine count little; making an index is told in CPU seconds. Needs bm25s (the extra "bench").
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import bm25s
import jieba
import tantivy

from kb.evaluate.metrics import Judged, latency, scores
from kb.evaluate.run import read_queries
from kb.index import Card, Entry, Scope
from kb.index.lexical import Lexical
from kb.index.tokens import STOP, grams, runs, words

DEPTH = 100
ADDED = 40  # articles of the document whose adding is timed
Cut = Callable[[str], list[str]]
Texts = Sequence[Sequence[str]]


def _by(cut_run: Callable[[str], list[str]]) -> Cut:
    return lambda text: [token for run in runs(text) for token in ([run] if run[0].isascii() else cut_run(run))]


def _pairs(run: str) -> list[str]:
    return [a + b for a, b in itertools.pairwise(run)] or [run]


def _jieba(run: str, *, inner: bool, stops: bool, single: bool) -> list[str]:
    cut = jieba.cut_for_search(run) if inner else jieba.cut(run)
    return [w for w in cut if not (stops and w in STOP) and (single or len(w) > 1)]


CUTS: dict[str, Cut] = {
    "jieba cut": _by(lambda run: _jieba(run, inner=False, stops=False, single=True)),
    "jieba cut, no stop words": _by(lambda run: _jieba(run, inner=False, stops=True, single=True)),
    "jieba cut_for_search": _by(lambda run: _jieba(run, inner=True, stops=False, single=True)),
    "jieba cut_for_search, no stop words (words)": words,
    "jieba cut_for_search, no stop words, no single characters": _by(
        lambda run: _jieba(run, inner=True, stops=True, single=False)
    ),
    "pairs": _by(_pairs),
    "characters": _by(list),
    "characters and pairs (grams)": grams,
    "characters, pairs and threes": _by(
        lambda run: [run[i : i + n] for n in (1, 2, 3) for i in range(len(run) - n + 1)]
    ),
}


class Tantivy:
    """k1 = 1.2 and b = 0.75 are fixed. A second field, if any, is the law's name with a weight."""

    def __init__(self, texts: Texts, folder: Path, laws: Texts | None = None, weight: float = 0.0) -> None:
        self._weight = weight
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("row", fast=True, indexed=True)
        for name in ("text", "law"):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        self._index = tantivy.Index(builder.build(), path=str(folder))
        self._write(texts, 0, laws)

    def _write(self, texts: Texts, first: int, laws: Texts | None = None) -> None:
        writer = self._index.writer(64_000_000, 1)
        for row, tokens in enumerate(texts, first):
            document = tantivy.Document()
            document.add_unsigned("row", row)
            document.add_text("text", " ".join(tokens))
            if laws:
                document.add_text("law", " ".join(laws[row]))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(self, tokens: Sequence[str], k: int) -> list[int]:
        should, schema = tantivy.Occur.Should, self._index.schema
        terms = [(should, tantivy.Query.term_query(schema, "text", t)) for t in dict.fromkeys(tokens)]
        if self._weight:
            terms += [
                (should, tantivy.Query.boost_query(tantivy.Query.term_query(schema, "law", t), self._weight))
                for t in dict.fromkeys(tokens)
            ]
        if not terms:
            return []
        hits = self._searcher.search(tantivy.Query.boolean_query(terms), limit=k, count=False).hits
        return list(self._searcher.fast_field_values("row", [address for _, address in hits]))

    def add(self, texts: Texts, first: int) -> None:
        self._write(texts, first)


class Bm25s:
    """Scores are worked out when the index is made, so that adding makes it anew."""

    def __init__(self, texts: Texts, folder: Path, k1: float = 1.2, b: float = 0.75) -> None:
        self._texts, self._folder, self._parameters = list(texts), folder, {"k1": k1, "b": b}
        self._build()

    def _build(self) -> None:
        self._index = bm25s.BM25(method="lucene", **self._parameters)
        self._index.index(self._texts, show_progress=False)
        self._index.save(self._folder)

    def search(self, tokens: Sequence[str], k: int) -> list[int]:
        known = [t for t in dict.fromkeys(tokens) if t in self._index.vocab_dict]
        if not known:
            return []
        rows, _ = self._index.retrieve([known], k=k, show_progress=False)
        return [int(row) for row in rows[0]]

    def add(self, texts: Texts, first: int) -> None:
        del self._texts[first:]
        self._texts += texts
        self._build()


class Fts5:
    """SQLite's own; k1 = 1.2 and b = 0.75 are fixed. Every match is scored.

    Without the texts it must keep positions: with less detail it cannot count a word in a text, and ranks are all 0.
    """

    def __init__(self, texts: Texts, folder: Path) -> None:
        self._base = sqlite3.connect(folder / "fts.db")
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("CREATE VIRTUAL TABLE t USING fts5(x, content='', detail=full, tokenize='unicode61')")
        self.add(texts, 0)
        self._base.execute("INSERT INTO t(t) VALUES ('optimize')")
        self._base.commit()

    def add(self, texts: Texts, first: int) -> None:
        rows = ((row, " ".join(tokens)) for row, tokens in enumerate(texts, first))
        self._base.executemany("INSERT INTO t(rowid, x) VALUES (?, ?)", rows)
        self._base.commit()

    def search(self, tokens: Sequence[str], k: int) -> list[int]:
        query = " OR ".join(f'"{t}"' for t in dict.fromkeys(tokens))
        if not query:
            return []
        found = self._base.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", (query, k))
        return [row for (row,) in found]


ENGINES: dict[str, Callable[[Texts, Path], Any]] = {"tantivy": Tantivy, "bm25s": Bm25s, "SQLite FTS5": Fts5}

Search = Callable[[Sequence[str], int], list[int]]
Sets = dict[str, list[Judged]]


def best_of_three(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what the last of them gave."""
    times = []
    for _ in range(3):
        start = perf_counter()
        given = work()
        times.append(perf_counter() - start)
    return min(times), given


def run(search: Search, queries: Sequence[Judged], cut: Cut, ids: Sequence[str]) -> tuple[dict[str, float], str]:
    """Measures over the queries; median and 95th percentile of the time of one, in ms."""
    tokens = [cut(q.text) for q in queries]
    times, found = [], []
    for query, given in zip(queries, tokens, strict=True):
        seconds, rows = best_of_three(lambda given=given: search(given, DEPTH))
        times.append(seconds)
        found.append((query, [ids[row] for row in rows]))
    took = latency(times)
    return scores(found), f"{took['p50_ms']:.1f} | {took['p95_ms']:.1f}"


def quality(name: str, search: Search, cut: Cut, sets: Sets, ids: Sequence[str]) -> None:
    for of, queries in sets.items():
        measured, took = run(search, queries, cut, ids)
        print(f"| {name} | {of} | {' | '.join(f'{v:.3f}' for v in measured.values())} | {took} |", flush=True)


def head(*names: str) -> None:
    columns = [*names, "R@1", "R@5", "R@10", "R@20", "R@100", "nDCG@10", "MRR@10", "p50 ms", "p95 ms"]
    print("\n| " + " | ".join(columns) + " |\n|" + "---|" * len(columns), flush=True)


def table_cuts(texts: Sequence[str], sets: Sets, ids: Sequence[str], **_: Any) -> None:
    """Ways to cut, all in tantivy."""
    head("tokens", "questions")
    for name, cut in CUTS.items():
        with tempfile.TemporaryDirectory() as folder:
            quality(name, Tantivy([cut(t) for t in texts], Path(folder)).search, cut, sets, ids)


def table_engines(texts: Sequence[str], sets: Sets, ids: Sequence[str], **_: Any) -> None:
    costs = []
    head("engine and tokens", "questions")
    for field, cut in (("words", words), ("pairs", CUTS["pairs"]), ("grams", grams)):
        cut_texts = [cut(t) for t in texts]
        for name, engine in ENGINES.items():
            with tempfile.TemporaryDirectory() as folder:
                start = process_time()
                made = engine(cut_texts, Path(folder))
                built = process_time() - start
                size = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())
                quality(f"{name}, {field}", made.search, cut, sets, ids)
                first = itertools.count(len(cut_texts), ADDED)
                added, _ = best_of_three(
                    lambda made=made, first=first, some=cut_texts[:ADDED]: made.add(some, next(first))
                )
                costs.append(f"| {name}, {field} | {built:.1f} | {size / 1e6:.0f} | {added * 1000:.0f} |")
    print("\n| engine and tokens | index CPU s | size MB | adding 40 articles ms |\n|---|---|---|---|")
    print("\n".join(costs), flush=True)


def table_names(texts: Sequence[str], sets: Sets, ids: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """How the law's name takes part."""
    head("law's name", "questions")
    bare = [r["text"] for r in rows]
    short = [r["law"].replace("中华人民共和国", "") + r["article"] + " " + r["text"] for r in rows]
    whole = [r["law"] for r in rows]
    plans: dict[str, tuple[Sequence[str], float]] = {
        "before the text": (texts, 0.0),
        "before the text, without 中华人民共和国": (short, 0.0),
        "left out": (bare, 0.0),
        **{f"own field, weight {w}": (bare, w) for w in (0.1, 0.2, 0.4)},
    }
    for (name, (given, weight)), (field, cut) in itertools.product(plans.items(), (("words", words), ("grams", grams))):
        laws = [cut(t) for t in whole] if weight else None
        with tempfile.TemporaryDirectory() as folder:
            made = Tantivy([cut(t) for t in given], Path(folder), laws, weight)
            quality(f"{field}, {name}", made.search, cut, sets, ids)


def table_parameters(texts: Sequence[str], sets: Sets, ids: Sequence[str], **_: Any) -> None:
    head("k1 and b, in bm25s", "questions")
    for field, cut in (("words", words), ("grams", grams)):
        cut_texts = [cut(t) for t in texts]
        for k1, b in ((1.2, 0.75), (0.9, 0.4), (1.2, 0.4), (1.2, 0.9), (1.6, 0.75), (2.0, 0.75)):
            with tempfile.TemporaryDirectory() as folder:
                quality(f"{field}, {k1}, {b}", Bm25s(cut_texts, Path(folder), k1, b).search, cut, sets, ids)


def table_index(texts: Sequence[str], sets: Sets, ids: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """The library's own index: one query over both fields, at the depth and in the scopes of a search."""
    groups: dict[str, list[int]] = {}
    for row, given in enumerate(rows):
        groups.setdefault(given["law"], []).append(row)
    entries = [[Entry(row + 1, "article", texts[row]) for row in of] for of in groups.values()]
    terms = [frozenset(("public",)), frozenset(("internal",)), frozenset(("reader:甲",))]
    puts = [(Card(n, terms[n % 10 // 5 if n % 10 < 9 else 2]), of) for n, of in enumerate(entries, 1)]
    with tempfile.TemporaryDirectory() as folder:
        index = Lexical(Path(folder))
        start = process_time()
        index.apply(puts, [], 1)
        print(f"\ncut and built in {process_time() - start:.1f} CPU s")
        adding = []
        for turn in range(20):
            start = perf_counter()
            index.apply(
                [
                    (
                        Card(100_000 + turn, terms[0]),
                        [
                            Entry(e.chunk + (turn + 1) * 10**7, e.kind, e.text)
                            for e in itertools.islice(itertools.chain(*entries), ADDED)
                        ],
                    )
                ],
                [],
                turn + 2,
            )
            adding.append(perf_counter() - start)
        print("adding 40 articles, cut and committed:", latency(adding))
        scopes = {
            "all": Scope(drafts=True),
            "without drafts": Scope(),
            "public": Scope(frozenset(("public",))),
            "public and internal": Scope(frozenset(("public", "internal"))),
            "one reader (10 %)": Scope(frozenset(("reader:甲",))),
        }
        for (of, queries), (name, scope) in itertools.product(sets.items(), scopes.items()):
            both = []
            for query in queries:
                w, g = words(query.text), grams(query.text)
                both.append(
                    best_of_three(
                        lambda w=w, g=g, scope=scope: (
                            index.search("words", w, 200, scope),
                            index.search("grams", g, 200, scope),
                        )
                    )[0]
                )
            print(f"{of}, {name}: both fields {latency(both)}", flush=True)


TABLES: dict[str, Callable[..., None]] = {
    "cuts": table_cuts,
    "engines": table_engines,
    "names": table_names,
    "parameters": table_parameters,
    "index": table_index,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--queries", type=Path, nargs="+", required=True)
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    arguments = parser.parse_args()
    with gzip.open(arguments.corpus, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts = [r["law"] + r["article"] + " " + r["text"] for r in rows]
    ids = [str(r["id"]) for r in rows]
    sets = {file.stem: read_queries(file) for file in arguments.queries}
    words("")
    for table in arguments.tables:
        TABLES[table](texts, sets, ids, rows=rows)


if __name__ == "__main__":
    main()
