"""Readings as a reader would make them, from lines: `# ` marks a heading, `** ` a bold paragraph."""

from __future__ import annotations

import re

from ingest.reading import Block, Reading


def reading(
    text: str, *, marks: bool = True, title: str | None = None, meta: dict[str, object] | None = None
) -> Reading:
    """A reading of the lines; with `marks` off it has the same text and says nothing of headings, as a PDF does."""
    blocks: list[Block] = []
    out = ""
    first: str | None = None
    for line in text.splitlines():
        match = re.match(r"(#+|\*\*) ", line)
        plain = line[match.end() :] if match else line
        if not plain.strip():
            continue
        out += "\n" if out else ""
        start, end = len(out), len(out) + len(plain)
        out += plain
        if marks and match and match[1].startswith("#"):
            blocks.append(Block("heading", start, end, len(match[1])))
            first = first or (plain if match[1] == "#" else None)
        else:
            blocks.append(Block("paragraph", start, end, bold=bool(marks and match)))
    return Reading(out, tuple(blocks), title=title or first, meta=meta or {})
