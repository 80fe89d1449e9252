"""Names of laws: full, short, and what people call them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

_VERSION = re.compile(r"[（(](?:\d{4}|当时|旧|原|试行|第?[一二三]次)[^（）()]*[)）]|[（(](?:修订|修正|原)[)）]")
_PREFIX = re.compile(r"^中华人民共和国(?=.*(?:法|法典|条例)$)")


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
    rows = (Path(__file__).parent / "aliases.tsv").read_text(encoding="utf-8").splitlines()
    pairs = (row.split("\t")[:2] for row in rows if row.strip() and not row.startswith("#"))
    return {short(alias): short(law) for alias, law in pairs}


@cache
def known() -> frozenset[str]:
    """Short names that are recognised without book marks."""
    return frozenset(aliases()) | frozenset(aliases().values())


def key(title: str) -> str:
    """What two names of the same law have in common: its short name, an alias resolved."""
    name = short(title)
    return aliases().get(name, name)
