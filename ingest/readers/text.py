"""Plain text, in whatever encoding an office has."""

from __future__ import annotations

from pathlib import Path

from ingest.clean import join_lines
from ingest.readers.build import Builder
from ingest.reading import Reading
from kb.errors import UnreadableFile

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decoded(path: Path, declared: str | None = None) -> str:
    """The file's text: by its byte order mark, else UTF-8, else as `declared` or GB18030. Raises UnreadableFile."""
    data = path.read_bytes()
    mark = next((encoding for start, encoding in _MARKS if data.startswith(start)), None)
    for encoding in (mark,) if mark else ("utf-8", *([declared] if declared else []), "gb18030"):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            if encoding == "utf-8" and (line := _damage(data)):
                raise UnreadableFile(
                    f"{path.name}：第 {line} 行有损坏的 UTF-8 编码，请用原文件重新保存为 UTF-8 后再试"
                ) from None
            continue
        if _is_binary(text):
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise UnreadableFile(f"{path.name}：不是文本文件，或编码不是 UTF-8、GB18030、UTF-16，请另存为 UTF-8 文本后再试")


def _damage(data: bytes) -> int | None:
    """The line where UTF-8 breaks off, or None for text that was never UTF-8: there hardly a letter makes sense."""
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(not c.isascii() for c in text) - bad
    return text[: text.index("\ufffd")].count("\n") + 1 if good > 2 * bad else None


def _is_binary(text: str) -> bool:
    control = sum(c < " " and c not in "\t\n\r\f\v" for c in text)
    return "\x00" in text or control > 0.01 * len(text)


def read(path: Path) -> Reading:
    """A paragraph a line; lines that are broken at a margin are joined."""
    builder = Builder()
    for line in join_lines(decoded(path).split("\n")):
        builder.add(line)
    return builder.reading()
