"""Units and statutes to plain JSON data and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from kb.law.numerals import ArticleNumber
from kb.models import Article, Case, Digest, Item, Part, Section, Span, Statute, Unit, UnitKind

Data = Mapping[str, Any]


def as_json(value: Any) -> Any:
    """Plain JSON data of a model (tuples become lists, enums their value, article numbers 17-1)."""
    if isinstance(value, ArticleNumber):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {k: as_json(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_json(v) for v in value]
    return value


def unit_from(kind: UnitKind, data: Data) -> Unit:
    """The unit that `as_json` wrote."""
    match kind:
        case UnitKind.ARTICLE:
            return Article(
                **{
                    **data,
                    "number": ArticleNumber.parse(data["number"]),
                    "headings": tuple(data["headings"]),
                    "paragraphs": tuple(Span(**s) for s in data["paragraphs"]),
                    "items": tuple(Item(**i) for i in data["items"]),
                }
            )
        case UnitKind.DIGEST:
            return Digest(**{**data, "number": ArticleNumber.parse(data["number"])})
        case UnitKind.CASE:
            lists = {name: tuple(data[name]) for name in ("categories", "issues", "statutes")}
            return Case(**{**data, **lists, "sections": tuple(Section(**s) for s in data["sections"])})
        case UnitKind.OTHER:
            return Part(**data)


def statute_from(data: Data | None) -> Statute | None:
    """The statute that `as_json` wrote."""
    return None if data is None else Statute(**data)


def title_of(unit: Unit) -> str:
    """What a hit of this unit is called: 民法典 第二百四十三条, a case's title, a part's heading."""
    if isinstance(unit, Article | Digest):
        return f"{unit.law} {unit.number.chinese}"
    return unit.title
