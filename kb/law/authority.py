"""How much weight a precedent carries: its tier, its effect, and whether its judgment took effect.

After the Supreme People's Court's guidance on similar-case search (trial, 31 July 2020), articles 1, 4 and 9.
"""

from __future__ import annotations

import re

from kb.models import Case

PROVINCES = (
    "北京",
    "天津",
    "上海",
    "重庆",
    "河北",
    "山西",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "海南",
    "四川",
    "贵州",
    "云南",
    "陕西",
    "甘肃",
    "青海",
    "台湾",
    "内蒙古",
    "广西",
    "西藏",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
)

LABELS = {
    1: "指导性案例",
    2: "最高法案例或裁判",
    3: "本省高院案例或裁判",
    4: "上级或本院裁判",
    5: "其他法院裁判",
    6: "非裁判参考",
}

#: What is no judgment, whoever published it.
_NOT_JUDGED = re.compile("检察|复议|通报|调解|仲裁")
_NO_COURT = re.compile("检察|纪检|监察|复议|调解")
_HIGHEST = "最高人民法院"
#: Journals that the court's people edit: 《刑事审判参考》. What stands there is judged by its court; the 公报 is the court's own.
_JOURNAL = re.compile(r"审判参考|人民司法|法律适用|《(?!最高人民法院公报|公报)")

_CITIES = ("北京", "天津", "上海", "重庆")
_ANY = "|".join(PROVINCES)
#: 海南 alone begins 海南省 as well as 海南藏族自治州 of 青海, and 北京 begins 北京路.
_AT_START = re.compile(rf"(?:中华人民共和国)?(?P<name>{_ANY})(?!路|街|大道|镇|乡|村|州|区|县|藏族|蒙古族)")
_INSIDE = re.compile(
    rf"(?P<name>{_ANY})(?:省|(?<={'|'.join(_CITIES)})市|(?:壮族|回族|维吾尔)?自治区|特别行政区|高级人民法院|高院)"
)


def province_of(text: str | None) -> str | None:
    """The province that the name of a court or region begins with, or that stands in it as 省, 市, 自治区 or 高级人民法院.

    None where there is none: 广州市海南路 is not in 海南.
    """
    match = text and (_AT_START.match(text) or _INSIDE.search(text))
    return match["name"] if match else None


def tier(case: Case, province: str | None, court: str | None = None) -> int:
    """1 (指导性案例) to 6 (no judgment), for a user in `province` who sits at or pleads before `court`.

    Without the user's province and court, tiers 3 and 4 are beyond reach. Tier 4 needs the court: which 中级人民法院 is
    above it, the province does not tell.
    """
    kind, issuer, level = case.type or "", case.issuer or "", case.court_level or ""
    if _NOT_JUDGED.search(kind) or _NO_COURT.search(level) or ("检察院" in issuer and "法院" not in issuer):
        return 6
    if kind == "指导性案例":
        return 1
    if _is_highest(case, kind, issuer, level):
        return 2
    home = province_of(province) or province_of(court)
    if home is None:
        return 5
    deciding = _deciding(case.court)
    if ("高级" in level or "高级人民法院" in deciding) and home == _province(deciding, case.region, issuer):
        return 3
    if kind in ("典型案例", "参考案例", "公报案例") and "高级人民法院" in issuer and home == province_of(issuer):
        return 3
    return 4 if court and _is_own_or_above(_plain(court), _plain(deciding), home) else 5


def _is_highest(case: Case, kind: str, issuer: str, level: str) -> bool:
    if level == _HIGHEST or (case.court or "").startswith(_HIGHEST):
        return True
    published = kind in ("参考案例", "公报案例", "典型案例") and not _JOURNAL.search(issuer)
    return published and (_HIGHEST in issuer or "人民法院案例库" in issuer or (not issuer and kind != "典型案例"))


def _deciding(court: str | None) -> str:
    """The court of the last instance: the first named in 甲法院（二审）；乙法院（一审）."""
    return re.split(r"[；;（(]", court or "", maxsplit=1)[0].strip()


def _province(*texts: str | None) -> str | None:
    return next((found for text in texts if (found := province_of(text))), None)


def _plain(court: str) -> str:
    """Without the province, which some name and some do not: 浙江省金华市中级人民法院 → 金华市中级人民法院."""
    return re.sub(rf"^(?:{_ANY})(?:省|(?:壮族|回族|维吾尔)?自治区)", "", court.strip().removeprefix("中华人民共和国"))


_CITY = re.compile(r"[一-鿿]{2,10}?(?:市|自治州|州|地区|盟)")


def _is_own_or_above(own: str, deciding: str, home: str) -> bool:
    """Whether the deciding court is the user's own, or the 中级人民法院 of the city that the user's court names.

    A 直辖市 has several, so its name does not tell which is above a court.
    """
    if own == deciding:
        return True
    if "中级" not in deciding or "中级" in own or "高级" in own:
        return False
    city = _CITY.match(own)
    return city is not None and city[0].removesuffix("市") not in _CITIES and deciding.startswith(city[0])


def label(tier: int) -> str:
    """The tier in words."""
    return LABELS[tier]


def effect(tier: int) -> str:
    """What a court owes it: 应当参照 a guiding case, 可以参考 other judgments, 参考事例 the rest."""
    return "应当参照" if tier == 1 else "可以参考" if is_precedent(tier) else "参考事例"


def is_precedent(tier: int) -> bool:
    """Whether it may be called 类案 at all: only a judgment may."""
    return tier <= 5


#: A case number: year, type, serial number.
_NUMBER = re.compile(r"[（(〔\[]\d{4}[）)〕\]](?P<type>[^（()）；;]{1,30}?)第?\d+号")
#: The type of a second instance (终) or a retrial (再, 申, 监, 提, 抗), after the kind of matter: 行终, 行赔申, 民再终字.
_LATER = re.compile(r"[行民刑赔执知商经][赔政事]?[终再申监提抗]{1,2}字?$")


def effective(case: Case) -> bool | None:
    """Whether the judgment took effect: as the source says, else by what it is, else None (未载).

    指导性案例 of the Supreme People's Court, 参考案例 of the 人民法院案例库 and 公报案例 are chosen among effective judgments
    (guidance, article 1, and 法〔2024〕92号); a case number with 终, 再, 申, 监, 提 or 抗 is of a second or later instance.
    """
    if case.effective is not None:
        return case.effective
    issuer = case.issuer or _HIGHEST
    if case.type in ("指导性案例", "参考案例", "公报案例") and ("人民法院案例库" in issuer or _HIGHEST in issuer):
        return True
    numbers = _NUMBER.finditer(case.case_number or "")
    return True if any(_LATER.search(match["type"]) for match in numbers) else None
