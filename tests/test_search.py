"""What comes first, which passage is shown, and what is said about it."""

import pytest

from kb import DocumentKind, UnitKind, Viewer, Visibility
from kb.law.numerals import ArticleNumber
from kb.models import Article, Digest, Item, Span
from kb.search.explain import coverage, matches
from kb.search.fuse import best_of_units, weighted_sum
from kb.search.query import parse
from kb.search.strength import closeness, strength
from tests.conftest import case, document, statute

REGULATION = "国有土地上房屋征收与补偿条例"


def digest(law, bodies, **kwargs):
    """Article digests numbered from 1."""
    text, units = f"{law} 条文要旨\n", []
    for number, body in enumerate(bodies, 1):
        units.append(Digest(law, ArticleNumber(number), len(text), len(text) + len(body)))
        text += body + "\n"
    return document(f"{law} 条文要旨", DocumentKind.DIGEST, text, units, f"/digests/{law}.md", **kwargs)


def land_law():
    """An article with two paragraphs, the second with two items."""
    head, first, second, one, two = "第一条　", "第一款的内容。", "第二款如下：", "（一）第一项；", "（二）第二项。"
    text = f"土地管理法\n{head}{first}\n{second}\n{one}\n{two}\n"
    at = text.index
    end = at(two) + len(two)
    article = Article(
        "中华人民共和国土地管理法",
        ArticleNumber(1),
        at(head),
        at(first),
        end,
        paragraphs=(Span(at(first), at(first) + len(first)), Span(at(second), end)),
        items=(Item(2, 1, at(one), at(one) + len(one)), Item(2, 2, at(two), end)),
    )
    return document("中华人民共和国土地管理法", DocumentKind.STATUTE, text, [article], "/land.md", id="land")


@pytest.mark.parametrize(
    ("query", "passage"),
    [
        ("土地管理法第一条", "第一款的内容。\n第二款如下：\n（一）第一项；\n（二）第二项。"),
        ("《中华人民共和国土地管理法》第一条第一款", "第一款的内容。"),
        ("土地管理法第1条第2款第（二）项", "（二）第二项。"),
        # a paragraph that the article does not have: the whole article, rather than nothing
        ("土地管理法第一条第九款", "第一款的内容。\n第二款如下：\n（一）第一项；\n（二）第二项。"),
    ],
)
def test_an_article_that_the_query_names_comes_first_with_the_part_it_names(kb, me, query, passage):
    kb.add(statute("其他条例", ["土地管理法第一条第一款的说明。"] * 3), me)
    kb.add(land_law(), me)
    hit = kb.search(query, me).hits[0]
    assert (hit.id, hit.text, hit.strength) == ("land:1", passage, "strong")
    assert hit.reasons[0] == f"检索词写明该条：{query}"


def test_the_regulation_alone_is_the_one_on_expropriation(kb, me):
    kb.add(statute(REGULATION, [f"第{n}条的内容。" for n in range(1, 31)], id="law-590"), me)
    kb.add(statute("物业管理条例", [f"物业{n}。" for n in range(1, 31)], id="law-x"), me)
    assert kb.search("条例二十七条", me).hits[0].id == "law-590:27"
    assert kb.search("条例27条", me).hits[0].id == "law-590:27"


def test_an_article_that_the_library_lacks_is_said_to_be_missing(kb, me):
    kb.add(land_law(), me)
    results = kb.search("土地管理法第九十九条怎么规定", me)
    assert results.notes == ("库中没有《土地管理法》第九十九条，请核对条号或先导入该法规",)


def test_a_named_article_that_the_viewer_may_not_read_is_missing_for_them(kb, me):
    kb.add(statute("内部规定", ["秘密内容。"], visibility=Visibility.RESTRICTED, id="secret"), me)
    results = kb.search("《内部规定》第一条", Viewer("李"))
    assert results.hits == ()
    assert len(results.notes) == 1


def test_a_digest_stands_in_until_the_official_text_is_there(kb, me):
    kb.add(digest(REGULATION, ["征收要给补偿。", "过渡期间给过渡费。"], id="digest"), me)
    kb.add(statute("其他条例", ["与此无关的内容。"]), me)
    articles = frozenset({UnitKind.ARTICLE})
    first = kb.search("过渡费", me, kinds=articles).hits[0]
    assert (first.id, first.kind) == ("digest:2", UnitKind.DIGEST)
    assert "条文要旨（库中暂无官方全文）" in first.reasons
    assert kb.search("条例第二条", me, kinds=articles).hits[0].id == "digest:2"

    kb.add(statute(REGULATION, ["为了公共利益。", "应当支付临时安置费。"], id="official"), me)
    hits = kb.search("过渡费", me, kinds=articles).hits
    assert hits[0].id == "official:2"  # found through the digest's plain words
    assert hits[0].text == "应当支付临时安置费。"
    assert "由本条的条文要旨找到" in hits[0].reasons
    assert all(h.kind is UnitKind.ARTICLE for h in hits)
    assert kb.search("条例第二条", me).hits[0].id == "official:2"
    assert kb.search("过渡费", me, kinds=frozenset({UnitKind.DIGEST})).hits[0].id == "digest:2"


def test_a_digest_does_not_give_way_to_an_official_text_that_the_viewer_may_not_read(kb, me):
    kb.add(digest(REGULATION, ["过渡期间给过渡费。"], id="digest"), me)
    kb.add(statute(REGULATION, ["应当支付临时安置费。"], visibility=Visibility.RESTRICTED, id="official"), me)
    assert kb.search("过渡费", Viewer("李")).hits[0].id == "digest:1"


def test_one_hit_for_a_case_with_its_best_section(kb, me):
    sections = {"基本案情": "张某的房屋在棚户区。", "裁判理由": "停产停业损失应当赔偿，评估报告未送达。"}
    kb.add(case(sections=sections, id="case"), me)
    hits = kb.search("停产停业损失的评估报告没有送达", me).hits
    assert [h.id for h in hits] == ["case"]
    assert (hits[0].section, hits[0].text) == ("裁判理由", sections["裁判理由"])
    assert "命中段落：裁判理由" in hits[0].reasons


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_each_mode_finds(kb, me, mode):
    kb.add(statute(articles=["临时安置费。", "搬迁费。"], id="law"), me)
    assert kb.search("临时安置费", me, mode=mode).hits[0].id == "law:1"


@pytest.mark.parametrize("k", [1, 2, 3, 50])
def test_no_more_hits_than_asked_for(kb, me, k):
    kb.add(statute(articles=[f"临时安置费第{n}种。" for n in range(10)]), me)
    hits = kb.search("临时安置费", me, k=k).hits
    assert len(hits) == min(k, 10)
    assert [h.rank for h in hits] == list(range(1, len(hits) + 1))
    assert all(a.score >= b.score for a, b in zip(hits, hits[1:], strict=False))


def test_marks_are_where_the_words_stand():
    text = "过渡费应当按月发放，逾期发放的加倍支付过渡费。"
    spans = matches(parse("过渡费没有按月发放"), text)
    assert {text[s.start : s.end] for s in spans} == {"过渡费", "发放"}
    assert [s.start for s in spans] == sorted(s.start for s in spans)
    assert all(a.end <= b.start for a, b in zip(spans, spans[1:], strict=False))


def test_coverage_is_the_share_of_the_words_that_are_there():
    query = parse("安置房屋评估")
    assert coverage(query, "安置房屋的评估") == 1
    assert coverage(query, "无关") == 0


def test_a_channel_is_scaled_over_its_own_list_and_weighed():
    best = {"a": {1: (10.0, 11), 2: (5.0, 12), 3: (0.0, 13)}, "b": {2: (0.9, 14)}}
    assert weighted_sum(best, {"a": 1.0, "b": 0.5}) == {1: 1.0, 2: 0.5 + 0.5, 3: 0.0}


def test_a_unit_has_the_score_of_its_best_chunk_and_what_left_the_library_is_passed_over():
    assert best_of_units([(1, 0.9), (2, 0.8), (3, 0.7), (4, 0.6)], {1: 10, 2: 10, 3: 20}) == {
        10: (0.9, 1),
        20: (0.7, 3),
    }


def test_strength_rises_with_nearness_and_with_common_words():
    assert closeness(0.95, 0.5) > closeness(0.90, 0.5) > closeness(0.85, 0.5)
    assert closeness(0.90, 1.0) > closeness(0.90, 0.0)
    assert [strength(0.99, 1.0), strength(0.0, 0.0)] == ["strong", "weak"]


def test_an_old_law_named_as_such_does_not_open_the_law_of_today(kb, me):
    kb.add(statute("行政诉讼法", [f"第{n}条。" for n in range(1, 60)], id="law-x"), me)
    hits = kb.search("行政诉讼法（1989）第五十四条", me).hits
    assert not any("检索词写明该条" in reason for hit in hits for reason in hit.reasons)


def test_as_many_hits_as_there_are_when_that_many_are_wanted(kb, me):
    kb.add(statute(articles=[f"临时安置费的第{n}种情形。" for n in range(1200)]), me)
    assert len(kb.search("临时安置费", me, k=1000).hits) == 1000
    assert len(kb.search("临时安置费", me, k=10**9).hits) == 1200
