"""The numbers that Word writes itself before a paragraph: 第一条, 1., （一）. They are nowhere in the text."""

from __future__ import annotations

import re
from typing import Any

from docx.oxml.ns import qn

from kb.law.numerals import to_chinese

_CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
    "japaneseDigitalTenThousand",
}
_DIGITAL = {"ideographDigital", "taiwaneseDigital"}


def formatted(number: int, style: str) -> str:
    """A number in one of Word's formats; decimal for those that Chinese documents do not use."""
    if style in _CHINESE:
        return to_chinese(number)
    if style in _DIGITAL:
        return "".join("〇一二三四五六七八九"[int(d)] for d in str(number))
    if style == "chineseLegalSimplified":
        return "".join(
            dict(zip("一二三四五六七八九十百千零", "壹贰叁肆伍陆柒捌玖拾佰仟零", strict=True))[c]
            for c in to_chinese(number)
        )
    if style in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * (1 + (number - 1) // 26)
        return letter if style == "lowerLetter" else letter.upper()
    if style in ("lowerRoman", "upperRoman"):
        roman = _roman(number)
        return roman.lower() if style == "lowerRoman" else roman
    if style == "decimalEnclosedCircle" or style == "decimalEnclosedCircleChinese":
        return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)
    if style == "decimalZero":
        return f"{number:02}"
    if style == "ideographTraditional":
        return "甲乙丙丁戊己庚辛壬癸"[(number - 1) % 10]
    return str(number)


def _roman(number: int) -> str:
    out = ""
    for value, mark in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        count, number = divmod(number, value)
        out += mark * count
    return out


class Numbering:
    """Counts the numbered paragraphs of one document, in their order."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}  # numId → level → format, pattern, start
        self._abstract: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._forced: dict[tuple[str, int], int] = {}
        self._started: set[str] = set()
        root = _root(document)
        if root is None:
            return
        abstract = {a.get(qn("w:abstractNumId")): _levels(a) for a in root.iter(qn("w:abstractNum"))}
        for num in root.iter(qn("w:num")):
            number, link = num.get(qn("w:numId")), num.find(qn("w:abstractNumId"))
            if link is None:
                continue
            self._abstract[number] = link.get(qn("w:val"))
            self._levels[number] = dict(abstract.get(link.get(qn("w:val")), {}))
            for override in num.iter(qn("w:lvlOverride")):
                level = int(override.get(qn("w:ilvl"), "0"))
                own = override.find(qn("w:lvl"))
                if own is not None:
                    self._levels[number][level] = _level(own)
                start = override.find(qn("w:startOverride"))
                if start is not None:
                    self._forced[number, level] = int(start.get(qn("w:val"), "1"))

    def label(self, paragraph: Any) -> str:
        """The number that stands before this paragraph, with a space after 第…条 and the like; "" where there is none."""
        number, level = _properties(paragraph)
        if number is None or number == "0" or level not in self._levels.get(number, {}):
            return ""
        counts = self._counts.setdefault(self._abstract[number], {})
        if number not in self._started:
            self._started.add(number)
            for (forced, at), start in self._forced.items():
                if forced == number:
                    counts[at] = start - 1
        style, pattern, start = self._levels[number][level]
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]
        if style in ("bullet", "none"):
            return ""

        def one(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            inner_style, _, inner_start = self._levels[number].get(at, ("decimal", "", 1))
            return formatted(counts.get(at, inner_start), inner_style)

        text = re.sub(r"%([1-9])", one, pattern)
        return f"{text} " if re.search(r"[条章节编\w]$", text) else text


def _root(document: Any) -> Any:
    try:
        return document.part.numbering_part.element
    except (KeyError, NotImplementedError, AttributeError):
        return None


def _levels(abstract: Any) -> dict[int, tuple[str, str, int]]:
    return {int(level.get(qn("w:ilvl"), "0")): _level(level) for level in abstract.iter(qn("w:lvl"))}


def _level(level: Any) -> tuple[str, str, int]:
    def value(name: str, default: str) -> str:
        found = level.find(qn(name))
        return default if found is None else str(found.get(qn("w:val"), default))

    return value("w:numFmt", "decimal"), value("w:lvlText", ""), int(value("w:start", "1"))


def _properties(paragraph: Any) -> tuple[str | None, int]:
    """numId and level: the paragraph's own, else its style's."""
    elements = [paragraph._p]
    style, depth = paragraph.style, 0
    while style is not None and depth < 10:
        elements.append(style.element)
        style, depth = style.base_style, depth + 1
    number: str | None = None
    level: int | None = None
    for element in elements:
        found = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if found is None:
            continue
        own, at = found.find(qn("w:numId")), found.find(qn("w:ilvl"))
        if level is None and at is not None:
            level = int(at.get(qn("w:val"), "0"))
        if number is None and own is not None:
            number = own.get(qn("w:val"))
        if number is not None:
            break
    return number, level or 0
