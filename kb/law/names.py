"""Names of laws: full, short, and what people call them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

_VERSION = re.compile(r"[（(](?:\d{4}|当时|旧|原|试行|第?[一二三]次)[^（）()]*[)）]|[（(](?:修订|修正|原)[)）]")
_HIGHEST_COURT = "最高人民法院"


def bare(title: str) -> str:
    """Without book marks, white space and a version in brackets; inner book marks become 〈〉 no more."""
    text = unicodedata.normalize("NFKC", title)
    text = _VERSION.sub("", text.replace("(", "（").replace(")", "）"))
    return "".join(c for c in text if not c.isspace() and c not in "《》〈〉<>")


def short(title: str) -> str:
    """《中华人民共和国土地管理法》（2019修正） → 土地管理法."""
    return bare(title).replace("中华人民共和国", "")


@cache
def aliases() -> dict[str, str]:
    """What people say → short name of the law, from aliases.tsv."""
    return {short(alias): short(law) for alias, law in _rows("aliases.tsv")}


@cache
def _years() -> dict[str, int]:
    return {short(law): int(year) for law, year in _rows("texts.tsv")}


def present_year(law: str) -> int | None:
    """Year of the law's present text, from texts.tsv: a text of an earlier year is an old one. None: not known."""
    return _years().get(key(law))


@cache
def known() -> frozenset[str]:
    """Short names that are recognised without book marks."""
    return frozenset(aliases()) | frozenset(aliases().values()) | frozenset(_years())


def key(title: str) -> str:
    """What two names of the same law have in common: its short name, an alias resolved.

    关于审理…的规定 is of the Supreme People's Court where that court has one of this name.
    """
    name = short(title)
    if name in aliases():
        return aliases()[name]
    if name.startswith(("最高法院关于", "最高法关于", "最高院关于")):
        name = name[name.index("关于") :]
    issued = _HIGHEST_COURT + name
    return issued if name.startswith("关于") and issued in aliases() else name


def _rows(file: str) -> list[tuple[str, str]]:
    lines = (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
    return [(row[0], row[1]) for row in rows]
