"""The facade that everything above the library calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from sqlalchemy import Connection

from kb import settings
from kb.chunks import chunks, hash_of
from kb.duplicates import NEAR, resemblance, sketch
from kb.embed import Embedder, Vectors
from kb.embed.load import load
from kb.errors import KBError, ModelError, NotFound
from kb.index.follow import Indexes
from kb.models import Document, Hit, State, UnitKind, Viewer, Visibility
from kb.rights import may_read, may_replace, require_administrator, require_member, scope_of
from kb.search.engine import DEPTH, Mode, absent, cited, official_kinds, rank
from kb.search.present import hits
from kb.search.query import parse
from kb.standing import Standing
from kb.store import Store, reading, verify, writing
from kb.store.engine import get_setting, put_setting, record, revision

OnDuplicate = Literal["add", "skip", "replace"]
Progress = Callable[[int, int], None]  # done, of how many


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a document that was to be added."""

    id: str
    status: Literal["added", "replaced", "unchanged"]
    units: int
    chunks: int
    reason: str | None = None  # a Chinese sentence where there is something to say


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a query."""

    hits: tuple[Hit, ...]
    nothing_close: bool  # every hit is weak, or there is none
    notes: tuple[str, ...] = ()  # Chinese sentences: an article that was named and is not in the library


class KnowledgeBase:
    """A library of precedents and rules in one folder. Every read takes a Viewer; rights apply before ranking."""

    def __init__(self, store: Store, home: Path, cache: Path, embedder: Embedder | None = None) -> None:
        self.store = store
        self.home = home
        self.cache = cache
        self._embedder = embedder
        self._given = embedder is not None
        self._wish: str | None = None  # by which the model was loaded
        self.indexes = Indexes(store, home / "index")

    @classmethod
    def open(
        cls, home: Path | None = None, *, cache: Path | None = None, embedder: Embedder | None = None
    ) -> KnowledgeBase:
        """The library in `home` ($KB_HOME by default), made empty if there is none. Raises StoreError."""
        home = home or settings.home()
        return cls(Store.at(home), home, cache or settings.cache(), embedder)

    def close(self) -> None:
        """Give the database back; nothing is lost without it."""
        self.store.close()

    # the model

    @property
    def embedder(self) -> Embedder:
        """The model that made the stored vectors. Raises ModelError if the one asked for is another."""
        with self.store.read() as connection:
            made_by = get_setting(connection, "embedder")
        found = self._embedder
        if found is None or made_by not in (None, found.name):
            found = self._wished()  # another process may have adopted another model
        if made_by not in (None, found.name):
            raise ModelError(
                f"资料库的向量由模型 {made_by} 生成，当前模型是 {found.name}，二者不能混用："
                "请换回原模型，或运行 kb rebuild --model 重新生成全部向量"
            )
        return found

    def _wished(self) -> Embedder:
        """The model that was given or that the settings name now."""
        with self.store.read() as connection:
            wish = settings.embedder() or get_setting(connection, "model")
        if self._embedder is None or (not self._given and wish != self._wish):
            self._embedder, self._wish = load(wish, self.cache), wish
        return self._embedder

    # writing

    def add(
        self,
        document: Document,
        viewer: Viewer,
        *,
        on_duplicate: OnDuplicate = "add",
        progress: Progress | None = None,
        vectors: Vectors | None = None,
    ) -> Added:
        """Put a document in, whole or not at all. The same path with other bytes replaces; the same bytes change nothing.

        `vectors` gives ready ones, a row for each unit, instead of running the model.
        """
        require_member(viewer)
        _require_storable(document)
        wish = Standing.wished(document)
        while True:
            with self.store.read() as connection:
                there = writing.at_path(connection, document.path)
                same = _first_known(connection, document, viewer)
            if there is not None and there.sha256 == document.sha256 and _may_know(viewer, there):
                return self._unchanged(there, wish)
            if there is None and same is not None:
                return self._unchanged(same, wish)
            mark = sketch(document.text)
            near, found, reason = None, there, None
            if there is None and on_duplicate != "add" and (near := self._near(mark, viewer)) is not None:
                reason = f"与库中《{near.title}》内容相同或基本相同"
                if on_duplicate == "skip":
                    return replace(self._unchanged(near, wish), reason=f"{reason}，已跳过")
                found = near
            if found is not None:
                _require_replace(viewer, found, document.path)
                reason = "；".join(filter(None, (reason, found.standing.after_change(wish)))) or None
            pieces = chunks(document)
            embedder = self.embedder if pieces else None
            made = self._vectors(document, [p.indexed(document.text) for p in pieces], progress, vectors)
            with self.store.write() as connection:
                if (
                    writing.at_path(connection, document.path) != there
                    or _first_known(connection, document, viewer) != same
                    or (near is not None and writing.numbered(connection, near.number) != near)
                ):
                    continue  # somebody else wrote meanwhile: look again
                if embedder is not None:
                    made_by = get_setting(connection, "embedder")
                    if made_by is None:
                        put_setting(connection, "embedder", embedder.name)
                    elif made_by != embedder.name:
                        continue  # every vector was made again meanwhile: self.embedder says so
                doc_id, status = writing.write(connection, document, pieces, made, mark, found, viewer.name)
            return Added(doc_id, status, len(document.units), len(pieces), reason)

    @property
    def embedder_name(self) -> str:
        """Name of the model that makes new vectors."""
        return self.embedder.name

    def _unchanged(self, found: writing.Found, wish: Standing) -> Added:
        with self.store.read() as connection:
            whole = reading.whole(connection, found.id, Viewer.local())
        if whole is None:
            raise NotFound(f"{found.id}：文件在读取时被移除，请重试")
        return Added(found.id, "unchanged", len(whole.units), 0, found.standing.after_nothing(wish))

    def _near(self, mark: bytes, viewer: Viewer) -> writing.Found | None:
        """The nearest of the documents of which the viewer may know, where it is nearly the same."""
        with self.store.read() as connection:
            best = max(
                (
                    (resemblance(mark, held), found)
                    for found, held in writing.sketches(connection)
                    if _may_know(viewer, found)
                ),
                key=lambda x: x[0],
                default=None,
            )
        return None if best is None or best[0] < NEAR else best[1]

    def _vectors(
        self, document: Document, texts: list[str], progress: Progress | None, ready: Vectors | None
    ) -> np.ndarray[Any, np.dtype[np.float16]]:
        """Vectors of the chunks' texts: those that the library has are not made again."""
        if not texts:
            return np.zeros((0, 0), np.float16)
        embedder = self.embedder
        if ready is not None:
            if ready.shape != (len(document.units), embedder.dim):
                raise ModelError(f"向量的形状为 {ready.shape}，应为 ({len(document.units)}, {embedder.dim})")
            owners = [piece.unit for piece in chunks(document)]
            return ready[owners].astype(np.float16)
        hashes = [hash_of(text) for text in texts]
        with self.store.read() as connection:
            held = writing.vectors_of(connection, list(dict.fromkeys(hashes)))
        known = {h: vector for h, vector in held.items() if len(vector) == 2 * embedder.dim}
        missing = [i for i, h in enumerate(hashes) if h not in known]
        made = np.zeros((len(texts), embedder.dim), np.float16)
        for i, h in enumerate(hashes):
            if h in known:
                made[i] = np.frombuffer(known[h], np.float16)
        if missing:
            made[missing] = embedder.passages([texts[i] for i in missing], progress).astype(np.float16)
        return made

    def remove(self, doc_id: str, viewer: Viewer) -> bool:
        """Take a document out with all its versions; it cannot be found from the moment this returns. False: no such id."""
        require_administrator(viewer)
        if not _storable(doc_id):
            return False
        with self.store.write() as connection:
            return writing.remove(connection, doc_id, viewer.name)

    def set_state(self, doc_id: str, state: State, viewer: Viewer) -> None:
        """Publish, withdraw or send back to review. Raises NotFound."""
        require_administrator(viewer)
        self._change(doc_id, viewer, state=state.value)

    def set_visibility(
        self, doc_id: str, visibility: Visibility, viewer: Viewer, readers: tuple[str, ...] = ()
    ) -> None:
        """Who may read it; `readers` are the names for a restricted document. Raises NotFound."""
        require_administrator(viewer)
        self._change(doc_id, viewer, visibility=visibility.value, readers=list(readers))

    def _change(self, doc_id: str, viewer: Viewer, **values: object) -> None:
        with self.store.write() as connection:
            if not writing.change(connection, doc_id, viewer.name, **values):
                raise NotFound(f"库中没有编号为 {doc_id} 的文件，可用 kb list 查看全部编号")

    # reading

    def search(
        self,
        query: str,
        viewer: Viewer,
        *,
        kinds: frozenset[UnitKind] | None = None,
        k: int = 10,
        mode: Mode = "hybrid",
        drafts: bool = False,
    ) -> Results:
        """The k nearest articles, cases and other parts, one hit each, best first; articles that the query names lead."""
        if k < 1:
            raise KBError(f"条数 {k} 不能小于 1")
        asked = parse(query)
        if asked.empty:
            return Results((), True)
        names = None if kinds is None else frozenset(kind.value for kind in kinds)
        wider = official_kinds(names)
        self.indexes.follow()
        found = rank(
            asked,
            self.indexes,
            None if mode == "lexical" or self.indexes.dense is None else self.embedder,
            scope_of(viewer, wider, drafts),
            mode,
            max(DEPTH, 2 * k),
        )
        with self.store.read() as connection:
            named = cited(connection, asked, viewer, wider)
            lead = {c.unit: c for c in named}
            for candidate in found:
                if candidate.unit in lead:
                    lead[candidate.unit].places = candidate.places
            rest = [c for c in found if c.unit not in lead]
            merge = names is None or UnitKind.ARTICLE.value in names
            listed = hits(
                connection,
                asked,
                named + rest,
                viewer,
                k,
                merge_digests=merge,
                province=get_setting(connection, "province"),
            )
        return Results(tuple(listed), all(h.strength == "weak" for h in listed), absent(asked, named, wider))

    def get(self, any_id: str, viewer: Viewer) -> reading.Whole | reading.UnitRow:
        """The document or, failing that, the unit of this id. Raises NotFound, also where the viewer may not know."""
        if not _storable(any_id):
            raise NotFound("编号含有不能保存的字符，可用 kb list 查看全部编号")
        with self.store.read() as connection:
            found = reading.whole(connection, any_id, viewer) or reading.unit(connection, any_id, viewer)
        if found is None:
            raise NotFound(f"库中没有编号为 {any_id} 的文件、条文或案例，可用 kb list 查看全部编号")
        return found

    def text_of(self, unit: reading.UnitRow, viewer: Viewer) -> str:
        """The unit's own text. Raises NotFound."""
        whole = self.get(unit.document, viewer)
        assert isinstance(whole, reading.Whole)
        return whole.text[unit.start : unit.end]

    def documents(self, viewer: Viewer) -> list[reading.Entry]:
        """Every document that the viewer may read, newest first."""
        with self.store.read() as connection:
            return reading.entries(connection, viewer)

    def stats(self, viewer: Viewer) -> dict[str, Any]:
        """Counts of documents, units and chunks that the viewer may read, and the model's name."""
        with self.store.read() as connection:
            return reading.stats(connection, viewer) | {"model": get_setting(connection, "embedder")}

    # settings and upkeep

    def setting(self, key: str) -> Any:
        """A setting of this library, such as the user's province; None where it is not set."""
        with self.store.read() as connection:
            return get_setting(connection, key)

    def set_setting(self, key: str, value: Any, viewer: Viewer) -> None:
        """Change a setting; None forgets it."""
        require_administrator(viewer)
        with self.store.write() as connection:
            put_setting(connection, key, value)
            record(connection, viewer.name, "setting", key, value=value)

    def removed_ids(self) -> frozenset[str]:
        """Ids of documents that were removed and are not there now."""
        with self.store.read() as connection:
            return verify.removed_ids(connection)

    def check(self, progress: Progress | None = None) -> list[str]:
        """What is wrong with the library, a Chinese sentence each; empty when it is whole."""
        with self.store.read() as connection:
            damage = verify.damage(connection)
        while not damage:  # indexes are made from the database: they are looked at where that is sound
            target = self.indexes.follow(progress=progress)
            with self.store.read() as connection:
                if revision(connection) == target:
                    return verify.disagreements(connection, self.indexes)
        return damage

    def embed_again(self, viewer: Viewer, progress: Progress | None = None) -> None:
        """Make every vector again with the model now in use; until it is done the old ones stay."""
        require_administrator(viewer)
        embedder = self._wished()
        made: dict[int, np.ndarray[Any, np.dtype[np.float16]]] = {}
        whole = False
        while not whole:
            with self.store.read() as connection:
                texts = [(n, t) for n, t in writing.indexed_texts(connection) if n not in made]
            if texts:
                vectors = embedder.passages([t for _, t in texts], progress).astype(np.float16)
                made.update(zip((n for n, _ in texts), vectors, strict=True))
            with self.store.write() as connection:
                whole = writing.chunk_numbers(connection) <= made.keys()  # else some came in meanwhile
                if whole:
                    writing.put_vectors(connection, made.keys(), made.values())
                    put_setting(connection, "embedder", embedder.name)
                    record(connection, viewer.name, "embed", embedder.name)

    def rebuild(self, progress: Progress | None = None) -> None:
        """Make every index again from the database, without source files and without the model."""
        self.indexes.rebuild(progress)


def _may_know(viewer: Viewer, found: writing.Found) -> bool:
    """Whether an answer to the viewer may name this document."""
    held = found.standing
    return may_replace(viewer, found.added_by) or may_read(viewer, held.visibility, held.readers, held.state)


def _require_replace(viewer: Viewer, found: writing.Found, path: str) -> None:
    if not may_replace(viewer, found.added_by):
        raise KBError(f"{path}：{viewer.name}没有替换库中这份文件的权限，请另起文件名，或由管理员、原入库人操作")


def _first_known(connection: Connection, document: Document, viewer: Viewer) -> writing.Found | None:
    """The first document with the same bytes of which the viewer may know."""
    return next((f for f in writing.of_bytes(connection, document.sha256) if _may_know(viewer, f)), None)


def _storable(text: str) -> bool:
    """Whether the database keeps and counts every character: no NUL, at which SQLite ends a text, no lone surrogate."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _require_storable(document: Document) -> None:
    if not all(map(_storable, (document.text, document.title, document.path))):
        shown = document.path.encode("utf-8", "backslashreplace").decode()
        raise KBError(f"{shown}：含有空字符或残缺的字符，不能入库，请另存为 UTF-8 文本后再试")
