"""What a reader makes of one file, before anything is known of the law in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kb.models import Page

BlockKind = Literal["heading", "paragraph", "table"]


@dataclass(frozen=True, slots=True)
class Block:
    """A run of the text that the file itself sets apart; blocks are in order, do not overlap, and are joined by line breaks."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0  # of a heading: 1 is the highest; 0 elsewhere
    bold: bool = False  # the whole paragraph is bold: often a heading in disguise


@dataclass(frozen=True, slots=True)
class Reading:
    """One file as read: clean text (layout line breaks joined, running headers gone) and how it is laid out.

    Paragraphs are separated by one line break; a table row is one line, its cells joined by " | ".
    """

    text: str
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...] = ()
    title: str | None = None  # the file's own title, where the format has one (front matter, HTML title, first heading)
    meta: Mapping[str, Any] = field(default_factory=dict)  # YAML front matter, checked by the splitter
    notes: tuple[str, ...] = ()  # what the user should know: 第 3 页没有文字（扫描件）
