"""Fills a library with what ships: statutes that govern 征迁, article digests, cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ingest import laws
from ingest.run import Options, Outcome, ingest_file
from kb import KBError, KnowledgeBase, Viewer, Visibility
from kb.base import Progress

#: Told of each source: its name, its index and how many there are; may give a callback for its chunks.
Report = Callable[[str, int, int], Progress | None]


@dataclass(frozen=True, slots=True)
class Filled:
    """What a fill did."""

    added: int
    replaced: int
    unchanged: int
    rejected: tuple[Outcome, ...]


def fill(kb: KnowledgeBase, viewer: Viewer, report: Report | None = None) -> Filled:
    """Add what is missing of the default library; safe to interrupt and to run again. Raises KBError."""
    database = laws.database(kb.cache)
    selections = laws.curated()
    files = laws.default_files()
    count = len(selections) + len(files)
    outcomes: list[Outcome] = []
    # Short texts first: a first search finds cases while the codes are still being read.
    for index, file in enumerate(files):
        progress = report(file.stem, index, count) if report else None
        outcomes.append(ingest_file(file, kb, viewer, Options(visibility=Visibility.PUBLIC), progress, _path(file)))
    outcomes += add_laws(kb, viewer, database, selections, report, len(files), count)
    counts = Counter(o.status for o in outcomes)
    rejected = tuple(o for o in outcomes if o.status == "rejected")
    return Filled(counts["added"], counts["replaced"], counts["unchanged"], rejected)


def add_laws(
    kb: KnowledgeBase,
    viewer: Viewer,
    database: Path,
    selections: Iterable[laws.Selection],
    report: Report | None = None,
    offset: int = 0,
    count: int | None = None,
) -> list[Outcome]:
    """Add statutes of the package, an outcome each."""
    chosen = list(selections)
    outcomes: list[Outcome] = []
    for index, selection in enumerate(chosen):
        name = selection.law
        progress = report(name, offset + index, count or len(chosen)) if report else None
        try:
            document = laws.load(database, selection)
            added = kb.add(document, viewer, progress=progress)
        except KBError as error:
            outcomes.append(Outcome(f"law:{name}", "rejected", reason=str(error)))
            continue
        outcomes.append(
            Outcome(document.path, added.status, added.id, document.kind.value, added.units, added.chunks, added.reason)
        )
    return outcomes


def _path(file: Path) -> str:
    """Shipped files keep their identity wherever the project stands: corpus/cases/x.md."""
    return f"corpus/{file.parent.name}/{file.name}"
