"""Every article and every case of real texts, found in every format: Markdown, Word and PDF made from the same source.

    python bench/roundtrip.py --texts FOLDER [--compilation FOLDER]

`--texts` holds statutes as Markdown, one a file; `--compilation` holds cases as Markdown, joined into one compilation.
Prints a line for each text; exits 1 if a unit is missing or its text differs. Needs the dev extra (reportlab).
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import docx
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

from ingest.readers import read
from ingest.split import split
from kb.models import Document

_FONT = "STSong-Light"


def lines(markdown: str) -> list[str]:
    """The source's lines without comments and blanks; headings keep their marks."""
    text = re.sub(r"<!--.*?-->", "", markdown, flags=re.S)
    return [line.strip() for line in text.split("\n") if line.strip()]


def as_pdf(source: list[str], target: Path) -> None:
    """A4 with indented paragraphs, a running header and page numbers."""
    body = ParagraphStyle("body", fontName=_FONT, fontSize=11, leading=17, wordWrap="CJK", firstLineIndent=22)
    head = ParagraphStyle("head", fontName=_FONT, fontSize=14, leading=22, wordWrap="CJK", alignment=1)

    def frame(canvas, page) -> None:  # type: ignore[no-untyped-def]
        canvas.setFont(_FONT, 9)
        canvas.drawString(72, 810, "某区征收办 资料汇编")
        canvas.drawCentredString(297, 30, f"- {page.page} -")

    flow = [Paragraph(escape(x.lstrip("# ")), head if x.startswith("#") else body) for x in source]
    SimpleDocTemplate(str(target)).build(flow, onFirstPage=frame, onLaterPages=frame)


def as_word(source: list[str], target: Path) -> None:
    """Headings by style, paragraphs as they are."""
    document = docx.Document()
    for line in source:
        heading = re.match(r"(#+)\s*(.*)", line)
        if heading:
            document.add_heading(heading[2], min(len(heading[1]), 9))
        else:
            document.add_paragraph(line)
    document.save(str(target))


def units(document: Document) -> list[str]:
    """Each unit's text without white space."""
    return ["".join(document.text[u.start : u.end].split()) for u in document.units]


def compare(name: str, markdown: str, folder: Path) -> bool:
    """One line; whether every format gave the same units with the same text."""
    found: dict[str, list[str]] = {}
    for suffix in (".md", ".docx", ".pdf"):
        file = folder / f"text{suffix}"
        if suffix == ".md":
            file.write_text(markdown, encoding="utf-8")
        else:
            (as_word if suffix == ".docx" else as_pdf)(lines(markdown), file)
        document = split(read(file), name, "", name)
        found[suffix] = units(document)
    first = found[".md"]
    same = {s: sum(a == b for a, b in zip(first, u, strict=False)) for s, u in found.items()}
    print(f"{name[:40]}: " + "，".join(f"{s} {len(u)} 个、与 Markdown 全同 {same[s]}" for s, u in found.items()))
    return all(len(u) == len(first) == same[s] for s, u in found.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--compilation", type=Path)
    arguments = parser.parse_args()
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    good = True
    with tempfile.TemporaryDirectory() as folder:
        if arguments.texts:
            for file in sorted(arguments.texts.glob("*.md")):
                if file.stem != "README":
                    good &= compare(file.stem, file.read_text(encoding="utf-8"), Path(folder))
        if arguments.compilation:
            cases = [f for f in sorted(arguments.compilation.rglob("*.md")) if f.stem != "README"]
            joined = "\n\n".join(f.read_text(encoding="utf-8") for f in cases)
            good &= compare(f"{len(cases)} 件案例的汇编", joined, Path(folder))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
