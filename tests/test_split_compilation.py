"""Compilations: every case found, none lost, none glued, whatever the file tells of its headings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.split import split
from ingest.split.compilation import cases
from ingest.split.heads import canonical
from kb.law.numerals import to_chinese
from kb.models import DocumentKind
from tests.split_readings import reading

FACTS = "2019年3月，张某的房屋被列入征收范围。"
RESULT = "法院判决确认强制拆除行为违法。"
LESSON = "征收应当先补偿、后搬迁。"


def titles(text: str, *, marks: bool = True) -> list[str]:
    return [case.title for case in cases(reading(text, marks=marks))]


def lines(*parts: str) -> str:
    return "\n".join(parts)


def body(facts: str = "基本案情", result: str = "裁判结果", lesson: str = "典型意义") -> tuple[str, ...]:
    return (facts, FACTS, result, RESULT, lesson, LESSON)


TWO = ["张某诉某区政府强制拆除案", "李某诉某街道办事处补偿协议案"]


@pytest.mark.parametrize(
    "text",
    [
        # 案例一 on the title's line, with and without a sign
        lines("案例一：" + TWO[0], *body(), "案例二：" + TWO[1], *body()),
        lines("案例1 " + TWO[0], *body(), "案例2 " + TWO[1], *body()),
        lines("【案例1】" + TWO[0], *body(), "【案例2】" + TWO[1], *body()),
        lines("典型案例之一 " + TWO[0], *body(), "典型案例之二 " + TWO[1], *body()),
        # on a line of its own
        lines("案例一", TWO[0], *body(), "案例二", TWO[1], *body()),
        lines("【案例一】", TWO[0], *body(), "【案例二】", TWO[1], *body()),
        # numbered names
        lines("1. " + TWO[0], *body(), "2. " + TWO[1], *body()),
        lines("一、" + TWO[0], *body(), "二、" + TWO[1], *body()),
        lines("（一）" + TWO[0], *body(), "（二）" + TWO[1], *body()),
        # nothing but the names
        lines(TWO[0], *body(), TWO[1], *body()),
        # section heads in many dresses
        lines(TWO[0], *body("【基本案情】", "【裁判结果】", "【典型意义】"), TWO[1], *body("【基本案情】", "【裁判结果】", "【典型意义】")),
        lines("案例一 " + TWO[0], *body("一、案情简介", "二、处理结果", "三、警示意义"), "案例二 " + TWO[1], *body("一、案情简介", "二、处理结果", "三、警示意义")),
        lines(TWO[0], *body("（一）简要案情", "（二）法院裁判", "（三）启示"), TWO[1], *body("（一）简要案情", "（二）法院裁判", "（三）启示")),
        lines(TWO[0], "基本案情：" + FACTS, "裁判结果：" + RESULT, TWO[1], "基本案情：" + FACTS, "裁判结果：" + RESULT),
        lines(TWO[0], "【基本案情】" + FACTS, "【裁判结果】" + RESULT, TWO[1], "【基本案情】" + FACTS, "【裁判结果】" + RESULT),
        # 基 本 案 情 spaced out
        lines(TWO[0], *body("基 本 案 情", "裁 判 结 果"), TWO[1], *body("基 本 案 情", "裁 判 结 果")),
        # preface, contents and an appendix are no cases
        lines("征收补偿典型案例", "前言", "现发布如下案例，请参考。", "目录", *(f"{t}……{n}" for n, t in enumerate(TWO, 1)), TWO[0], *body(), TWO[1], *body(), "附录", "相关法律条文略。"),
        lines("目录", "案例一 " + TWO[0], "案例二 " + TWO[1], "前言", "各地人民法院认真履职，审结了一批案件，现予公布，供各地在办理同类案件时参考借鉴，以统一裁判尺度，促进依法行政，请遵照执行。", "案例一 " + TWO[0], *body(), "案例二 " + TWO[1], *body()),
        # a court's imprint stands above the names
        lines("征收典型案例", "某省高级人民法院发布", "2022-03-15", TWO[0], *body(), "征收典型案例", "某省高级人民法院发布", "2022-03-15", TWO[1], *body()),
        # a byline ends a case
        lines(TWO[0], *body(), "文/某区人民法院 法官 王某", TWO[1], *body()),
        # the next case opens with a section the last one lacks
        lines(TWO[0], *body(), TWO[1], "关键词", "行政 征收 补偿", "裁判要旨", LESSON, *body()),
    ],
)  # fmt: skip
def test_two_cases_without_heading_information(text):
    found = cases(reading(text, marks=False))
    assert [case.title for case in found] == TWO
    for case in found:
        assert text.count(FACTS) == 2
        names = [section.name for section in case.sections]
        assert names.count("基本案情") == 1
        assert "裁判结果" in names
    assert found[0].end <= found[1].start


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (lines("# " + TWO[0], "## 基本案情", FACTS, "## 裁判结果", RESULT, "# " + TWO[1], "## 基本案情", FACTS, "## 裁判结果", RESULT), TWO),
        # the compilation's own title, groups and prefaces are above the cases
        (lines("# 征收案例汇编", "本汇编收录两案。", "## 案例一 " + TWO[0], "### 基本案情", FACTS, "### 裁判结果", RESULT, "## 案例二 " + TWO[1], "### 基本案情", FACTS, "### 裁判结果", RESULT), TWO),
        (lines("# 一、强制拆除", "## " + TWO[0], "### 基本案情", FACTS, "## " + TWO[1], "### 基本案情", FACTS, "# 附录", "法条。"), TWO),
        # titles are headings, section heads are lines
        (lines("# " + TWO[0], *body(), "# " + TWO[1], *body()), TWO),
        # thesis and name are one case
        (lines("# 先补偿后搬迁", "## " + TWO[0], "## 基本案情", FACTS, "## 裁判结果", RESULT, "# 协议应当履行", "## " + TWO[1], "## 基本案情", FACTS, "## 裁判结果", RESULT), ["先补偿后搬迁——" + TWO[0], "协议应当履行——" + TWO[1]]),
        # a subtitle
        (lines("# 案例一 先补偿后搬迁", "——" + TWO[0], *body(), "# 案例二 协议应当履行", "——" + TWO[1], *body()), ["先补偿后搬迁——" + TWO[0], "协议应当履行——" + TWO[1]]),
        # everything on one level
        (lines("## " + TWO[0], "## 基本案情", FACTS, "## 裁判结果", RESULT, "## " + TWO[1], "## 基本案情", FACTS, "## 裁判结果", RESULT), TWO),
        # bold paragraphs instead of headings
        (lines("** " + TWO[0], "** 基本案情", FACTS, "** 裁判结果", RESULT, "** " + TWO[1], "** 基本案情", FACTS, "** 裁判结果", RESULT), TWO),
    ],
)  # fmt: skip
def test_two_cases_with_headings(text, expected):
    assert titles(text) == expected


def test_titles_that_are_questions_and_have_no_mark_at_all():
    text = lines("加班费的时效如何认定", *body(), "过渡费逾期不付怎么办", *body(), "补偿协议能否反悔？", *body())
    assert titles(text, marks=False) == ["加班费的时效如何认定", "过渡费逾期不付怎么办", "补偿协议能否反悔？"]


def test_a_title_in_two_lines():
    first = "案例一：某某房地产开发有限公司诉某某区人民政府"
    text = lines(first, "房屋征收补偿决定案", *body(), "案例二：" + TWO[1], *body())
    assert titles(text, marks=False) == [first[4:] + "房屋征收补偿决定案", TWO[1]]


def test_text_before_the_first_section_is_kept():
    text = lines(
        "案例一 " + TWO[0],
        "案号：（2019）京01行终123号",
        "审理法院：某市中级人民法院",
        "裁判日期：2019年4月11日",
        *body(),
        "案例二 " + TWO[1],
        *body(),
    )
    case = cases(reading(text, marks=False))[0]
    assert case.sections[0].name == ""
    assert text[case.sections[0].start : case.sections[0].end].startswith("案号")
    assert (case.case_number, case.court, case.court_level, case.decided) == (
        "（2019）京01行终123号", "某市中级人民法院", "中级人民法院", "2019-04-11",
    )  # fmt: skip


def test_keywords_are_categories_and_unknown_heads_keep_their_names():
    text = lines(
        "# " + TWO[0], "## 关键词", "行政、征收补偿、强制拆除。", "## 基本案情", FACTS, "## 群众反响", "反响良好。",
        "# " + TWO[1], "## 基本案情", FACTS, "## 裁判结果", RESULT,
    )  # fmt: skip
    case = cases(reading(text))[0]
    assert case.categories == ("行政", "征收补偿", "强制拆除")
    assert [section.name for section in case.sections] == ["关键词", "基本案情", "群众反响"]


def test_numbering_shows_heads_that_no_table_knows():
    text = lines(
        TWO[0],
        "一、基本案情",
        FACTS,
        "二、协调会商",
        "三方会诊。",
        "三、裁判结果",
        RESULT,
        TWO[1],
        "一、基本案情",
        FACTS,
        "二、裁判结果",
        RESULT,
    )
    names = [[section.name for section in case.sections] for case in cases(reading(text, marks=False))]
    assert names == [["基本案情", "协调会商", "裁判结果"], ["基本案情", "裁判结果"]]


def test_a_mention_of_a_case_begins_none():
    text = lines(
        "案例一 " + TWO[0],
        "基本案情",
        FACTS,
        "典型意义",
        "案例二中的做法不同。",
        "案例一说明程序重要。",
        "案例二 " + TWO[1],
        *body(),
    )
    assert titles(text, marks=False) == TWO


def test_marked_cases_without_section_heads():
    stories = [f"案例{to_chinese(n)}：某街道违规补偿问题{to_chinese(n)}" for n in range(1, 4)]
    text = lines("关于三起典型问题的通报", *(part for story in stories for part in (story, FACTS * 4)))
    assert titles(text, marks=False) == [story[4:] for story in stories]


@pytest.mark.parametrize(
    ("text", "kind", "units"),
    [
        (lines("# " + TWO[0], *body()), DocumentKind.CASE, 1),
        (lines(*body()), DocumentKind.CASE, 1),
        (lines(TWO[0], *body(), TWO[1], *body()), DocumentKind.COMPILATION, 2),
        # a report of a district has heads that look alike, and is no case
        (
            lines("一、基本情况", "今年征收三百户。", "二、主要做法", "先补偿。", "三、启示", "要依法。"),
            DocumentKind.OTHER,
            3,
        ),
    ],
)
def test_kind(text, kind, units):
    document = split(reading(text), "/x.docx", "0", "某案")
    assert document.kind is kind
    assert len(document.units) == units


def test_a_case_without_a_title_is_called_by_its_file():
    document = split(reading(lines(*body())), "/x.docx", "0", "张某案")
    assert document.title == "张某案"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("简要案情", "基本案情"),
        ("案 件 事 实", "基本案情"),
        ("法院认为", "裁判理由"),
        ("案例分析", "裁判理由"),  # the grounds of the decision
        ("裁判要点", "裁判要旨"),
        ("法官解读", "典型意义"),  # a comment
        ("二审裁判结果", "裁判结果"),
        ("裁判结果与理由", "裁判结果与理由"),  # both: neither name fits
        ("关键词", "关键词"),
        ("工作要求", None),
    ],
)
def test_names_of_sections(raw, expected):
    assert canonical(raw) == expected


HEADS = {
    "基本案情": "案情简介 基本案情 简要案情",
    "裁判结果": "裁判结果 处理结果",
    "裁判理由": "裁判理由 法院认为",
    "典型意义": "典型意义 启示",
}
SURNAMES = st.sampled_from("赵钱孙周吴郑王")
SENTENCES = st.text(alphabet="房屋征收补偿应当公平合理依法进行", min_size=4, max_size=30).map(lambda s: s + "。")
DRESSES = ("{}", "【{}】", "{}：")


@st.composite
def compilations(draw):
    """A compilation's lines and its cases: title, and name and text of every section."""
    dress = draw(st.sampled_from(DRESSES))
    mark = draw(
        st.sampled_from(["案例{c}：{t}", "案例{n} {t}", "【案例{n}】{t}", "{n}. {t}", "{c}、{t}", "{t}", "# {t}"])
    )
    names = {name: draw(st.sampled_from(choice.split())) for name, choice in HEADS.items()}
    out, expected = [], []
    for number in range(1, draw(st.integers(2, 6)) + 1):
        title = f"{draw(SURNAMES)}某诉第{to_chinese(number)}街道办事处补偿案"
        out.append(mark.format(c=to_chinese(number), n=number, t=title))
        sections = []
        for name in ["基本案情", *draw(st.lists(st.sampled_from(list(HEADS)[1:]), min_size=1, unique=True))]:
            text = draw(st.lists(SENTENCES, min_size=1, max_size=3))
            out += [dress.format(names[name]), *text]
            sections.append((name, "\n".join(text)))
        expected.append((title, sections))
    return "\n".join(out), expected


@given(compilations(), st.booleans())
@settings(max_examples=200, deadline=None)
def test_generated_compilations_come_back_whole(made, marks):
    source, expected = made
    read = reading(source, marks=marks)
    found = [(c.title, [(s.name, read.text[s.start : s.end]) for s in c.sections]) for c in cases(read)]
    assert found == expected


def test_a_thesis_set_like_the_names_below_it_belongs_to_its_own_case():
    """As a PDF tells it: thesis, name and section heads all in one larger type."""
    parts = []
    for n in range(1, 4):
        parts += [
            f"# 当事人应当遵守的第{n}个道理",
            "典型案例" if n == 2 else "",
            f"# 张某诉第{n}区政府补偿案",
            "# 基本案情",
            f"第{n}件案子的事实，房屋被征收后没有得到补偿。",
            "# 裁判结果",
            f"第{n}件案子判决确认违法。",
        ]
    document = split(reading("\n".join(parts)), "/a.pdf", "0" * 64, "a")
    assert len(document.units) == 3
    for n, unit in enumerate(document.units, 1):
        text = document.text[unit.start : unit.end]
        assert f"第{n}个道理" in text
        assert not any(f"第{m}" in text for m in range(1, 4) if m != n)
