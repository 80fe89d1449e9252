"""Chunks never cross what they belong to, lose nothing, and stay short enough for the model."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from kb.chunks import LONGEST, chunks, divide, hash_of
from tests.conftest import case, statute

texts = st.text(alphabet="征收补偿安置房屋。；！\n 　ab1”", min_size=0, max_size=3000)


@given(texts, st.integers(20, 600))
def test_dividing_loses_no_visible_character_and_keeps_to_the_limit(text, longest):
    spans = divide(text, 0, len(text), longest)
    assert all(0 < s.end - s.start <= longest for s in spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    kept = "".join(text[s.start : s.end] for s in spans)
    assert "".join(kept.split()) == "".join(text.split())


def test_a_long_section_is_cut_at_sentence_ends():
    text = "房屋被拆除，补偿没有到位。" * 60
    spans = divide(text, 0, len(text))
    assert len(spans) == 2
    assert all(text[s.end - 1] == "。" for s in spans)


def test_a_chunk_of_an_article_is_embedded_after_law_and_number():
    document = statute("测试条例", ["为了公共利益。"])
    [chunk] = chunks(document)
    assert chunk.indexed(document.text) == "测试条例第一条 为了公共利益。"
    assert document.text[chunk.start : chunk.end] == "为了公共利益。"


def test_each_section_of_a_case_has_its_own_chunks():
    document = case(sections={"基本案情": "甲" * 700, "裁判结果": "驳回。"})
    found = chunks(document)
    assert [c.section for c in found] == ["基本案情", "基本案情", "裁判结果"]
    assert max(c.end - c.start for c in found) <= LONGEST


def test_equal_texts_have_equal_hashes():
    assert hash_of("甲") == hash_of("甲") != hash_of("乙")
