"""Layout goes, words stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import Setting, begins, body_lines, is_contents, is_page_number, join_lines, joined, normalise

_MIXED = st.text(
    st.sampled_from("第三十条之一章案例中国的、，。（）“” 　\t\u00a0\u200b\ufeff2３Aa甲⺠⼈.-|") | st.characters(),
    max_size=40,
)


@pytest.mark.parametrize(
    ("raw", "clean", "_why"),
    [
        ("于 2023 年 5 月 8 日", "于2023年5月8日", "a word processor parts digits from ideographs"),
        ("第三条　为了", "第三条 为了", "the space that ends an article's number stays"),
        ("第 十 七 条 之 一 为了", "第十七条之一 为了", "numbers that are spread out close up"),
        ("第27条 第二款", "第27条第二款", "a reference is no head"),
        ("第一章　总　则", "第一章 总则", "a name that is spread out closes up"),
        ("案例1 甲诉乙案", "案例1 甲诉乙案", "so does the number of a case end"),
        ("国⺠经济、⼟地、⼾⼝", "国民经济、土地、户口", "fonts give radicals for ideographs"),
        ("１２３ＡＢ（三）", "123AB（三）", "digits and letters half-width, punctuation as it is"),
        ("A Company 的 Word 文件", "A Company 的 Word 文件", "spaces between Latin words stay, and those around them"),
        ("补\u00ad偿\u200b\ufeff款\x07", "补偿款", "what cannot be seen goes"),
        ("第⼀条　⻔⻛⻋", "第一条 门风车", "radicals in an article's number, too"),
        ("甲 | 乙", "甲 | 乙", "cells of a row stay apart"),
        ("  ", "", "blank"),
    ],
)
def test_a_line_is_cleaned(raw: str, clean: str, _why: str) -> None:
    assert normalise(raw) == clean


@given(_MIXED)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(st.sampled_from("第三十条中国的、，。（）“”《》 　2３Aab-|%…—"), max_size=60))
def test_cleaning_loses_nothing_but_spaces(text: str) -> None:
    assert "".join(normalise(text).split()) == "".join(text.translate({ord("３"): "3"}).split())


@pytest.mark.parametrize(
    "line", ["3", "- 3 -", "— 12 —", "第 3 页", "第3页 共9页", "第三页", "3/9", "3 / 9", "·5·", "iv"]
)
def test_page_numbers(line: str) -> None:
    assert is_page_number(line)


@pytest.mark.parametrize(
    ("line", "_why"),
    [
        ("一", "heads a section"),
        ("第三条", "an article"),
        ("20231231", "a date"),
        ("3 名", "says what is counted"),
        ("--", "no number"),
        ("", "nothing"),
    ],
)
def test_no_page_numbers(line: str, _why: str) -> None:
    assert not is_page_number(line)


@pytest.mark.parametrize("line", ["第一章 总则……………12", "一、甲诉乙案 ....... 3", "案例二 · · · ·····（8）"])
def test_lines_of_contents(line: str) -> None:
    assert is_contents(line)


@pytest.mark.parametrize("line", ["他说……", "共计 3.14 元", "一……二", "电话 1234-5678"])
def test_lines_that_are_no_contents(line: str) -> None:
    assert not is_contents(line)


def test_headers_and_footers_go_from_every_page() -> None:
    pages = [["测试市样例汇编", f"甲{n}的话。", f"乙{n}的话。", f"— {n} —"] for n in range(1, 7)]
    assert body_lines(pages) == [[1, 2]] * 6


def test_section_heads_at_the_top_of_every_page_stay() -> None:
    pages = [
        [f"案例{n} 甲诉乙案", "基本案情", f"第{n}件的事实。", "裁判结果", f"第{n}件的结果。", str(n)]
        for n in range(1, 8)
    ]
    assert body_lines(pages) == [[0, 1, 2, 3, 4]] * 7


def test_with_few_pages_only_page_numbers_go() -> None:
    assert body_lines([["同样的一行", "甲", "- 1 -"], ["同样的一行", "乙", "- 2 -"]]) == [[0, 1], [0, 1]]


def test_a_number_inside_the_page_stays() -> None:
    assert body_lines([["金额", "300", "甲", "乙", "丙", "7"]]) == [[0, 1, 2, 3, 4]]


@pytest.mark.parametrize(
    ("line", "_why"),
    [
        ("第一条 为了", "an article"),
        ("第十七条之一　有", "an inserted article"),
        ("第二条【范围】", "a caption"),
        ("第三章　程序", "a chapter"),
        ("一、当事人", "a heading"),
        ("（一）甲项", "an item"),
        ("1.甲项", "an item"),
        ("【案例1】", "a case"),
        ("案例一", "a case"),
        ("案例十二：甲诉乙案", "a case"),
        ("基本案情", "a section"),
        ("【裁判结果】", "a section"),
        ("二、典型意义", "a section"),
    ],
)
def test_lines_that_begin_a_paragraph(line: str, _why: str) -> None:
    assert begins(line)


@pytest.mark.parametrize(
    ("line", "_why"),
    [
        ("第二十七条的规定处理", "a reference"),
        ("第二十七条第二款", "a reference"),
        ("第十条、第十一条", "a reference"),
        ("第十条和第十二条", "a reference"),
        ("第十条至第十二条", "a reference"),
        ("第三条（一）项", "a reference to an item"),
        ("（三）项规定的情形", "a reference to an item"),
        ("（三）》的规定", "the end of a law's name"),
        ("一、二审法院均认为", "first and second instance"),
        ("3.5 万元", "a figure"),
        ("第三人甲", "a party"),
        ("第一审程序", "an instance"),
        ("（2020）测01行初3号", "a case number"),
        ("案例评析时", "prose"),
    ],
)
def test_lines_that_go_on(line: str, _why: str) -> None:
    assert not begins(line)


_PARAGRAPHS = st.lists(
    st.text(st.sampled_from("甲乙丙丁戊己庚辛，"), min_size=1, max_size=160).map(lambda t: t.strip("，") + "甲。"),
    min_size=20,
    max_size=30,
)


@given(_PARAGRAPHS, st.integers(24, 50))
def test_lines_broken_at_a_margin_are_joined(paragraphs: list[str], width: int) -> None:
    lines = [line for text in paragraphs for line in _wrapped("　　" + text, width)]
    setting = Setting(width=float(width), marked=True)
    assert [line.strip("　") for line in join_lines(lines, setting)] == paragraphs


def test_a_margin_is_found() -> None:
    text = "甲乙丙丁戊己庚辛" * 12 + "。"
    lines = [line for _ in range(4) for line in _wrapped("　　" + text, 30)]
    assert Setting.of(lines) == Setting(30.0, marked=True)
    assert join_lines(lines) == ["　　" + text] * 4


@given(_PARAGRAPHS)
def test_joining_never_loses_a_character(paragraphs: list[str]) -> None:
    assert "".join(join_lines(paragraphs)) == "".join(paragraphs)


def test_a_paragraph_a_line_stays() -> None:
    lines = [
        "第一条 甲。",
        "第二条 乙乙乙乙乙乙乙乙乙乙乙乙乙。",
        "第三条 丙丙丙。",
        "丁丁丁丁丁丁丁丁丁丁丁丁丁丁丁丁丁丁。",
    ]
    assert join_lines(lines) == lines


@pytest.mark.parametrize(
    ("a", "b", "whole"),
    [("补偿", "费", "补偿费"), ("New", "York", "New York"), ("20", "23年", "2023年"), ("甲 ", " 乙", "甲乙")],
)
def test_pieces_are_joined(a: str, b: str, whole: str) -> None:
    assert joined(a, b) == whole


def _wrapped(text: str, width: int) -> list[str]:
    return [text[i : i + width] for i in range(0, len(text), width)]
