"""Where lines stand on a PDF's pages, and which of them make one paragraph."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from ingest.clean import SLACK, begins, ends_sentence, is_section, masked, normalise, usual_width, width_of

_INDENT = (1.2, 4.5)  # ems by which a first line is indented
_SAME = 0.08  # share by which sizes of one type may differ
_UNBROKEN = re.compile(r"[0-9A-Za-z.,:/_\-]{3,}")
_COLUMN = 6  # ems that the left margins of two columns lie apart at least
_ENOUGH = 3  # pairs of lines from which a habit of the layout can be told


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page. `x` and `y` are of its first letter, in points, y upwards; NaN where the file does not tell.

    Comparisons with NaN are false: what rests on a place that is not known is then not concluded.
    """

    text: str
    page: int
    x: float = math.nan
    y: float = math.nan
    size: float = math.nan  # of the type, in points
    bold: bool = False


class Lines:
    """Collects a page's lines as pypdf goes through its text; `visit` is for extract_text."""

    def __init__(self, page: int) -> None:
        self.found: list[Line] = []
        self._page = page
        self._text = ""
        self._place: tuple[float, float] = (math.nan, math.nan)
        self._sizes: Counter[float] = Counter()
        self._bold: Counter[bool] = Counter()

    def visit(self, text: str, cm: Sequence[float], tm: Sequence[float], font: Any, size: float) -> None:
        for index, piece in enumerate(text.split("\n")):
            if index:
                self.end()
            if piece.strip():
                if math.isnan(self._place[0]) and not self._text.strip():
                    self._place = (
                        cm[0] * tm[4] + cm[2] * tm[5] + cm[4],
                        cm[1] * tm[4] + cm[3] * tm[5] + cm[5],
                    )
                scale = math.hypot(tm[2], tm[3]) * math.sqrt(abs(cm[0] * cm[3] - cm[1] * cm[2]))
                self._sizes[round(abs(size) * scale, 1)] += len(piece)
                self._bold[_is_bold(font)] += len(piece)
            self._text += piece

    def end(self) -> None:
        """The line is over; blank ones are left out."""
        if self._text.strip():
            x, y = self._place
            size = self._sizes.most_common(1)[0][0] or math.nan
            # Full-width spaces are how many offices indent.
            x += size * (len(self._text) - len(self._text.lstrip("　")))
            self.found.append(Line(self._text, self._page, x, y, size, self._bold.most_common(1)[0][0]))
        self._text, self._place = "", (math.nan, math.nan)
        self._sizes.clear()
        self._bold.clear()


def _is_bold(font: Any) -> bool:
    name = str((font or {}).get("/BaseFont", "")).lower()
    return any(part in name for part in ("bold", "black", "heavy", "heiti", "simhei", "黑体"))


def without_stamps(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Pages without what stands at the same place of every one of them, outside of all other lines.

    So even two pages show a header; what only the words tell is left to `clean.body_lines`.
    """
    places: Counter[tuple[str, int, int]] = Counter()
    for page in pages:
        places.update({_stamp(line) for line in page if not math.isnan(line.x + line.y)})
    stamps = {stamp for stamp, n in places.items() if n == len(pages) and n > 1 and stamp[0]}
    kept: list[list[Line]] = []
    for page in pages:
        text = [line.y for line in page if math.isnan(line.x + line.y) or _stamp(line) not in stamps]
        top, bottom = max(text, default=math.inf), min(text, default=-math.inf)
        kept.append([line for line in page if not (line.y > top or line.y < bottom) or _stamp(line) not in stamps])
    return kept


def _stamp(line: Line) -> tuple[str, int, int]:
    return masked(line.text), round(line.x / 4), round(line.y / 4)


class Layout:
    """How a document is set: its type, its margins, and how it shows paragraphs."""

    def __init__(self, lines: Sequence[Line]) -> None:
        sizes: Counter[float] = Counter()
        for line in lines:
            if not math.isnan(line.size):
                sizes[line.size] += len(line.text)
        self.size = sizes.most_common(1)[0][0] if sizes else math.nan
        body = [line for line in lines if self.is_body(line)] or list(lines)
        self._width = usual_width([line.text for line in body])
        self._margins: list[float] = []
        pairs = [(a, b) for a, b in pairwise(body) if b.page - a.page <= 1]
        inside = [(a, b) for a, b in pairs if self._full(a) and not ends_sentence(a.text) and not begins(b.text)]
        closed = [(a, b) for a, b in pairs if ends_sentence(a.text) and width_of(a.text) < 0.75 * self._width]
        self._margins = _margins(inside, self.size)
        self._leading = _typical([gap for a, b in inside if (gap := _gap(a, b)) > 0], math.nan)
        self._indents = _most([self._is_indented(b) for _, b in closed])
        self._spaces = _most([gap > 1.2 * self._leading for a, b in closed if (gap := _gap(a, b)) > 0])

    def is_body(self, line: Line) -> bool:
        """Whether a line is set in the type of most of the text."""
        return abs(line.size - self.size) <= _SAME * self.size

    def is_heading(self, line: Line) -> bool:
        """Whether a line is set in larger type than the text."""
        return line.size > (1 + _SAME) * self.size

    def goes_on(self, first: Line, a: Line, b: Line) -> bool:
        """Whether `b` is the rest of the paragraph that began with `first` and stands at `a`."""
        if begins(b.text) or begins(normalise(b.text)) or is_section(a.text):
            return False
        if abs(a.size - b.size) > _SAME * a.size:
            return False
        gap = _gap(a, b)
        if gap > (1.35 if self.is_body(a) else 1.7) * self._leading:
            return False
        # A figure or a Latin word goes over to the next line whole.
        whole = _UNBROKEN.match(b.text.lstrip())
        full = self._full(a, SLACK + (width_of(whole[0]) if whole else 0.0))
        open_ended = full and not ends_sentence(a.text)
        if not self.is_body(a):
            return open_ended
        if self._indents and self._is_indented(b):
            return open_ended and begins(first.text) and b.x > first.x + 0.6 * b.size
        if self._indents and self._at_margin(b):
            return full or (not ends_sentence(a.text) and self._full(a, 6.0) and a.bold == b.bold)
        if self._spaces and gap <= 1.2 * self._leading:
            return full
        return open_ended

    def _full(self, line: Line, slack: float = SLACK) -> bool:
        size = line.size if line.size > 0 else 1.0
        room = self._width * (self.size if line.size > 0 else 1.0)
        return width_of(line.text.strip()) * size + max(self._offset(line), 0.0) >= room - slack * size

    def _offset(self, line: Line) -> float:
        """How far a line begins from its column's left margin, in points; 0 where margins are not known."""
        left = [x for x in self._margins if x <= line.x + 2]
        return line.x - max(left) if left else 0.0

    def _is_indented(self, line: Line) -> bool:
        return _INDENT[0] * line.size <= self._offset(line) <= _INDENT[1] * line.size

    def _at_margin(self, line: Line) -> bool:
        return any(abs(line.x - x) <= 0.6 * line.size for x in self._margins)


def _gap(a: Line, b: Line) -> float:
    """From one line down to the next, in ems; NaN where the next is not below it on the same page."""
    down = (a.y - b.y) / a.size if a.page == b.page else math.nan
    return down if down > 0.2 else math.nan


def _margins(inside: Sequence[tuple[Line, Line]], size: float) -> list[float]:
    """Where lines begin that go on with a sentence: a margin for each column."""
    places = Counter(round(b.x / 2) * 2 for _, b in inside if not math.isnan(b.x))
    least = max(_ENOUGH, 0.05 * sum(places.values()))
    margins: list[float] = []
    for x, count in sorted(places.items()):
        if count >= least and not (margins and x - margins[-1] < _COLUMN * size):
            margins.append(float(x))
    return margins


def _most(flags: Sequence[bool]) -> bool:
    return len(flags) >= _ENOUGH and sum(flags) >= 0.6 * len(flags)


def _typical(values: Sequence[float], default: float) -> float:
    return median(values) if len(values) >= _ENOUGH else default


def levels(lines: Sequence[Line], layout: Layout) -> dict[float, int]:
    """Heading level of each type size larger than the text, the largest first; at most four."""
    sizes = sorted({line.size for line in lines if layout.is_heading(line)}, reverse=True)
    found: dict[float, int] = {}
    level, last = 0, math.inf
    for size in sizes:
        if size < (1 - _SAME / 2) * last:
            level, last = level + 1, size
        found[size] = min(level, 4)
    return found
