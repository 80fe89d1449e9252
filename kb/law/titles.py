"""Recognises names of laws in running text: in book marks, and without them where an article follows."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from kb.law.authority import PROVINCES
from kb.law.names import key, known, present_year, short

_TAIL = "法典|法|条例|规定|办法|解释|细则|决定|意见|通知|规则|准则|批复|规程|规范|决议|修正案|令"
_OF_LAW = re.compile(rf"(?:{_TAIL})$")
#: 决定, 意见 and 通知 that one authority addresses to one person.
_SINGLE_ACT = re.compile(
    r"(?:(?:征收|补偿|处罚|复议|赔偿|执行|处理|受理|许可|裁决|强拆|拆除|收回)决定"
    r"|(?:答复|处理|复查|复核|审查|鉴定|审核|调解|听证|评估|代理)意见"
    r"|(?:拆除|搬迁|腾退|改正|告知|公开|补正|应诉|出庭|受理|缴款)通知)$"
)

#: A law's name stands free after these; after other words it may be the end of a longer title.
_LEADS = re.compile(
    r"(?:依照|根据|参照|适用|违反|违背|符合|援引|引用|基于|结合|执行|触犯|属于|我国|国家|国务院|有关|认为|规定|后的|前的|新的|行的"
    r"|[依据按照由以为是系和与及或即如见受对在从将因于至到并而其查问现新原旧请用经])$"
)
#: Where these stand, no longer title can have begun before them.
_CUT = re.compile(
    r"依照|依据|根据|按照|参照|违反|违背|符合|援引|引用|属于|以及|触犯|参见|详见|结合|对照|遵照|适用|执行|认为|主张"
    r"|(?:修改|修订|修正)[前后]的?|现行的?"
    r"|(?:法典|法|条例|规定|办法|解释|细则|规则|意见|通知|条|款|项)[和与及或并]"
    r"|[依按据由对在和与及或以为是受的系](?=[一-鿿]{2,4}[市县州盟旗][一-鿿])"
)
_PLACE = re.compile(rf"(?:{'|'.join(PROVINCES)})(?:省|市|(?:壮族|回族|维吾尔)?自治区)")
_WEAK_START = re.compile(r"^[依按据由以为是系和与及或即如见受在]+")
_ISSUER = re.compile(
    r"(?:最高人民法院|最高法院|最高法|最高院|最高人民检察院|国务院办公厅|国务院|全国人民代表大会常务委员会|全国人大常委会"
    rf"|(?:{'|'.join(PROVINCES)})(?:省|市|[一-鿿]{{0,4}}自治区)?高级人民法院|[一-鿿]{{2,8}}部)+$"
)
#: What a title in book marks needs around it to be part of a longer one: 关于适用《…》的解释, 浙江省实施《…》办法.
_ABOUT = re.compile(r"关于[一-鿿]{0,20}$")
_CARRYING_OUT = re.compile(
    rf"(?:(?:{'|'.join(PROVINCES)})(?:省|市|[一-鿿]{{0,4}}自治区)?|[一-鿿]{{2,4}}[市县州])(?:贯彻)?(?:实施|施行|执行)$"
)
_REST = re.compile(
    r"\s{0,2}(?:(?!第)[一-鿿]){0,24}?(?:解释|规定|办法|细则|条例|意见|决定|批复|通知)"
    r"(?=\s{0,4}(?:[（(《第，。、；：”\d的中]|$|(?:规定|指出|要求|明确)[，：:]))"
)
_CARRIED_OUT = re.compile(r"(?:实施|施行)(?:条例|细则|办法|规定|意见)")

_FOREIGN = (
    "德国",
    "日本",
    "法国",
    "英国",
    "美国",
    "俄罗斯",
    "瑞士",
    "意大利",
    "韩国",
    "台湾",
    "台湾地区",
    "香港",
    "澳门",
)
_GENERAL = ("地方性", "行政", "相关", "有关", "上述", "其他", "配套", "单行", "自治")
_PARTICULAR = re.compile(r"关于|若干|暂行|管理|实施|审理|办理|[省市县区州](?!政府|人民政府|局|委)[一-鿿]{4}")

_NOTE = re.compile(r"\s{0,3}[（(]\s*(?P<note>[^（）()]{1,40})[）)]")
_NOTE_BEFORE = re.compile(r"[（(]\s*(?P<note>[^（）()]{1,40})[）)]\s{0,3}$")
_IS_VERSION = re.compile(
    r"(?:19|20)\d{2}|旧|原|现行|新|已废止|已失效|当时|修正|修订|试行|暂行|国务院|法释|主席令|以?第.{1,6}号"
)
_SAYS_OLD = re.compile(r"旧|原|已废止|已失效|现已废止|当时")
_YEAR = re.compile(r"(?:19|20)\d{2}(?!\d)")
_OLD_BEFORE = re.compile(r"(?:^|[^一-鿿]|[依据照反用和与及合在即为是对])[原旧]$|(?:修订|修正|修改)前的?$")
_YEAR_BEFORE = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})年?(?:版|修正|修订|修改)?的?$")


#: What may stand between a name and its article.
_CLOSING = '”"」』〉> '
_AFTER = frozenset(_CLOSING + "的中里）)")


@dataclass(frozen=True, slots=True)
class Name:
    """A law's name in a text."""

    law: str  # key
    start: int
    end: int
    old: bool  # the text marks it as an old law, or names the year of an old text


def is_law(title: str) -> bool:
    """Whether a title in book marks is a law's: 《…条例》 is, 《…协议》 and 《房屋征收决定》 are not."""
    name = key(title)
    return name in known() or bool(_OF_LAW.search(name) and not ("关于" not in name and _SINGLE_ACT.search(name)))


def is_old(law: str, note: str) -> bool:
    """Whether a note such as 2004, 1998年修订 or 旧法 after the law's name means a text that is not the present one.

    A year tells only where the year of the law's present text is known.
    """
    if _SAYS_OLD.match(note):
        return True
    year, present = _YEAR.search(note), present_year(law)
    return bool(year and present and int(year[0]) < present)


def old_before(law: str, text: str, start: int) -> bool:
    """Whether 原, 修订前的 or a year before the law's name marks it as an old one."""
    before = text[max(start - 12, 0) : start]
    year = _YEAR_BEFORE.search(before)
    return bool(_OLD_BEFORE.search(before) or (year and is_old(law, year["year"])))


def note_after(text: str, at: int) -> tuple[str, int] | None:
    """A note in brackets after a name in book marks, and its end."""
    match = _NOTE.match(text, at)
    return (
        (match["note"], match.end())
        if match and not re.search(r"简称|下称|第[^（）()]{1,9}条", match["note"])
        else None
    )


def around(text: str, start: int, end: int, floor: int) -> tuple[int, int]:
    """The longer title that book marks at start:end are part of; start:end where there is none."""
    rest = _REST.match(text, end)
    if rest is None:
        return start, end
    before = text[max(floor, start - 40, 0) : start]
    if about := _ABOUT.search(before):
        issuer = _ISSUER.search(before, 0, about.start())
        return start - len(before) + (issuer.start() if issuer else about.start()), rest.end()
    if carrying := _CARRYING_OUT.search(before):
        cuts = [m.end() for m in _CUT.finditer(before, carrying.start())]
        return start - len(before) + max([carrying.start(), *cuts]), rest.end()
    return (start, rest.end()) if _CARRIED_OUT.match(rest[0].strip()) else (start, end)


def before(text: str, at: int, floor: int, defined: Mapping[str, str], last: str | None = None) -> Name | None:
    """The law named without book marks right before `at`, where an article begins; not before `floor`.

    `defined` are the text's own short names, `last` the law it named last, whose 其实施条例 may be meant.
    """
    begin = max(at - 90, floor, 0)
    window = text[begin:at].rstrip()
    if not window or not (window[-1] in _sizes()[0] or window[-1] in _AFTER or window[-1] in {n[-1] for n in defined}):
        return None  # most articles that follow no name are done with here
    note = None
    if bracket := _NOTE_BEFORE.search(window):
        if not _IS_VERSION.match(bracket["note"]):
            return None
        note, window = bracket["note"], window[: bracket.start()].rstrip()
    window = re.sub(r"(?:的|之?中|里)?\s*$", "", window).rstrip(_CLOSING)
    plain, where = _plain(window)
    found = _known_before(plain, defined, last) or _title_before(plain, where, window)
    if found is None:
        return None
    law, at_plain = found
    start = where[at_plain]
    start -= len("中华人民共和国") if window[:start].endswith("中华人民共和国") else 0
    old = is_old(law, note) if note else False
    return Name(law, begin + start, at, old or old_before(law, text, begin + start))


def _plain(window: str) -> tuple[str, list[int]]:
    """The window without 〈〉 and 中华人民共和国, and where each character of it stands."""
    kept = [
        (m[0], m.start())
        for m in re.finditer(r"中华人民共和国|[\s\S]", window)
        if len(m[0]) == 1 and m[0] not in "〈〉<>"
    ]
    return "".join(c for c, _ in kept), [i for _, i in kept]


@cache
def _sizes() -> tuple[frozenset[str], tuple[int, ...]]:
    """How names end, and the lengths of the known ones, longest first."""
    return frozenset(n[-1] for n in (*known(), *_TAIL.split("|"))), tuple(
        sorted({len(n) for n in known()}, reverse=True)
    )


def _longest(plain: str, names: Collection[str], sizes: Collection[int]) -> str | None:
    return next((plain[-size:] for size in sizes if size <= len(plain) and plain[-size:] in names), None)


def _known_before(plain: str, defined: Mapping[str, str], last: str | None) -> tuple[str, int] | None:
    """The longest known name at the end of the text, if it is not the end of a longer title."""
    own = _longest(plain, defined, sorted({len(n) for n in defined}, reverse=True)) if defined else None
    listed = _longest(plain, known(), _sizes()[1])
    name = max((n for n in (own, listed) if n), key=len, default=None)
    if name is None:
        return None
    head = plain[: -len(name)]
    if name == "条例" and name not in defined and head.endswith(("原", "旧")):
        return None  # of which law, the text does not say
    if last and name.startswith("实施") and head.endswith("其") and key(last + name) in known():
        return key(last + name), len(head)
    if not _stands_free(name, head):
        return None
    return defined.get(name) or key(name), len(head)


def _stands_free(name: str, head: str) -> bool:
    if not head or not head[-1].isalnum():
        return True
    if head[-1].isdigit():
        return not name[0].isdigit()
    if name.endswith(("法", "法典")):  # no place makes a 法 of its own, and all national ones are known
        return not head.endswith(_FOREIGN)
    return bool(_LEADS.search(head))


def _title_before(plain: str, where: list[int], window: str) -> tuple[str, int] | None:
    """Whatever looks like a title: 浙江省国有土地上房屋征收与补偿条例."""
    run = re.search(r"[一-鿿〇]{3,50}$", plain)
    tail = _OF_LAW.search(plain)
    if run is None or tail is None:
        return None
    text = run[0]
    about = text.find("关于")
    zone = text if about < 0 else text[:about]
    cut = max((m.end() for m in _CUT.finditer(zone)), default=0)
    if about >= 0:
        issuer = _ISSUER.search(zone[cut:])
        cut = cut + issuer.start() if issuer else about
    elif place := _PLACE.search(text, cut):
        cut = place.start()
    elif weak := _WEAK_START.match(text[cut:]):
        cut += weak.end()
    title = text[cut:]
    start = run.start() + cut
    national = window[: where[start]].endswith("中华人民共和国")
    return (key(title), start) if _may_be_title(title, tail[0], national) else None


def _may_be_title(title: str, tail: str, national: bool) -> bool:
    """Titles without book marks; words such as 计算方法, 相关规定 and 补偿决定 are none."""
    stem = title.removesuffix(tail)
    if len(stem) < 2 or short(title) in _GENERAL or stem in _GENERAL:
        return False
    if national:
        return True
    if tail in ("法", "法典", "令"):
        return False
    if tail == "条例":
        return True
    return len(title) >= 5 and bool(_PARTICULAR.search(title)) and is_law(title)
