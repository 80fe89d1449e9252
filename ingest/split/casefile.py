"""Case files with front matter, the form in which cases ship and offices add their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from ingest.reading import Reading
from ingest.split.heads import Head, head
from ingest.split.heads import section as section_of
from ingest.split.lines import lines
from kb.errors import UnreadableFile
from kb.models import Case

_DECIDED = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


def case(reading: Reading, path: str) -> Case:
    """The one case of a file; null in its front matter is 未载.

    Raises UnreadableFile for a value that is not of the kind its key takes.
    """
    meta = Reader(reading.meta, path)
    found = lines(reading.text, reading.blocks)
    title = meta.text("title") or reading.title
    if not title:
        raise UnreadableFile(f"{path}：文件头缺少 title，请写明案例名称")
    decided = meta.text("decided")
    if decided is not None and _DECIDED.fullmatch(decided) is None:
        raise UnreadableFile(f"{path}：decided 是「{decided}」，应写作 2019、2019-04 或 2019-04-11")
    heads: list[Head] = []
    for index, line in enumerate(found):
        if line.level > 1:
            known = head(index, line)
            heads.append(known or Head(index, line.text, line.text, line.end, known=False))
        elif not line.level and (known := head(index, line)) is not None and known.known and not known.inline:
            heads.append(known)
    stops = [*(found[made.line].start for made in heads[1:]), len(reading.text)]
    sections = tuple(
        section
        for made, stop in zip(heads, stops, strict=False)
        if (section := section_of(reading.text, made.name, made.body, stop)) is not None
    )
    return Case(
        title=title,
        start=0,
        end=len(reading.text),
        sections=sections,
        case_number=meta.text("case_number"),
        court=meta.text("court"),
        court_level=meta.text("court_level"),
        decided=decided,
        region=meta.text("region"),
        cause=meta.text("cause"),
        type=meta.text("kind"),
        issuer=meta.text("authority"),
        categories=meta.texts("categories"),
        issues=meta.texts("issues"),
        statutes=meta.texts("statutes"),
        outcome=meta.text("outcome"),
        effective=meta.flag("effective"),
        confidence=meta.text("confidence"),
        verified=meta.text("verified"),
        source=meta.mapping("source"),
    )


class Reader:
    """Front matter whose values are checked as they are taken; raises UnreadableFile."""

    def __init__(self, meta: Mapping[str, Any], path: str) -> None:
        self._meta, self._path = meta, path

    def text(self, key: str) -> str | None:
        value = self._meta.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, date):
            return value.isoformat()[:10]
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self._wrong(key, "一行文字")
        return str(value).strip()

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._meta.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(item, str | int) for item in value):
            raise self._wrong(key, "文字的列表")
        return tuple(str(item) for item in value)

    def flag(self, key: str) -> bool | None:
        value = self._meta.get(key)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(key, "true、false 或 null")
        return value

    def mapping(self, key: str) -> dict[str, str]:
        value = self._meta.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self._wrong(key, "title、publisher、url 三项")
        return {str(k): str(v) for k, v in value.items() if v is not None}

    def _wrong(self, key: str, accepted: str) -> UnreadableFile:
        return UnreadableFile(f"{self._path}：文件头的 {key} 是「{self._meta[key]}」，应为{accepted}")
