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
_NOT_JUDGED = ("检察", "复议", "通报", "调解", "仲裁")


def province_of(text: str | None) -> str | None:
    """The province that a court's name or a region begins with or names; None where it names none."""
    for province in PROVINCES:
        if text and text.startswith(province):
            return province
    return next((p for p in PROVINCES if text and p in text), None)


def tier(case: Case, province: str | None, court: str | None = None) -> int:
    """1 (指导性案例) to 6 (no judgment). Without the user's province, tiers 3 and 4 are beyond reach."""
    kind, issuer = case.type or "", case.issuer or ""
    level = case.court_level or ""
    if any(word in kind for word in _NOT_JUDGED) or any(w in level for w in ("检察", "纪检", "复议", "调解")):
        return 6
    if "检察院" in issuer:
        return 6
    if kind == "指导性案例":
        return 1
    if kind in ("参考案例", "公报案例") or (kind == "典型案例" and issuer.startswith("最高人民法院")):
        return 2
    if level == "最高人民法院" or (case.court or "").startswith("最高人民法院"):
        return 2
    home = province_of(province)
    if home is None:
        return 5
    own = court is not None and case.court is not None and court in case.court
    if own:
        return 4
    if home not in (province_of(case.court), province_of(case.region), province_of(issuer)):
        return 5
    if "高级" in level or (kind == "典型案例" and "高级人民法院" in issuer):
        return 3
    return 4 if "中级" in level else 5


def label(tier: int) -> str:
    """The tier in words."""
    return LABELS[tier]


def effect(tier: int) -> str:
    """What a court owes it: 应当参照 a guiding case, 可以参考 other judgments, 参考事例 the rest."""
    return "应当参照" if tier == 1 else "可以参考" if is_precedent(tier) else "参考事例"


def is_precedent(tier: int) -> bool:
    """Whether it may be called 类案 at all: only a judgment may."""
    return tier <= 5


_FINAL = re.compile(r"[终再申监]\w{0,3}\d+号|[^\d]终字|[^\d]申字|[^\d]再字")


def effective(case: Case) -> bool | None:
    """Whether the judgment took effect: as the source says, else by what it is, else None (未载).

    指导性案例, 参考案例 of the 人民法院案例库 and 公报案例 are chosen among effective judgments (guidance, article 1, and
    法〔2024〕92号); a case number with 终, 再, 申 or 监 is of a second or later instance.
    """
    if case.effective is not None:
        return case.effective
    if case.type in ("指导性案例", "参考案例", "公报案例"):
        return True
    if case.case_number and _FINAL.search(case.case_number):
        return True
    return None
