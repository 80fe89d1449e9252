"""Word files: headings, numbering that Word makes itself, tables in their place, footnotes and text boxes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from ingest.clean import begins, ends_sentence, is_section, joined, normalise
from ingest.readers.build import Builder
from ingest.readers.numbering import Numbering
from ingest.reading import Reading
from kb.errors import UnreadableFile

#: Limits for what a DOCX unpacks to; real ones stay far below.
_MOST_MEMBERS, _MOST_BYTES, _DENSEST = 2000, 200 << 20, 100
_CONTENTS_STYLE = re.compile(r"(?:toc|目录)\s*[1-9]$|(?:toc|目录)\s*(?:heading|标题)$", re.I)
_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])$", re.I)


def read(path: Path) -> Reading:
    """Paragraphs, headings and tables in their order. Raises UnreadableFile."""
    _check_archive(path)
    try:
        document = docx.Document(str(path))
        body = _Body(document)
        for block in _blocks(document.element.body, document):
            body.block(block)
        title = _title(document)
    except MemoryError:
        raise
    except Exception as error:
        raise UnreadableFile(
            f"{path.name}：Word 文件不完整或已损坏，请用 Word 或 WPS 打开后另存为 .docx 再试"
        ) from error
    return body.builder.reading(title)


def _check_archive(path: Path) -> None:
    """A DOCX is a ZIP with word/document.xml, and not a bomb."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise UnreadableFile(
            f"{path.name}：Word 文件不完整或已损坏，请用 Word 或 WPS 打开后另存为 .docx 再试"
        ) from error
    if not any(m.filename == "word/document.xml" for m in members):
        raise UnreadableFile(f"{path.name}：不是 Word 文件（只是改了后缀的压缩包），请提供真正的 .docx 文件")
    inflated = sum(m.file_size for m in members)
    packed = max(path.stat().st_size, 1)
    if len(members) > _MOST_MEMBERS or inflated > _MOST_BYTES or (inflated > 1 << 20 and inflated > _DENSEST * packed):
        raise UnreadableFile(
            f"{path.name}：压缩内容异常（{len(members)} 项，展开后 {inflated / (1 << 20):.0f} MB），为安全起见不予读取，"
            "请用 Word 或 WPS 打开后另存为 .docx 再试"
        )


def _title(document: Any) -> str | None:
    title = normalise(document.core_properties.title or "")
    return title if re.search(r"[㐀-鿿]{2}", title) and title not in ("无标题", "未命名") else None


def _blocks(parent: Any, document: Any) -> Iterator[Paragraph | Table]:
    """Paragraphs and tables in order, those inside content controls too; a table of contents is left out."""
    for child in parent:
        if child.tag == qn("w:p"):
            yield Paragraph(child, document._body)
        elif child.tag == qn("w:tbl"):
            yield Table(child, document._body)
        elif child.tag in (qn("w:ins"), qn("w:moveTo"), qn("w:customXml"), qn("w:smartTag")):
            yield from _blocks(child, document)
        elif child.tag == qn("w:sdt"):
            gallery = child.find(f"{qn('w:sdtPr')}/{qn('w:docPartObj')}/{qn('w:docPartGallery')}")
            content = child.find(qn("w:sdtContent"))
            if content is not None and (gallery is None or gallery.get(qn("w:val")) != "Table of Contents"):
                yield from _blocks(content, document)


class _Body:
    def __init__(self, document: Any) -> None:
        self.builder = Builder()
        self._numbering = Numbering(document)
        self._notes = _footnotes(document)

    def block(self, block: Any) -> None:
        if isinstance(block, Paragraph):
            self._paragraph(block)
        elif isinstance(block, Table):
            self._table(block)

    def _paragraph(self, paragraph: Paragraph) -> None:
        text, boxes, notes = self._text(paragraph._p)
        label = self._numbering.label(paragraph)  # an empty paragraph counts, too
        label = label if text.strip() else ""
        if _CONTENTS_STYLE.search((paragraph.style.name or "") if paragraph.style is not None else ""):
            return
        for box in boxes:
            self.builder.add(box)
        level = _level(paragraph)
        if level:
            self.builder.add((label + text).replace("\n", " "), "heading", level)
        else:
            self.builder.add(_unbroken(label + text), bold=_is_bold(paragraph))
        for note in notes:
            self.builder.add(f"〔注〕{note}")

    def _text(self, element: Any) -> tuple[str, list[str], list[str]]:
        """Text as it stands after accepting every change, the text boxes anchored in it, the footnotes it calls."""
        out: list[str] = []
        boxes: list[str] = []
        notes: list[str] = []

        def walk(node: Any) -> None:
            tag = node.tag
            if tag in (qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), _FALLBACK):
                return
            if tag == qn("w:txbxContent"):
                inner = [self._text(p)[0] for p in node.iter(qn("w:p"))]
                boxes.append("\n".join(t for t in inner if t.strip()))
                return
            if tag == qn("w:t"):
                out.append(node.text or "")
            elif tag in (qn("w:br"), qn("w:cr")):
                out.append("" if node.get(qn("w:type")) in ("page", "column") else "\n")
            elif tag == qn("w:tab"):
                if node.getparent().tag == qn("w:r"):
                    out.append(" ")
            elif tag == qn("w:noBreakHyphen"):
                out.append("-")
            elif tag == qn("w:footnoteReference"):
                notes.append(self._notes.get(node.get(qn("w:id")), ""))
            else:
                for child in node:
                    walk(child)

        for child in element:
            walk(child)
        return "".join(out), boxes, [n for n in notes if n]

    def _table(self, table: Table) -> None:
        if len(table.columns) == 1:  # a frame around text
            for row in table.rows:
                for block in row.cells[0].iter_inner_content():
                    self.block(block)
            return
        for row in table.rows:
            seen: list[Any] = []
            cells: list[str] = []
            for cell in row.cells:
                if cell._tc not in seen:  # a merged cell is told once
                    seen.append(cell._tc)
                    cells.append(self._cell(cell))
            self.builder.row(cells)

    def _cell(self, cell: Any) -> str:
        parts: list[str] = []
        for block in cell.iter_inner_content():
            if isinstance(block, Paragraph):
                parts.append(self._numbering.label(block) + self._text(block._p)[0])
            else:
                parts += [self._cell(inner) for row in block.rows for inner in row.cells]
        return " ".join(p for p in parts if p.strip())


def _unbroken(text: str) -> str:
    """Line breaks made by hand stay where a sentence ends or a heading or item begins."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2:
        return text
    out = lines[0]
    for last, line in pairwise(lines):
        keep = ends_sentence(last) or begins(line) or is_section(last)
        out = f"{out}\n{line}" if keep else joined(out, line)
    return out


#: The old drawing that stands beside a new one and says the same.
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def _level(paragraph: Paragraph) -> int:
    """Heading level by style (or a style it is based on) or outline level; 0 for body text."""
    style: Any = paragraph.style
    depth = 0
    while style is not None and depth < 10:
        name = style.name or ""
        if name in ("Title", "标题"):
            return 1
        match = _HEADING.search(name)
        if match:
            return int(match[1])
        outline = _outline(style.element)
        if outline:
            return outline
        style, depth = style.base_style, depth + 1
    return _outline(paragraph._p)


def _outline(element: Any) -> int:
    found = element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    if found is None:
        return 0
    value = int(found.get(qn("w:val"), "9"))
    return value + 1 if value < 9 else 0


def _is_bold(paragraph: Paragraph) -> bool:
    runs = [run for run in paragraph.runs if run.text.strip()]
    style_bold = bool(paragraph.style is not None and paragraph.style.font.bold)
    return bool(runs) and all(style_bold if run.bold is None else run.bold for run in runs)


def _footnotes(document: Any) -> dict[str, str]:
    from docx.oxml import parse_xml

    for part in document.part.package.iter_parts():
        if str(part.partname).endswith("/footnotes.xml"):
            root = parse_xml(part.blob)
            return {
                note.get(qn("w:id")): "".join(t.text or "" for t in note.iter(qn("w:t"))).strip()
                for note in root.iter(qn("w:footnote"))
                if note.get(qn("w:type")) is None
            }
    return {}
