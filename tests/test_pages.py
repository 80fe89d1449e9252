"""Visits to the pages: what a user finds there, with the real library and the fake model."""

from __future__ import annotations

import re

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, State
from kb.embed.fake import FakeEmbedder
from kb.errors import StoreError
from kb.models import DocumentKind, Page, Span, Statute
from kb.search.query import parse
from kb.store.reading import Whole
from tests.conftest import case, document, statute
from views import marks
from views.shared import duration, plain

HOSTILE = "<script>alert(1)</script>案 **粗** [链](http://x.example) $x$ :red[红]"


@pytest.fixture
def library(tmp_path, monkeypatch, me):
    """The library that the pages open, with a statute and three cases."""
    monkeypatch.setenv("KB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KB_CACHE", str(tmp_path / "cache"))
    st.cache_resource.clear()
    st.cache_data.clear()
    kb = KnowledgeBase.open(embedder=FakeEmbedder())
    yield kb
    kb.close()
    st.cache_resource.clear()


@pytest.fixture
def filled(library, me):
    rules = statute(
        "房屋补偿条例",
        ("为了补偿，制定本条例。", "过渡费按月支付，逾期的加倍。", "本条例自公布之日起施行。"),
        statute=Statute("房屋补偿条例", "现行有效", "官方数据库", "某部", version="2011-01-21"),
    )
    library.add(rules, me)
    library.add(
        case(
            "张某诉某区政府过渡费案",
            {"基本案情": "张某搬迁后过渡费迟迟未发。", "裁判理由": "政府应当按约支付过渡费。"},
            court="某中级人民法院",
            decided="2020-05-06",
            region="湖北/武汉",
        ),
        me,
    )
    library.add(case("李某诉某镇政府强拆案", {"基本案情": "李某的房屋未签协议即被强制拆除。"}), me)
    library.add(case(HOSTILE, {"基本案情": "停车位纠纷 <b>粗体</b> & **星号** <img src=x onerror=alert(1)>"}), me)
    return library


def visit(page: str | None = None, **query: str) -> AppTest:
    at = AppTest.from_file("../views/main.py", default_timeout=60)
    for name, value in query.items():
        at.query_params[name] = value
    if page:
        at.switch_page(f"{page}.py")
    at.run()
    assert not at.exception, at.exception
    return at


def html(at: AppTest) -> str:
    return "\n".join(element.proto.body for element in at.get("html") if "<style" not in element.proto.body)


def titles(at: AppTest) -> list[str]:
    return re.findall(r"<h3>\d+\. (.*?)</h3>", html(at))


def sentences(at: AppTest) -> str:
    return "\n".join(e.value for kind in ("error", "warning", "info", "success") for e in at.get(kind))


# search


def test_an_empty_library_says_what_to_do(library):
    assert "资料库还是空的" in sentences(visit())


def test_a_query_in_the_address_is_searched(filled):
    at = visit(q="过渡费迟迟不发")
    assert at.text_area(key="q").value == "过渡费迟迟不发"
    assert titles(at)[0] == "张某诉某区政府过渡费案"
    shown = html(at)
    assert "<mark>过渡费</mark>" in shown or "<mark>过渡</mark>" in shown
    assert "某中级人民法院" in shown
    assert "2020-05-06" in shown
    assert "为什么找到：" in shown
    assert re.search(r"来源：张某诉某区政府过渡费案.*第 \d+–\d+ 字", shown)


def test_the_fields_go_into_the_address(filled):
    at = visit()
    at.text_area(key="q").input("强拆").run()
    assert at.query_params["q"] == "强拆"
    at.selectbox(key="k").select(20).run()
    assert at.query_params["k"] == "20"
    assert at.text_area(key="q").value == "强拆"


def test_the_scope_keeps_to_one_kind(filled):
    assert all("条" in t for t in titles(visit(q="过渡费", kind="article")))
    assert "房屋补偿条例" not in " ".join(titles(visit(q="过渡费", kind="case")))


def test_an_example_is_one_click(filled):
    at = visit()
    next(b for b in at.button if b.label.startswith("房子没签协议")).click().run()
    assert titles(at)
    assert at.query_params["q"] == "房子没签协议就被强拆了，怎么赔"


@pytest.mark.parametrize("address", [{"q": "过渡费", "kind": "nonsense"}, {"q": "过渡费", "k": "-3"}, {"q": "<b>"}])
def test_an_address_that_someone_changed_does_no_harm(filled, address):
    visit(**address)


def test_a_long_statement_of_facts_is_cut_and_the_page_says_so(filled):
    at = visit()
    at.text_area(key="q").input("过渡费迟迟不发，双方协商未果。" * 400).run()
    assert len(at.text_area(key="q").value) == 3000
    assert "只保留前 3000 字" in sentences(at)
    assert titles(at)


def test_an_article_that_the_library_lacks_is_named(filled):
    assert "库中没有《房屋补偿条例》第九十九条" in sentences(visit(q="《房屋补偿条例》第九十九条"))


def test_a_withdrawn_case_is_not_found_although_the_search_was_cached(filled, me):
    at = visit(q="过渡费迟迟不发")
    assert "张某诉某区政府过渡费案" in titles(at)
    filled.set_state(next(e.id for e in filled.documents(me) if e.title.startswith("张某")), State.WITHDRAWN, me)
    assert "张某诉某区政府过渡费案" not in titles(at.run())


def test_a_file_s_markup_is_shown_as_it_is_written(filled):
    shown = html(visit(q="停车位纠纷"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;案 **粗**" in shown
    assert "&lt;b&gt;粗体&lt;/b&gt; &amp; **星号** &lt;img src=x onerror=alert(1)&gt;" in shown
    assert "<img" not in shown


def test_a_broken_library_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "library.db").write_text("这不是数据库" * 200)
    monkeypatch.setenv("KB_HOME", str(tmp_path))
    st.cache_resource.clear()
    at = visit()
    assert "已损坏" in sentences(at)
    with pytest.raises(StoreError):
        KnowledgeBase.open(tmp_path)


# read


def ids(kb, me, start: str) -> str:
    return next(e.id for e in kb.documents(me) if e.title.startswith(start))


def test_the_passage_is_set_apart_in_the_whole_text(filled, me):
    doc = ids(filled, me, "张某")
    whole = filled.get(doc, me)
    assert isinstance(whole, Whole)
    at_ = whole.text.index("政府应当")
    at = visit("read", id=doc, start=str(at_), end=str(at_ + 13), q="过渡费", kind="case", k="10")
    shown = html(at)
    assert 'id="place">政府应当按约支付' in shown
    assert "<b>裁判理由</b>" in shown
    assert "<dt>案号</dt><dd>未载</dd>" in shown
    assert "<dt>裁判日期</dt><dd>2020-05-06</dd>" in shown
    assert "scrollIntoView" in shown


def test_a_statute_tells_its_status_with_the_source(filled, me):
    at = visit("read", id=ids(filled, me, "房屋"))
    assert "<dd>现行有效（官方数据库）</dd>" in html(at)
    assert "第二条" in at.selectbox[0].options[1]


def test_contents_lead_to_the_article(filled, me):
    at = visit("read", id=ids(filled, me, "房屋"))
    at.selectbox[0].select_index(1).run()
    assert 'id="place"><b>第二条' in html(at)


@pytest.mark.parametrize(
    "address",
    [
        {"id": "no-such"},
        {"id": "no-such", "start": "1", "end": "2"},
        {"id": "<script>"},
    ],
)
def test_an_unknown_document_is_one_sentence(filled, address):
    assert "不在资料库中" in sentences(visit("read", **address))


@pytest.mark.parametrize(("start", "end"), [("9", "3"), ("-1", "5"), ("0", "99999999"), ("x", "y"), ("9" * 30, "5")])
def test_a_place_that_is_none_shows_the_text_without_it(filled, me, start, end):
    shown = html(visit("read", id=ids(filled, me, "张某"), start=start, end=end))
    assert "过渡费迟迟未发" in shown
    assert 'id="place"' not in shown


def test_a_withdrawn_text_says_so(filled, me):
    doc = ids(filled, me, "张某")
    filled.set_state(doc, State.WITHDRAWN, me)
    assert "已撤回" in sentences(visit("read", id=doc))


def test_a_code_of_1260_articles_opens_around_its_place(library, me):
    library.add(statute("长法典", tuple(f"第{n}号事项按规定办理，{'内容' * 20}。" for n in range(1, 1261))), me)
    doc = ids(library, me, "长法典")
    whole = library.get(doc, me)
    assert isinstance(whole, Whole)
    unit = whole.units[899]
    at = visit("read", id=doc, start=str(unit.start), end=str(unit.end))
    shown = html(at)
    assert "第九百条" in shown
    assert "第九百零六条" in shown
    assert "第一千条" not in shown
    at.toggle(key="all").set_value(True).run()
    assert "第一千条" in html(at)


# library


def test_withdrawing_can_be_undone(filled, me):
    doc = ids(filled, me, "李某")
    at = visit("library")
    at.button(key=f"state:{doc}").click().run()
    assert filled.get(doc, me).state == State.WITHDRAWN
    assert "已撤回" in sentences(at)
    next(b for b in at.button if b.label == "撤销这一步").click().run()
    assert filled.get(doc, me).state == State.PUBLISHED


def test_removing_asks_first(filled, me):
    doc = ids(filled, me, "李某")
    at = visit("library")
    at.button(key=f"remove:{doc}").click().run()
    assert {"确认移除", "取消"} <= {b.label for b in at.button}  # what they do is seen in test_browser.py
    assert "之后无法恢复" in "".join(m.value for m in at.markdown)
    assert doc in {e.id for e in filled.documents(me)}


def test_the_list_is_filtered_and_comes_in_pages(library, me):
    for n in range(45):
        library.add(case(f"第{n}件案例"), me)
    at = visit("library")
    assert len(re.findall('class="row"', html(at))) == 20
    at.text_input(key="filter").input("第7件").run()
    assert re.findall(r"<b>(.*?)</b>", html(at)) == ["第7件案例"]
    at.text_input(key="filter").input("没有的").run()
    assert "没有符合条件的文件" in sentences(at)


# upload

LAW = "# 停车补偿办法\n\n第一条　停车位的补偿按市价确定。\n\n第二条　逾期支付的，每日加付。\n"


def upload(*files: tuple[str, str], at: AppTest | None = None) -> AppTest:
    at = at or visit("upload")
    at.get("file_uploader")[0].set_value([(name, text.encode(), "text/plain") for name, text in files]).run()
    next(b for b in at.button if b.label == "开始入库").click().run()
    assert not at.exception
    return at


def test_each_file_gets_its_outcome_and_they_stay(library, me):
    at = upload(("停车补偿办法.md", LAW), ("空.txt", ""), ("坏.pdf", "不是 PDF"))
    said = sentences(at)
    assert "已入库：停车补偿办法" in said.replace("\\", "")
    assert "文件是空的" in said
    assert "不是 PDF 文件" in said
    assert sentences(at.run()) == said
    assert [e.title for e in library.documents(me)] == ["停车补偿办法"]
    assert "未入库 2 份" in "".join(c.value for c in at.caption)


def test_the_same_bytes_again_change_nothing(library, me):
    upload(("停车补偿办法.md", LAW))
    assert "库中已有，未变化" in sentences(upload(("别名.md", LAW)))
    assert len(library.documents(me)) == 1


def test_two_files_of_one_name_in_one_upload_are_both_kept(library, me):
    upload(("判决书.txt", "原告甲与被告乙房屋补偿一案。" * 5), ("判决书.txt", "丙诉丁停车位一案，驳回诉讼请求。" * 5))
    assert sorted(e.path for e in library.documents(me)) == ["upload/判决书.txt", "upload/判决书（2）.txt"]


@pytest.mark.parametrize(("choice", "left"), [("version", 1), ("beside", 2)])
def test_a_name_that_was_uploaded_before_is_asked_about(library, me, choice, left):
    upload(("判决书.txt", "原告甲与被告乙房屋补偿一案。" * 5))
    at = visit("upload")
    at.get("file_uploader")[0].set_value([("判决书.txt", ("丙诉丁停车位一案。" * 9).encode(), "text/plain")]).run()
    assert "以前上传过同名文件" in sentences(at)
    at.radio(key="same").set_value(choice).run()
    next(b for b in at.button if b.label == "开始入库").click().run()
    assert len(library.documents(me)) == left


# setup


def test_the_province_is_kept(filled, me):
    at = visit("setup")
    at.selectbox(key="province").select("湖北").run()
    assert filled.setting("province") == "湖北"
    assert "已保存" in sentences(at)
    assert visit("setup").selectbox(key="province").value == "湖北"


def test_the_library_is_checked_and_its_indexes_made_again(filled):
    at = visit("setup")
    next(b for b in at.button if b.label == "检查资料库").click().run()
    assert "资料库完好" in sentences(at)
    next(b for b in at.button if b.label == "重建索引").click().run()
    assert "索引已重建" in sentences(at)


def test_a_missing_model_is_one_sentence(filled, monkeypatch):
    monkeypatch.setenv("KB_EMBEDDER", "bundled")
    st.cache_resource.clear()
    assert "向量模型尚未准备好" in sentences(visit("setup"))
    assert "向量模型尚未准备好" in sentences(visit(q="过渡费"))


# texts as HTML


def whole_of(doc) -> Whole:
    return Whole("d", doc.kind, doc.title, doc.path, doc.text, doc.pages, None, (), (), "public", "published", "2026")


def test_pages_and_place_and_marks_in_one_text():
    text = "甲方过渡费\n乙方<过渡费>\n丙方"
    doc = document("合同", DocumentKind.OTHER, text, [], "x", pages=(Page(1, 0, 6), Page(2, 6, len(text))))
    shown = marks.whole(whole_of(doc), Span(0, len(text)), Span(6, 13), parse("过渡费"))
    assert shown == (
        '<span class="page">第 1 页</span>甲方<mark>过渡费</mark>\n'
        '<div class="here" id="place"><span class="page">第 2 页</span>乙方&lt;<mark>过渡费</mark>&gt;</div>丙方'
    )


def test_markdown_is_shown_as_it_is_written():
    assert plain("**a** [b](c) `d` $e$ :red[f]") == r"\*\*a\*\* \[b\]\(c\) \`d\` \$e\$ \:red\[f\]"


@pytest.mark.parametrize(("seconds", "said"), [(0.6, "1 秒"), (59.4, "59 秒"), (75, "1 分 15 秒")])
def test_an_estimate_is_told_as_people_do(seconds, said):
    assert duration(seconds) == said
