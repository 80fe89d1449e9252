"""Reads files, splits them and adds them; one bad file never stops the rest."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ingest.readers import read
from ingest.split import split
from kb import Document, KBError, KnowledgeBase, State, UnreadableFile, Viewer, Visibility
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
    name = path or _legible(file.resolve())
    try:
        document = _read(file, name)
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


def _read(file: Path, name: str) -> Document:
    shown = _legible(Path(file.name))
    try:
        mark = _hash(file)  # first: a file that changes meanwhile is read again at the next call
        return split(read(file), name, mark, Path(name).stem)
    except KBError:
        raise
    except OSError as error:
        raise UnreadableFile(f"{shown}：不能读取（{error.strerror}），请检查文件是否存在以及读取权限") from error
    except Exception as error:  # a fault of ours or of a library must not stop the files behind this one
        raise UnreadableFile(
            f"{shown}：读取时程序出错（{type(error).__name__}：{error}），请另存为 DOCX 或 TXT 后再试"
        ) from error


def _legible(path: Path) -> str:
    """The path as text that can be stored and shown; names from an old Windows archive are often GB18030."""
    raw = os.fsencode(path)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


def _walk(paths: Iterable[Path]) -> Iterator[Path | Outcome]:
    for path in paths:
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            yield _rejected(path, "没有这个文件或文件夹，请核对路径")
        except OSError as error:
            yield _rejected(path, f"不能打开（{error.strerror}），请核对路径并检查读取权限")
        else:
            if stat.S_ISDIR(mode):
                yield from _folder(path)
            elif stat.S_ISREG(mode):
                yield path
            else:
                yield _rejected(path, "不是普通文件（是设备或管道），请给出文件或文件夹")


def _rejected(path: Path, reason: str) -> Outcome:
    name = _legible(path)
    return Outcome(name, "rejected", reason=f"{name}：{reason}")


def _folder(folder: Path) -> Iterator[Path | Outcome]:
    try:
        inside = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield _rejected(folder, f"不能打开文件夹（{error.strerror}），请检查读取权限")
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
