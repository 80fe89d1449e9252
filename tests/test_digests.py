"""The article digests that ship: complete, in order, and with no number that facts.tsv does not hold."""

from __future__ import annotations

import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.check_digests import DIGESTS, digest_documents, document, facts, longest_run, quantities, told
from ingest import ingest_file
from ingest.readers import read
from kb import Viewer
from kb.law.numerals import ArticleNumber, to_chinese
from kb.models import DocumentKind, UnitKind

HOUSES = "国有土地上房屋征收与补偿条例"
LAND = "土地管理法实施条例"
ARTICLES = {
    HOUSES: range(1, 36),  # the whole regulation
    LAND: range(14, 44),  # chapter four, 建设用地
}
FILES = sorted(path for path in DIGESTS.glob("*.md") if path.stem != "README")
DOCUMENTS = digest_documents()
FACTS = facts()
ALL = [pytest.param(d, u, id=f"{u.law}-{u.number}") for d in DOCUMENTS for u in d.units]
BY_NAME = {(u.law, u.number.chinese): told(d, u) for d in DOCUMENTS for u in d.units}
FRONT = {
    "type": str,
    "id": str,
    "law": str,
    "title": str,
    "issuer": str,
    "number": str,
    "promulgated": datetime.date,
    "effective": datetime.date,
    "version": datetime.date,
    "source": str,
    "checked": datetime.date,
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_front_matter_is_complete(file):
    meta = read(file).meta
    assert {key: type(value) for key, value in meta.items()} == FRONT
    assert meta["type"] == "digest"
    assert re.fullmatch(r"[a-z0-9-]+", meta["id"]), "an id stays the same everywhere, so it is ASCII"
    assert meta["promulgated"] <= meta["version"] <= meta["effective"] <= meta["checked"]


def test_ids_differ():
    ids = [document(file).id for file in FILES]
    assert len(set(ids)) == len(ids)


def test_every_article_is_there_once_and_in_order():
    assert {d.units[0].law: [u.number for u in d.units] for d in DOCUMENTS} == {
        law: [ArticleNumber(n) for n in numbers] for law, numbers in ARTICLES.items()
    }
    assert all(d.kind is DocumentKind.DIGEST for d in DOCUMENTS)


@pytest.mark.parametrize(("digests", "digest"), ALL)
def test_numbers_are_those_of_the_table(digests, digest):
    listed = {(f.value, f.unit) for f in FACTS if (f.law, f.article) == (digest.law, digest.number.chinese)}
    said = quantities(told(digests, digest))
    assert listed - said == set(), "in the table, not in the digest"
    assert said - listed == set(), "in the digest, not in the table"


@pytest.mark.parametrize(("digests", "digest"), ALL)
def test_a_digest_has_its_parts(digests, digest):
    rule, *lines = digests.text[digest.start : digest.end].split("\n")
    labels = [line.split("：")[0] for line in lines]
    counted = any((f.law, f.article) == (digest.law, digest.number.chinese) for f in FACTS)
    assert digest.title
    assert 60 <= len(rule) <= 280, "shorter leaves something out, longer is no digest"
    assert rule.endswith("。")
    assert labels in (["适用对象", "数字与期限", "常见说法"], ["适用对象", "常见说法"])
    assert not counted or "数字与期限" in labels
    assert all(line.split("：", 1)[1] for line in lines)
    words = lines[-1].split("：", 1)[1].split("、")
    assert len(words) >= 4
    assert len(set(words)) == len(words)


def test_rows_of_the_table():
    assert all(f.law in ARTICLES and f.meaning for f in FACTS)
    assert all(ArticleNumber.parse(f.article).number in ARTICLES[f.law] for f in FACTS)
    assert all(ArticleNumber.parse(f.article).chinese == f.article for f in FACTS), "as in 第二十七条"
    for fact in FACTS:
        form = r"\d{4}-\d{2}-\d{2}" if fact.unit == "日期" else r"[1-9]\d*"
        assert re.fullmatch(form, fact.value), fact
    rows = [(f.law, f.article, f.value, f.unit) for f in FACTS]
    assert len(set(rows)) == len(rows)
    assert rows == sorted(rows, key=lambda r: (list(ARTICLES).index(r[0]), ArticleNumber.parse(r[1]))), "as in the text"


@pytest.mark.parametrize(
    ("law", "article", "words"),
    [
        # the duty is the department's, not the government's
        (HOUSES, "第二十二条", "房屋征收部门要向被征收人支付搬迁费"),
        # answers for whom it sends
        (HOUSES, "第五条", "法律责任也由征收部门承担"),
        # the valuation date is that of the announcement
        (HOUSES, "第十九条", "征收决定公告当天"),
        # a review by the same firm comes before the committee
        (HOUSES, "第十九条", "可以向评估机构申请复核评估；仍不认可复核结果，可以向房地产价格评估专家委员会申请鉴定"),
        # the choice is the household's
        (HOUSES, "第二十一条", "补偿方式由被征收人选择"),
        # a temporary building within its term is compensated
        (HOUSES, "第二十四条", "没有超过批准期限的临时建筑，应当补偿"),
        # the government applies to a court
        (HOUSES, "第二十八条", "依法申请法院强制执行"),
        # both ends of the fine
        (HOUSES, "第三十四条", "机构5万元以上20万元以下，估价师1万元以上3万元以下"),
        # working days, not days
        (LAND, "第二十六条", "至少10个工作日"),
        # days, not working days
        (LAND, "第二十八条", "至少30日"),
        # counted from receipt of the approval
        (LAND, "第三十一条", "自收到批准文件之日起15个工作日内"),
        # crops and fixtures are paid to their owner, not shared out
        (LAND, "第三十二条", "地上附着物、青苗等的补偿费归它们的所有权人"),
        # money first
        (LAND, "第三十二条", "没有足额到位的，不得批准征地"),
        # no residence permit at the price of the homestead
        (LAND, "第三十六条", "把退出宅基地当作村民进城落户的条件"),
    ],
)
def test_rules_that_decide_most_disputes(law, article, words):
    assert words in BY_NAME[law, article]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不得少于30日", {("30", "日")}),
        ("公告时间不少于三十日", {("30", "日")}),
        # working days are a unit of their own
        ("收到之日起十五个工作日内", {("15", "工作日")}),
        ("结束六个月内", {("6", "月")}),
        ("5万元以上20万元以下", {("5", "万元"), ("20", "万元")}),
        ("第二十五条第一款", {("25", "条"), ("1", "款")}),
        # a date is one quantity, not three
        ("2001年6月13日公布", {("2001-06-13", "日期")}),
        # 一 of 之一, 一方, 一般 and 统一年度 counts nothing
        ("下列情形之一，一方一般应当按统一年度计划", set()),
        # a number that counts nothing known is not passed over
        ("罚款8千克", {("8", "？")}),
    ],
)
def test_quantities(text, expected):
    assert quantities(text) == expected


@given(st.integers(1, 9999), st.sampled_from(["日", "个工作日", "年", "个月", "万元", "条"]))
def test_chinese_and_arabic_numerals_are_one_quantity(number, unit):
    assert quantities(f"不超过{to_chinese(number)}{unit}。") == quantities(f"不超过{number}{unit}。")


@pytest.mark.parametrize(
    ("ours", "source", "run"),
    [
        # punctuation does not hide a copied sentence
        ("先付钱，再搬家", "应当先付钱再搬家。", "先付钱再搬家"),
        # a name that cannot be said otherwise ends a run
        ("报县级以上地方人民政府审", "报县级以上地方人民政府审", "报"),
        ("甲", "乙", ""),
    ],
)
def test_longest_run(ours, source, run):
    assert longest_run(ours, source) == run


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_library_takes_it(kb, file):
    outcome = ingest_file(file, kb, Viewer.local())
    assert (outcome.status, outcome.kind, outcome.reason) == ("added", "digest", None)
    law = document(file).units[0].law
    assert outcome.units == len(ARTICLES[law])
    number = ArticleNumber(ARTICLES[law][3])
    first = kb.search(f"{law}{number.chinese}", Viewer.local()).hits[0]
    assert (first.kind, first.unit.number) == (UnitKind.DIGEST, number)
