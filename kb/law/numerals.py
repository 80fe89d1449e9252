"""Chinese numerals and article numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}

_D, _Z = "[一二两三四五六七八九]", "[零〇○]"
_TENS = f"{_D}?十{_D}?"
#: 一百零二 and 一百十二; 一百二 is refused, as nobody can tell whether 102 or 120 is meant.
_HUNDREDS = f"{_D}百(?:{_Z}{_D}|{_Z}?{_TENS})?"
_THOUSANDS = f"{_D}千(?:{_HUNDREDS}|{_Z}{_D}|{_Z}?{_TENS})?"
_SPELLED = f"(?:{_THOUSANDS}|{_HUNDREDS}|{_TENS})"

#: A number from 1 to 9999 as laws write it: 二百四十三, 一〇五, 17 or １７. `to_int` reads whatever this matches.
NUMBER = rf"(?:{_SPELLED}|{_Z}{{0,3}}{_D}(?:{_D}|{_Z}){{0,3}}|[0０]{{0,3}}[1-9１-９][0-9０-９]{{0,3}})"

_READABLE = re.compile(rf"{_SPELLED}|(?:{_D}|{_Z})+|[0-9０-９]+")


def to_int(text: str) -> int:
    """二百四十三 → 243, １７ → 17, 一〇五 → 105. Raises ValueError for anything else: 十十, 二三十, 一百二."""
    text = text.strip()
    if not _READABLE.fullmatch(text):
        raise ValueError(f"「{text}」不是数字，可写 二百四十三、一〇五 或 17")
    if not any(c in _UNITS for c in text):
        return int("".join(str(_DIGITS.get(c, c)) for c in text))
    total, digit = 0, 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        else:
            total += (digit or 1) * _UNITS[c]
            digit = 0
    return total + digit


def to_chinese(number: int) -> str:
    """243 → 二百四十三, 110 → 一百一十, 12 → 十二. For 0 ≤ number < 10000."""
    if not 0 <= number < 10000:
        raise ValueError(f"{number} 超出 0 至 9999")
    if number == 0:
        return "零"
    out, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            out += ("零" if zero else "") + "零一二三四五六七八九"[digit] + name
            zero = False
        elif out:
            zero = True
    return out[1:] if out.startswith("一十") else out


_ARTICLE = re.compile(
    rf"(?:第\s*)?(?P<number>{NUMBER})\s*"
    rf"(?:条(?:\s*(?:之|-|－|—)\s*(?P<after>{NUMBER}))?|(?:(?:之|-|－|—)\s*(?P<within>{NUMBER})\s*条?))?"
)


@dataclass(frozen=True, slots=True, order=True)
class ArticleNumber:
    """第一百三十三条之一 is ArticleNumber(133, 1); 第二十七条 is ArticleNumber(27)."""

    number: int
    of: int = 0  # 之N; 0 where there is none

    @classmethod
    def parse(cls, text: str) -> ArticleNumber:
        """第一百三十三条之一, 第133条之一, 133-1, 27. Raises ValueError for anything else, and for numbers beyond 1 to 9999."""
        match = _ARTICLE.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"「{text}」不是条文序号，可写 第二十七条、27 或 17-1")
        of = match["after"] or match["within"]
        return cls(to_int(match["number"]), to_int(of) if of else 0)

    @property
    def chinese(self) -> str:
        """第十七条之一"""
        return f"第{to_chinese(self.number)}条" + (f"之{to_chinese(self.of)}" if self.of else "")

    def __str__(self) -> str:
        """17-1: the form in ids."""
        return f"{self.number}-{self.of}" if self.of else str(self.number)
