"""Plain text, in whatever encoding an office has."""

from __future__ import annotations

from pathlib import Path

from ingest.clean import begins, continues, joined, usual_width, width_of
from ingest.readers.build import Builder
from ingest.reading import Reading
from kb.errors import UnreadableFile

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decoded(path: Path) -> str:
    """The file's text: by its byte order mark, else UTF-8, else GB18030. Raises UnreadableFile."""
    data = path.read_bytes()
    mark = next((encoding for start, encoding in _MARKS if data.startswith(start)), None)
    for encoding in (mark,) if mark else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise UnreadableFile(f"{path.name}：不是文本文件，或编码不是 UTF-8、GB18030、UTF-16，请另存为 UTF-8 文本后再试")


def read(path: Path) -> Reading:
    """A paragraph a line; lines that are broken at a margin are joined."""
    builder = Builder()
    for line in paragraphs(decoded(path).split("\n")):
        builder.add(line)
    return builder.reading()


def paragraphs(lines: list[str]) -> list[str]:
    """Lines into paragraphs; only where most lines that another follows are set to one width of at most 100."""
    width = usual_width([line for line in lines if len(line) > 20])
    inner = [a for a, b in zip(lines, lines[1:], strict=False) if a.strip() and b.strip()]
    full = sum(width_of(a.rstrip()) >= width - 3 for a in inner)
    if not (0 < width <= 100 and len(inner) >= 3 and full >= 0.5 * len(inner)):
        return lines
    found: list[str] = []
    last = ""
    for line in lines:
        if found and continues(last, line, width) and not begins(line):
            found[-1] = joined(found[-1], line)
        else:
            found.append(line)
        last = line
    return found
