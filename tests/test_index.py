"""What both indexes promise, and what exact vectors promise alone; test_index_words.py has the rest."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import ModelError
from kb.index import Card, Entry, Scope
from kb.index.dense import Dense
from kb.index.lexical import Lexical
from kb.index.tokens import grams

ROOT = Path(__file__).parent.parent
LETTERS = "征甲乙丙丁戊己庚"  # every text of these tests has 征 once, so that 征 finds all
ALL = Scope(drafts=True)
PUBLIC, INTERNAL = frozenset({"public"}), frozenset({"internal"})


class Words:
    """The lexical index; a query is a text."""

    def __init__(self, folder):
        self.index = Lexical(folder)

    def apply(self, puts, removes, revision):
        self.index.apply(puts, removes, revision)

    def search(self, text, k, scope=ALL):
        return self.index.search("grams", grams(text), k, scope)


class Vectors:
    """The dense index; a text's vector counts its letters, so that every score can be worked out by hand."""

    def __init__(self, folder):
        self.index = Dense(len(LETTERS))

    def apply(self, puts, removes, revision):
        given = [(card, entries, np.array([vector(e.text) for e in entries], np.float32)) for card, entries in puts]
        self.index.apply(given, removes, revision)

    def search(self, text, k, scope=ALL):
        return self.index.search(vector(text), k, scope)


KINDS = [Words, Vectors]


def vector(text):
    counts = Counter(text)
    return np.array([counts[letter] for letter in LETTERS], np.float32)


@pytest.fixture(params=KINDS)
def index(request, tmp_path):
    return request.param(tmp_path / "index")


def card(document, access=PUBLIC, draft=False):
    return Card(document, frozenset(access), draft)


def entries(document, *texts, kind="article"):
    """Chunks of a document; their numbers tell whose they are."""
    return [Entry(document * 100 + n, kind, f"征{text}") for n, text in enumerate(texts)]


def found(index, text="征", k=1000, scope=ALL):
    return {number for number, _ in index.search(text, k, scope)}


# --- both ---


def test_an_empty_index_finds_nothing(index):
    assert index.search("征", 10) == []
    assert (index.index.count(), index.index.revision) == (0, 0)
    index.apply([], [7], 1)
    assert index.search("征", 10) == []
    assert (index.index.count(), index.index.revision) == (0, 1)


def test_documents_come_change_and_go(index):
    index.apply([(card(1), entries(1, "甲", "乙")), (card(2), entries(2, "甲甲"))], [], 1)
    assert found(index) == {100, 101, 200}
    assert index.search("甲", 1)[0][0] == 200, "甲 stands there twice"
    index.apply([(card(1), entries(1, "丙"))], [], 2)
    assert found(index) == {100, 200}, "the second chunk of document 1 is gone with its old version"
    assert index.search("丙", 1)[0][0] == 100
    index.apply([], [2], 3)
    assert found(index) == {100}
    index.apply([(card(1), [])], [], 4)  # a document without text
    assert (found(index), index.index.count(), index.index.revision) == (set(), 0, 4)
    index.apply([(card(2), entries(2, "丁"))], [2], 5)  # removed and put in one change: put
    assert found(index) == {200}


def test_the_same_change_twice_leaves_the_index_the_same(index):
    index.apply([(card(1), entries(1, "甲", "乙")), (card(2), entries(2, "丙"))], [], 1)
    change = [(card(2), entries(2, "丁", "戊")), (card(3), entries(3, "己"))]
    index.apply(change, [1], 2)
    once = index.search("征丁", 10)
    index.apply(change, [1], 2)
    assert index.search("征丁", 10) == once
    assert index.index.count() == 3


def test_the_last_of_two_versions_in_one_change_stays(index):
    index.apply([(card(1), entries(1, "甲", "乙")), (card(1), entries(1, "丙"))], [], 1)
    assert found(index) == {100}
    assert index.index.count() == 1


@pytest.mark.parametrize("k", [0, -1])
def test_none_wanted_none_found(index, k):
    index.apply([(card(1), entries(1, "甲"))], [], 1)
    assert index.search("征", k) == []


def test_more_wanted_than_there_are(index):
    index.apply([(card(1), entries(1, "甲", "乙"))], [], 1)
    assert len(index.search("征", 10**9)) == 2


def test_equal_scores_stand_in_the_order_of_their_numbers(index):
    index.apply([(card(d), entries(d, "甲", "甲")) for d in (3, 1, 2)], [], 1)
    assert [number for number, _ in index.search("甲", 10)] == [100, 101, 200, 201, 300, 301]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(drafts=True), {100, 200, 300, 400, 401}),  # the administrator, drafts asked for
        (Scope(), {100, 200, 400, 401}),  # the administrator
        (Scope(PUBLIC), {100, 400, 401}),  # not signed in
        (Scope(PUBLIC | INTERNAL | {"reader:李某"}), {100, 200, 400, 401}),  # 李某 is named by document 2
        (Scope(PUBLIC | INTERNAL | {"reader:李"}), {100, 400, 401}),  # a name that only begins like it
        (Scope(PUBLIC | INTERNAL | {"reader:王某"}), {100, 400, 401}),
        (Scope(PUBLIC, frozenset({"case"})), {401}),  # kinds are a matter of each chunk
        (Scope(None, frozenset({"article", "case"})), {100, 200, 400, 401}),
        (Scope(None, frozenset({"digest"})), set()),
        (Scope(frozenset()), set()),  # someone who may see nothing
        (Scope(None, frozenset()), set()),
    ],
)
def test_a_search_sees_what_its_scope_admits(index, scope, expected):
    index.apply(
        [
            (card(1), entries(1, "甲")),
            (card(2, {"reader:李某", "reader:张某"}), entries(2, "乙")),
            (card(3, draft=True), entries(3, "丙")),
            (card(4), [Entry(400, "article", "征丁"), Entry(401, "case", "征戊")]),
            (card(5, ()), []),
        ],
        [],
        1,
    )
    assert found(index, scope=scope) == expected


def test_a_scope_follows_the_document(index):
    """The filter that was worked out for one revision does not serve the next."""
    index.apply([(card(1), entries(1, "甲")), (card(2), entries(2, "乙"))], [], 1)
    assert found(index, scope=Scope(PUBLIC)) == {100, 200}
    index.apply([(card(2, INTERNAL), entries(2, "乙"))], [], 2)
    assert found(index, scope=Scope(PUBLIC)) == {100}
    index.apply([(card(2), entries(2, "乙"))], [], 3)
    assert found(index, scope=Scope(PUBLIC)) == {100, 200}


TERMS = ["public", "internal", "reader:甲", "reader:乙"]
cards = st.tuples(st.frozensets(st.sampled_from(TERMS)), st.booleans())
texts = st.lists(st.tuples(st.text(LETTERS[1:], max_size=6), st.sampled_from(["article", "case"])), max_size=3)
scopes = st.builds(
    Scope,
    st.none() | st.frozensets(st.sampled_from(TERMS)),
    st.none() | st.frozensets(st.sampled_from(["article", "case", "digest"])),
    st.booleans(),
)


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(st.tuples(cards, texts), max_size=6), st.lists(scopes, min_size=1, max_size=4), st.integers(1, 8))
@settings(max_examples=40, deadline=None)
def test_a_limited_search_is_the_unlimited_one_without_what_is_out_of_scope(kind, documents, asked, k):
    puts = [
        (card(d, *about), [Entry(d * 100 + n, of, f"征{text}") for n, (text, of) in enumerate(chunks)])
        for d, (about, chunks) in enumerate(documents, 1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        index = kind(Path(folder))
        index.apply(puts, [], 1)
        everything = index.search("征甲乙", 1000)
        assert len(everything) == sum(len(chunks) for _, chunks in puts)
        for scope in asked:
            admitted = {
                e.chunk
                for of, chunks in puts
                if scope.admits(of)
                for e in chunks
                if scope.kinds is None or e.kind in scope.kinds
            }
            expected = [(number, score) for number, score in everything if number in admitted]
            whole = index.search("征甲乙", 1000, scope)
            assert [n for n, _ in whole] == [n for n, _ in expected]
            assert [s for _, s in whole] == pytest.approx([s for _, s in expected]), "a filter adds nothing to a score"
            first = index.search("征甲乙", k, scope)
            assert [s for _, s in first] == pytest.approx([s for _, s in expected[:k]])
            assert {n for n, _ in first} <= admitted


@pytest.mark.parametrize("share", [0.01, 0.99])
def test_few_or_nearly_all_admitted(index, share):
    of = [card(d, PUBLIC if d <= 1000 * share else INTERNAL) for d in range(1, 1001)]
    index.apply([(c, entries(c.document, "甲" * (c.document % 5))) for c in of], [], 1)
    admitted = {c.document * 100 for c in of if c.access == PUBLIC}
    assert found(index, scope=Scope(PUBLIC)) == admitted
    top = index.search("甲", 10, Scope(PUBLIC))
    expected = [hit for hit in index.search("甲", 1000) if hit[0] in admitted][: len(top)]
    assert [score for _, score in top] == pytest.approx([score for _, score in expected])


def test_searches_during_changes_see_each_document_whole_or_not_at_all(index):
    stop = threading.Event()
    wrong: list[object] = []

    def look():
        while not stop.is_set():
            try:
                counts = Counter(number // 100 for number in found(index, scope=Scope(PUBLIC)))
                if not set(counts.values()) <= {3}:
                    wrong.append(counts)
            except Exception as error:
                wrong.append(error)

    lookers = [threading.Thread(target=look) for _ in range(3)]
    for looker in lookers:
        looker.start()
    for turn in range(1, 13):
        index.apply([(card(turn % 4), entries(turn % 4, "甲", "乙", "丙"))], [(turn + 1) % 4], turn)
    stop.set()
    for looker in lookers:
        looker.join()
    assert wrong == []


# --- vectors ---


def test_scores_are_inner_products():
    index = Dense(3)
    rows = np.array([[1, 0, 0], [0.6, 0.8, 0], [0, 0, -1]], np.float32)
    sparse = [2**40, 5, 2**33]  # row numbers of the store, in no order
    index.apply([(card(1), [Entry(n, "article", "") for n in sparse], rows)], [], 1)
    assert index.search(np.array([1, 0, 0], np.float32), 3, ALL) == [
        (2**40, 1.0),
        (5, pytest.approx(0.6)),
        (2**33, 0.0),
    ]


@pytest.mark.parametrize("shape", [(1, 4), (1, 2), (2, 3)])
def test_vectors_of_another_model_change_nothing(shape):
    index = Dense(3)
    index.apply([(card(1), [Entry(1, "article", "")], np.ones((1, 3), np.float32))], [], 1)
    with pytest.raises(ModelError, match="请用建库时的模型"):
        index.apply([(card(1), [Entry(1, "article", "")], np.ones(shape, np.float32))], [1], 2)
    assert (index.count(), index.revision) == (1, 1)


def test_a_question_of_another_model_is_refused():
    with pytest.raises(ModelError, match=r"\(4,\).*\(3,\)"):
        Dense(3).search(np.ones(4, np.float32), 5, ALL)
