"""Reads files, splits them and adds them; one bad file never stops the rest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ingest.readers import read
from ingest.split import split
from kb import KBError, KnowledgeBase, State, UnreadableFile, Viewer, Visibility
from kb.base import OnDuplicate, Progress

#: Litter of office programs and systems, passed over without a word.
_LITTER = ("~$", ".", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    path: str
    status: Literal["added", "replaced", "unchanged", "rejected"]
    id: str | None = None
    kind: str | None = None
    units: int = 0  # articles or cases found
    chunks: int = 0
    reason: str | None = None  # why it was rejected, or what the user should know


@dataclass(frozen=True, slots=True)
class Options:
    """How a call's files enter the library."""

    state: State = State.PUBLISHED
    visibility: Visibility = Visibility.INTERNAL
    readers: tuple[str, ...] = ()
    on_duplicate: OnDuplicate = "add"


def ingest(
    paths: Sequence[Path],
    kb: KnowledgeBase,
    viewer: Viewer,
    options: Options = Options(),
    progress: Callable[[Path, int, int], Progress | None] | None = None,
) -> Iterator[Outcome]:
    """Add files and folders (with all that is in them), an outcome for each file as it is done.

    `progress(path, index, count)` is told of each file and may give a callback for its chunks.
    """
    files = list(_walk(paths))
    for index, file in enumerate(files):
        if isinstance(file, Outcome):
            yield file
            continue
        yield ingest_file(file, kb, viewer, options, progress(file, index, len(files)) if progress else None)


def ingest_file(
    file: Path,
    kb: KnowledgeBase,
    viewer: Viewer,
    options: Options = Options(),
    progress: Progress | None = None,
    path: str | None = None,
) -> Outcome:
    """Add one file. `path` names the source where the file itself is a passing copy, as for an upload."""
    name = path or str(file.resolve())
    try:
        try:
            reading = read(file)
            sha256 = _hash(file)
        except OSError as error:
            raise UnreadableFile(
                f"{file.name}：不能读取（{error.strerror}），请检查文件是否存在以及读取权限"
            ) from error
        document = split(reading, name, sha256, Path(name).stem)
        document = replace(
            document,
            state=options.state,
            visibility=options.visibility,
            readers=options.readers,
        )
        added = kb.add(document, viewer, on_duplicate=options.on_duplicate, progress=progress)
    except KBError as error:
        return Outcome(name, "rejected", reason=str(error))
    notes = "；".join([*([added.reason] if added.reason else []), *document.notes]) or None
    return Outcome(
        name,
        added.status,
        added.id,
        document.kind.value,
        added.units,
        added.chunks,
        notes,
    )


def _walk(paths: Iterable[Path]) -> Iterator[Path | Outcome]:
    for path in paths:
        if not path.exists():
            yield Outcome(str(path), "rejected", reason=f"{path}：没有这个文件或文件夹，请核对路径")
        elif path.is_dir():
            yield from _folder(path)
        else:
            yield path


def _folder(folder: Path) -> Iterator[Path | Outcome]:
    try:
        inside = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Outcome(str(folder), "rejected", reason=f"{folder}：不能打开文件夹（{error.strerror}），请检查读取权限")
        return
    for entry in inside:
        if entry.name.startswith(_LITTER[:2]) or entry.name in _LITTER:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _folder(Path(entry.path))
        elif entry.is_file():
            yield Path(entry.path)


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
