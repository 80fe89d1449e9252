"""Units into chunks: what is embedded, what words are taken from, and what a hit shows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.models import Article, Case, Digest, Document, Part, Span, Unit, UnitKind

#: Longest passage, in characters. e5 reads 512 tokens, about 700 characters of Chinese.
LONGEST = 480
#: An article stays whole up to here; a longer one is divided at its paragraphs and items.
LONGEST_ARTICLE = 800

_SENTENCE_END = re.compile(r"[。！？；!?;\n]+[”’」』）)]*")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of one article, digest, case section or part; it never crosses one. Offsets count in the document's text."""

    unit: int  # index in Document.units
    section: str  # "裁判要旨", "基本案情" …; "" where there is none
    start: int
    end: int
    head: str  # law and article, or title and section: stands before the passage when it is indexed

    def indexed(self, text: str) -> str:
        """The text that is embedded, of the document's whole text."""
        return self.head + text[self.start : self.end]


def hash_of(indexed: str) -> str:
    """Equal texts have equal hashes; 128 bits."""
    return hashlib.blake2b(indexed.encode(), digest_size=16).hexdigest()


def kind_of(unit: Unit) -> UnitKind:
    """What a search calls the unit."""
    match unit:
        case Article():
            return UnitKind.ARTICLE
        case Digest():
            return UnitKind.DIGEST
        case Case():
            return UnitKind.CASE
        case Part():
            return UnitKind.OTHER


def chunks(document: Document) -> list[Chunk]:
    """Every chunk of the document, in the order of its text; units without text have none."""
    found: list[Chunk] = []
    for index, unit in enumerate(document.units):
        for section, start, end, head, longest in _pieces(unit, document):
            found.extend(
                Chunk(index, section, span.start, span.end, head) for span in divide(document.text, start, end, longest)
            )
    return found


def _pieces(unit: Unit, document: Document) -> Iterator[tuple[str, int, int, str, int]]:
    match unit:
        case Article():
            yield "", unit.body, unit.end, f"{unit.law}{unit.number.chinese} ", LONGEST_ARTICLE
        case Digest():
            yield "", unit.start, unit.end, f"{unit.law}{unit.number.chinese} {unit.title} ", LONGEST_ARTICLE
        case Case():
            for section in unit.sections:
                yield section.name, section.start, section.end, f"{unit.title} {section.name}：", LONGEST
            if not unit.sections:
                yield "", unit.start, unit.end, f"{unit.title}：", LONGEST
        case Part():
            yield "", unit.start, unit.end, f"{document.title}{unit.title} ", LONGEST


def divide(text: str, start: int, end: int, longest: int = LONGEST) -> list[Span]:
    """Cut [start, end) at sentence ends into spans of at most `longest` characters, white space at the edges left out.

    Cuts near the middle rather than leaving a short rest; a sentence that is too long itself is cut at `longest`.
    """
    spans: list[Span] = []
    start, end = _strip(text, start, end)
    while end - start > longest:
        parts = -(-(end - start) // longest)
        aim = start + (end - start) // parts
        ends = [m.end() for m in _SENTENCE_END.finditer(text, start + 1, start + longest)]
        cut = min(ends, key=lambda at: abs(at - aim)) if ends else start + longest
        inner = _strip(text, start, cut)
        if inner[0] < inner[1]:
            spans.append(Span(*inner))
        start = _strip(text, cut, end)[0]
    if start < end:
        spans.append(Span(start, end))
    return spans


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
