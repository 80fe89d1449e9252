"""Word files say what Word shows."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import docx
import pytest

from ingest.readers import read
from ingest.readers.numbering import formatted
from kb.errors import UnreadableFile
from tests import make_files as make
from tests.make_files import STATUTE, hold_together, lines_of, squeezed, write


@pytest.mark.parametrize("headings", [0, 1])
def test_word_paragraphs(tmp_path: Path, headings: int) -> None:
    reading = read(make.word(tmp_path / "a.docx", STATUTE, headings=headings))
    assert lines_of(reading) == squeezed(STATUTE)
    assert reading.title == (STATUTE[0] if headings else None)
    hold_together(reading)


def test_word_numbers_that_word_makes(tmp_path: Path) -> None:
    levels = [("chineseCountingThousand", "第%1条"), ("chineseCounting", "（%2）"), ("decimal", "%3．")]
    lines = [
        (0, "甲条。"),
        (1, "甲项；"),
        (1, "乙项。"),
        (None, "另一款。"),
        (0, "乙条："),
        (1, "丙项；"),
        (2, "子目；"),
        (2, "丑目。"),
    ]
    reading = read(make.numbered_word(tmp_path / "a.docx", levels, lines))
    assert reading.text.splitlines() == [
        "第一条 甲条。",
        "（一）甲项；",
        "（二）乙项。",
        "另一款。",
        "第二条 乙条：",
        "（一）丙项；",
        "1．子目；",
        "2．丑目。",
    ]


def test_word_counts_past_ten(tmp_path: Path) -> None:
    reading = read(make.numbered_word(tmp_path / "a.docx", [("japaneseCounting", "第%1条")], [(0, "样例。")] * 111))
    assert [line.split()[0] for line in reading.text.splitlines()][9::50] == ["第十条", "第六十条", "第一百一十条"]


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [
        (12, "decimal", "12"),
        (12, "chineseCounting", "十二"),
        (105, "ideographDigital", "一〇五"),
        (28, "lowerLetter", "bb"),
        (14, "upperRoman", "XIV"),
        (3, "decimalEnclosedCircle", "③"),
        (2, "ideographTraditional", "乙"),
        (7, "unheardOf", "7"),
    ],
)
def test_word_number_formats(number: int, style: str, text: str) -> None:
    assert formatted(number, style) == text


_RUN = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"


def _p(*runs: str) -> str:
    return "<w:p>" + "".join(runs) + "</w:p>"


def _r(text: str) -> str:
    return _RUN.format(text)


@pytest.mark.parametrize(
    ("body", "lines", "_why"),
    [
        (
            _p(_r("应"), "<w:del w:id='1'><w:r><w:delText>不得</w:delText></w:r></w:del>", _r("当")),
            ["应当"],
            "a tracked deletion is gone",
        ),
        (_p(_r("应"), "<w:ins w:id='1'>" + _r("当") + "</w:ins>"), ["应当"], "a tracked insertion is there"),
        (_p("<w:hyperlink>" + _r("某法") + "</w:hyperlink>", _r("第一条")), ["某法第一条"], "text of a link"),
        ("<w:sdt><w:sdtContent>" + _p(_r("填写")) + "</w:sdtContent></w:sdt>", ["填写"], "a content control"),
        (
            "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
            "<w:sdtContent>" + _p(_r("第一章 1")) + "</w:sdtContent></w:sdt>" + _p(_r("正文")),
            ["正文"],
            "a table of contents",
        ),
        (_p(_r("甲诉"), "<w:r><w:br/></w:r>", _r("乙案")), ["甲诉乙案"], "a title broken by hand"),
        (_p(_r("甲。"), "<w:r><w:br/></w:r>", _r("第二条 乙")), ["甲。", "第二条 乙"], "a break before an article"),
        (_p(_r("补"), "<w:r><w:softHyphen/></w:r>", _r("偿")), ["补偿"], "a hyphen that is not shown"),
        (
            _p("<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>PAGE</w:instrText></w:r>", _r("甲")),
            ["甲"],
            "a field's code",
        ),
    ],
)
def test_word_text_is_as_shown(tmp_path: Path, body: str, lines: list[str], _why: str) -> None:
    assert read(make.word_of_xml(tmp_path / "a.docx", body)).text.splitlines() == lines


def test_word_tables_stand_in_their_place(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("表前")
    table = document.add_table(2, 3)
    for index, text in enumerate(("项目", "标准", "说明")):
        table.cell(0, index).text = text
    table.cell(1, 0).merge(table.cell(1, 1)).text = "合并"
    table.cell(1, 2).text = "甲"
    document.add_paragraph("表后")
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.save(str(tmp_path / "a.docx"))
    reading = read(tmp_path / "a.docx")
    assert reading.text.splitlines() == ["表前", "项目 | 标准 | 说明", "合并 | 甲", "表后"]
    assert [b.kind for b in reading.blocks] == ["paragraph", "table", "table", "paragraph"]


def test_word_bold_paragraph_is_marked(tmp_path: Path) -> None:
    reading = read(
        make.word_of_xml(tmp_path / "a.docx", _p("<w:r><w:rPr><w:b/></w:rPr><w:t>基本案情</w:t></w:r>") + _p(_r("甲")))
    )
    assert [b.bold for b in reading.blocks] == [True, False]


def test_word_entities_from_outside_are_not_read(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.txt", "机密内容")
    plain = make.word(tmp_path / "plain.docx", ["甲"], headings=0)
    with zipfile.ZipFile(plain) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    document = members["word/document.xml"].decode()
    document = re.sub(r"\?>", f'?><!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>', document, count=1)
    members["word/document.xml"] = document.replace("<w:t>甲", "<w:t>甲&x;").encode()
    try:
        text = read(make.packed(tmp_path / "a.docx", members)).text
    except UnreadableFile:
        text = ""
    assert "机密" not in text
