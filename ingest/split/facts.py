"""What a case's text says of it in so many words: number, court, dates, keywords."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.split import titles
from ingest.split.lines import Line, without_spaces
from kb.models import Case

#: （2019）京01行终123号, with any brackets.
CASE_NUMBER = re.compile(
    r"[（(〔\[]\s*((?:19|20)\d{2})\s*[)）〕\]]\s*([^\s，。；：、（）()《》]{1,24}?\d+\s*号(?:之[一二三四五六七八九十])?)"
)
_COURT = re.compile(
    r"(?m)^\s*[【\[]?(?:审理法院|审判法院|裁判法院|承办法院)[】\]]?\s*[：:]\s*([^\n，。；]{4,40}?(?:法院|法庭))"
)
_DECIDED = re.compile(
    r"(?m)^\s*[【\[]?(?:裁判日期|判决日期|裁判时间|判决时间|审结日期|审结时间|裁定日期)[】\]]?\s*[：:]?\s*"
    r"(\d{4})\s*[-年./]\s*(\d{1,2})(?:\s*[-月./]\s*(\d{1,2}))?"
)


def case_number(text: str) -> str | None:
    """The first case number, in full-width brackets."""
    match = CASE_NUMBER.search(text)
    return f"（{match[1]}）{without_spaces(match[2])}" if match else None


def court_level(court: str) -> str | None:
    """Level as the name tells it; None for courts of a special kind."""
    for word, level in (("最高", "最高人民法院"), ("高级", "高级人民法院"), ("中级", "中级人民法院")):
        if f"{word}人民法院" in court:
            return level
    if "运输中级法院" in court:
        return "中级人民法院"
    return "基层人民法院" if re.search(r"[区县市旗]人民法院$", court) else None


def with_facts(case: Case, text: str, around: Sequence[Line]) -> Case:
    """The case with what its text tells; `around` are the lines of its title and of the document's front."""
    own = text[case.start : case.end]
    court = _COURT.search(own)
    decided = _DECIDED.search(own)
    keywords = "".join(text[s.start : s.end] for s in case.sections if s.name in ("关键词", "关键字"))
    types = [kind for line in around if (kind := titles.series(line)) is not None]
    numbered = [line for line in around if re.match(r"[【（]?(?:指导性?案例)\s*第?\s*\d+\s*号", line.text)]
    issuers = [name for line in around if (name := titles.issuer(line)) is not None]
    return replace(
        case,
        case_number=case_number(own),
        court=court[1] if court else None,
        court_level=court_level(court[1]) if court else None,
        decided="-".join(part.zfill(2) for part in decided.groups() if part) if decided else None,
        type="指导性案例" if numbered else types[-1] if types else None,
        issuer=issuers[-1] if issuers else None,
        categories=_words(keywords),
    )


def _words(keywords: str) -> tuple[str, ...]:
    words = (word.strip("。.　 ") for word in re.split(r"[\s、，,；;/／]+", keywords))
    return tuple(dict.fromkeys(word for word in words if 1 < len(word) <= 20))
