"""One function per format: a file becomes a Reading."""

from __future__ import annotations

import re
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

    Raises UnreadableFile, with what is wrong and what to do, and nothing else.
    """
    try:
        if path.is_dir():
            raise UnreadableFile(f"{path.name}：是文件夹，不是文件，请选择其中的文件")
        size = path.stat().st_size
        if size == 0:
            raise UnreadableFile(f"{path.name}：文件是空的（0 字节），请检查是否保存成功")
        if size > LARGEST:
            raise UnreadableFile(f"{path.name}：文件有 {size / (1 << 20):.0f} MB，超过 200 MB，请拆分后再入库")
        reading = _reader(path)(path)
    except UnreadableFile:
        raise
    except FileNotFoundError as error:
        raise UnreadableFile(f"{path.name}：没有这个文件，请核对路径") from error
    except PermissionError as error:
        raise UnreadableFile(f"{path.name}：没有读取权限，可请管理员开放权限，或复制到可读的文件夹") from error
    except OSError as error:
        raise UnreadableFile(f"{path.name}：系统不能读取（{error.strerror or error}），请检查磁盘和路径") from error
    except MemoryError as error:
        raise UnreadableFile(f"{path.name}：文件太大，内存不够读取，请拆分后再入库") from error
    except Exception as error:  # a broken file must not stop the files after it
        raise UnreadableFile(f"{path.name}：文件内容有误，不能读取，请用原软件打开后另存再试") from error
    if not reading.text.strip():
        raise UnreadableFile(f"{path.name}：文件里没有文字，请检查内容")
    return reading


def _reader(path: Path) -> Callable[[Path], Reading]:
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        start = file.read(1024)
    if start.startswith(_OLD_WORD):
        raise UnreadableFile(f"{path.name}：是旧版 Word（.doc）文件，请用 Word 或 WPS 另存为 .docx 后再入库")
    if start.startswith(b"{\\rtf"):
        raise UnreadableFile(f"{path.name}：是 RTF 文件，请用 Word 或 WPS 另存为 .docx 后再入库")
    if start.startswith(_IMAGES):
        raise UnreadableFile(f"{path.name}：是图片，目前不能识别图片中的文字，请提供带文字的文件")
    if suffix not in READERS:
        given = f" {path.suffix} 文件" if suffix else "没有后缀的文件"
        raise UnreadableFile(f"{path.name}：不支持{given}，可用 {'、'.join(READERS)}")
    if start.lstrip().startswith(b"%PDF-"):
        return _pdf
    if start.startswith(b"PK\x03\x04"):
        return _docx
    if re.match(
        rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html)\b", start, re.I | re.S
    ):
        return _html
    if suffix == ".pdf":
        raise UnreadableFile(f"{path.name}：不是 PDF 文件（文件头不符），请重新下载或导出为 PDF 后再试")
    if suffix == ".docx":
        raise UnreadableFile(f"{path.name}：不是 Word 文件（文件头不符），请用 Word 或 WPS 另存为 .docx 后再试")
    return READERS[suffix]
