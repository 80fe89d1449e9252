"""What a file is, and the units in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from ingest.reading import Reading
from ingest.split import casefile, compilation, digest, judgment, plain, statute
from ingest.split.about import about, title_of
from ingest.split.lines import lines, tidy
from kb.errors import UnreadableFile
from kb.models import Article, Document, DocumentKind, Statute, Unit

#: 一、 heads articles only under such a title, and only where a court or the State Council speaks.
_NUMBERED_TITLE = re.compile(r"(?:解释|批复|答复|规定|意见|纪要)(?:[（(][^（）()]*[)）])?$")
_NUMBERED_ISSUER = re.compile(r"最高人民法院|最高人民检察院|高级人民法院|国务院")
_CONTRACT = re.compile(r"(?:协议|合同)(?:书|文本|范本)?(?:[（(][^（）()]*[)）])?$")


@dataclass(frozen=True, slots=True)
class _Split:
    kind: DocumentKind
    title: str
    units: tuple[Unit, ...]
    statute: Statute | None = None


def split(reading: Reading, path: str, sha256: str, name: str) -> Document:
    """The document of a reading; `name` is the file's without its suffix, its title where the text has none.

    `type` in the front matter decides what the file is, else the text does. Raises UnreadableFile when the front
    matter says what cannot be.
    """
    forced = reading.meta.get("type")
    if forced is None:
        found = next(filter(None, (attempt(reading, path, name) for attempt in _IN_ORDER)))
    else:
        if not isinstance(forced, str) or forced not in _FORCED:
            raise UnreadableFile(f"{path}：文件头的 type 是「{forced}」，可写 {'、'.join(_FORCED)}")
        made = _FORCED[forced](reading, path, name)
        if made is None:
            raise UnreadableFile(f"{path}：文件头的 type 是 {forced}，但文中没有找到相应的内容，可删去 type 由程序判断")
        found = made
    return Document(
        title=found.title,
        kind=found.kind,
        text=reading.text,
        sha256=sha256,
        path=path,
        units=found.units,
        pages=reading.pages,
        statute=found.statute,
        id=casefile.Reader(reading.meta, path).text("id"),
        notes=reading.notes,
    )


def _title(reading: Reading, path: str, name: str) -> str:
    return casefile.Reader(reading.meta, path).text("title") or tidy(reading.title or "") or name


def _judgment(reading: Reading, path: str, name: str) -> _Split | None:
    units = judgment.cases(reading)
    if not units:
        return None
    if len(units) > 1:
        return _Split(DocumentKind.COMPILATION, _title(reading, path, name), units)
    return _Split(DocumentKind.JUDGMENT, units[0].title, units)


def _compilation(reading: Reading, path: str, name: str) -> _Split | None:
    units = compilation.cases(reading)
    if not units:
        return None
    title = _title(reading, path, name)
    units = tuple(unit if unit.title else replace(unit, title=title) for unit in units)
    if len(units) > 1:
        return _Split(DocumentKind.COMPILATION, title, units)
    return _Split(DocumentKind.CASE, units[0].title, units)


def _case(reading: Reading, path: str, name: str) -> _Split | None:
    unit = casefile.case(reading, path)
    return _Split(DocumentKind.CASE, unit.title, (unit,))


def _digest(reading: Reading, path: str, name: str) -> _Split | None:
    return _Split(DocumentKind.DIGEST, _title(reading, path, name), digest.digests(reading, path))


def _statute(reading: Reading, path: str, name: str) -> _Split | None:
    units = statute.articles(reading.text, "", 0, reading.blocks)
    found = _as_statute(reading, name, units)
    if found is None and not units:
        front = "\n".join([reading.title or "", name, *(line.text for line in lines(reading.text)[:8])])
        title = title_of(reading, len(reading.text), name)
        if _NUMBERED_TITLE.search(title) and _NUMBERED_ISSUER.search(front):
            units = statute.articles(reading.text, "", 0, reading.blocks, numbered=True)
            found = _as_statute(reading, name, units)
    return found


def _as_statute(reading: Reading, name: str, units: tuple[Article, ...]) -> _Split | None:
    if not units or not statute.is_statute(units, units[0].start):
        return None
    above = lines(reading.text, reading.blocks, 0, units[0].start)
    if any(_CONTRACT.search(line.text) for line in above[:3]) or _CONTRACT.search(name):
        return None
    title = title_of(reading, units[0].start, name)
    units = tuple(replace(unit, law=unit.law or title) for unit in units)
    return _Split(DocumentKind.STATUTE, title, units, about(title, reading.text, units, name))


def _other(reading: Reading, path: str, name: str) -> _Split:
    return _Split(DocumentKind.OTHER, _title(reading, path, name), plain.parts(reading))


_Attempt = Callable[[Reading, str, str], _Split | None]
_IN_ORDER: tuple[_Attempt, ...] = (_judgment, _compilation, _statute, _other)
_FORCED: dict[str, _Attempt] = {
    "case": _case,
    "digest": _digest,
    "statute": _statute,
    "compilation": _compilation,
    "judgment": _judgment,
    "other": _other,
}
