"""Lines that may be a case's title, and what they say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.split.lines import Line, tidy, without_spaces
from kb.law.numerals import NUMBER, to_int

_LONGEST = 90
#: A shorter line is not broken by the layout.
_FULL = 16
_AFTER_MARKER = r"(?!\s*(?:中|的|里|所|与|和|及|、|至|到|一样|相同|说明|表明|来看|评析|点评|分析))"
#: 案例一, 【案例1】, 典型案例之二, 指导案例 69 号, 检例第58号, 第三例. A mention (案例一中，……) is none.
_MARKER = re.compile(
    rf"[【〔\[（(《]?\s*(?:"
    rf"(?:典型|参考|警示|调解|示范|优秀|精品|入选|裁判|教学)?\s*案\s*例\s*(?:之\s*)?(?:第\s*)?(?P<a>{NUMBER})\s*(?:号)?"
    rf"|(?:指导性?案例|检例|参考案例|公报案例|参考性案例)\s*(?:第\s*)?(?P<b>{NUMBER})\s*号"
    rf"|第\s*(?P<c>{NUMBER})\s*[例案](?=[\s：:、.．】]|$)"
    rf"){_AFTER_MARKER}\s*[】〕\]）)》]?\s*(?P<sign>[：:、.．—\-·|]*)\s*(?P<rest>.*)",
    re.S,
)
_NUMBERED = re.compile(rf"(?:[一二三四五六七八九十]+、|[（(]{NUMBER}[)）]|\d{{1,3}}\s*[.．、])\s*(?P<rest>\S.*)", re.S)
_NAME = re.compile(
    r"(?=.*(?:诉|与|等|申请|不服|涉嫌|关于|因|被|对|某|、)).{5,}"
    r"(?:案|案件|纠纷|一案|系列案|调解案|复议案)(?:\s*[（(][^（）()]*[)）])?$"
)
_BYLINE = re.compile(
    r"(?:文|图|撰稿|作者|来源|编辑|编写人?|供稿|责任编辑|校对|审核|摘自|转自)\s*[/／:：|]|[（(].*[)）]$|第?\s*\d+\s*页?$"
)
_DATE_LINE = re.compile(r"[（(]?\s*\d{4}\s*[-年./]\s*\d{1,2}(?:\s*[-月./]\s*\d{1,2})?\s*日?\s*(?:发布)?\s*[)）]?$")
_ISSUER = re.compile(
    r"(?P<issuer>[^，。：；]{0,36}?(?:法院|检察院|政府|委员会|办公室|总局|[部局厅司委办省市区县会院]))"
    r"\s*(?:联合)?(?:发布|公布|印发|编印?)$"
)
_SERIES = re.compile(
    r"[^，。；]{0,40}?(?P<kind>指导性案例|参考案例|典型案例|公报案例|指导案例|优秀案例|精选案例|案例选编?|案例汇编)"
    r"(?:[（(].*[)）])?$"
)
_TYPES = {"指导案例": "指导性案例"} | {kind: kind for kind in ("指导性案例", "参考案例", "典型案例", "公报案例")}
_FACT = re.compile(
    r"(?:案\s*号|审理法院|审判法院|裁判法院|承办法院|法院|裁判日期|判决日期|审结日期|裁判时间|案\s*由|案件类型|审理程序|"
    r"文书类型|合议庭|审判长|承办人|来源|入库编号|索引|发布日期|发布机关|发布单位)\s*[：:]"
)
_NUMBER_LINE = re.compile(r"[（(〔\[]?(?:19|20)\d{2}[)）〕\]].{2,20}号(?:（.*）)?$")
_DIVISION = re.compile(rf"第\s*{NUMBER}\s*(?:部分|编|章|篇|辑|单元|专题)")
_GROUP_WORD = re.compile(r"(?:类|篇|领域|类型|方面|典型案例|案例汇编|案例选编?|案例|目\s*录|前\s*言|概\s*述)$")
_REFERENCE = re.compile(r"《.*》.*第.{1,10}[条款项]$|第.{1,8}条(?:第.{1,4}[款项])*$|《[^》]*》$")
_TRAILER = re.compile(
    r"(?:附\s*录|附件|后\s*记|编后语|编后记|结\s*语|结束语|参考文献)\s*[一二三四五六七八九十\d]*(?:[：:].*)?$"
)
#: 一审：某区人民法院（2019）…… under a case; a title has no such label unless it is 案例一：
_LABEL = re.compile(r"(?!\s*[【（]?\s*案)[^：:]{1,10}[：:]\s*\S")
_CONTENTS = re.compile(r"(?:[.．…·・]\s*){3,}\s*\d*$|\t\s*\d+$")


def fact(line: Line) -> bool:
    """案号：…, 审理法院：… or a bare 案号: part of a case's head, not of its title."""
    return _FACT.match(line.text) is not None or _NUMBER_LINE.fullmatch(line.text) is not None


def imprint(line: Line) -> bool:
    """Who published it, in which series, and when: stands among titles and is none."""
    if marker(line) is not None or "诉" in line.text:
        return False
    return any(p.fullmatch(line.text) for p in (_DATE_LINE, _ISSUER, _SERIES)) and len(line.text) <= 60


def may_be_title(line: Line) -> bool:
    """A short line that is no sentence."""
    text = line.text
    if line.table or len(text) > _LONGEST or _CONTENTS.search(text):
        return False
    outside = re.sub(r"“[^”]*”|《[^》]*》", "", text)
    if re.search(r"[。；;！!]", outside) or text[-1] in "，,：:、；;。":
        return False
    return named(line) or not (_BYLINE.match(text) or _REFERENCE.search(text) or _LABEL.match(text))


def unfinished(line: Line) -> bool:
    """A full line, or one that stops at a comma, without the end of a sentence: its title goes on in the next."""
    if named(line) or imprint(line) or fact(line) or line.level:
        return False
    if line.text[-1] in "，、":
        return may_be_title(replace(line, text=line.text[:-1])) if len(line.text) > 1 else False
    return len(line.text) >= _FULL and may_be_title(line)


def marker(line: Line) -> int | None:
    """Number of a line that begins with 案例N and reads as a title."""
    match = _MARKER.match(line.text)
    if match is None or line.table or _CONTENTS.search(line.text):
        return None
    # 案例一：张某于2019年……。 has its text on the same line; only a sign after the number shows that it is no mention.
    if not match["sign"] and match["rest"] and (len(line.text) > _LONGEST or "。" in line.text):
        return None
    return to_int(match["a"] or match["b"] or match["c"])


def named(line: Line) -> bool:
    """张某诉某区政府房屋征收补偿决定案, also behind a number."""
    text = bare(line.text)
    return len(text) <= _LONGEST and "。" not in text and _NAME.fullmatch(text) is not None


def numbered(line: Line) -> bool:
    """Behind 一、 or 1. or （一）."""
    return _NUMBERED.fullmatch(line.text) is not None


def group(line: Line) -> bool:
    """Heading of several cases: 一、征收决定类, 第二部分 补偿."""
    if named(line) or marker(line) is not None:
        return False
    text = line.text
    if division(line):
        return True
    return len(text) <= 30 and _GROUP_WORD.search(text) is not None


def division(line: Line) -> bool:
    """第二部分 补偿."""
    return _DIVISION.match(line.text) is not None and len(line.text) <= 40 and line.text[-1] not in "。；：，"


def trailer(line: Line) -> bool:
    """附录, 后记: what follows belongs to no case."""
    return _TRAILER.fullmatch(line.text) is not None


def bare(text: str) -> str:
    """A title without its number: 案例一：张某诉… → 张某诉…"""
    if match := _MARKER.match(text):
        return tidy(match["rest"])
    if match := _NUMBERED.fullmatch(text):
        return tidy(match["rest"])
    return tidy(text)


def key(text: str) -> str:
    """What a title has in common with its line in a table of contents."""
    return re.sub(r"[\W_]+|\d+$", "", without_spaces(re.sub(r"[.．…·・\s]*\d+\s*$", "", text)))


def compose(block: Sequence[Line]) -> str:
    """One title of the lines of a block: wrapped lines are joined, a second title is set behind ——."""
    title = ""
    last: Line | None = None
    for line in block:
        text = bare(line.text).rstrip("。；：")
        if not text or imprint(line):
            last = line
            continue
        if not title:
            title = text
        elif re.match(r"[—\-－–]{1,2}", text):
            title += "——" + text.lstrip("—-－– ")
        elif _wraps(last, line):
            title += text
        else:
            title += "——" + text
        last = line
    return title


def _wraps(before: Line | None, line: Line) -> bool:
    """Whether a line goes on with the title that the line before it began."""
    if before is None or before.level != line.level or imprint(before):
        return False
    if named(before):
        return line.text in ("案", "一案", "纠纷案")
    own = re.search(r"诉|与.*纠纷|申请", line.text) is not None and named(line)
    return (len(before.text) >= _FULL or before.text[-1] in "，、") and not own and not line.level


def series(line: Line) -> str | None:
    """指导性案例, 典型案例 … of a line that names a series."""
    match = _SERIES.fullmatch(line.text)
    return _TYPES.get(match["kind"]) if match is not None else None


def issuer(line: Line) -> str | None:
    """最高人民法院 of 最高人民法院发布."""
    match = _ISSUER.fullmatch(line.text)
    return tidy(match["issuer"]) if match is not None and not re.search(r"\d|案例", match["issuer"]) else None
