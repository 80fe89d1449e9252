"""Who may see a document and in which state it is; what of it stays when its file comes again."""

from __future__ import annotations

from dataclasses import dataclass

from kb.models import Document, State, Visibility

_VISIBILITY = {Visibility.PUBLIC: "公开", Visibility.INTERNAL: "内部", Visibility.RESTRICTED: "受限"}  # widest first
_STATES = (State.PUBLISHED, State.DRAFT, State.WITHDRAWN)

_HELD_BACK = {
    State.DRAFT: "该文件在库中为待审稿，尚未发布",
    State.WITHDRAWN: "该文件在库中已撤回，检索不到；如需恢复请重新发布",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A document's visibility, readers (meant where it is restricted) and state."""

    visibility: Visibility
    readers: tuple[str, ...]
    state: State

    @classmethod
    def wished(cls, document: Document) -> Standing:
        return cls(document.visibility, document.readers, document.state)

    @property
    def _readers(self) -> tuple[str, ...]:
        return self.readers if self.visibility is Visibility.RESTRICTED else ()

    @property
    def _seen(self) -> str:
        if self.visibility is not Visibility.RESTRICTED:
            return _VISIBILITY[self.visibility]
        return f"受限（可读人：{'、'.join(self.readers) or '无'}）"

    def narrowed(self, wish: Standing) -> Standing:
        """The stricter of both in each respect: a file that comes again is never seen by more people than before."""
        if self.visibility is wish.visibility is Visibility.RESTRICTED:
            readers = tuple(name for name in self.readers if name in wish.readers)
        else:
            readers = self._readers or wish._readers
        wide = list(_VISIBILITY)
        return Standing(
            max(self.visibility, wish.visibility, key=wide.index),
            readers,
            max(self.state, wish.state, key=_STATES.index),
        )

    def after_nothing(self, wish: Standing) -> str | None:
        """What to say where the same bytes are there already, so that nothing of the wish is done."""
        said = _HELD_BACK.get(self.state)
        if said is None and wish.state is not State.PUBLISHED:
            said = "该文件在库中已发布，没有改为待审"
        narrow = self.narrowed(wish)
        same = (narrow.visibility, set(narrow._readers)) == (self.visibility, set(self._readers))
        return _join(said, None if same else f"可见范围没有改动，仍为{self._seen}")

    def after_change(self, wish: Standing) -> str | None:
        """What to say where new bytes took the document's place and not all is as wished, or not as it was."""
        then = self.narrowed(wish)
        same = (self.visibility, set(self._readers)) == (wish.visibility, set(wish._readers))
        return _join(
            _HELD_BACK.get(then.state) if then.state is not wish.state else None,
            None if same else f"可见范围为{then._seen}",
        )


def _join(*said: str | None) -> str | None:
    return "；".join(filter(None, said)) or None
