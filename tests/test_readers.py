"""Files of every format: what is read from them, and what is said of those that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from ingest.readers import READERS, read
from kb.errors import UnreadableFile
from tests import make_files as make
from tests.make_files import PROSE, STATUTE, hold_together, lines_of, squeezed, write

ARTICLES = [line for line in STATUTE if re.match(r"第[一二三四五六七八九十]+条 ", line)]


@pytest.mark.parametrize(
    ("name", "making"),
    [
        ("first lines indented", lambda p: make.pdf(p, STATUTE)),
        (
            "header and page number",
            lambda p: make.pdf(p, STATUTE, header="测试市样例汇编 2020 年版", footer="- {page} -"),
        ),
        ("space between paragraphs", lambda p: make.pdf(p, STATUTE, indent=0, space=8, footer="第 {page} 页")),
        ("small type", lambda p: make.pdf(p, STATUTE, size=9, header="样例")),
        ("several headings", lambda p: make.pdf(p, STATUTE, headings=3)),
        ("empty user password", lambda p: make.pdf(p, STATUTE, key="")),
    ],
)
def test_pdf_paragraphs_are_whole(tmp_path: Path, name: str, making: Callable[[Path], Path]) -> None:
    reading = read(making(tmp_path / "办法.pdf"))
    assert lines_of(reading) == squeezed(STATUTE), name
    hold_together(reading)


def test_pdf_without_any_sign_of_paragraphs_loses_no_article(tmp_path: Path) -> None:
    reading = read(make.pdf(tmp_path / "办法.pdf", STATUTE, indent=0))
    assert "".join(lines_of(reading)) == "".join(squeezed(STATUTE))
    starts = {line[:5] for line in lines_of(reading)}
    assert all(article.replace(" ", "")[:5] in starts for article in ARTICLES)


def test_pdf_sentence_that_ends_at_the_margin_goes_on(tmp_path: Path) -> None:
    line = "申请人" + "应当如实说明情况" * 3 + "并签字。"  # 32 ems with the indent: the width of the type area
    text = [line + "后来又说明了一次。", "测试机关予以登记。"] * 12
    reading = read(make.pdf(tmp_path / "a.pdf", text, headings=0))
    assert lines_of(reading) == text


def test_pdf_references_at_the_start_of_a_line_begin_nothing(tmp_path: Path) -> None:
    for size in (9, 10, 11, 12, 13):
        assert lines_of(read(make.pdf(tmp_path / "a.pdf", PROSE, size=size))) == PROSE


def test_pdf_pages_meet_inside_a_paragraph(tmp_path: Path) -> None:
    reading = read(
        make.pdf(
            tmp_path / "a.pdf", ["甲" + "申请人应当如实说明情况并且签字，" * 100 + "完。"], headings=0, footer="{page}"
        )
    )
    hold_together(reading)
    assert len(reading.pages) == 2
    assert reading.text.count("\n") == 1
    cut = reading.pages[0].end
    assert reading.text[cut - 1] != "\n"
    assert reading.text[cut] != "\n"


def test_pdf_one_page_a_case_keeps_the_heads(tmp_path: Path) -> None:
    case = ["基本案情", "甲与乙为样例发生争议。", "裁判结果", "测试法院支持甲。"]
    lines = [line for n in range(1, 7) for line in (f"案例{n} 甲诉乙案", *case)]
    reading = read(make.pdf(tmp_path / "a.pdf", lines, headings=0, breaks=range(5, 30, 5), footer="{page}"))
    assert lines_of(reading) == squeezed(lines)
    assert [reading.text[p.start : p.end].split("\n")[0] for p in reading.pages] == [
        f"案例{n} 甲诉乙案" for n in range(1, 7)
    ]


def test_pdf_larger_type_is_a_heading(tmp_path: Path) -> None:
    reading = read(make.pdf(tmp_path / "a.pdf", STATUTE))
    assert [(reading.text[b.start : b.end], b.level) for b in reading.blocks if b.kind == "heading"] == [
        (STATUTE[0], 1)
    ]


def test_pdf_pages_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    writer = PdfWriter()
    for part in (make.pdf(tmp_path / "1.pdf", PROSE), make.scan(tmp_path / "2.pdf"), make.unmapped(tmp_path / "3.pdf")):
        writer.append(part)
    writer.write(tmp_path / "a.pdf")
    reading = read(tmp_path / "a.pdf")
    hold_together(reading)
    assert lines_of(reading) == PROSE
    count = len(reading.pages)
    assert reading.notes == (
        f"第 {count - 2}–{count - 1} 页没有文字（多半是扫描的图片），未能收入",
        f"第 {count} 页的字体没有文字对照，读出来是乱码，未能收入",
    )


def test_pdf_contents_are_left_out(tmp_path: Path) -> None:
    contents = [f"第{n}章 样例 {'.' * 30} {page}" for page, n in enumerate("一二三四", 1)]
    assert lines_of(read(make.pdf(tmp_path / "a.pdf", [STATUTE[0], *contents, *STATUTE[1:]]))) == squeezed(STATUTE)


@pytest.mark.parametrize(
    ("title", "expected"),
    [("测试市样例办法", "测试市样例办法"), ("Microsoft Word - 办法.doc", None), ("untitled", None), ("20200101", None)],
)
def test_pdf_title(tmp_path: Path, title: str, expected: str | None) -> None:
    assert read(make.pdf(tmp_path / "a.pdf", PROSE, headings=0, title=title)).title == expected


MARKDOWN = """---
title: 测试样例
categories: [甲, 乙]
---
<!-- 注释不入库 -->
# 测试样例 **办法**

第一条 为了*测试*，
第二条 依照[某法](http://127.0.0.1/)第三条\\*。
（一）甲项；
（二）乙项。

1. 第一步
2. 第二步
- 要点

| 项目 | 标准 |
|---|:-:|
| 甲 | 3\\|5 |
"""


def test_markdown(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "a.md", MARKDOWN))
    assert reading.text.splitlines() == [
        "测试样例办法",
        "第一条 为了测试，",
        "第二条 依照某法第三条*。",
        "（一）甲项；",
        "（二）乙项。",
        "1. 第一步",
        "2. 第二步",
        "要点",
        "项目 | 标准",
        "甲 | 3|5",
    ]
    assert (reading.title, reading.meta["categories"]) == ("测试样例", ["甲", "乙"])
    assert (reading.blocks[0].kind, reading.blocks[0].level, reading.blocks[-1].kind) == ("heading", 1, "table")
    hold_together(reading)


def test_markdown_wrapped_paragraphs_are_joined(tmp_path: Path) -> None:
    paragraphs = [
        "申请人应当如实说明情况并且签字确认，" * 9 + "甲。",
        "测试机关应当当场登记并且出具回执，" * 9 + "乙。",
    ] * 3
    wrapped = "\n\n".join("\n".join(p[i : i + 38] for i in range(0, len(p), 38)) for p in paragraphs)
    assert read(write(tmp_path / "a.md", "# 题\n\n" + wrapped)).text.splitlines()[1:] == paragraphs


@pytest.mark.parametrize("form", ["p", "div", "br"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb2312"])
def test_web_page_keeps_every_article(tmp_path: Path, form: str, encoding: str) -> None:
    page = make.web_page(STATUTE, form).replace("charset='utf-8'", f"charset='{encoding}'")
    reading = read(write(tmp_path / "a.html", page, encoding))
    assert lines_of(reading) == squeezed(STATUTE)
    assert reading.title == "样例"
    hold_together(reading)


def test_web_page_inside_a_form_or_a_side_column(tmp_path: Path) -> None:
    inner = "".join(f"<p>{line}</p>" for line in STATUTE)
    for frame in (f"<form>{inner}</form>", f"<div class='sidebar'>{inner}</div>", f"<aside>{inner}</aside>"):
        assert lines_of(read(write(tmp_path / "a.html", f"<html><body>{frame}</body></html>"))) == squeezed(STATUTE)


def test_web_page_headings_and_tables(tmp_path: Path) -> None:
    page = "<html><body><h1>题</h1><p>甲<b>乙</b>丙</p><table><tr><th>项目<th>标准<tr><td>甲<td>5</table><ul><li>丁</ul></body></html>"
    reading = read(write(tmp_path / "a.htm", page))
    assert reading.text.splitlines() == ["题", "甲乙丙", "项目 | 标准", "甲 | 5", "丁"]
    assert [b.kind for b in reading.blocks] == ["heading", "paragraph", "table", "table", "paragraph"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    reading = read(write(tmp_path / "a.txt", "\r\n".join(STATUTE), encoding))
    assert lines_of(reading) == squeezed(STATUTE)
    hold_together(reading)


@pytest.mark.parametrize("width", [30, 36, 40])
def test_text_wrapped_by_hand(tmp_path: Path, width: int) -> None:
    lines = [line for text in STATUTE for line in _cut("　　" + text, width)]
    assert lines_of(read(write(tmp_path / "a.txt", "\n".join(lines)))) == squeezed(STATUTE)


def _cut(text: str, width: int) -> list[str]:
    return [text[i : i + width] for i in range(0, len(text), width)]


@pytest.mark.parametrize(
    ("suffix", "making"),
    [
        (".txt", lambda p: make.pdf(p, PROSE)),
        (".md", lambda p: make.word(p, PROSE)),
        (".docx", lambda p: make.pdf(p, PROSE)),
        (".pdf", lambda p: make.word(p, PROSE)),
        (".txt", lambda p: write(p, make.web_page(PROSE))),
        (".docx", lambda p: write(p, make.web_page(PROSE))),
        (".PDF", lambda p: make.pdf(p, PROSE)),
    ],
)
def test_what_a_file_is_goes_before_its_name(tmp_path: Path, suffix: str, making: Callable[[Path], Path]) -> None:
    assert lines_of(read(making(tmp_path / f"a{suffix}"))) == PROSE


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("samples")
    return {
        ".pdf": make.pdf(folder / "a.pdf", PROSE).read_bytes(),
        ".docx": make.word(folder / "a.docx", PROSE).read_bytes(),
        ".md": MARKDOWN.encode(),
        ".html": make.web_page(PROSE).encode(),
        ".txt": "\n".join(PROSE).encode("gb18030"),
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_raises_nothing_else(tmp_path: Path, samples: dict[str, bytes], data: st.DataObject) -> None:
    suffix = data.draw(st.sampled_from(sorted(samples)))
    content = bytearray(samples[suffix])
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=30)):
        content[at] = data.draw(st.integers(0, 255))
    path = write(tmp_path / f"a{suffix}", bytes(content[: data.draw(st.integers(1, len(content)))]))
    with suppress(UnreadableFile):
        hold_together(read(path))


def test_readers_by_suffix() -> None:
    assert list(READERS) == [".pdf", ".docx", ".md", ".markdown", ".html", ".htm", ".txt"]
