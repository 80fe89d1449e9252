"""Heads of a case's sections: 基本案情, 【裁判结果】, 三、典型意义： …"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.split.lines import Line, without_spaces
from ingest.split.section_names import CANONICAL, GENERAL, OWN
from kb.law.numerals import NUMBER, to_int
from kb.models import SECTIONS, Section

_NUMBERING = (
    rf"(?P<numbering>[一二三四五六七八九十]+[、.．]|[（(]{NUMBER}[)）]|[0-9０-９]{{1,2}}[.．、])?\s*"
    r"(?:[◆●■▲★※◎○◇□▶►·•]|附\s*[：:]?)?\s*"
)
_OPEN, _CLOSE = r"【〔\[〖［", r"】〕\]〗］"
_BRACKETED = re.compile(
    rf"{_NUMBERING}[{_OPEN}]\s*(?P<name>[^{_OPEN}{_CLOSE}。，；\n]{{1,16}})\s*[{_CLOSE}]\s*[：:]?\s*(?P<rest>.*)", re.S
)
_COLON = re.compile(rf"{_NUMBERING}(?P<name>[^：:。，；、“”《》\n]{{1,16}})[：:]\s*(?P<rest>.*)", re.S)
_WHOLE = re.compile(rf"{_NUMBERING}(?P<name>[^：:。，；\n]{{1,20}})[：:。]?\s*")
_KEYWORDS = re.compile(r"(?P<name>关键词|关键字)\s*[\s/／]\s*(?P<rest>\S.*)", re.S)
_BEFORE = re.compile(r"(?:本案|该案|案件|主要|法院|人民法院|仲裁|一审|二审|再审|终审|生效|最终|案例)")


@dataclass(frozen=True, slots=True)
class Head:
    """A section's head. `name` is canonical where one fits; `raw` is the source's; `body` an offset in the text."""

    line: int
    name: str
    raw: str
    body: int
    known: bool
    numbering: str = ""  # 一、 or （二） …
    inline: bool = False  # the section's text begins on the head's own line

    @property
    def canonical(self) -> bool:
        """Whether the section is one that every case may have."""
        return self.name in SECTIONS

    @property
    def evidence(self) -> bool:
        """Whether the head by itself shows that a case stands here."""
        return self.canonical and self.raw not in GENERAL


def canonical(raw: str) -> str | None:
    """基本案情 for 简要案情; the name itself where it is known but fits no canonical one; else None."""
    name = without_spaces(raw)
    if name in CANONICAL:
        return CANONICAL[name]
    if name in OWN:
        return name
    cut = _BEFORE.match(name)
    if cut is not None and name[cut.end() :] in CANONICAL and len(name) - cut.end() >= 2:
        return CANONICAL[name[cut.end() :]]
    parts = re.split(r"[和及与、/]", name)
    if len(parts) == 2 and all(part in CANONICAL for part in parts):
        return name
    return None


def head(index: int, line: Line) -> Head | None:
    """The section head that the line is or begins with. A bracketed name that is not known is a head all the same."""
    if line.table:
        return None
    if match := _BRACKETED.fullmatch(line.text):
        return _made(index, line, match, match["rest"], known_only=False)
    if match := _WHOLE.fullmatch(line.text):
        found = _made(index, line, match, "", known_only=True)
        if found is not None:
            return found
    for pattern in (_COLON, _KEYWORDS):
        if match := pattern.fullmatch(line.text):
            return _made(index, line, match, match["rest"], known_only=True)
    return None


def _made(index: int, line: Line, match: re.Match[str], rest: str, *, known_only: bool) -> Head | None:
    raw = without_spaces(match["name"])
    name = canonical(raw)
    if name is None and (known_only or re.search(r"案例|[0-9０-９]|^附|注$", raw)):
        return None
    # 【判决理由】。 is a head alone on its line.
    alone = not rest.strip("。.： ")
    body = line.end if alone else line.start + match.start("rest")
    numbering = match.groupdict().get("numbering") or ""
    return Head(index, name or raw, raw, body, name is not None, numbering, not alone)


def number_of(numbering: str) -> tuple[str, int] | None:
    """Style and number of a numbering: （二） is ("（", 2), 三、 is ("、", 3)."""
    match = re.search(NUMBER, numbering)
    if match is None:
        return None
    style = "（" if numbering[0] in "（(" else "1" if match[0].isdecimal() else "、"
    return style, to_int(match[0])


def next_of(before: str, line: Line) -> tuple[str, str] | None:
    """Numbering and name of a line that goes on counting from `before` as a short head: 三、处理过程 after 二、…"""
    match = _WHOLE.fullmatch(line.text)
    if match is None or not match["numbering"] or line.text[-1] in "。：:" or len(match["name"]) > 16:
        return None
    last, this = number_of(before), number_of(match["numbering"])
    if last is None or this is None or this != (last[0], last[1] + 1):
        return None
    return match["numbering"], without_spaces(match["name"])


def section(text: str, name: str, start: int, end: int) -> Section | None:
    """The section of text[start:end] without the white space at its edges; None where nothing is left."""
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip())
    return Section(name, start, start + len(inner.strip())) if inner.strip() else None
