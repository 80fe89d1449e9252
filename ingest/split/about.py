"""What a statute's text says of itself: title, issuer, level, dates. Only what stands there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.reading import Reading
from ingest.split.lines import lines
from ingest.split.statute import LAW_TITLE, law_title
from kb.models import Article, Statute

_DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
#: 公布 and what amends; 通过 alone is not yet 公布.
_PROMULGATED = re.compile(r"(?:第[一二三四五六七八九十]+次)?(公布|发布|修订|修正|修改)")
_EFFECTIVE = re.compile(r"自\s*(\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*起\s*(?:施行|实施|生效)")
_ON_PROMULGATION = re.compile(r"自(?:公布|发布|颁布|印发)之日起(?:施行|实施|生效)")
_FILE_DATE = re.compile(r"[（(]\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*[)）]\s*$")
_PEOPLE = r"(?:人民代表大会常务委员会|人民代表大会|人大常委会)"
_LOCAL_CONGRESS = re.compile(
    rf"([一-龥]{{1,12}}?(?:省|市|自治区|自治州|自治县))(?:第[一二三四五六七八九十]+届)?({_PEOPLE})"
)
_ORDER = re.compile(
    r"([一-龥]{2,16}?(?:部|委员会|总局|银行|署|人民政府))(?:[、和][一-龥]{2,16}?(?:部|委员会|总局))?(?:令|公告|第\s*\d+\s*号令)"
)
#: How lines begin that end like a title and are none.
_NO_TITLE = re.compile(r"第|附件|[（(“]|根据|\d{4}\s*年")
#: A shorter line is not broken by the layout.
_FULL = 16
_COURTS = re.compile(r"最高人民法院|最高人民检察院")
#: How a region's own regulation is called: 省, 自治区 and 市 make no other 条例.
_LOCAL_TITLE = re.compile(r"[一-龥]{2,8}(?:省|自治区|市|自治州|自治县)[一-龥《》、（）]{2,60}条例$")


def title_of(reading: Reading, first: int, name: str) -> str:
    """The statute's title: the reading's where it is one, else the nearest line that is above the first article."""
    if reading.title and LAW_TITLE.fullmatch(law_title(reading.title)):
        return law_title(reading.title)
    above = lines(reading.text, reading.blocks, 0, first)
    for index in range(len(above) - 1, -1, -1):
        text = above[index].text
        if index and _goes_on(above[index - 1].text, text):
            text = above[index - 1].text + text
        if len(text) <= 100 and LAW_TITLE.fullmatch(text) and not _NO_TITLE.match(text):
            return law_title(text)
    return law_title(reading.title or name)


def _goes_on(before: str, text: str) -> bool:
    """Whether a title is set in two lines: 最高人民法院 / 关于审理……的规定, or broken where the line was full."""
    if re.search(r"[。；：，）)》\d号令]$|通知$|公告$|公布$|发布$|决定$|通过$", before) or _NO_TITLE.match(before):
        return False
    issued = text.startswith("关于") and len(before) <= 30
    return issued or (len(before) >= _FULL and LAW_TITLE.fullmatch(before) is None)


def about(title: str, text: str, units: Sequence[Article], name: str) -> Statute:
    """What the preamble and the last articles say. `name` is the file's, whose date tells the version."""
    preamble = text[: units[0].start] if units else ""
    tail = "\n".join(text[unit.body : unit.end] for unit in units[-3:])
    events = _events(preamble)
    promulgated = next(
        (date for date, event in reversed(events) if event in ("公布", "发布", "修订", "修正", "修改")), None
    )
    amended = sum(event != "施行" for _, event in events) > 1
    effective = next((date for date, event in reversed(events) if event == "施行"), None)
    if effective is None:
        found = _EFFECTIVE.search(tail) or _EFFECTIVE.search(preamble)
        if found is not None:
            effective = _iso(found[1])
        elif _ON_PROMULGATION.search(tail) and not amended:
            effective = promulgated
    dated = _FILE_DATE.search(name)
    version = f"{dated[1]}-{int(dated[2]):02}-{int(dated[3]):02}" if dated else promulgated
    if effective and version and effective < version:
        effective = None  # an amended law goes on telling when its first text took effect; this text's date is unknown
    issuer, level = _issuer(title, preamble)
    return Statute(title, None, None, issuer, level, promulgated, effective, version)


def _events(preamble: str) -> list[tuple[str, str]]:
    """Dates of the preamble, each with what happened that day as far as the words up to the next date say."""
    dates = list(_DATE.finditer(preamble))
    events = []
    for index, date in enumerate(dates):
        until = dates[index + 1].start() if index + 1 < len(dates) else len(preamble)
        # Titles of amending decisions hold the words too: 《关于修改……的决定》.
        words = re.sub(
            r"《[^《》]*(?:〈[^〉]*〉[^《》]*|《[^《》]*》[^《》]*)*》", "", preamble[date.end() : until].split("\n")[0]
        )
        iso = _iso(date[0])
        if iso is None:
            continue
        if happened := _PROMULGATED.search(words):
            events.append((iso, happened[1]))
        elif re.match(r"\s*起?\s*(?:施行|实施|生效)", words):
            events.append((iso, "施行"))
    return events


def _iso(date: str) -> str | None:
    match = _DATE.search(date)
    if match is None or not (1 <= int(match[2]) <= 12 and 1 <= int(match[3]) <= 31):
        return None
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"


def _issuer(title: str, preamble: str) -> tuple[str | None, str | None]:
    """Issuer and level as far as title and preamble show them without a doubt."""
    preamble = _DATE.sub("\n", preamble)  # 2011年9月28日浙江省…: no name begins with 日
    courts = _COURTS.findall(title) or _COURTS.findall(preamble)
    if courts and re.search(r"(?:解释|规定|批复|答复|决定|意见|纪要)(?:[（(].*)?$", title):
        return "、".join(dict.fromkeys(courts)), "司法解释"
    if re.search(r"中共中央|中国共产党", preamble) and not re.search(r"令", preamble):
        joint = re.search(r"中共中央(?:办公厅)?(?:[、，]\s*国务院(?:办公厅)?)?(?=发布|印发)", preamble)
        return (joint[0] if joint else None), "党内法规"
    if "全国人民代表大会" in preamble:
        body = "全国人民代表大会常务委员会" if "全国人民代表大会常务委员会" in preamble else "全国人民代表大会"
        return body, "法律" if title.endswith(("法", "法典", "决定")) else None
    if re.search(r"国务院令", preamble):
        return "国务院", "行政法规"
    if congress := _LOCAL_CONGRESS.search(preamble):
        return congress[1] + congress[2].replace("人大常委会", "人民代表大会常务委员会"), "地方性法规"
    if order := _ORDER.search(preamble):
        return re.sub(r"^中华人民共和国", "", order[1]), "规章"
    if _LOCAL_TITLE.match(title):
        return None, "地方性法规"
    if re.fullmatch(r"中华人民共和国[^，。条例]+法", title):
        return None, "法律"
    return None, None
