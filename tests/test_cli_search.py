"""The contract of `kb search --json`: its fields, its kinds, and the articles that a query names."""

from __future__ import annotations

import re
import shutil

import pytest

from kb.law.numerals import ArticleNumber
from tests import small_files as make
from tests.command import ROOT, Command

FIELDS = {
    "rank", "id", "kind", "title", "law", "article", "case_number", "court", "decided", "authority", "effective",
    "score", "strength", "text", "reasons", "source",
}  # fmt: skip

DIGEST = ROOT / "corpus" / "digests" / "国有土地上房屋征收与补偿条例.md"
REGULATION = "国有土地上房屋征收与补偿条例"

LAND = {
    "45": "占地项目的名单由本级张榜。",
    "46": "名单之外的项目不在此列。",
    "47": "张榜满十日方可入户。\n入户时应当填写三联单。\n三联单由户主签名。\n钱款存进专户之后，才可以签协议。",
    "48": "专户由村民推选的人对账。",
    "49": "对账结果每季张榜。",
}


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    folder = tmp_path_factory.mktemp("search")
    files = folder / "files"
    files.mkdir()
    make.statute_md(files / "办法.md", "江城市旧城改造办法", make.RENEWAL)
    make.statute_md(files / "土地.md", "中华人民共和国土地管理法", LAND)
    make.compilation_docx(files / "汇编.docx")
    make.pages_pdf(files / "判决.pdf")
    make.page_html(files / "问答.html")
    make.notice_txt(files / "通知.txt")
    make.case_md(
        files / "案.md", "李某诉某县人民政府案", "鱼塘被填平。", "填平鱼塘应当先补偿。",
        id="made-1", court="湖北省高级人民法院", court_level="高级人民法院", decided="2019-04", kind="裁判文书",
    )  # fmt: skip
    shutil.copy(DIGEST, files)
    kb = Command(folder)
    assert {line["status"] for line in kb("ingest", files, "--json").lines} == {"added"}
    return kb


@pytest.fixture
def find(kb):
    return lambda *args: kb("search", *args, "--json").json


QUERIES = [
    "过渡补贴逾期",
    "豆腐作坊被拆",
    "搬家补助拖欠",
    "分户评估结果",
    "条例二十七条",
    "鱼塘填平",
    "阁楼面积",
    "电暖器",
]


@pytest.mark.parametrize("query", QUERIES)
def test_every_hit_has_every_field_and_quotes_its_document(kb, find, query):
    texts = {}
    hits = find(query, "--k", 20)
    assert [hit["rank"] for hit in hits] == list(range(1, len(hits) + 1))
    assert len({hit["id"] for hit in hits}) == len(hits)
    for hit in hits:
        assert set(hit) >= FIELDS
        assert set(hit["source"]) >= {"document", "page", "start", "end"}
        document = hit["source"]["document"]
        if document not in texts:
            texts[document] = kb("get", document, "--json").json["text"]
        assert hit["text"] == texts[document][hit["source"]["start"] : hit["source"]["end"]] != ""
        assert hit["kind"] in ("case", "article", "digest", "other")
        assert hit["strength"] in ("strong", "good", "weak")
        assert hit["effective"] in (True, False, None)
        assert isinstance(hit["reasons"], list)
        ruled = hit["kind"] in ("article", "digest")
        assert bool(hit["law"]) is bool(hit["article"]) is ruled
        assert hit["authority"] in (range(1, 7) if hit["kind"] == "case" else [None])
        assert hit["decided"] is None or re.fullmatch(r"\d{4}(-\d\d){0,2}", hit["decided"])


def test_scores_do_not_rise_with_the_rank(find):
    scores = [hit["score"] for hit in find("过渡补贴逾期", "--k", 20)]
    assert scores == sorted(scores, reverse=True)


def test_k_is_the_most_that_comes(find):
    assert len(find("改造", "--k", 3)) == 3


@pytest.mark.parametrize(
    ("kind", "kinds"),
    [
        ("case", {"case"}),
        ("article", {"article", "digest"}),  # a digest where the official text is not in the library
        ("digest", {"digest"}),
        ("other", {"other"}),
        ("all", {"case", "article", "digest", "other"}),
    ],
)
def test_kind_narrows_the_search(find, kind, kinds):
    assert {hit["kind"] for hit in find("住户 补偿 拆除 通知 条例", "--kind", kind, "--k", 60)} == kinds


@pytest.mark.parametrize("query", ["", "   ", "？！", "\n"])
def test_a_query_without_a_word_finds_nothing(find, query):
    assert find(query) == []


# What is known, and what is not


def test_a_judgment_tells_what_it_says_and_no_more(find):
    hit = find("豆腐作坊没有登记能不能拆", "--kind", "case")[0]
    assert (hit["kind"], hit["court"]) == ("case", "江城市中级人民法院")
    assert (hit["case_number"], hit["decided"]) == ("（2021）江01行初88号", "2021-09-03")
    assert hit["effective"] is None  # a first instance that does not say whether it took effect


@pytest.mark.parametrize(("query", "page"), [("区政府未签协议便拆除，请求确认违法", 1), ("拆除之前仍应当调查认定", 2)])
def test_the_page_of_a_pdf_is_where_the_passage_stands(find, query, page):
    hit = find(query, "--kind", "case")[0]
    assert hit["case_number"] == "（2021）江01行初88号"
    assert hit["source"]["page"] == page


def test_what_a_case_does_not_tell_is_null(find):
    hit = find("搬家补助到期未付构成违约", "--kind", "case")[0]
    assert hit["title"] == "钱某诉江城市临江区住房保障局补偿协议案"
    unknown = ("law", "article", "case_number", "court", "decided", "effective")
    assert [hit[name] for name in unknown] == [None] * len(unknown)
    assert hit["source"]["page"] is None  # a Word file has no pages of its own


def test_a_case_keeps_its_id_and_the_part_of_its_date_that_is_known(find):
    hit = find("鱼塘填平", "--kind", "case")[0]
    assert (hit["id"], hit["decided"]) == ("made-1", "2019-04")


@pytest.mark.parametrize(("province", "tier"), [("湖北省", 3), ("湖南省", 5)])
def test_the_tier_depends_on_the_users_province(kb, find, province, tier):
    kb("config", "province", province)
    assert find("鱼塘填平", "--kind", "case")[0]["authority"] == tier


# Articles that a query names


@pytest.mark.parametrize(
    ("query", "law", "article", "text"),
    [
        # an inserted article keeps its own number
        ("江城市旧城改造办法第十七条之一", "江城市旧城改造办法", "第十七条之一", make.RENEWAL["17-1"]),
        ("《江城市旧城改造办法》第17条之一怎么规定", "江城市旧城改造办法", "第十七条之一", make.RENEWAL["17-1"]),
        ("江城市旧城改造办法第十七条", "江城市旧城改造办法", "第十七条", make.RENEWAL["17"]),
        # the passage is the paragraph that is named; 中华人民共和国 may be left out
        ("《土地管理法》第四十七条第四款", "中华人民共和国土地管理法", "第四十七条", LAND["47"].split("\n")[3]),
        ("土地管理法47条第二款", "中华人民共和国土地管理法", "第四十七条", LAND["47"].split("\n")[1]),
        ("土地管理法第四十七条", "中华人民共和国土地管理法", "第四十七条", LAND["47"]),
        # a paragraph that the article lacks: the whole article
        ("土地管理法第四十七条第九款", "中华人民共和国土地管理法", "第四十七条", LAND["47"]),
    ],
)
@pytest.mark.parametrize("kind", ["all", "article"])
def test_a_named_article_comes_first(find, query, law, article, text, kind):
    hit = find(query, "--kind", kind)[0]
    assert (hit["law"], hit["article"], hit["kind"]) == (law, article, "article")
    assert hit["text"] == text
    assert hit["strength"] == "strong"
    assert "检索词写明该条" in hit["reasons"][0]


@pytest.mark.parametrize("query", ["条例二十七条", "条例第27条", "《国有土地上房屋征收与补偿条例》第二十七条"])
def test_the_regulation_alone_is_that_on_houses_on_state_land(find, query):
    hit = find(query)[0]
    assert (hit["law"], hit["article"], hit["kind"], hit["id"]) == (REGULATION, "第二十七条", "digest", "digest-590:27")


def test_an_article_that_is_not_held_is_said_not_guessed(kb):
    answer = kb("search", "江城市旧城改造办法第九十九条", "--json")
    assert "库中没有《江城市旧城改造办法》第九十九条" in answer.err
    assert all(hit["article"] != "第九十九条" for hit in answer.json)


def test_the_official_text_takes_the_place_of_its_digest(tmp_path):
    kb = Command(tmp_path)
    kb("ingest", DIGEST)
    before = kb("search", "条例二十七条", "--kind", "article", "--json").json
    assert before[0]["kind"] == "digest"
    articles = {str(n): f"这是为检验而写的一句，说的是第{n}号窗口的办事次序。" for n in range(1, 36)}
    (line,) = kb("ingest", make.statute_md(tmp_path / "条例.md", REGULATION, articles), "--json").lines
    assert (line["kind"], line["units"]) == ("statute", 35)
    hits = kb("search", "条例二十七条", "--kind", "article", "--k", 40, "--json").json
    assert (hits[0]["kind"], hits[0]["id"]) == ("article", f"{line['id']}:27")
    assert hits[0]["text"] == articles["27"]
    assert {hit["kind"] for hit in hits} == {"article"}
    # The digest still helps to find: its everyday words lead to the official text.
    found = kb("search", "先给补偿后搬家", "--kind", "article", "--json").json[0]
    assert found["kind"] == "article"
    assert found["text"] == articles[str(ArticleNumber.parse(found["article"]))]
    # And when the official text goes, the digest stands in again.
    kb("remove", line["id"])
    assert kb("search", "条例二十七条", "--kind", "article", "--json").json[0]["kind"] == "digest"
