"""One function per format: a file becomes a Reading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.reading import Reading
from kb.errors import UnreadableFile

#: Files larger than this are refused before they are opened.
LARGEST = 200 * 1024 * 1024


def _pdf(path: Path) -> Reading:
    from ingest.readers import pdf

    return pdf.read(path)


def _docx(path: Path) -> Reading:
    from ingest.readers import docx

    return docx.read(path)


def _markdown(path: Path) -> Reading:
    from ingest.readers import markdown

    return markdown.read(path)


def _html(path: Path) -> Reading:
    from ingest.readers import html

    return html.read(path)


def _text(path: Path) -> Reading:
    from ingest.readers import text

    return text.read(path)


#: By suffix. Libraries are imported when a file needs them.
READERS: dict[str, Callable[[Path], Reading]] = {
    ".pdf": _pdf,
    ".docx": _docx,
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": _html,
    ".htm": _html,
    ".txt": _text,
}

_OLD_WORD = b"\xd0\xcf\x11\xe0"
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF8")


def read(path: Path) -> Reading:
    """Read one file; its first bytes, then its suffix, pick the reader.

    Raises UnreadableFile with what is wrong and what to do, and OSError where the system refuses.
    """
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile(f"{path.name}：文件是空的（0 字节），请检查是否保存成功")
    if size > LARGEST:
        raise UnreadableFile(f"{path.name}：文件有 {size // 1024 // 1024} MB，超过 200 MB，请拆分后再入库")
    reading = _reader(path)(path)
    if not reading.text.strip():
        raise UnreadableFile(f"{path.name}：文件里没有文字，请检查内容")
    return reading


def _reader(path: Path) -> Callable[[Path], Reading]:
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        start = file.read(1024)
    if suffix not in READERS:
        raise UnreadableFile(f"{path.name}：不支持 {path.suffix or '没有后缀的'} 文件，可用 {'、'.join(READERS)}")
    if start.lstrip().startswith(b"%PDF-"):
        return _pdf
    if start.startswith(_OLD_WORD):
        raise UnreadableFile(f"{path.name}：是旧版 Word（.doc）文件，请用 Word 或 WPS 另存为 .docx 后再入库")
    if start.startswith(b"{\\rtf"):
        raise UnreadableFile(f"{path.name}：是 RTF 文件，请用 Word 或 WPS 另存为 .docx 后再入库")
    if start.startswith(_IMAGES):
        raise UnreadableFile(f"{path.name}：是图片，目前不能识别图片中的文字，请提供带文字的文件")
    if start.startswith(b"PK\x03\x04"):
        return _docx
    if suffix == ".pdf":
        raise UnreadableFile(f"{path.name}：不是 PDF 文件（文件头不符），请重新导出为 PDF 后再试")
    if suffix == ".docx":
        raise UnreadableFile(f"{path.name}：不是 Word 文件（文件头不符），请用 Word 或 WPS 另存为 .docx 后再试")
    return READERS[suffix]
