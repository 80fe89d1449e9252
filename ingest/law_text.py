"""A statute of the package as one text with its articles: headings put in their places, layout repaired where certain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.split.statute import structure
from kb.law.names import short
from kb.law.numerals import ArticleNumber, to_chinese
from kb.models import Article, Part, Unit

#: 编 and 分编, and the 附则 of a code, stand at the end of the article before them: the package has no column for them.
_BOOK = re.compile(r"第[一二三四五六七八九十]+(?P<part>分)?编(?:\s+[^。；]{1,40})?$|附\s*则$")
#: The first 编 has no article before it. These codes call theirs 总则; of another only the number is certain.
_GENERAL = frozenset({"民法典", "刑法", "民事诉讼法", "刑事诉讼法", "生态环境法典"})
_APPENDIX = re.compile(r"附\s*(?:[件表]|[：:]|$)")
_TABLE = re.compile(r"[-+=|\s]{4,}$|\|")
_IMAGE = re.compile(r"![^\s{]*\{[^}]*\}")
_WIDE = r"\u3001-\u3011\u4e00-\u9fff\uff01-\uff5e“”"
#: A space that the page left inside a sentence: 森林、 山岭, 自 2026年.
_LOOSE = re.compile(rf"(?<=[{_WIDE}])[ \t\u3000\xa0]+(?=[{_WIDE}0-9])|(?<=[0-9])[ \t\u3000\xa0]+(?=[{_WIDE}])")


@dataclass(frozen=True, slots=True)
class Row:
    """One article as the package has it."""

    label: str  # 第一条, 条目一 (of an amendment or decision), 全文 (of a text without articles)
    chapter: str | None
    section: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Provision:
    """One article, repaired. `headings` are 编, 分编, 章, 节, outermost first."""

    number: ArticleNumber
    label: str  # what stands before the text: 第一条 and a space, or 一、
    headings: tuple[str, ...]
    lines: tuple[str, ...]
    appendix: tuple[str, ...] = ()  # 附件, 附表: after the last article and no part of it


def provisions(law: str, rows: Sequence[Row]) -> tuple[Provision, ...]:
    """The articles in order; empty where the text has none, or numbers that do not follow one another.

    A gap of an article or two is one that the package lost; a wider one is the text of another law, quoted.
    """
    numbered = [_numbered(row.label) for row in rows]
    if not all(numbered):
        return ()
    numbers = [n[0] for n in numbered if n]
    if any(not (a < b and b.number - a.number <= 3) for a, b in pairwise(numbers)):
        return ()
    found: list[Provision] = []
    books: dict[int, str] = {}
    stale: tuple[str | None, str | None] | None = None
    for (number, label), row in zip((n for n in numbered if n), rows, strict=True):
        place = (row.chapter, row.section)
        if place != stale:
            stale = None
        below = () if stale else tuple(heading(h) for h in place if h)
        lines, ahead = _parted(row.text.split("\n"))
        found.append(Provision(number, label, (*(books[r] for r in sorted(books)), *below), tuple(lines)))
        for line in ahead:
            match = _BOOK.match(line)
            rank = 1 if match and match["part"] else 0
            books = {r: h for r, h in books.items() if r < rank} | {rank: heading(line)}
            # The chapter of the book that has ended stays in the columns until the new one has a chapter.
            stale = place
    body, appendix = _appended(found[-1].lines)
    found[-1] = replace(found[-1], lines=body, appendix=appendix)
    return tuple(replace(p, lines=tuple(_mended(p.lines))) for p in _with_first_book(law, found))


def missing(found: Sequence[Provision]) -> tuple[ArticleNumber, ...]:
    """Articles that the package lacks between those it has."""
    pairs = pairwise(p.number.number for p in found)
    return tuple(ArticleNumber(n) for a, b in pairs for n in range(a + 1, b))


def _numbered(label: str) -> tuple[ArticleNumber, str] | None:
    if label.startswith("条目"):
        number = ArticleNumber.parse(label.removeprefix("条目"))
        return number, f"{to_chinese(number.number)}、"
    return (ArticleNumber.parse(label), f"{label}　") if label.startswith("第") else None


def heading(text: str) -> str:
    """第二编　物　权 → 第二编 物权."""
    first, *rest = text.split()
    return f"{first} {''.join(rest)}" if rest and first.startswith("第") else first + "".join(rest)


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    """An article's own lines, and the headings at its end that belong to the next."""
    kept = [line for line in lines if line.strip()]
    ahead: list[str] = []
    while len(kept) > 1 and _BOOK.match(kept[-1].strip()):
        ahead.insert(0, kept.pop().strip())
    return kept, ahead


def _with_first_book(law: str, found: list[Provision]) -> list[Provision]:
    start = next((i for i, p in enumerate(found) if p.headings[:1] and "编" in p.headings[0].split()[0]), None)
    if not start or not found[start].headings[0].startswith("第二编"):
        return found
    first = "第一编 总则" if short(law) in _GENERAL else "第一编"
    return [replace(p, headings=(first, *p.headings)) if i < start else p for i, p in enumerate(found)]


def _appended(lines: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The last article's own lines, and the annexes and tables after them."""
    for at, line in enumerate(lines):
        if at and (_APPENDIX.match(line.strip()) or _TABLE.match(line.strip())):
            if not _APPENDIX.match(line.strip()) and at > 1 and not lines[at - 1].endswith("。"):
                at -= 1  # the table's title
            text = _IMAGE.sub("", "\n".join(lines[at:]))
            rows = (row.strip().strip("|").strip() for row in text.split("\n"))
            return lines[:at], tuple(row for row in rows if row and not re.fullmatch(r"[-+=|\s]+", row))
    return lines, ()


def _mended(lines: Iterable[str]) -> list[str]:
    mended: list[str] = []
    for line in lines:
        clean = _quoted(_LOOSE.sub("", line.strip()))
        # The page broke a sentence: neither a mark before the break nor a number after it.
        if mended and re.search(r"[\u4e00-\u9fff]$", mended[-1]) and re.match(r"[\u4e00-\u9fff]", clean):
            mended[-1] += clean
        else:
            mended.append(clean)
    return mended


def _quoted(line: str) -> str:
    """Straight quotation marks to “ ”, unless a line closes what an earlier one opened."""
    if line.count('"') % 2 and not re.match(r'"|[^"]*[：:]"', line):
        return line
    parts = line.split('"')
    return "".join(p if i == 0 else ("“" if i % 2 else "”") + p for i, p in enumerate(parts))


def compose(law: str, found: Sequence[Provision]) -> tuple[str, tuple[Unit, ...]]:
    """The text, its title the first line, and the units with their spans in it."""
    text = f"{law}\n"
    units: list[Unit] = []
    above: tuple[str, ...] = ()
    for p in found:
        same = next((i for i, (a, b) in enumerate(zip(above, p.headings, strict=False)) if a != b), len(above))
        text += "".join(f"{line}\n" for line in p.headings[same:])
        above = p.headings
        start, body = len(text), len(text) + len(p.label)
        text += p.label + "\n".join(p.lines)
        end = len(text)
        paragraphs, items = structure(text, body, end)
        units.append(Article(law, p.number, start, body, end, p.headings, "", paragraphs, items))
        text += "\n"
        if p.appendix:
            start = len(text)
            text += "\n".join(p.appendix)
            units.append(Part(_title(p.appendix), start, len(text)))
            text += "\n"
    return text, tuple(units)


def whole(law: str, rows: Sequence[Row]) -> tuple[str, tuple[Unit, ...]]:
    """A text without articles as one part."""
    lines: list[str] = []
    for row in rows:
        label = _numbered(row.label)
        lines += _mended(((label[1] if label else "") + row.text).split("\n"))
    text = f"{law}\n" + "\n".join(lines) + "\n"
    return text, (Part(law, len(law) + 1, len(text) - 1),)


def _title(appendix: tuple[str, ...]) -> str:
    """附： alone is no title: the line after it is."""
    first = re.sub(r"^附\s*[：:]\s*", "", appendix[0])
    bare = re.fullmatch(r"附?件?\s*[：:]?", first) is not None
    return appendix[1] if bare and len(appendix) > 1 else first or "附件"
