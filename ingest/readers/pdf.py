"""PDF by pypdf: text page by page, running lines out, broken lines joined, every character on its page."""

from __future__ import annotations

import logging
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PdfReadError, PyPdfError

from ingest.clean import begins, continues, is_contents, joined, normalise, usual_width, without_running_lines
from ingest.reading import Block, Reading
from kb.errors import UnreadableFile
from kb.models import Page

_MOST_PAGES = 5000
_BAD_TITLE = ("microsoft word", "untitled", ".doc", ".pdf", ".wps", "无标题")

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it grumbles about every slip of a producer


def read(path: Path) -> Reading:
    """Paragraphs with the page of each. Raises UnreadableFile for an encrypted, broken or textless file."""
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile(f"{path.name}：PDF 已加密，请先用密码打开并另存为不加密的 PDF")
        count = len(reader.pages)
        if count > _MOST_PAGES:
            raise UnreadableFile(f"{path.name}：共 {count} 页，超过 {_MOST_PAGES} 页，请拆分后再入库")
        raw = [_text(reader, index) for index in range(count)]
        title = _title(reader)
    except (FileNotDecryptedError, DependencyError) as error:
        raise UnreadableFile(f"{path.name}：PDF 已加密，请先用密码打开并另存为不加密的 PDF") from error
    except (PdfReadError, PyPdfError) as error:
        raise UnreadableFile(f"{path.name}：PDF 不完整或已损坏，请重新导出后再试") from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError) as error:
        raise UnreadableFile(f"{path.name}：PDF 的结构有误，不能读取，请用阅读器打开后另存再试") from error
    if not any(page.strip() for page in raw):
        raise UnreadableFile(
            f"{path.name}：{count} 页都没有文字（多半是扫描件），目前不能识别图片中的文字，请提供带文字的 PDF"
        )
    return _reading(raw, title)


def _text(reader: PdfReader, index: int) -> str:
    """One page's text; a page that cannot be read counts as empty and is reported."""
    try:
        return reader.pages[index].extract_text() or ""
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return ""


def _title(reader: PdfReader) -> str | None:
    title = reader.metadata.title if reader.metadata else None
    title = str(title).strip() if title else ""
    return title if title and not any(bad in title.lower() for bad in _BAD_TITLE) else None


def _reading(raw: list[str], title: str | None) -> Reading:
    empty = [number for number, text in enumerate(raw, 1) if not text.strip()]
    lines = without_running_lines([[line for line in text.split("\n") if line.strip()] for text in raw])
    everything = [line for page in lines for line in page]
    width = usual_width([line for line in everything if not is_contents(line)])
    paragraphs: list[str] = []
    starts: list[tuple[int, int]] = []  # page → (paragraph, offset in it) where the page begins
    last = ""
    indented = _indents(everything)
    for page in lines:
        begun = False
        for line in page:
            clean = normalise(line)
            if not clean:
                continue
            if paragraphs and continues(last, line, width, indented) and not begins(clean):
                if not begun:
                    starts.append((len(paragraphs) - 1, len(paragraphs[-1])))
                paragraphs[-1] = joined(paragraphs[-1], clean)
            else:
                paragraphs.append(clean)
                if not begun:
                    starts.append((len(paragraphs) - 1, 0))
            begun = True
            last = line
        if not begun:
            starts.append((-1, 0))
    offsets = [0]
    for paragraph in paragraphs:
        offsets.append(offsets[-1] + len(paragraph) + 1)
    text = "\n".join(paragraphs) + "\n"
    blocks = tuple(Block("paragraph", offsets[i], offsets[i + 1] - 1) for i in range(len(paragraphs)))
    notes = [f"第 {_ranges(empty)} 页没有文字（多半是扫描的图片），未能收入"] if empty else []
    return Reading(text, blocks, _pages(starts, offsets, len(text)), title, notes=tuple(notes))


def _pages(starts: list[tuple[int, int]], offsets: list[int], length: int) -> tuple[Page, ...]:
    """Pages that meet: each ends where the next begins; an empty page has no width."""
    begins_at: list[int | None] = [None if p < 0 else offsets[p] + at for p, at in starts]
    after = length
    firsts: list[int] = []
    for at in reversed(begins_at):
        after = after if at is None else at
        firsts.append(after)
    firsts.reverse()
    if firsts:
        firsts[0] = 0
    ends = [*firsts[1:], length]
    return tuple(Page(n, a, b) for n, (a, b) in enumerate(zip(firsts, ends, strict=True), 1))


def _indents(lines: list[str]) -> bool:
    """Whether the text shows paragraphs by indenting them: then a line without indent continues the one before."""
    marked = sum(line.startswith(("　　", "    ", "  ")) for line in lines)
    return len(lines) >= 20 and 0.03 * len(lines) <= marked <= 0.7 * len(lines)


def _ranges(numbers: list[int]) -> str:
    """[1, 2, 3, 7] → 1–3、7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return "、".join(str(p[0]) if len(p) == 1 else f"{p[0]}–{p[-1]}" for p in parts)
