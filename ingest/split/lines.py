"""The lines of a text with what the file says of each: the common ground of every splitter."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.reading import Block


@dataclass(frozen=True, slots=True)
class Line:
    """One line without the white space at its edges; never empty. `level` is of a heading block, 0 elsewhere."""

    start: int
    end: int
    text: str
    level: int = 0
    bold: bool = False
    table: bool = False


_LINE = re.compile(r"[^\n]*\S[^\n]*")


def lines(text: str, blocks: Sequence[Block] = (), start: int = 0, end: int | None = None) -> list[Line]:
    """The lines of text[start:end] that hold something; a heading block's level goes to every line of it."""
    starts = [block.start for block in blocks]
    found = []
    for match in _LINE.finditer(text, start, len(text) if end is None else end):
        raw = match[0]
        at = match.start() + len(raw) - len(raw.lstrip())
        stripped = raw.strip()
        index = bisect_right(starts, at) - 1
        block = blocks[index] if index >= 0 and at < blocks[index].end else None
        found.append(
            Line(
                at,
                at + len(stripped),
                stripped,
                block.level if block is not None and block.kind == "heading" else 0,
                block is not None and block.bold,
                block is not None and block.kind == "table",
            )
        )
    return found


def without_spaces(text: str) -> str:
    """基 本 案 情 → 基本案情."""
    return "".join(text.split())


def tidy(text: str) -> str:
    """White space to single spaces; a name that is spaced out (总　则) closes up."""
    words = text.split()
    return ("" if all(len(word) == 1 for word in words) else " ").join(words)
