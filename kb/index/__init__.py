"""Indexes derived from the store. Any of them can be deleted at any moment and made again from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Card:
    """Who may find a document's chunks."""

    document: int  # row number in the store
    access: frozenset[str]  # "public", "internal" or "reader:NAME"
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One chunk as an index sees it."""

    chunk: int  # row number in the store, positive
    kind: str  # UnitKind value: article, digest, case, other
    text: str  # title, heading and passage: what is embedded and what words are taken from


@dataclass(frozen=True, slots=True)
class Scope:
    """Which chunks a search may see; applied inside the search, before ranking. None is no limit."""

    access: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    drafts: bool = False

    def admits(self, card: Card) -> bool:
        """Whether the document may be seen; `kinds` is a matter of each chunk."""
        return (self.drafts or not card.draft) and (self.access is None or bool(self.access & card.access))


class Index(Protocol):
    """Holds the chunks of every document that is searchable at `revision` of the store."""

    @property
    def revision(self) -> int:
        """The store's revision that this index reflects; 0 when it is new."""

    def apply(self, puts: Iterable[tuple[Card, Sequence[Entry]]], removes: Iterable[int], revision: int) -> None:
        """Bring the index to `revision`: forget the documents of `removes` and of `puts`, then add the chunks of `puts`.

        Applying the same change twice leaves the index the same.
        """

    def count(self) -> int:
        """How many chunks it holds."""
