"""The machine-readable records of docs/cli.md. Outside programs rely on them: fields are added, never changed."""

from __future__ import annotations

from typing import Any

from ingest import Outcome
from kb.law.authority import effective
from kb.models import Article, Case, Digest, Hit
from kb.records import as_json
from kb.store.reading import UnitRow, Whole

Record = dict[str, Any]


def hit(found: Hit) -> Record:
    """One search result; what is unknown is None."""
    unit = found.unit
    case = unit if isinstance(unit, Case) else None
    rule = unit if isinstance(unit, Article | Digest) else None
    return {
        "rank": found.rank,
        "id": found.id,
        "kind": found.kind.value,
        "title": found.title,
        "law": rule.law if rule else None,
        "article": rule.number.chinese if rule else None,
        "case_number": case.case_number if case else None,
        "court": known(case.court) if case else None,
        "decided": case.decided if case else None,
        "authority": found.authority,
        "effective": effective(case) if case else None,
        "score": found.score,
        "strength": found.strength,
        "text": found.text,
        "reasons": list(found.reasons),
        "source": {
            "document": found.source.document,
            "page": found.source.page,
            "start": found.source.start,
            "end": found.source.end,
            "title": found.source.title,
            "path": found.source.path,
        },
        "section": found.section or None,
        "matches": [[m.start, m.end] for m in found.matches],
        "type": case.type if case else None,
        "court_level": case.court_level if case else None,
        "region": case.region if case else None,
        "status": found.statute.status if found.statute else None,
        "status_source": found.statute.status_source if found.statute else None,
    }


def known(value: str | None) -> str | None:
    """未载（原文隐去法院名称） is unknown, and says why; a program is told None."""
    return None if value is None or value.startswith("未载") else value


def item(found: Whole | UnitRow, text: str | None = None) -> Record:
    """A document, or a unit with its text."""
    if isinstance(found, Whole):
        return {
            "id": found.id,
            "kind": found.kind,
            "title": found.title,
            "text": found.text,
            "path": found.path,
            "visibility": found.visibility,
            "state": found.state,
            "added_at": found.added_at,
            "statute": as_json(found.statute),
            "pages": as_json(found.pages),
            "notes": list(found.notes),
            "units": [
                {"id": u.id, "kind": u.kind.value, "title": u.title, "start": u.start, "end": u.end}
                for u in found.units
            ],
        }
    return {
        "id": found.id,
        "kind": found.kind.value,
        "title": found.title,
        "text": text,
        "document": found.document,
        "start": found.start,
        "end": found.end,
        "unit": as_json(found.unit),
    }


def outcome(found: Outcome) -> Record:
    """What became of one ingested file."""
    return {
        "id": found.id,
        "path": found.path,
        "status": found.status,
        "kind": found.kind,
        "units": found.units,
        "chunks": found.chunks,
        "reason": found.reason,
    }
