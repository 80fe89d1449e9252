"""Texts as HTML, with marks. Everything that comes from a file is escaped; no tag of a file survives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import escape

from kb.models import Article, Case, Digest, Span
from kb.search.explain import matches
from kb.search.query import Query
from kb.store.reading import UnitRow, Whole

#: A heading longer than this is a sentence.
_HEADING = 60

_OPEN = {"mark": "<mark>", "head": "<b>"}
_CLOSE = {"mark": "</mark>", "head": "</b>"}


def marked(text: str, spans: Sequence[Span]) -> str:
    """The text with the spans, counted in it, marked."""
    return _html(text, 0, spans, [], [])


def pairs(rows: dict[str, str]) -> str:
    """A list of facts."""
    return (
        '<dl class="facts">' + "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in rows.items()) + "</dl>"
    )


def whole(document: Whole, shown: Span, place: Span | None, query: Query) -> str:
    """A window of a document: the query's words marked, headings bold, page numbers, and the place set apart."""
    text = document.text[shown.start : shown.end]
    marks = [Span(m.start + shown.start, m.end + shown.start) for m in matches(query, text)]
    heads = [h for h in headings(document) if shown.start <= h.start and h.end <= shown.end]
    pages = [(p.start, p.number) for p in document.pages if shown.start <= p.start < shown.end]

    def part(start: int, end: int) -> str:
        inside = [[s for s in layer if start <= s.start < end] for layer in (marks, heads)]
        return _html(document.text[start:end], start, inside[0], inside[1], [p for p in pages if start <= p[0] < end])

    if place is None or not shown.start <= place.start <= place.end <= shown.end:
        return part(shown.start, shown.end)
    # The line break after the place would show as an empty line below the block.
    after = place.end + (document.text[place.end : place.end + 1] == "\n")
    return (
        part(shown.start, place.start)
        + f'<div class="here" id="place">{part(place.start, place.end)}</div>'
        + part(min(after, shown.end), shown.end)
    )


def headings(document: Whole) -> Iterator[Span]:
    """Titles of units, numbers of articles, names of a case's sections, and what stands between articles."""
    last: UnitRow | None = None
    for row in document.units:
        unit = row.unit
        if isinstance(unit, Article):
            if last is not None and last.end < row.start <= last.end + _HEADING:
                yield Span(last.end, row.start)
            yield Span(row.start, max(row.start, min(unit.body, row.end)))
        elif isinstance(unit, Digest):
            if (head := _before(document.text, row.start, 0)) is not None:
                yield head
        else:
            yield _line(document.text, row.start, row.end)
        if isinstance(unit, Case):
            for section in unit.sections:
                if (head := _before(document.text, section.start, row.start)) is not None:
                    yield head
        last = row


def _line(text: str, start: int, end: int) -> Span:
    stop = text.find("\n", start, end)
    stop = end if stop < 0 else stop
    return Span(start, stop if stop - start <= _HEADING else start)


def _before(text: str, at: int, least: int) -> Span | None:
    """The heading that stands before a section's text; none where the section begins its case."""
    stop = at
    while stop > least and text[stop - 1].isspace():
        stop -= 1
    start = max(text.rfind("\n", 0, stop) + 1, least)
    if start == least or not 0 < stop - start <= _HEADING:
        return None
    return Span(start, stop)


def _html(text: str, at: int, marks: Sequence[Span], heads: Sequence[Span], pages: Sequence[tuple[int, int]]) -> str:
    """`at` is where the text begins in its document; spans and pages are counted in the document."""
    turns: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for name, layer in (("mark", marks), ("head", heads)):
        for span in layer:
            if span.start < span.end:
                turns[span.start].append((name, True))
                turns[span.end].append((name, False))
    labels = dict(pages)
    on: set[str] = set()
    out: list[str] = []
    cuts = sorted({at, at + len(text), *turns, *labels})
    for cut, following in zip(cuts, [*cuts[1:], at + len(text)], strict=True):
        for name, begins in sorted(turns.get(cut, ()), key=lambda turn: turn[1]):  # what ends here, before what begins
            (on.add if begins else on.discard)(name)
        if cut in labels:
            out.append(f'<span class="page">第 {labels[cut]} 页</span>')
        piece = escape(text[cut - at : following - at])
        if piece:
            names = [name for name in ("head", "mark") if name in on]
            out.append("".join(_OPEN[n] for n in names) + piece + "".join(_CLOSE[n] for n in reversed(names)))
    return "".join(out)
