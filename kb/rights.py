"""Who may read what: the one place where it is decided."""

from __future__ import annotations

from collections.abc import Iterable

from kb.errors import KBError
from kb.index import Card, Scope
from kb.models import State, Viewer, Visibility


def access_of(visibility: str, readers: Iterable[str]) -> frozenset[str]:
    """The terms of which a viewer needs one."""
    if visibility == Visibility.RESTRICTED:
        return frozenset(f"reader:{name}" for name in readers)
    return frozenset((visibility,))


def card_of(number: int, visibility: str, readers: Iterable[str], state: str) -> Card:
    """What an index must know of a document; withdrawn documents never get so far."""
    return Card(number, access_of(visibility, readers), draft=state == State.DRAFT)


def scope_of(viewer: Viewer, kinds: frozenset[str] | None = None, drafts: bool = False) -> Scope:
    """What this viewer may find. Drafts are the administrator's to see, and only when asked for."""
    return Scope(_terms(viewer), kinds, drafts and viewer.administrator)


def _terms(viewer: Viewer) -> frozenset[str] | None:
    if viewer.administrator:
        return None
    if viewer.name is None:
        return frozenset((Visibility.PUBLIC.value,))
    return frozenset((Visibility.PUBLIC.value, Visibility.INTERNAL.value, f"reader:{viewer.name}"))


def may_read(viewer: Viewer, visibility: str, readers: Iterable[str], state: str) -> bool:
    """Whether the viewer may open a document whose id is known: others see what is published, the administrator all."""
    if viewer.administrator:
        return True
    terms = _terms(viewer)
    return state == State.PUBLISHED and terms is not None and bool(terms & access_of(visibility, readers))


def may_replace(viewer: Viewer, added_by: str | None) -> bool:
    """Whether the viewer may put another text in a document's place: who added it, and the administrator."""
    return viewer.administrator or (viewer.name is not None and viewer.name == added_by)


def require_member(viewer: Viewer) -> None:
    """Adding takes a name; KBError otherwise."""
    if viewer.name is None:
        raise KBError("未登录的访问者不能改动资料库，请先登录")


def require_administrator(viewer: Viewer) -> None:
    """Removing, publishing and settings take the administrator; KBError otherwise."""
    if not viewer.administrator:
        raise KBError(f"{viewer.name or '未登录的访问者'}没有管理资料库的权限，请由管理员操作")
