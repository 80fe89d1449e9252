"""BM25 over words and over characters with their pairs, by tantivy, on disk. docs/lexical.md tells why tantivy."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import tantivy
from filelock import FileLock, Timeout

from kb.errors import StoreError
from kb.index import Card, Entry, Scope
from kb.index.tokens import grams, words

#: Raised when tokens or fields change: an index of another format is made again.
FORMAT = 2

Field = Literal["words", "grams"]

_PATIENCE = 60  # seconds that a writer waits for another process
_HEAP = 64_000_000  # bytes; tantivy's least for one thread is 15 MB


class Lexical:
    """The words of every chunk that can be found. Several processes share the folder; one writes at a time.

    The revision is written after the commit: a crash between them has the same change applied once more.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"lexical-{FORMAT}"
        self._mark = folder / f"lexical-{FORMAT}.json"
        self._thread_lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._file_lock = FileLock(folder / "lexical.lock", timeout=_PATIENCE)
        self._index: Any = None
        self._searcher: Any = None
        self._seen = -1
        self._reload()

    @property
    def revision(self) -> int:
        """What the folder on disk reflects; another process may have brought it further."""
        try:
            return int(json.loads(self._mark.read_text())["revision"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def _set_revision(self, revision: int) -> None:
        temporary = self._mark.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps({"revision": revision}))
        temporary.replace(self._mark)

    def _reload(self) -> None:
        """Look at what is on disk now, if it moved since the last look."""
        revision = self.revision
        if revision == self._seen and self._searcher is not None:
            return
        if revision and (self._folder / "meta.json").is_file():
            try:
                if self._index is None:
                    self._index = tantivy.Index.open(str(self._folder))
                self._index.reload()
                self._searcher, self._seen = self._index.searcher(), revision
                return
            except (ValueError, OSError):  # damaged: the owner sees revision 0 and fills it again
                self._mark.unlink(missing_ok=True)
        self._index, self._searcher, self._seen = None, None, 0

    def clear(self) -> None:
        """Forget everything; the next `apply` starts from nothing."""
        with self._locked():
            self._mark.unlink(missing_ok=True)
            self._index = self._searcher = None
            self._seen = 0
            shutil.rmtree(self._folder, ignore_errors=True)

    def apply(self, puts: Iterable[tuple[Card, Sequence[Entry]]], removes: Iterable[int], revision: int) -> None:
        """See Index.apply. Does nothing where another process has been there first. Raises StoreError after a minute."""
        with self._locked():
            found = self.revision
            if found >= revision:
                self._reload()
                return
            if found == 0:  # new, damaged or half-filled
                shutil.rmtree(self._folder, ignore_errors=True)
                self._index = None
            index = self._index or self._open()
            writer = index.writer(_HEAP, 1)
            try:
                for document in removes:
                    writer.delete_documents_by_term("document", str(document))
                for card, entries in puts:
                    writer.delete_documents_by_term("document", str(card.document))
                    for entry in entries:
                        writer.add_document(_document(card, entry))
                writer.commit()
                writer.wait_merging_threads()
            except BaseException:
                del writer
                self._index = self._searcher = None
                self._seen = -1
                raise
            self._index = index
            self._set_revision(revision)
            self._seen = -1
            self._reload()

    def _open(self) -> Any:
        if (self._folder / "meta.json").is_file():
            return tantivy.Index.open(str(self._folder))
        self._folder.mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("chunk", fast=True, indexed=True)
        builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field("grams", tokenizer_name="whitespace", index_option="freq")
        for name in ("document", "kind", "access", "draft"):
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        return tantivy.Index(builder.build(), path=str(self._folder))

    def _locked(self) -> Any:
        return _Both(self._thread_lock, self._file_lock)

    def count(self) -> int:
        """How many chunks it holds."""
        self._reload()
        return int(self._searcher.num_docs) if self._searcher is not None else 0

    def search(self, field: Field, tokens: Sequence[str], k: int, scope: Scope) -> list[tuple[int, float]]:
        """Chunk numbers with their BM25 score (k1 = 1.2, b = 0.75), best first, equals by number."""
        self._reload()
        searcher, index = self._searcher, self._index
        if searcher is None or not tokens:
            return []
        schema = index.schema
        should = tantivy.Occur.Should
        terms = [(should, tantivy.Query.term_query(schema, field, token)) for token in dict.fromkeys(tokens)]
        query = tantivy.Query.boolean_query(terms)
        filters = _filters(schema, scope)
        if filters:
            must = tantivy.Occur.Must
            query = tantivy.Query.boolean_query([(must, query), *((must, f) for f in filters)])
        found = searcher.search(query, limit=k, count=False).hits
        numbers = searcher.fast_field_values("chunk", [address for _, address in found])
        ranked = [(int(number), float(score)) for number, (score, _) in zip(numbers, found, strict=True)]
        return sorted(ranked, key=lambda hit: (-hit[1], hit[0]))


class _Both:
    """Threads of this process, then other processes."""

    def __init__(self, threads: threading.Lock, processes: FileLock) -> None:
        self._threads, self._processes = threads, processes

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            self._processes.acquire()
        except Timeout as error:
            self._threads.release()
            raise StoreError("另一个程序正在更新索引，等待超过一分钟，请稍后再试") from error

    def __exit__(self, *_: object) -> None:
        self._processes.release()
        self._threads.release()


def _document(card: Card, entry: Entry) -> Any:
    document = tantivy.Document()
    document.add_unsigned("chunk", entry.chunk)
    document.add_text("document", str(card.document))
    document.add_text("words", " ".join(words(entry.text)))
    document.add_text("grams", " ".join(grams(entry.text)))
    document.add_text("kind", entry.kind)
    document.add_text("draft", str(card.draft))
    for term in card.access:
        document.add_text("access", term)
    return document


def _filters(schema: Any, scope: Scope) -> list[Any]:
    """What a chunk must also match; adds nothing to its score."""
    found = []
    for name, wanted in (("access", scope.access), ("kind", scope.kinds)):
        if wanted is not None:
            found.append(tantivy.Query.term_set_query(schema, name, sorted(wanted)))
    if not scope.drafts:
        found.append(tantivy.Query.term_query(schema, "draft", "False"))
    return [tantivy.Query.boost_query(tantivy.Query.const_score_query(f, 0.0), 0.0) for f in found]
