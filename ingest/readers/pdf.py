"""PDF by pypdf: running lines out, broken lines joined, every character on its page."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError

from ingest.clean import body_lines, joined, normalise
from ingest.readers.layout import Layout, Line, Lines, levels, without_stamps
from ingest.reading import Block, Reading
from kb.errors import UnreadableFile
from kb.models import Page

_MOST_PAGES = 5000
_LONGEST_HEADING = 120
_BAD_TITLE = (
    "microsoft word",
    "untitled",
    "无标题",
    "未命名",
    "新建",
    ".doc",
    ".pdf",
    ".wps",
    ".htm",
    ".txt",
    "\\",
    "/",
)
_ENOUGH_TO_TELL = 50  # letters
#: How pypdf writes a shape whose letter it cannot tell.
_GLYPH = re.compile(r"/(?:g|G|c|C|cid|CID|glyph|uni|index)[0-9A-Fa-f]{1,6}(?![0-9A-Za-z])")
_USUAL = 0.8  # of a page's letters; good pages have over 0.99, pages of fonts without a table under 0.1

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it grumbles about every slip of a producer


def read(path: Path) -> Reading:
    """Paragraphs with the page of each. Raises UnreadableFile for an encrypted, broken or textless file."""
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile(f"{path.name}：PDF 已加密，请先用密码打开并另存为不加密的 PDF")
        count = len(reader.pages)
        if count > _MOST_PAGES:
            raise UnreadableFile(f"{path.name}：共 {count} 页，超过 {_MOST_PAGES} 页，请拆分后再入库")
        title = _title(reader)
    except UnreadableFile:
        raise
    except (FileNotDecryptedError, DependencyError) as error:
        raise UnreadableFile(f"{path.name}：PDF 已加密，请先用密码打开并另存为不加密的 PDF") from error
    except Exception as error:
        raise UnreadableFile(f"{path.name}：PDF 不完整或已损坏，请重新下载或导出后再试") from error
    pages = [_lines(reader, index) for index in range(count)]
    reading = _reading(pages, title)
    if reading.text:
        return reading
    if any(pages):
        raise UnreadableFile(
            f"{path.name}：PDF 的字体没有文字对照，读出来是乱码，请用原文件重新导出 PDF 或提供 Word 文件"
        )
    raise UnreadableFile(
        f"{path.name}：{count} 页都没有文字层（多半是扫描件），目前不能识别图片中的文字，请提供带文字的 PDF"
    )


def _is_usual(letter: str) -> bool:
    """Whether a letter is one of those in which Chinese is commonly written, simplified or traditional."""
    for encoding in ("gb2312", "big5"):
        try:
            return len(letter.encode(encoding)) > 0 and letter.isprintable()
        except UnicodeEncodeError:
            continue
    return False


def _lines(reader: PdfReader, index: int) -> list[Line]:
    """One page's lines; a page that cannot be read counts as empty and is reported."""
    lines = Lines(index)
    try:
        reader.pages[index].extract_text(visitor_text=lines.visit)
    except MemoryError:
        raise
    except Exception:  # whatever a producer did wrong on this page, the others can still be read
        return []
    lines.end()
    return lines.found


def _is_garbled(lines: Sequence[Line]) -> bool:
    """Whether a page's letters are not those that it shows, as of a font that does not say what its shapes mean."""
    text = "".join("".join(line.text.split()) for line in lines)
    text = _GLYPH.sub("\ufffd", text)
    return len(text) >= _ENOUGH_TO_TELL and sum(map(_is_usual, normalise(text))) < _USUAL * len(text)


def _title(reader: PdfReader) -> str | None:
    """The title in the file's properties, if somebody gave it one."""
    title = reader.metadata.title if reader.metadata else None
    title = normalise(str(title)) if title else ""
    is_title = re.search(r"[㐀-鿿]{2}", title) and not any(bad in title.lower() for bad in _BAD_TITLE)
    return title if is_title else None


def _reading(raw: Sequence[list[Line]], title: str | None) -> Reading:
    garbled = [number for number, lines in enumerate(raw, 1) if _is_garbled(lines)]
    empty = [number for number, lines in enumerate(raw, 1) if not lines]
    pages = [[] if number in garbled else list(lines) for number, lines in enumerate(raw, 1)]
    pages = without_stamps(pages)
    kept = body_lines([[line.text for line in page] for page in pages])
    pages = [[page[i] for i in indices] for page, indices in zip(pages, kept, strict=True)]
    layout = Layout([line for page in pages for line in page])
    paragraphs: list[str] = []
    firsts: list[Line] = []  # of each paragraph
    starts: list[tuple[int, int]] = []  # page → (paragraph, offset in it) where the page begins
    last: Line | None = None
    for page in pages:
        begun = False
        for line in page:
            clean = normalise(line.text)
            if not clean:
                continue
            if last is not None and layout.goes_on(firsts[-1], last, line):
                paragraphs[-1] = joined(paragraphs[-1], clean)
                if not begun:
                    starts.append((len(paragraphs) - 1, len(paragraphs[-1]) - len(clean)))
            else:
                paragraphs.append(clean)
                firsts.append(line)
                if not begun:
                    starts.append((len(paragraphs) - 1, 0))
            begun = True
            last = line
        if not begun:
            starts.append((-1, 0))
    offsets = [0]
    for paragraph in paragraphs:
        offsets.append(offsets[-1] + len(paragraph) + 1)
    text = "".join(f"{paragraph}\n" for paragraph in paragraphs)
    blocks = tuple(_blocks(paragraphs, firsts, offsets, layout))
    notes = []
    if empty:
        notes.append(f"第 {_ranges(empty)} 页没有文字（多半是扫描的图片），未能收入")
    if garbled:
        notes.append(f"第 {_ranges(garbled)} 页的字体没有文字对照，读出来是乱码，未能收入")
    return Reading(text, blocks, _pages(starts, offsets, len(text)), title, notes=tuple(notes))


def _blocks(
    paragraphs: Sequence[str], firsts: Sequence[Line], offsets: Sequence[int], layout: Layout
) -> Iterator[Block]:
    """A paragraph in larger type than the text is a heading, unless so much is that size tells nothing."""
    is_heading = [
        layout.is_heading(line) and len(paragraph) <= _LONGEST_HEADING and not paragraph.endswith("。")
        for line, paragraph in zip(firsts, paragraphs, strict=True)
    ]
    share = sum(len(p) for p, flag in zip(paragraphs, is_heading, strict=True) if flag) / max(offsets[-1], 1)
    level = levels([line for line, flag in zip(firsts, is_heading, strict=True) if flag], layout)
    bold = sum(line.bold for line in firsts) <= 0.5 * len(firsts)
    for index, line in enumerate(firsts):
        start, end = offsets[index], offsets[index + 1] - 1
        if is_heading[index] and share <= 0.5:
            yield Block("heading", start, end, level[line.size], bold=bold and line.bold)
        else:
            yield Block("paragraph", start, end, bold=bold and line.bold and end - start <= _LONGEST_HEADING)


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


def _ranges(numbers: list[int]) -> str:
    """[1, 2, 3, 7] → 1–3、7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return "、".join(str(p[0]) if len(p) == 1 else f"{p[0]}–{p[-1]}" for p in parts)
