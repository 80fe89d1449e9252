"""The facade that everything above the library calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kb import settings
from kb.chunks import chunks, hash_of
from kb.duplicates import NEAR, resemblance, sketch
from kb.embed import Embedder, Vectors
from kb.embed.load import load
from kb.errors import KBError, ModelError, NotFound
from kb.index.follow import Indexes
from kb.models import Document, Hit, State, UnitKind, Viewer, Visibility
from kb.rights import require_administrator, require_member, scope_of
from kb.search.engine import Mode, absent, cited, official_kinds, rank
from kb.search.present import hits
from kb.search.query import parse
from kb.store import Store, reading, verify, writing
from kb.store.engine import get_setting, put_setting, record

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
        if self._embedder is None:
            with self.store.read() as connection:
                wish = settings.embedder() or get_setting(connection, "model")
            self._embedder = load(wish, self.cache)
        with self.store.read() as connection:
            made_by = get_setting(connection, "embedder")
        if made_by is not None and made_by != self._embedder.name:
            raise ModelError(
                f"资料库的向量由模型 {made_by} 生成，当前模型是 {self._embedder.name}，二者不能混用："
                "请换回原模型，或运行 kb rebuild --model 重新生成全部向量"
            )
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
        while True:
            with self.store.read() as connection:
                there = writing.find(connection, path=document.path)
                same = writing.find(connection, sha256=document.sha256)
                if there is not None and there.sha256 == document.sha256:
                    return self._unchanged(there)
                if there is None and same is not None:
                    return self._unchanged(same)
            mark = sketch(document.text)
            reason, found = None, there
            if there is None and on_duplicate != "add" and (near := self._near(mark)) is not None:
                reason = f"与库中《{near[1]}》内容相同或基本相同"
                if on_duplicate == "skip":
                    return replace(self._unchanged(near[0]), reason=f"{reason}，已跳过")
                found = near[0]
            pieces = chunks(document)
            made = self._vectors(document, [p.indexed(document.text) for p in pieces], progress, vectors)
            with self.store.write() as connection:
                if (
                    writing.find(connection, path=document.path) != there
                    or writing.find(connection, sha256=document.sha256) != same
                ):
                    continue  # somebody else wrote meanwhile: look again
                if found is not None and found is not there and writing.find(connection, sha256=found.sha256) != found:
                    continue
                if len(pieces) and get_setting(connection, "embedder") is None:
                    put_setting(connection, "embedder", self.embedder_name)
                doc_id, status = writing.write(connection, document, pieces, made, mark, found, viewer.name)
            return Added(doc_id, status, len(document.units), len(pieces), reason)

    @property
    def embedder_name(self) -> str:
        """Name of the model that makes new vectors."""
        return self.embedder.name

    def _unchanged(self, found: writing.Found) -> Added:
        with self.store.read() as connection:
            whole = reading.whole(connection, found.id, Viewer.local())
        if whole is None:
            raise NotFound(f"{found.id}：文件在读取时被移除，请重试")
        reason = "该文件在库中为待审稿，尚未发布" if whole.state == State.DRAFT else None
        if whole.state == State.WITHDRAWN:
            reason = "该文件在库中已撤回，检索不到；如需恢复请重新发布"
        return Added(found.id, "unchanged", len(whole.units), 0, reason)

    def _near(self, mark: bytes) -> tuple[writing.Found, str] | None:
        with self.store.read() as connection:
            best = max(
                ((resemblance(mark, s.sketch), s) for s in verify.sketches(connection)),
                key=lambda x: x[0],
                default=None,
            )
            if best is None or best[0] < NEAR:
                return None
            found = writing.find(connection, path=best[1].path)
        return (found, best[1].title) if found else None

    def _vectors(
        self, document: Document, texts: list[str], progress: Progress | None, ready: Vectors | None
    ) -> np.ndarray[Any, np.dtype[np.float16]]:
        """Vectors of the chunks' texts: those that the library has are not made again."""
        if not texts:
            return np.zeros((0, 0), np.float16)
        embedder = self.embedder
        if ready is not None:
            owners = [piece.unit for piece in chunks(document)]
            return ready[owners].astype(np.float16)
        hashes = [hash_of(text) for text in texts]
        with self.store.read() as connection:
            known = writing.vectors_of(connection, list(dict.fromkeys(hashes)))
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
        self.indexes.follow(progress=progress)
        with self.store.read() as connection:
            return verify.problems(connection, self.indexes)

    def embed_again(self, viewer: Viewer, progress: Progress | None = None) -> None:
        """Make every vector again with the model now in use; until it is done the old ones stay."""
        require_administrator(viewer)
        with self.store.read() as connection:
            wish = settings.embedder() or get_setting(connection, "model")
        embedder = self._embedder or load(wish, self.cache)
        with self.store.read() as connection:
            texts = writing.indexed_texts(connection)
        made = embedder.passages([t for _, t in texts], progress).astype(np.float16)
        with self.store.write() as connection:
            writing.put_vectors(connection, [n for n, _ in texts], made)
            put_setting(connection, "embedder", embedder.name)
            record(connection, viewer.name, "embed", embedder.name)
        self._embedder = embedder

    def rebuild(self, progress: Progress | None = None) -> None:
        """Make every index again from the database, without source files and without the model."""
        self.indexes.rebuild(progress)
