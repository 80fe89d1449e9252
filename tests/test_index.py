"""What both indexes promise, and what each promises alone: exact vectors, words on disk that outlive a kill."""

from __future__ import annotations

import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import ModelError, StoreError
from kb.index import Card, Entry, Scope
from kb.index import lexical as lexical_module
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


# --- words ---


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


def filled(folder):
    index = Lexical(folder)
    index.apply([(card(1), entries(1, "甲", "乙")), (card(2), entries(2, "丙"))], [], 1)
    index.apply([(card(3), entries(3, "丁"))], [], 2)
    return index


def held(index, scope=ALL):
    return {number for number, _ in index.search("grams", ["征"], 100, scope)}


def test_no_words_no_hits(folder):
    index = filled(folder)
    assert index.search("words", [], 10, ALL) == []
    assert index.search("grams", {}, 10, ALL) == []
    assert index.search("words", ["没有这个词"], 10, ALL) == []


def bm25(n, df, tf, length, average, k1=1.2, b=0.75):
    """Robertson & Zaragoza 2009, with the idf of Lucene, which is never negative."""
    return math.log(1 + (n - df + 0.5) / (df + 0.5)) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / average))


def test_scores_are_bm25(folder):
    index = Lexical(folder)
    index.apply([(card(1), [Entry(1, "article", "a a b"), Entry(2, "article", "a c"), Entry(3, "case", "d")])], [], 1)
    assert index.search("grams", ["a"], 10, ALL) == [
        (1, pytest.approx(bm25(3, 2, 2, 3, 2), rel=1e-5)),
        (2, pytest.approx(bm25(3, 2, 1, 2, 2), rel=1e-5)),
    ]
    ((_, plain),) = index.search("grams", ["d"], 10, ALL)
    ((_, double),) = index.search("grams", {"d": 2.0}, 10, Scope(kinds=frozenset({"case"})))
    assert double == pytest.approx(2 * plain)


def test_scores_stay_sensible_when_a_document_changes_often(folder):
    """tantivy counts deleted texts until it merges; the order must not suffer."""
    index = Lexical(folder)
    index.apply([(card(d), entries(d, "甲" if d % 2 else "乙", "丙" * d)) for d in range(1, 9)], [], 1)
    before = [number for number, _ in index.search("grams", grams("甲丙"), 100, ALL)]
    for turn in range(2, 30):
        index.apply([(card(1), entries(1, "甲", "丙"))], [], turn)
    after = index.search("grams", grams("甲丙"), 100, ALL)
    assert index.count() == 16
    assert sorted(number for number, _ in after) == sorted(before)
    assert all(score > 0 for _, score in after)
    assert {n for n, _ in index.search("grams", ["甲"], 100, ALL)} == {100, 300, 500, 700}


def test_long_tokens_and_long_questions(folder):
    index = Lexical(folder)
    index.apply([(card(1), [Entry(1, "article", "a" * 200_000 + " 征收")])], [], 1)
    assert held(index) == {1}
    many = [chr(0x4E00 + n) for n in range(5000)] + ["征"]
    assert [n for n, _ in index.search("grams", many, 10, ALL)] == [1]


def test_two_openings_of_one_folder_see_each_other(folder):
    one, two = Lexical(folder), Lexical(folder)
    one.apply([(card(1), entries(1, "甲"))], [], 1)
    assert (held(two), two.revision) == ({100}, 1)
    two.apply([(card(2), entries(2, "乙"))], [], 2)
    assert (held(one), one.revision) == ({100, 200}, 2)
    one.apply([(card(1), entries(1, "丙")), (card(3), entries(3, "丁"))], [2], 3)
    assert held(two) == {100, 300}
    one.clear()
    assert (held(two), two.revision, two.count()) == (set(), 0, 0)
    two.apply([(card(9), entries(9, "戊"))], [], 3)  # the same number as before it was cleared
    assert held(one) == held(two) == {900}
    assert len([f for f in folder.iterdir() if f.is_dir()]) == 1, "old fillings are removed"


def test_a_change_that_another_process_brought_already_is_left_out(folder):
    index = filled(folder)
    index.apply([(card(4), entries(4, "戊"))], [1], 2)
    assert held(Lexical(folder)) == held(index) == {100, 101, 200, 300}


def test_a_part_does_not_fill_an_index_that_was_cleared_meanwhile(folder):
    index = filled(folder)
    Lexical(folder).clear()
    index.apply([(card(4), entries(4, "戊"))], [], 3, since=2)
    assert (held(index), index.revision) == (set(), 0), "else documents 1 to 3 were lost for good"
    index.apply([(card(d), entries(d, "甲")) for d in (1, 2, 3, 4)], [], 3, since=0)
    assert (held(index), index.revision) == ({100, 200, 300, 400}, 3)


def test_a_whole_filling_forgets_what_it_does_not_hold(folder):
    index = filled(folder)
    index.apply([(card(1), entries(1, "甲"))], [], 3, since=0)
    assert held(index) == {100}, "documents 2 and 3 were withdrawn meanwhile"


def sidecar(folder):
    (mark,) = folder.glob("lexical-*.json")
    return mark


def test_killed_after_the_commit_and_before_the_revision_is_written(folder):
    filled(folder)
    mark = sidecar(folder)
    before = mark.read_text()
    change = ([(card(2), entries(2, "戊", "己"))], [1], 3)
    Lexical(folder).apply(*change)
    mark.write_text(before)
    index = Lexical(folder)
    assert index.revision == 2
    index.apply(*change)
    assert (held(index), index.count(), index.revision) == ({200, 201, 300}, 3, 3)


@pytest.mark.parametrize(
    "left", [None, "", "{", "[]", '{"revision": "many"}', json.dumps({"revision": 2, "made": "x"})]
)
def test_without_its_revision_an_index_counts_as_new(folder, left):
    filled(folder)
    if left is None:
        sidecar(folder).unlink()
    else:
        sidecar(folder).write_text(left)
    index = Lexical(folder)
    assert (index.revision, index.count(), held(index)) == (0, 0, set())
    index.apply([(card(5), entries(5, "甲"))], [], 2)
    assert held(Lexical(folder)) == {500}


@pytest.mark.parametrize("damage", ["gone", "empty", "half", "noise"])
@pytest.mark.parametrize("suffix", [".idx", ".term", ".fast", ".fieldnorm", ".store", "meta.json", "managed.json"])
def test_a_damaged_file_empties_the_index_and_the_owner_fills_it_again(folder, damage, suffix):
    filled(folder)
    for file in [f for f in folder.rglob("*") if f.name.endswith(suffix) and f.parent != folder]:
        whole = file.read_bytes()
        file.unlink()
        if damage != "gone":
            file.write_bytes({"empty": b"", "half": whole[: len(whole) // 2], "noise": b"\x55" * len(whole)}[damage])
    index = Lexical(folder)
    if (suffix, damage) == ("managed.json", "gone"):
        assert held(index) == {100, 101, 200, 300}, "tantivy can do without"
    else:
        assert (index.revision, held(index)) == (0, set())
    index.apply([(card(5), entries(5, "甲"))], [], 3, since=0)
    assert (held(Lexical(folder)), Lexical(folder).revision) == ({500}, 3)


def test_damage_that_shows_while_writing_is_told_and_healed(folder):
    index = filled(folder)
    (meta,) = folder.rglob("meta.json")
    meta.write_text("{")
    with pytest.raises(StoreError, match="索引已损坏并作废"):
        index.apply([(card(5), entries(5, "甲"))], [], 3)
    assert index.revision == 0
    index.apply([(card(5), entries(5, "甲"))], [], 3)
    assert held(index) == {500}


def test_another_format_is_made_again(folder, monkeypatch):
    filled(folder)
    monkeypatch.setattr(lexical_module, "FORMAT", lexical_module.FORMAT + 1)
    index = Lexical(folder)
    assert (index.revision, held(index)) == (0, set())
    index.apply([(card(5), entries(5, "甲"))], [], 2)
    assert held(index) == {500}
    assert len(list(folder.glob("lexical-*"))) == 2, "the old format is removed: one folder, one revision"


def test_a_writer_waits_for_another_and_then_says_so(folder, monkeypatch):
    monkeypatch.setattr(lexical_module, "_PATIENCE", 0.2)
    index = filled(folder)
    with FileLock(folder / "lexical.lock"):
        with pytest.raises(StoreError, match="另一个程序正在更新索引"):
            index.apply([(card(5), entries(5, "甲"))], [], 3)
        assert held(index) == {100, 101, 200, 300}, "reading needs no lock"
    index.apply([(card(5), entries(5, "甲"))], [], 3)
    assert 500 in held(index)


def test_a_change_that_fails_halfway_is_not_seen(folder):
    index = filled(folder)

    def puts():
        yield card(1), entries(1, "戊")
        raise RuntimeError("the store went away")

    with pytest.raises(RuntimeError) as failure:
        index.apply(puts(), [2], 3)
    assert failure.traceback, "the error is still held, as by a page that shows it; the writer is free all the same"
    assert (held(index), index.revision) == ({100, 101, 200, 300}, 2)
    index.apply([(card(1), entries(1, "戊"))], [2], 3)
    assert held(index) == {100, 300}


_WORK = """
import sys
from pathlib import Path
from kb.index import Card, Entry
from kb.index.lexical import Lexical

index = Lexical(Path(sys.argv[1]))
print("ready", flush=True)
turn = index.revision
while True:
    turn += 1
    if turn % 7 == 0:
        index.clear()
    index.apply(
        [
            (Card(d, frozenset({"public"})), [Entry(d * 100 + n, "article", f"征 t{turn}") for n in range(20)])
            for d in range(1, 6)
        ],
        [],
        turn,
    )
"""


def test_killed_at_any_moment_it_holds_one_whole_revision_or_none(folder):
    dice = random.Random(3)
    for _ in range(8):
        worker = subprocess.Popen([sys.executable, "-c", _WORK, str(folder)], stdout=subprocess.PIPE, cwd=ROOT)
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
        time.sleep(dice.uniform(0.3, 0.9))
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        index = Lexical(folder)
        revision = index.revision
        assert index.count() == (100 if revision else 0)
        # the commit may be one ahead of the revision that is written after it
        turns = {t for t in (revision, revision + 1) if index.search("grams", [f"t{t}"], 1000, ALL)}
        assert len(turns) == (1 if revision else 0)
        for turn in turns:
            assert len(index.search("grams", [f"t{turn}"], 1000, ALL)) == 100


def test_many_processes_may_write(folder):
    code = _WORK.replace("while True:", f"while index.revision < {30}:").replace("turn % 7 == 0", "False")
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=dict(os.environ),
        )
        for _ in range(3)
    ]
    for worker in workers:
        _, err = worker.communicate(timeout=120)
        assert (worker.returncode, err) == (0, b"")
    index = Lexical(folder)
    assert index.revision >= 30
    assert index.count() == 100
