"""Any other document into its headed parts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.reading import Reading
from ingest.split.heads import number_of
from ingest.split.lines import Line, lines, tidy
from kb.law.numerals import NUMBER
from kb.models import Part

_SEPARATOR = " › "
#: Ranks of headings that are ordinary lines, as government documents number them.
_STYLES = (
    re.compile(rf"(?P<numbering>第\s*{NUMBER}\s*(?:部分|编|篇|章))(?P<title>.*)", re.S),
    re.compile(rf"(?P<numbering>第\s*{NUMBER}\s*节)(?P<title>.*)", re.S),
    re.compile(r"(?P<numbering>[一二三四五六七八九十]+、)(?P<title>.*)", re.S),
    re.compile(r"(?P<numbering>[（(][一二三四五六七八九十]+[)）])(?P<title>.*)", re.S),
)
_LONGEST = 40
#: （一）加强领导。各单位要…… is a heading and its text; a shorter line is an item of a list.
_RUN_IN = 45


def parts(reading: Reading) -> tuple[Part, ...]:
    """A part for each heading that has text, titled with the headings above it; the whole text where it has none."""
    found = lines(reading.text, reading.blocks)
    if not found:
        return ()
    heads = _by_level(found) or _by_number(found)
    units: list[Part] = []
    path: dict[int, str] = {}
    begin = 0  # first line of the part that is being read; headings without text of their own go to the next part
    written = False
    for index, line in enumerate(found):
        if index in heads:
            rank, title, run_in = heads[index]
            if written:
                units.append(_part(found, path, begin, index))
                begin = index
            path = {r: t for r, t in path.items() if r < rank} | {rank: title}
            written = run_in
        else:
            written = written or bool(line.text)
    units.append(_part(found, path, begin, len(found)))
    return tuple(units)


def _part(found: Sequence[Line], path: dict[int, str], begin: int, end: int) -> Part:
    title = _SEPARATOR.join(path[rank] for rank in sorted(path))
    return Part(title, found[begin].start, found[end - 1].end)


def _by_level(found: Sequence[Line]) -> dict[int, tuple[int, str, bool]]:
    """Rank, title and False of each heading the file marks; none where it marks only its title."""
    heads = {i: (line.level, tidy(line.text), False) for i, line in enumerate(found) if line.level}
    return heads if len(heads) > 1 else {}


def _by_number(found: Sequence[Line]) -> dict[int, tuple[int, str, bool]]:
    """Headings by their numbers, each style counting from one below the one above it."""
    heads: dict[int, tuple[int, str, bool]] = {}
    counts: dict[int, int] = {}
    for index, line in enumerate(found):
        for rank, style in enumerate(_STYLES):
            match = style.fullmatch(line.text)
            if match is None or line.table:
                continue
            numbered = number_of(match["numbering"])
            title, run_in = _title(match["title"])
            expected = counts.get(rank, 0) + 1
            if numbered is None or title is None or numbered[1] != expected:
                continue
            counts = {r: n for r, n in counts.items() if r < rank} | {rank: expected}
            heads[index] = (rank, tidy(match["numbering"] + title), run_in)
    return heads if len(heads) > 1 else {}


def _title(rest: str) -> tuple[str | None, bool]:
    """Title behind a number, and whether its text runs on in the line; None where the line is no heading."""
    rest = rest.strip()
    if rest and len(rest) <= _LONGEST and rest[-1] not in "。；：，;:,":
        return rest, False
    first, stop, after = rest.partition("。")
    if stop and after.strip() and len(first) <= 30 and len(rest) >= _RUN_IN and not re.search(r"[；：]", first):
        return first, True
    return None, False
