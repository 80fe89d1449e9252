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
_BAD_TITLE = ("(anonymous)", "unspecified", "microsoft word", "untitled", ".doc", ".pdf", ".wps", "无标题")

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
    return len(text) >= _ENOUGH_TO_TELL and sum(map(is_usual, text)) < _USUAL * len(text)


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
            if last is not None and layout.goes_on(last, line):
                whole = joined(paragraphs[-1], clean)
                if not begun:
                    starts.append((len(paragraphs) - 1, len(whole) - len(clean)))
                paragraphs[-1] = normalise(whole) if len(normalise(whole)) == len(whole) else whole
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
