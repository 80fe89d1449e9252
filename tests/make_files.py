"""Makes small real files of every format from lines of text, and looks at what is read from them.

The texts are invented and mean nothing.
"""

from __future__ import annotations

import html
import io
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from ingest.reading import Reading
from kb.law.numerals import to_chinese

FONT = "STSong-Light"  # is in every PDF program, so nothing is embedded

_CLAUSES = (
    "测试机关应当在规定的日期内把结果告知申请人",
    "申请人对结果有不同看法的，可以向原处说明",
    "样例所称的房屋是指写在登记簿上的房屋",
    "办理时应当核对 12 项材料并出具回执",
    "逾期没有答复的，按照本样例第三条的规定处理",
    "参加测试的人员不得把材料带出档案室",
    "补偿的数额由双方商量，商量不成的另行评估",
    "工作人员应当如实记录每一次谈话的时间和地点",
)


def statute(articles: int, seed: int = 1) -> list[str]:
    """Lines of an invented statute: a title, chapters, articles 第N条 with one to three paragraphs, items."""
    rng = random.Random(seed)
    lines = ["测试市房屋样例办法"]
    for number in range(1, articles + 1):
        if number % 20 == 1:
            lines.append(f"第{to_chinese(number // 20 + 1)}章 {rng.choice(('总则', '程序', '责任'))}")
        lines.append(f"第{to_chinese(number)}条 {_sentence(rng)}")
        lines += [_sentence(rng) for _ in range(rng.randrange(3))]
        if number % 7 == 0:
            lines.append("有下列情形之一的，应当重新办理：")
            lines += [f"（{to_chinese(i)}）{rng.choice(_CLAUSES)}；" for i in range(1, 4)]
    return lines


def _sentence(rng: random.Random) -> str:
    return "，".join(rng.sample(_CLAUSES, rng.randrange(1, 5))) + "。"


def pdf(
    path: Path,
    lines: Sequence[str],
    *,
    indent: float = 2,
    space: float = 0,
    size: float = 12,
    headings: int = 1,
    header: str = "",
    footer: str = "",
    title: str | None = None,
    key: str | None = None,
    breaks: Sequence[int] = (),
) -> Path:
    """A set PDF. `headings`: how many first lines are in larger type; `footer` may hold {page}; `breaks`: lines that begin a page."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    body = ParagraphStyle(
        "body",
        fontName=FONT,
        fontSize=size,
        leading=size * 1.6,
        wordWrap="CJK",
        firstLineIndent=indent * size,
        spaceAfter=space,
    )
    large = ParagraphStyle(
        "large", parent=body, fontSize=size * 1.5, leading=size * 2.2, firstLineIndent=0, alignment=1
    )
    flow: list[Any] = []
    for index, line in enumerate(lines):
        if index in breaks:
            flow.append(PageBreak())
        flow.append(Paragraph(html.escape(line), large if index < headings else body))

    def decorate(canvas: Canvas, document: Any) -> None:
        canvas.setFont(FONT, 9)
        if header:
            canvas.drawCentredString(300, 800, header)
        if footer:
            canvas.drawCentredString(300, 30, footer.format(page=document.page))

    encryption = StandardEncryption(key, "owner") if key is not None else None
    document = SimpleDocTemplate(str(path), pagesize=A4, title=title, encrypt=encryption, leftMargin=80, rightMargin=80)
    document.build(flow, onFirstPage=decorate, onLaterPages=decorate)
    return path


def scan(path: Path, pages: int = 2) -> Path:
    """Pages without a text layer."""
    canvas = Canvas(str(path))
    for _ in range(pages):
        canvas.rect(100, 100, 300, 300, fill=1)
        canvas.showPage()
    canvas.save()
    return path


def word(path: Path, lines: Sequence[str], *, headings: int = 1) -> Path:
    """A DOCX whose first lines are headings by style."""
    document = docx.Document()
    for index, line in enumerate(lines):
        if index < headings:
            document.add_heading(line, 1)
        else:
            document.add_paragraph(line)
    document.save(str(path))
    return path


def numbered_word(path: Path, levels: Sequence[tuple[str, str]], lines: Sequence[tuple[int | None, str]]) -> Path:
    """A DOCX that numbers by itself: `levels` are formats and patterns, `lines` levels (None: no number) and texts."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for i, (style, pattern) in enumerate(levels)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{inner}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for level, text in lines:
        paragraph = document.add_paragraph(text)
        if level is not None:
            properties = paragraph._p.get_or_add_pPr()
            properties.append(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>')
            )
    document.save(str(path))
    return path


def word_of_xml(path: Path, body: str) -> Path:
    """A DOCX whose body is the given WordprocessingML."""
    document = docx.Document()
    element = document.element.body
    for child in list(element):
        if child.tag != qn("w:sectPr"):
            element.remove(child)
    for child in reversed(list(parse_xml(f"<w:body {nsdecls('w')}>{body}</w:body>"))):
        element.insert(0, child)
    document.save(str(path))
    return path


def packed(path: Path, members: dict[str, bytes]) -> Path:
    """A ZIP, whatever its suffix."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    path.write_bytes(buffer.getvalue())
    return path


def web_page(lines: Sequence[str], form: str = "p") -> str:
    """A page with navigation, script and style around the lines; `form`: p, div or br."""
    body = (
        "<div>" + "<br>\n".join(map(html.escape, lines)) + "</div>"
        if form == "br"
        else "\n".join(f"<{form}>{html.escape(line)}</{form}>" for line in lines)
    )
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>样例_测试网</title><style>p{color:red}</style></head>"
        "<body><nav><a href='/'>网站首页</a></nav><script>var 脚本 = 1;</script>"
        f"{body}<div class='footer'>版权所有 测试网</div></body></html>"
    )


def unmapped(path: Path) -> Path:
    """A PDF whose font says of no shape which letter it is."""
    shapes = "".join(f"{code:04X}" for code in range(0x2100, 0x2100 + 37 * 60, 37))
    content = f"BT /F 12 Tf 50 700 Td <{shapes}> Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        f"<< /Length {len(content)} >> stream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Song /Encoding /Identity-H /DescendantFonts [6 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Song /DW 1000"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
    )
    data, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    path.write_text(f"{data}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}", "latin-1")
    return path


STATUTE = statute(60)
#: A title, and paragraphs of references that a line break may put first in a line.
PROSE = [
    "测试市样例汇编",
    *[
        f"{name}方依照样例办法第二十七条的规定，可以在收到回执之后向测试机关说明情况，第三十条、第三十一条另有安排的除外。"
        "说明时依照样例办法第二十七条第二款和第二十八条的规定提供材料。" * (n % 3 + 1)
        for n, name in enumerate("甲乙丙丁戊己庚辛壬癸", 1)
    ],
]


def squeezed(lines: list[str]) -> list[str]:
    return ["".join(line.split()) for line in lines if line.strip()]


def lines_of(reading: Reading) -> list[str]:
    return squeezed(reading.text.split("\n"))


def write(path: Path, text: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def hold_together(reading: Reading) -> None:
    """What holds of every reading: blocks in order and in lines of their own, pages that meet and cover all."""
    at = 0
    for block in reading.blocks:
        assert at <= block.start < block.end <= len(reading.text)
        assert block.start == 0 or reading.text[block.start - 1] == "\n"
        assert reading.text[block.end] == "\n"
        at = block.end
    for before, after in zip(reading.pages, reading.pages[1:], strict=False):
        assert before.end == after.start
        assert after.number == before.number + 1
    if reading.pages:
        assert (reading.pages[0].start, reading.pages[-1].end) == (0, len(reading.text))
