"""Statutes: which lines are articles, what belongs to each, and what the text says of itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.split import split
from ingest.split.statute import articles, structure
from kb.law.numerals import ArticleNumber, to_chinese
from kb.models import DocumentKind
from tests.split_readings import reading

BODY = "房屋征收部门应当公布调查结果。"


def numbers(text: str) -> list[str]:
    return [str(article.number) for article in articles(text, "试行条例")]


def lines(*parts: str) -> str:
    return "\n".join(parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (lines("第一条 甲。", "第二条 乙。", "第三条 丙。"), ["1", "2", "3"]),
        # a full-width space, a caption, a colon, Arabic digits
        (
            lines("第一条　甲。", "第二条【目的】乙。", "第三条（主体）丙。", "第四条：丁。", "第5条 戊。"),
            ["1", "2", "3", "4", "5"],
        ),
        # text directly behind the number
        (lines("第一条为了公平，制定本办法。", "第二条在本市适用。", "第三条本办法施行。"), ["1", "2", "3"]),
        # an inserted article keeps its own number
        (
            lines("第十六条 甲。", "第十七条 乙。", "第十七条之一 丙。", "第十七条之二 丁。", "第十八条 戊。"),
            ["16", "17", "17-1", "17-2", "18"],
        ),
        # a reference that the layout put at a line's start breaks the count
        (lines("第一条 依照", "第三条的规定办理。", "第二条 乙。", "第三条 丙。"), ["1", "2", "3"]),
        (lines("第一条 违反", "第二条、第三条的，处罚。", "第二条 乙。", "第三条 丙。"), ["1", "2", "3"]),
        (lines("第一条 按照本办法", "第二条至第三条执行。", "第二条 乙。", "第三条 丙。"), ["1", "2", "3"]),
        (lines("第一条 属于本办法", "第二条第二款情形的除外。", "第二条 乙。", "第三条 丙。"), ["1", "2", "3"]),
        # a reference set off by a space: its number jumps away and the count goes on without it
        (lines("第一条 见", "第九条 的情形。", "第二条 乙。", "第三条 丙。"), ["1", "2", "3"]),
        # an article lost in scanning does not end the statute
        (lines("第一条 甲。", "第二条 乙。", "第四条 丁。", "第五条 戊。"), ["1", "2", "4", "5"]),
        # an amendment quotes articles; they are text of the article that quotes
        (
            lines("第一条 将第五条修改为：“第五条 新文。", "第六条 又一条。”", "第二条 乙。", "第三条 丙。"),
            ["1", "2", "3"],
        ),
        # a table of contents lists the articles first
        (
            lines("第一条 目的", "第二条 主体", "第三条 施行", "第一条 甲。", "第二条 乙。", "第三条 丙。"),
            ["1", "2", "3"],
        ),
    ],
)
def test_heads_of_articles(text, expected):
    assert numbers(text) == expected


def test_a_table_of_contents_gives_way_to_the_text():
    text = lines(
        "目录", "第一章 总则", "第二章 附则", "第一章 总则", "第一条 甲。", "第二条 乙。", "第二章 附则", "第三条 丙。"
    )
    found = articles(text, "试行条例")
    assert [article.headings for article in found] == [("第一章 总则",), ("第一章 总则",), ("第二章 附则",)]
    assert [text[article.start : article.end] for article in found] == ["第一条 甲。", "第二条 乙。", "第三条 丙。"]


def test_headings_nest_and_close():
    text = lines(
        "第一编 通则", "第一章 总　则", "第一节 一般规定", "第一条 甲。", "第二节 其他规定", "第二条 乙。",
        "第二章 主体", "第三条 丙。", "第二编 物权", "第一章 所有权", "第四条 丁。",
    )  # fmt: skip
    assert [article.headings for article in articles(text, "试行条例")] == [
        ("第一编 通则", "第一章 总则", "第一节 一般规定"),
        ("第一编 通则", "第一章 总则", "第二节 其他规定"),
        ("第一编 通则", "第二章 主体"),
        ("第二编 物权", "第一章 所有权"),
    ]


def test_captions_are_not_text():
    text = lines(
        "第一条 【立法目的】为了公平。",
        "第二条（适用范围）在本市适用。",
        "第三条 （删除）",
        "第四条 （一）甲；",
        "（二）乙。",
    )
    found = articles(text, "试行条例")
    assert [(article.caption, text[article.body : article.end]) for article in found] == [
        ("立法目的", "为了公平。"),
        ("适用范围", "在本市适用。"),
        ("", "（删除）"),  # the article's text, not its caption
        ("", "（一）甲；\n（二）乙。"),
    ]


def test_an_appendix_is_no_article():
    text = lines("第一条 甲。", "第二条 乙。", "第三条 自公布之日起施行。", "附件：补偿标准表", "第四条 表内说明。")
    found = articles(text, "试行条例")
    assert text[found[-1].start : found[-1].end] == "第三条 自公布之日起施行。"


def test_a_second_law_in_one_file_keeps_its_name():
    text = lines(
        "第一条 甲。",
        "第二条 乙。",
        "第三条 丙。",
        "某市补偿办法",
        "（2020年1月1日发布）",
        "第一条 丁。",
        "第二条 戊。",
    )
    found = articles(text, "某市征收条例")
    assert [(article.law, str(article.number)) for article in found] == [
        ("某市征收条例", "1"), ("某市征收条例", "2"), ("某市征收条例", "3"), ("某市补偿办法", "1"), ("某市补偿办法", "2"),
    ]  # fmt: skip
    assert text[found[2].start : found[2].end] == "第三条 丙。"


def test_paragraphs_and_items():
    text = lines(
        "征收房屋，有下列情形之一的：",
        "（一）国防；",
        "（二）教育：",
        "1.学校；",
        "2.图书馆。",
        "前款所列，应当公告。",
        "（一）项目；",
    )
    paragraphs, items = structure(text, 0, len(text))
    assert [text[p.start : p.end].split("\n")[0] for p in paragraphs] == [
        "征收房屋，有下列情形之一的：",
        "前款所列，应当公告。",
    ]
    assert [(i.paragraph, i.number, text[i.start : i.end]) for i in items] == [
        (1, 1, "（一）国防；"),
        (1, 2, "（二）教育：\n1.学校；\n2.图书馆。"),  # 目 stay in their 项
        (2, 1, "（一）项目；"),
    ]
    assert text[paragraphs[0].start : paragraphs[0].end].endswith("2.图书馆。")  # a 款 has its 项


def test_items_in_one_line():
    text = "补偿包括：（一）价值补偿；（二）搬迁补偿；（三）停产停业损失补偿。"
    paragraphs, items = structure(text, 0, len(text))
    assert len(paragraphs) == 1
    assert [text[i.start : i.end] for i in items] == [
        "（一）价值补偿；",
        "（二）搬迁补偿；",
        "（三）停产停业损失补偿。",
    ]


PREAMBLE = (
    "# 某省房屋征收条例",
    "2012年3月1日 某省第十一届人民代表大会常务委员会第二次会议通过",
    "2015年6月5日 某省第十二届人民代表大会常务委员会第九次会议《关于修改〈某省房屋征收条例〉的决定》修正",
)


def test_what_a_statute_says_of_itself():
    text = lines(*PREAMBLE, "第一条 甲。", "第二条 乙。", "第三条 本条例自2012年5月1日起施行。")
    document = split(reading(text), "/x.md", "0", "某省房屋征收条例(2015-06-05)")
    assert document.kind is DocumentKind.STATUTE
    assert document.title == "某省房屋征收条例"
    assert document.statute is not None
    known = document.statute
    assert (known.issuer, known.level) == ("某省人民代表大会常务委员会", "地方性法规")
    assert (known.promulgated, known.effective, known.version) == ("2015-06-05", None, "2015-06-05")
    assert known.status is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (lines("某市办法", "第一条 甲。", "第二条 乙。", "第三条 丙。"), DocumentKind.STATUTE),
        # an excerpt: five articles in sequence
        (lines("某市办法（节选）", *(f"第{n}条 甲乙丙丁。" for n in "三四五六七")), DocumentKind.STATUTE),
        # a notice that quotes two articles
        (
            lines("关于征收工作的通知", "各单位要对照：", "第一条 甲。", "第二条 乙。", "请遵照执行。"),
            DocumentKind.OTHER,
        ),
        # a contract has articles too, and is no law
        (
            lines("房屋征收补偿安置协议", "第一条 甲方补偿。", "第二条 乙方腾房。", "第三条 违约责任。"),
            DocumentKind.OTHER,
        ),
        # a lecture that ends with a short law
        (lines("讲稿", "征收要讲程序。" * 100, "第一条 甲。", "第二条 乙。", "第三条 丙。"), DocumentKind.OTHER),
        # a judicial reply counts 一、二、三
        (
            lines("最高人民法院关于某问题的批复", "一、应当受理。", "二、不予受理。", "三、按此执行。"),
            DocumentKind.STATUTE,
        ),
        # a district's opinions count so too, and are no law
        (lines("关于推进征收工作的意见", "一、总体要求。", "二、重点任务。", "三、保障措施。"), DocumentKind.OTHER),
    ],
)
def test_what_is_a_statute(text, kind):
    assert split(reading(text), "/x.txt", "0", "x").kind is kind


def test_a_title_in_two_lines_and_a_notice_around_a_law():
    court = lines("最高人民法院", "关于审理征收案件若干问题的规定", "第一条 甲。", "第二条 乙。", "第三条 丙。")
    assert split(reading(court), "/x.txt", "0", "x").title == "最高人民法院关于审理征收案件若干问题的规定"
    broken = lines(
        "某省高级人民法院关于审理房屋征收补偿案件适用法律若",
        "干问题的解释",
        "第一条 甲。",
        "第二条 乙。",
        "第三条 丙。",
    )
    assert split(reading(broken), "/x.txt", "0", "x").title.endswith("适用法律若干问题的解释")
    notice = lines(
        "关于印发《某市补偿办法》的通知",
        "现印发给你们。",
        "某市补偿办法",
        "第一条 甲乙丙丁戊己。",
        "第二条 甲乙丙丁戊己。",
        "第三条 甲乙丙丁戊己。",
    )
    assert split(reading(notice), "/x.txt", "0", "x").title == "某市补偿办法"


SENTENCES = st.text(alphabet="房屋征收补偿应当公平合理依法进行", min_size=2, max_size=12).map(lambda s: s + "。")
REFERENCES = (
    "第{}条的规定不适用。",
    "第{}条第二款另有规定的除外。",
    "第{}条、第二条所列情形。",
    "第{}条至第九条规定的期限。",
)


@st.composite
def statutes(draw):
    """The lines of a statute, and its articles: number, headings and every character of each."""
    out, expected, headings = ["某地征收条例"], [], {}
    number, chapter, section, part = 0, 0, 0, 0
    with_parts = draw(st.booleans())
    for _ in range(draw(st.integers(3, 14))):
        step = draw(st.sampled_from(["article", "article", "article", "of", "chapter", "section", "part"]))
        if step == "part" and with_parts:
            part += 1
            headings = {0: f"第{to_chinese(part)}编 甲"}
            out.append(headings[0])
            section = 0
        elif step == "chapter":
            chapter += 1
            headings = {0: headings[0]} if 0 in headings else {}
            headings[1] = f"第{to_chinese(chapter)}章 乙"
            out.append(headings[1])
            section = 0
        elif step == "section" and 1 in headings:
            section += 1
            headings[2] = f"第{to_chinese(section)}节 丙"
            out.append(headings[2])
        of = 0
        if step == "of" and expected:
            of = expected[-1][0].of + 1
        else:
            number += 1
        article = ArticleNumber(number, of)
        body = [draw(SENTENCES)]
        if draw(st.booleans()):
            body[0] = body[0][:-1] + "："
            body += [f"（{to_chinese(i)}）{draw(SENTENCES)}" for i in range(1, draw(st.integers(2, 4)))]
        if draw(st.booleans()):
            body.append(draw(st.sampled_from(REFERENCES)).format(to_chinese(draw(st.integers(1, 40)))))
        if draw(st.booleans()):
            body.append(draw(SENTENCES))
        separator = draw(st.sampled_from([" ", "　", "【丁】"]))
        out.append(article.chinese + separator + body[0])
        out += body[1:]
        text = "\n".join([article.chinese + separator + body[0], *body[1:]])
        expected.append((article, tuple(headings[rank] for rank in sorted(headings)), text))
    return "\n".join(out), expected


@given(statutes())
@settings(max_examples=150, deadline=None)
def test_generated_statutes_come_back_whole(made):
    text, expected = made
    found = articles(text, "某地征收条例")
    assert [(a.number, a.headings, text[a.start : a.end]) for a in found] == expected


@given(statutes())
@settings(max_examples=60, deadline=None)
def test_paragraphs_cover_an_article(made):
    text, _ = made
    for article in articles(text, "x"):
        covered = "".join(text[p.start : p.end] for p in article.paragraphs)
        assert covered.replace("\n", "") == text[article.body : article.end].replace("\n", "")
        for item in article.items:
            paragraph = article.paragraphs[item.paragraph - 1]
            assert paragraph.start <= item.start < item.end <= paragraph.end
