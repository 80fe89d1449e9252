"""Judgments, rulings and other court documents as cases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.reading import Reading
from ingest.split.facts import CASE_NUMBER, case_number, court_level
from ingest.split.lines import Line, lines, without_spaces
from kb.law.numerals import to_int
from kb.models import Case, Section

_COURT = re.compile(r"(?:中华人民共和国)?([一-龥]{2,36}法院)(?:[（(]\d{4}.*)?$")
_PAPER = re.compile(
    r"((?:行政|民事|刑事|执行|赔偿|行政赔偿|刑事附带民事|国家赔偿)*(?:判决书|裁定书|调解书|决定书|通知书))"
    r"(?:[（(〔\[]\d{4}.*)?$"
)
#: How far down the name of the court may stand, in lines, and how far below it the other two.
_FRONT, _NEAR = 12, 5
_WHO = r"(?:[一-龥、]{0,12}?(?:原告|上诉人|申请人|申诉人|起诉人|赔偿请求人|公诉机关|申请执行人)[^。：:]{0,60}?)"
_OTHER = r"(?:[一-龥、]{0,12}?(?:被告|被上诉人|被申请人|第三人|赔偿义务机关|被执行人)[^。：:]{0,60}?)"
_REASONS = re.compile(r"(?:本院|合议庭)(?:经[^，。]{0,12})?认为")
#: First words of a paragraph that begins a section; the first that fits counts.
_HEADS = (
    ("裁判结果", re.compile(r"(?:判决|裁定|决定|调解协议)如下\s*[：:]?$|本院(?:判决|裁定)如下")),
    (
        "原审裁判",
        re.compile(
            r"(?:原审|一审|二审|再审)?法院?(?:经审理)?(?:认为|判决|裁定)[，,：:]|(?:原审|一审|二审)法院[^。]{0,20}(?:认为|判决|裁定)"
        ),
    ),
    ("裁判理由", _REASONS),
    ("原审查明", re.compile(r"(?:原审|一审|二审)(?:法院)?(?:经审理)?查明")),
    (
        "基本案情",
        re.compile(
            r"(?:本院)?(?:经[^，。]{0,12})?(?:审理)?查明|本院(?:依法)?(?:确认|认定)(?:以下|如下)|二审(?:期间)?查明"
        ),
    ),
    (
        "诉称",
        re.compile(rf"{_WHO}(?:诉称|上诉称|起诉称|上诉请求|申请再审称|申诉称|诉讼请求|请求称|起诉请求|向本院提出)"),
    ),
    ("辩称", re.compile(rf"{_OTHER}(?:辩称|答辩称|述称|陈述称|未(?:提交|作)答辩|提交意见称|未提交书面(?:答辩|意见))")),
)
_SIGNED = re.compile(r"(?:代理|人民)?(?:审判长|审判员|陪审员)")
_CHINESE_DATE = re.compile(
    r"([二一][〇○零ＯO0一二三四五六七八九]{3})年(十[一二]?|[一二三四五六七八九])月((?:二?十|三十(?=[一日]))[一二三四五六七八九]?|[一二三四五六七八九])日"
)
_DATE = re.compile(r"((?:19|20)\d{2})年(\d{1,2})月(\d{1,2})日$")
#: Of this document itself; 一审判决已发生法律效力 tells of another.
_FINAL = re.compile(
    r"本(?:判决|裁定|决定)(?:书)?(?:为|系|是)终审|本(?:判决|裁定|决定)(?:书)?(?:已经?|自|一经)?[^。，]{0,8}(?:生效|发生法律效力)"
)


def cases(reading: Reading) -> tuple[Case, ...]:
    """A case for each court document: the name of the court, then what it is, then its number, near each other."""
    found = lines(reading.text, reading.blocks)
    begins = [i for i in range(len(found)) if _begins(found, i)]
    if not begins or begins[0] > _FRONT:
        return ()
    bounds = [0, *begins[1:], len(found)]
    return tuple(
        _case(reading, found, begin, first, last) for begin, (first, last) in zip(begins, pairwise(bounds), strict=True)
    )


def _begins(found: Sequence[Line], index: int) -> bool:
    if _COURT.fullmatch(without_spaces(found[index].text)) is None:
        return False
    near = [without_spaces(line.text) for line in found[index : index + _NEAR]]
    papers = [i for i, text in enumerate(near) if _PAPER.fullmatch(text) or (i == 0 and _PAPER.search(text))]
    return bool(papers) and any(CASE_NUMBER.search(text) for text in near)


def _case(reading: Reading, found: Sequence[Line], begin: int, first: int, last: int) -> Case:
    text = reading.text
    front = [without_spaces(line.text) for line in found[begin : begin + _NEAR]]
    name = _COURT.fullmatch(front[0])
    court = name[1] if name is not None else None
    paper = next((match[1] for part in front if (match := _PAPER.search(part)) is not None), "裁判文书")
    start, end = found[first].start, found[last - 1].end
    number = case_number("\n".join(front))
    return Case(
        title=f"{court or ''}{paper}{number or ''}",
        start=start,
        end=end,
        sections=_sections(text, found, begin, last),
        case_number=number,
        court=court,
        court_level=court_level(court) if court else None,
        decided=_decided(found[begin:last]),
        type="裁判文书",
        effective=True if _FINAL.search(text, start, end) else None,
    )


def _sections(text: str, found: Sequence[Line], begin: int, last: int) -> tuple[Section, ...]:
    """The parts of the document in its order: 当事人 first, 署名 last; nothing between is left out."""
    body = begin + next(
        (i + 1 for i, line in enumerate(found[begin : begin + _NEAR]) if CASE_NUMBER.search(line.text)), 1
    )
    marks: list[tuple[str, int]] = [("当事人", body)]
    reasons = [i for i in range(body, last) if _REASONS.match(found[i].text)]
    for index in range(body, last):
        name = _name(found[index].text, marks[-1][0])
        # 一审判决如下： tells of the court below while this court's own reasons are still to come.
        if name == "裁判结果" and reasons and index < reasons[-1]:
            name = "原审裁判"
        if name is not None and name != marks[-1][0]:
            # 判决如下： closes the paragraph of the reasons; the result begins with the next.
            marks.append((name, index + (name == "裁判结果" and not found[index].text.startswith("本院判决"))))
    sections = []
    for (name, at), until in pairwise([*marks, ("", last)]):
        stop = until[1]
        if at < stop:
            sections.append(Section(name, found[at].start, found[stop - 1].end))
    return tuple(sections)


def _name(line: str, current: str) -> str | None:
    if current == "署名":
        return None
    if current in ("裁判结果", "裁判理由") and _SIGNED.match(without_spaces(line)):
        return "署名"
    if current == "裁判结果":
        return None
    for name, pattern in _HEADS:
        if pattern.search(line) if name == "裁判结果" else pattern.match(line):
            return name
    return None


def _decided(found: Sequence[Line]) -> str | None:
    """The date under the document, ISO."""
    for line in reversed(found):
        text = without_spaces(line.text)
        if match := _CHINESE_DATE.match(text):
            year = to_int(re.sub("[ＯO0]", "〇", match[1]))
            return f"{year}-{to_int(match[2]):02}-{to_int(match[3]):02}"
        if match := _DATE.fullmatch(text):
            return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
    return None
