"""Puts a Reading together, block by block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.clean import normalise
from ingest.reading import Block, BlockKind, Reading
from kb.models import Page


class Builder:
    """Collects cleaned lines; knows where each stands."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._at = 0
        self.title: str | None = None

    @property
    def at(self) -> int:
        """Length of the text so far."""
        return self._at

    def add(self, text: str, kind: BlockKind = "paragraph", level: int = 0, bold: bool = False) -> None:
        """One line, or several that belong together; blank ones are left out."""
        clean = "\n".join(line for line in map(normalise, text.split("\n")) if line)
        if not clean:
            return
        if kind == "heading" and level == 1 and self.title is None:
            self.title = clean.replace("\n", "")
        self._blocks.append(Block(kind, self._at, self._at + len(clean), level, bold))
        self._parts.append(clean + "\n")
        self._at += len(clean) + 1

    def row(self, cells: Sequence[str]) -> None:
        """A row of a table; cells that hold nothing keep their place."""
        if any(cell.strip() for cell in cells):
            self.add(" | ".join(" ".join(cell.split()) for cell in cells), "table")

    def reading(
        self,
        title: str | None = None,
        meta: Mapping[str, Any] | None = None,
        pages: Sequence[Page] = (),
        notes: Sequence[str] = (),
    ) -> Reading:
        """All of it; `title` goes before the first heading's."""
        return Reading(
            "".join(self._parts), tuple(self._blocks), tuple(pages), title or self.title, meta or {}, tuple(notes)
        )
