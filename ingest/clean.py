"""Text as it should be read: no layout, nothing lost. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_HAN = r"㐀-䶿一-鿿豈-﫿"
_CJK = rf"{_HAN}　-〿“”‘’（）《》〈〉【】〔〕；：，。！？、％"
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad\ufffe\uffff]"
)
#: After these a space (or none) says where a heading's number ends.
_NUMBERED = re.compile(
    r"^\s*(第[零〇一二三四五六七八九十百千\d]+[编分章节条](?:之[一二三四五六七八九十]+)?)[ 　\t]+(?=\S)"
)
_GAP = re.compile(rf"(?<=[{_CJK}]) +(?=[{_CJK}\d])|(?<=\d) +(?=[{_CJK}])")
_WIDE = {ord(c): unicodedata.normalize("NFKC", c) for c in map(chr, range(0xFF10, 0xFF5B)) if c.isalnum()}


def normalise(line: str) -> str:
    """One line: half-width letters and digits, no invisible characters, no spaces inside Chinese.

    Chinese punctuation stays as it is. One space stays after 第…条 (章, 节, 编), where it ends the number.
    """
    text = _INVISIBLE.sub("", line.translate(_WIDE).replace("\u00a0", " ").replace("\t", " ")).replace("　", " ")
    text = re.sub(r" {2,}", " ", text).strip()
    numbered = _NUMBERED.match(text)
    if numbered is None:
        return _GAP.sub("", text)
    return f"{numbered[1]} {_GAP.sub('', text[numbered.end() :])}"


_PAGE_NUMBER = re.compile(
    r"^[\s\-—–─·•~～|/]*(?:第\s*)?(?:\d{1,4}|[零〇一二三四五六七八九十百]{1,5})?(?:\s*页)?[\s,，/／|]*"
    r"(?:(?:共|总)\s*)?(?:\d{1,4})?(?:\s*页)?[\s\-—–─·•~～|/]*$"
)
_CONTENTS = re.compile(r"(?:\.{4,}|…{2,}|·{4,}|(?:\. ){4,}|-{6,}|_{6,})\s*[（(]?\d{1,4}[)）]?\s*$")
_EDGE = 3  # lines at the top and bottom of a page that may be a running header or footer
_SHARE = 0.6  # of the pages on which a running line stands


def is_page_number(line: str) -> bool:
    """- 3 -, 第 3 页, 3/9, 第3页 共9页: a line that is nothing else."""
    return (
        bool(line.strip())
        and any(c.isdigit() or c in "零〇一二三四五六七八九十百" for c in line)
        and bool(_PAGE_NUMBER.match(line) and not re.fullmatch(r"\s*[一二三四五六七八九十]\s*", line))
    )


def is_contents(line: str) -> bool:
    """A line of a table of contents: a title, dots, a page."""
    return bool(_CONTENTS.search(line))


def without_running_lines(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Pages' lines without headers, footers, page numbers and contents lines.

    A header or footer is a line among the first or last three of a page that stands, digits aside, on most pages; with
    fewer than four pages only page numbers go.
    """

    def mask(line: str) -> str:
        return re.sub(r"\d+", "0", "".join(line.split()))

    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({mask(line) for line in [*page[:_EDGE], *page[-_EDGE:]] if line.strip()})
    running = {line for line, n in seen.items() if len(pages) >= 4 and n >= _SHARE * len(pages)}
    kept: list[list[str]] = []
    for page in pages:
        edges = set(range(min(_EDGE, len(page)))) | set(range(max(len(page) - _EDGE, 0), len(page)))
        kept.append(
            [
                line
                for i, line in enumerate(page)
                if not (i in edges and (mask(line) in running or is_page_number(line))) and not is_contents(line)
            ]
        )
    return kept


_NUMBER = r"[零〇一二三四五六七八九十百千\d]"
#: What begins a paragraph of its own, whatever stood before.
_HEAD = re.compile(
    rf"^\s*(?:第{_NUMBER}+条(?:之[一二三四五六七八九十]+)?(?:[ 　\t【〔（]|$)"
    rf"|第{_NUMBER}+[编章节](?:[ 　\t]|$)"
    rf"|[一二三四五六七八九十]{{1,3}}、"
    rf"|[（(][一二三四五六七八九十\d]{{1,3}}[)）]"
    rf"|\d{{1,2}}[.．、](?!\d)"
    rf"|【[^】]{{1,30}}】"
    rf"|案例[一二三四五六七八九十百\d]+(?:[ 　：:、.．]|$)"
    rf"|#{{1,6}} )"
)
_SECTION = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]\s*)?【?(?:基本案情|案情简介|简要案情|案件事实|基本事实|争议焦点|裁判结果|处理结果|裁判情况|"
    r"判决结果|处理情况|调解结果|裁判理由|法院认为|本院认为|裁判说理|案例分析|裁判要旨|裁判要点|裁判规则|典型意义|案件警示|警示意义|指导意义|"
    r"案例评析|专家点评|法官提醒|关键词|相关法条|诉讼请求|原告诉讼请求)】?[：:]?\s*$"
)
#: 第二十七条的规定, 第十条至第十二条: a reference that a line break put at the start of a line.
_REFERENCE = re.compile(
    rf"^\s*第{_NUMBER}+条(?:之[一二三四五六七八九十]+)?\s*(?:第{_NUMBER}+[款项]|的|规定|所|和|或|与|及|至|到|、|，|,|；|。|以|之规定|中)"
)
_ENDS = tuple("。！？；：…!?;:")
_CLOSED = tuple("”’」』）)》】")


def begins(line: str) -> bool:
    """Whether a line starts a paragraph by what it says itself: an article, a heading, an item."""
    return bool(_SECTION.match(line)) or (bool(_HEAD.match(line)) and not _REFERENCE.match(line))


def width_of(line: str) -> float:
    """Width on paper: an ideograph is one, a Latin letter half."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.55 for c in line)


def usual_width(lines: Sequence[str]) -> float:
    """The width to which the lines are set: what the widest tenth reaches; 0 for no lines."""
    widths = sorted(width_of(line) for line in lines if line.strip())
    return widths[int(len(widths) * 0.9)] if widths else 0.0


def continues(line: str, following: str, width: float, indented: bool = False) -> bool:
    """Whether `following` is the rest of the paragraph that `line` belongs to.

    A line that is set to the full width and ends in the middle of a sentence goes on; a sentence that happens to end
    at the margin goes on only if the next line is not indented and the text indents its paragraphs.
    """
    if not line.strip() or not following.strip() or begins(following) or _SECTION.match(line):
        return False
    if width_of(line.rstrip()) < width - 2.6:
        return False
    if following[:1] in " 　" and (following.startswith(("\u3000\u3000", "  "))):
        return False
    end = line.rstrip()
    stripped = end.rstrip("".join(_CLOSED))
    if end.endswith(_ENDS) or (stripped != end and stripped.endswith(_ENDS)):
        return indented
    return True


def joined(a: str, b: str) -> str:
    """Two pieces of one paragraph: a space only between Latin words."""
    left, right = a.rstrip(), b.lstrip()
    if left and right and left[-1].isascii() and right[0].isascii() and left[-1].isalnum() and right[0].isalnum():
        return f"{left} {right}" if left[-1].isalpha() or right[0].isalpha() else left + right
    return left + right
