"""What the word index promises alone: BM25, and a folder that processes share and that outlives damage and kills."""

from __future__ import annotations

import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from kb.errors import StoreError
from kb.index import Entry, Scope
from kb.index import lexical as lexical_module
from kb.index.lexical import Lexical
from kb.index.tokens import grams
from tests.test_index import ALL, card, entries

ROOT = Path(__file__).parent.parent


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


def test_killed_within_a_commit_after_its_deletions_were_written(folder, tmp_path):
    """tantivy names them by the change's number, and refuses to write over what the killed one left."""
    filled(folder)
    shutil.copytree(folder, tmp_path / "killed")
    change = ([(card(1), entries(1, "戊"))], [], 3)
    Lexical(tmp_path / "killed").apply(*change)
    left = [f for f in (tmp_path / "killed").rglob("*") if f.suffix == ".del" or f.name == ".managed.json"]
    assert len(left) == 2
    for file in left:
        shutil.copy(file, folder / file.relative_to(tmp_path / "killed"))
    index = Lexical(folder)
    assert (held(index), index.revision) == ({100, 101, 200, 300}, 2)
    index.apply(*change)
    assert (held(Lexical(folder)), index.revision) == ({100, 200, 300}, 3)


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
