"""BM25 over words and over characters with their pairs, by tantivy, on disk. docs/lexical.md tells why tantivy."""

from __future__ import annotations

import json
import shutil
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import tantivy
from filelock import FileLock, Timeout

from kb.errors import StoreError
from kb.index import Card, Entry, Scope
from kb.index.tokens import grams, words

#: Raised when tokens or fields change: an index of another format is made again.
FORMAT = 3

Field = Literal["words", "grams"]

_PATIENCE = 60  # seconds that a writer waits for another process
_HEAP = 64_000_000  # bytes, at most; a small change takes as little with more
_DAMAGED = "全文索引已损坏并作废，请重试一次，检索前会自动重建"


@dataclass(frozen=True, slots=True)
class _Mark:
    """What is written beside the index once a change is in it. `made` names the folder; each filling has its own."""

    revision: int = 0
    made: str = ""


@dataclass(frozen=True, slots=True)
class _View:
    """The index as it was at one mark; never changes, so that threads can share it."""

    mark: _Mark
    index: Any
    searcher: Any
    met: dict[tuple[str, frozenset[str]], bool] = field(default_factory=dict)  # whether every chunk meets a limit


class Lexical:
    """The words of every chunk that can be found. Several processes share the folder; one writes at a time.

    The revision is written after the commit: a crash between them has the same change applied once more.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"lexical-{FORMAT}.json"
        self._lock = FileLock(folder / "lexical.lock", timeout=_PATIENCE)
        self._looking = threading.Lock()
        self._view: _View | None = None
        self._look()

    @property
    def revision(self) -> int:
        """What the folder on disk reflects; another process may have brought it further."""
        return self._mark().revision

    def count(self) -> int:
        """How many chunks it holds."""
        view = self._look()
        return int(view.searcher.num_docs) if view else 0

    def numbers(self) -> set[int]:
        """The number of every chunk it holds."""
        view = self._look()
        if view is None or not view.searcher.num_docs:
            return set()
        every = view.searcher.search(tantivy.Query.all_query(), limit=view.searcher.num_docs, count=False).hits
        return set(view.searcher.fast_field_values("chunk", [address for _, address in every]))

    def clear(self) -> None:
        """Forget everything; the next `apply` starts from nothing. Raises StoreError after a minute."""
        with self._writing():
            self._empty()

    def apply(
        self,
        puts: Iterable[tuple[Card, Sequence[Entry]]],
        removes: Iterable[int],
        revision: int,
        since: int | None = None,
    ) -> None:
        """See Index.apply. Does nothing where another process has been there first.

        `since` is the revision that the change starts from, 0 where it holds everything. An index that another process
        cleared meanwhile is left as it is, since the change would fill it in part only. Raises StoreError after a
        minute, or where the index cannot be written.
        """
        with self._writing():
            mark = self._mark()
            if mark.revision >= revision or (since is not None and mark.revision < since):
                return
            try:
                if mark.revision and since != 0:
                    index = self._open(mark)
                else:
                    self._empty()
                    mark = _Mark(made=uuid.uuid4().hex)
                    index = self._create(mark)
            except ValueError as error:
                self._void(mark)
                raise StoreError(_DAMAGED) from error
            try:
                _write(index, puts, removes)
            except ValueError as error:
                raise StoreError(f"全文索引写不进 {self._folder(mark)}（{error}），请检查磁盘空间和权限") from error
            self._set_mark(_Mark(revision, mark.made))
            self._look()

    def search(
        self, field: Field, tokens: Sequence[str] | Mapping[str, float], k: int, scope: Scope
    ) -> list[tuple[int, float]]:
        """Chunk numbers with their BM25 score (k1 = 1.2, b = 0.75), best first, equals by number.

        A chunk needs one of the tokens; a mapping weighs them. Raises StoreError where the index turns out damaged.
        """
        view = self._look()
        if view is None or k < 1 or not tokens:
            return []
        try:
            query = _any_of(view.index.schema, field, tokens)
            filters = _filters(view, scope)
            if filters:  # without one tantivy skips most of the matches (block-max WAND)
                must = tantivy.Occur.Must
                query = tantivy.Query.boolean_query([(must, query), *((must, f) for f in filters)])
            hits = view.searcher.search(query, limit=min(k, max(view.searcher.num_docs, 1)), count=False).hits
            numbers = view.searcher.fast_field_values("chunk", [address for _, address in hits])
        except (ValueError, OSError) as error:
            self._void(view.mark)
            raise StoreError(_DAMAGED) from error
        ranked = [(int(number), float(score)) for number, (score, _) in zip(numbers, hits, strict=True)]
        return sorted(ranked, key=lambda hit: (-hit[1], hit[0]))

    def _folder(self, mark: _Mark) -> Path:
        return self._file.with_name(f"lexical-{FORMAT}-{mark.made}")

    def _mark(self) -> _Mark:
        try:
            written = json.loads(self._file.read_bytes())
            return _Mark(int(written["revision"]), str(written["made"]))
        except (OSError, ValueError, KeyError, TypeError):
            return _Mark()

    def _set_mark(self, mark: _Mark) -> None:
        temporary = self._file.with_suffix(".tmp")
        temporary.write_text(json.dumps({"revision": mark.revision, "made": mark.made}))
        temporary.replace(self._file)

    def _look(self) -> _View | None:
        """What is on disk now; None where there is nothing, or nothing that can be read."""
        mark, view = self._mark(), self._view
        if view is not None and view.mark == mark:
            return view
        with self._looking:
            mark, view = self._mark(), self._view
            if view is not None and view.mark == mark:
                return view
            self._view = None
            if mark.revision:
                try:
                    known = view is not None and view.mark.made == mark.made
                    index = view.index if view is not None and known else self._open(mark)
                    index.reload()
                    self._view = _View(mark, index, index.searcher())
                except (ValueError, OSError):
                    self._void(mark)
            return self._view

    def _void(self, mark: _Mark) -> None:
        """Have the owner see revision 0 and fill it again, unless another filling is there already."""
        if self._mark().made == mark.made:
            self._file.unlink(missing_ok=True)

    def _empty(self) -> None:
        """Under the lock. The mark goes first: a folder without one counts for nothing."""
        self._file.unlink(missing_ok=True)
        for old in self._file.parent.glob("lexical-*"):  # half-filled ones and other formats, too
            if old.is_dir():
                shutil.rmtree(old, ignore_errors=True)
            else:
                old.unlink(missing_ok=True)

    def _create(self, mark: _Mark) -> Any:
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("chunk", fast=True, indexed=True)
        builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field("grams", tokenizer_name="whitespace", index_option="freq")
        for name in ("document", "kind", "access", "draft"):
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        folder = self._folder(mark)
        folder.mkdir()
        return tantivy.Index(builder.build(), path=str(folder))

    def _open(self, mark: _Mark) -> Any:
        index = tantivy.Index.open(str(self._folder(mark)))
        index.config_reader("manual")  # no thread of tantivy's own that watches the folder
        return index

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Keeps other threads and processes from writing."""
        try:
            self._lock.acquire()
        except Timeout as error:
            raise StoreError("另一个程序正在更新索引，等待超过一分钟，请稍后再试") from error
        try:
            yield
        finally:
            self._lock.release()


def _write(index: Any, puts: Iterable[tuple[Card, Sequence[Entry]]], removes: Iterable[int]) -> None:
    """One commit; nothing of it is seen before. tantivy reports every failure as a ValueError."""
    writer = index.writer(_HEAP, 1)
    try:
        # What a killed commit left has the name that the same commit wants again.
        writer.garbage_collect_files()
        for document in removes:
            writer.delete_documents_by_term("document", str(document))
        for card, entries in puts:
            writer.delete_documents_by_term("document", str(card.document))
            for entry in entries:
                writer.add_document(_document(card, entry))
        writer.commit()
        writer.wait_merging_threads()
    finally:
        del writer  # lets go of tantivy's own lock, also while an error travels on


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


def _any_of(schema: Any, field: Field, tokens: Sequence[str] | Mapping[str, float]) -> Any:
    weights = tokens if isinstance(tokens, Mapping) else dict.fromkeys(tokens, 1.0)
    terms = []
    for token, weight in weights.items():
        term = tantivy.Query.term_query(schema, field, token)
        terms.append(
            (tantivy.Occur.Should, term if weight == 1.0 else tantivy.Query.boost_query(term, weight)),
        )
    return tantivy.Query.boolean_query(terms)


def _filters(view: _View, scope: Scope) -> list[Any]:
    """What a chunk must also match; adds nothing to its score. A limit that every chunk meets is left out."""
    limits = {"access": scope.access, "kind": scope.kinds, "draft": None if scope.drafts else frozenset(("False",))}
    found = []
    for name, wanted in limits.items():
        if wanted is None:
            continue
        query = tantivy.Query.term_set_query(view.index.schema, name, sorted(wanted))
        if (name, wanted) not in view.met:
            matching = view.searcher.search(query, limit=1, count=True).count
            view.met[name, wanted] = matching == view.searcher.num_docs
        if not view.met[name, wanted]:
            found.append(tantivy.Query.const_score_query(query, 0.0))
    return found
