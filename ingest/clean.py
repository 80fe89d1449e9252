"""Text as it should be read: no layout, nothing lost. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_HAN = r"㐀-䶿一-鿿豈-﫿"
_CJK = rf"{_HAN}　-〿“”‘’（）《》〈〉【】〔〕；：，。！？、％"
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad\ufff9-\ufffb\ufffe\uffff]"
)
_NUMBER = r"[零〇○一二两三四五六七八九十百千\d]"
#: A number at the start of a line that a space sets off from what it numbers: 第三条, 第二章, 案例一.
_NUMBERED = re.compile(
    rf"(第 *{_NUMBER}(?:{_NUMBER}| )* *(?:分编|编|章|节|条|部分|篇|案|例)(?: *之 *{_NUMBER}+)?"
    rf"|(?:典型)?(?:案例|事例|例) *{_NUMBER}+) +(?=[^ 的第、，；。）])"
)
_GAP = re.compile(rf"(?<=[{_CJK}]) +(?=[{_CJK}\d])|(?<=\d) +(?=[{_CJK}])")
#: Radicals that PDF fonts give for the ideographs which look the same; Unicode's EquivalentUnifiedIdeograph, where NFKC
#: has no mapping.
_RADICALS = dict(
    zip(
        "⺁⺂⺃⺄⺅⺆⺇⺉⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔"
        "⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
        "厂乛乚乙亻冂几刂㔾小小尢尣尢尣巳幺彑彐忄心扌攵旡日月歺民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒罓罓罒羊羊羋耂肀聿肉臼艹艹艹虎衤覀西见角角讠贝足车辶辶辶阝钅長镸长门"
        "阜阝雨青韦页风飞食食飠饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
        strict=True,
    )
)
_AS_WRITTEN = str.maketrans(
    {c: unicodedata.normalize("NFKC", c) for c in map(chr, range(0xFF10, 0xFF5B)) if c.isalnum()}
    | {c: unicodedata.normalize("NFKC", c) for c in map(chr, range(0x2F00, 0x2FD6))}
    | {"⺟": "母", "⻳": "龟", "⼾": "户", "⾭": "青"}  # NFKC would give the last two as Japan and Korea write them
    | _RADICALS
    | {"⸺": "——"}
    | dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000\t\r\n", " ")
)


def normalise(line: str) -> str:
    """One line: half-width letters and digits, ideographs for radicals, no invisible characters, no spaces inside Chinese.

    Chinese punctuation stays as it is. One space stays after 第…条 (章, 节, 编, 案例…), where it ends the number.
    """
    text = re.sub(r" {2,}", " ", _INVISIBLE.sub("", line.translate(_AS_WRITTEN))).strip()
    numbered = _NUMBERED.match(text)
    if numbered is None:
        return _GAP.sub("", text)
    return f"{_GAP.sub('', numbered[1])} {_GAP.sub('', text[numbered.end() :])}"


_PAGE_NUMBER = re.compile(
    r"[\s\-—–─·•~～|]*(?:"
    r"\d{1,4}|[ivxIVX]{1,6}|第\s*(?:\d{1,4}|[零〇一二三四五六七八九十百]{1,5})\s*页"
    r")?(?:[\s,，/／|]*(?:共|总)\s*(?:\d{1,4}|[零〇一二三四五六七八九十百]{1,5})\s*页|\s*[/／|]\s*\d{1,4}\s*页?)?[\s\-—–─·•~～|]*"
)
_CONTENTS = re.compile(r"(?:\.{4,}|…{2,}|·{4,}|(?:\. ){4,}|-{6,}|_{6,})\s*[（(]?\d{1,4}[)）]?\s*$")
_EDGE = 3  # lines at the top and bottom of a page that may be a running header or footer
_SHARE = 0.6  # of the pages on which a running line stands
_FEWEST = 4  # pages from which lines that repeat tell a header


def is_page_number(line: str) -> bool:
    """- 3 -, 第 3 页, 3/9, 第3页 共9页: a line that is nothing else."""
    return any(c.isalnum() for c in line) and _PAGE_NUMBER.fullmatch(line.strip()) is not None


def is_contents(line: str) -> bool:
    """A line of a table of contents: a title, dots, a page."""
    return _CONTENTS.search(line) is not None


def body_lines(pages: Sequence[Sequence[str]]) -> list[list[int]]:
    """Of each page the indices of its lines that are no header, footer, page number or line of contents.

    A header or footer is a line among the first or last three of a page that stands, digits aside, on most pages; with
    fewer than four pages only page numbers go. Section heads stay: in a book of cases every page may begin with one.
    """
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({masked(page[i]) for i in _edges(page)})
    running = {line for line, n in seen.items() if line and len(pages) >= _FEWEST and n >= _SHARE * len(pages)}

    def runs(line: str) -> bool:
        return is_page_number(line) or masked(line) in running

    kept = []
    for page in pages:
        # A bare number deeper in the page may be a figure of the text.
        out = {
            i for i in _edges(page) if masked(page[i]) in running or (runs(page[i]) and not page[i].strip().isalnum())
        }
        for order in (range(len(page)), range(len(page) - 1, -1, -1)):
            for i in order[:_EDGE]:
                if not runs(page[i]):
                    break
                out.add(i)
        kept.append([i for i, line in enumerate(page) if i not in out and line.strip() and not is_contents(line)])
    return kept


def _edges(page: Sequence[str]) -> set[int]:
    return {i for i in range(len(page)) if (i < _EDGE or i >= len(page) - _EDGE) and page[i].strip()}


def masked(line: str) -> str:
    """A line as pages are compared by it: digits aside, unless it is a head and they may count cases.

    "" for what no header is: a section head, or a line that ends a sentence.
    """
    bare = "".join(line.split())
    if is_section(line) or ends_sentence(line):
        return ""
    return bare if begins(line) else re.sub(r"\d+", "0", bare)


#: What begins a paragraph of its own, whatever stood before.
_HEAD = re.compile(
    rf"\s*(?:第\s*{_NUMBER}(?:{_NUMBER}|\s)*条(?:\s*之\s*[一二三四五六七八九十]+)?(?:[ 　\t【〔（]|$)"
    rf"|第\s*{_NUMBER}+\s*(?:分编|编|章|节|部分|篇)(?:[ 　\t]|$)"
    rf"|[一二三四五六七八九十]{{1,3}}、(?![一二三四五六七八九十]+[审级层楼期年月日、]|\d)"
    rf"|[（(][一二三四五六七八九十\d]{{1,3}}[)）](?!\s*(?:[项款目](?:[、，。；的之所规至和或]|$)|[》〉」』”，。；、]|[至和或]\s*[（(]))"
    rf"|\d{{1,2}}[.．、](?![\d％%])"
    rf"|【[^】]{{1,30}}】"
    rf"|(?:典型)?(?:案例|事例)\s*{_NUMBER}+(?:[ 　：:、.．]|$)"
    rf"|#{{1,6}} )"
)
_SECTION = re.compile(
    r"(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．])?[【\[]?(?:基本案情|案情简介|简要案情|案情介绍|案情回顾|案件事实|基本事实|争议焦点|裁判结果|处理结果|裁判情况|"
    r"判决结果|处理情况|调解结果|裁判理由|法院认为|本院认为|裁判说理|案例分析|裁判要旨|裁判要点|裁判规则|典型意义|案件警示|警示意义|指导意义|"
    r"案例评析|专家点评|法官提醒|法官说法|关键词|相关法条|诉讼请求|原告诉讼请求)[】\]]?[：:]?"
)
#: 第二十七条的规定, 第十条至第十二条: a reference that a line break put at the start of a line.
_REFERENCE = re.compile(
    rf"\s*第\s*{_NUMBER}(?:{_NUMBER}|\s)*条(?:\s*之\s*[一二三四五六七八九十]+)?\s*"
    rf"(?:第\s*{_NUMBER}+\s*[款项]|[（(]\s*{_NUMBER}{{1,3}}\s*[）)]\s*[项款]|的|规定|所[列称指述定规]|[和或与及至到]\s*第|[、，,；;。）)》”])"
)
_ENDS = tuple("。！？；：…!?;:")
_CLOSED = "”’」』）)》】"


def begins(line: str) -> bool:
    """Whether a line starts a paragraph by what it says itself: an article, a heading, an item."""
    return is_section(line) or (_HEAD.match(line) is not None and _REFERENCE.match(line) is None)


def is_section(line: str) -> bool:
    """Whether a line is the head of a case's section and nothing else: 基本案情, 【裁判结果】."""
    return _SECTION.fullmatch("".join(line.split())) is not None


def ends_sentence(line: str) -> bool:
    """Whether a line ends where a sentence, or an item of one, does."""
    end = line.rstrip()
    return end.endswith(_ENDS) or end.rstrip(_CLOSED).endswith(_ENDS)


def width_of(line: str) -> float:
    """Width on paper in ems: an ideograph is one, a Latin letter half."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.55 for c in line)


def usual_width(lines: Sequence[str]) -> float:
    """The width to which the lines are set: what the widest tenth reaches; 0 for no lines."""
    widths = sorted(width_of(line) for line in lines if line.strip())
    return widths[int(len(widths) * 0.9)] if widths else 0.0


#: A line that stops this many ems before the margin may still be full: punctuation may not begin the next one, and a
#: number or a Latin word goes over whole.
SLACK = 2.6


@dataclass(frozen=True, slots=True)
class Setting:
    """How plain lines are set: broken at a margin of `width` ems or, if that is None, a paragraph a line."""

    width: float | None
    marked: bool = False  # an indent or an empty line shows where paragraphs begin

    @classmethod
    def of(cls, lines: Sequence[str]) -> Setting:
        """A margin shows where no line is much longer than many of the lines are, and where sentences go on after those."""
        widths = sorted((width_of(line.rstrip()) for line in lines if line.strip()), reverse=True)
        if len(widths) < 4:
            return cls(None)
        width = widths[len(widths) // 100]  # one line in a hundred may stick out
        if not _NARROWEST <= width <= _WIDEST or widths[0] > 1.3 * width + 4:
            return cls(None)
        made = cls(width)
        full = [(a, b) for a, b in pairwise(lines) if b.strip() and made.is_full(a)]
        going_on = sum(made.goes_on(a, b) for a, b in full)
        # Of lines that nobody broke, hardly any two are equally long; and those that are end their sentences.
        if len(full) < max(2, 0.12 * len(widths)) or going_on < 0.5 * len(full):
            return cls(None)
        after = [b for a, b in pairwise(lines) if a.strip() and ends_sentence(a) and not made.is_full(a)]
        marked = sum(not b.strip() or b.startswith(_INDENTS) for b in after)
        return cls(width, marked=len(after) >= 3 and marked >= 0.8 * len(after))

    def is_full(self, line: str) -> bool:
        """Whether a line reaches the margin, which some editors measure in ems and some in characters."""
        end = line.rstrip()
        return self.width is not None and max(width_of(end) + SLACK, len(end) + 1.1) >= self.width

    def goes_on(self, line: str, following: str) -> bool:
        """Whether the next line is the rest of this one's paragraph."""
        if not self.is_full(line) or not following.strip() or begins(following) or is_section(line):
            return False
        return not following.startswith(_INDENTS) and (self.marked or not ends_sentence(line))


_NARROWEST, _WIDEST = 12, 100  # ems between which a margin can lie
_INDENTS = ("　", "  ")


def join_lines(lines: Sequence[str], setting: Setting | None = None) -> list[str]:
    """Lines broken at a margin into paragraphs; all as they are where no margin shows."""
    setting = setting or Setting.of(lines)
    found: list[str] = []
    last = ""
    for line in lines:
        if found and setting.goes_on(last, line):
            found[-1] = joined(found[-1], line)
        else:
            found.append(line)
        last = line
    return found


def joined(a: str, b: str) -> str:
    """Two pieces of one paragraph: a space only between Latin words."""
    left, right = a.rstrip(), b.lstrip()
    if left and right and left[-1].isascii() and right[0].isascii() and left[-1].isalnum() and right[0].isalnum():
        return f"{left} {right}" if left[-1].isalpha() or right[0].isalpha() else left + right
    return left + right
