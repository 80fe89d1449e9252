"""Indexes that follow the store, models that change, damage that is told, texts that cannot be kept."""

import os
import shutil
import threading
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import select, update

from ingest import ingest
from kb import KBError, KnowledgeBase, NotFound, State, UnreadableFile
from kb.embed.fake import FakeEmbedder
from kb.errors import ModelError
from kb.evaluate import read_queries
from kb.index.follow import Indexes
from kb.store.tables import chunks
from tests.conftest import statute


def ids(kb, query, viewer, **kwargs):
    return [hit.id for hit in kb.search(query, viewer, **kwargs).hits]


# following


def test_a_backup_that_went_on_is_not_taken_for_the_library_of_before(tmp_path, me):
    home, backup = tmp_path / "home", tmp_path / "backup.db"

    def opened():
        return KnowledgeBase.open(home, cache=tmp_path, embedder=FakeEmbedder())

    kb = opened()
    kb.add(statute("甲", ["第一份文件。"], path="/a.md"), me)
    kb.indexes.follow()
    kb.close()
    shutil.copy(home / "library.db", backup)
    kb = opened()
    kb.add(statute("乙", ["备份之后的搬迁补助。"], path="/b.md"), me)
    kb.indexes.follow()
    kb.close()
    for file in home.glob("library.db*"):
        file.unlink()
    shutil.copy(backup, home / "library.db")
    kb = opened()
    kb.add(statute("丙", ["另一份的临时安置费。"], path="/c.md"), me)  # the same revision, another text
    assert ids(kb, "临时安置费", me, mode="lexical")
    assert ids(kb, "搬迁", me, mode="lexical") == []
    assert kb.check() == []
    kb.add(statute("丁", ["青苗补偿。"], path="/d.md"), me)
    assert ids(kb, "临时安置费", me, mode="lexical")
    assert kb.check() == []


def test_an_index_that_another_process_cleared_meanwhile_is_not_filled_in_part(kb, me, monkeypatch):
    kb.add(statute("甲", ["临时安置费。"], path="/a.md"), me)
    kb.indexes.follow()
    kb.add(statute("乙", ["搬迁补助。"], path="/b.md"), me)
    other = Indexes(kb.store, kb.home / "index")
    apply = kb.indexes.lexical.apply

    def late(*args, **kwargs):
        monkeypatch.setattr(kb.indexes.lexical, "apply", apply)
        other.lexical.clear()
        apply(*args, **kwargs)

    monkeypatch.setattr(kb.indexes.lexical, "apply", late)
    assert ids(kb, "临时安置费", me, mode="lexical")
    assert kb.check() == []


def test_searches_find_while_another_thread_rebuilds(kb, me):
    for n in range(20):
        kb.add(statute(f"办法{n}", [f"第{n}种临时安置费。"] * 3, path=f"/{n}.md"), me)
    kb.indexes.follow()
    stop, bad = threading.Event(), []

    def search():
        while not stop.is_set():
            try:
                hits = kb.search("临时安置费", me).hits
                if len(hits) != 10 or any("dense" not in h.parts for h in hits[:3]):
                    bad.append([dict(h.parts) for h in hits])
            except Exception as error:
                bad.append(error)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(15):
        kb.rebuild()
    stop.set()
    for thread in threads:
        thread.join()
    assert bad == []


# the model


class Wide(FakeEmbedder):
    """Another model, with vectors of another size."""

    name = "wide"
    dim = 96


def test_a_model_with_longer_vectors_can_be_adopted_in_a_library_that_was_searched(tmp_path, me):
    kb = KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=FakeEmbedder())
    kb.add(statute(articles=["临时安置费。"]), me)
    assert ids(kb, "临时安置费", me)
    kb._embedder = Wide()
    kb.embed_again(me)
    assert ids(kb, "临时安置费", me)
    assert kb.check() == []


def test_what_comes_in_while_every_vector_is_made_again_is_made_again_too(tmp_path, me):
    old = KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=FakeEmbedder())
    old.add(statute("甲", ["临时安置费。"], path="/a.md"), me)

    class Slow(Wide):
        first = True

        def passages(self, texts, progress=None):
            if Slow.first:
                Slow.first = False
                old.add(statute("乙", ["搬迁费。"], path="/b.md"), me)
            return super().passages(texts, progress)

    new = KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=Slow())
    new.embed_again(me)
    assert new.check() == []
    assert len(ids(new, "搬迁费", me)) == 2


def test_vectors_of_the_old_model_do_not_come_in_after_the_change(tmp_path, me):
    seed = KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=FakeEmbedder())
    seed.add(statute("甲", ["临时安置费。"], path="/a.md"), me)

    class Slow(FakeEmbedder):
        def passages(self, texts, progress=None):
            KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=Wide()).embed_again(me)
            return super().passages(texts, progress)

    slow = KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=Slow())
    with pytest.raises(ModelError, match="wide"):
        slow.add(statute("乙", ["搬迁费。"], path="/b.md"), me)
    assert len(KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=Wide()).documents(me)) == 1


def test_ready_vectors_of_another_size_are_refused(kb, me):
    with pytest.raises(ModelError, match="形状"):
        kb.add(statute(), me, vectors=np.zeros((2, 8), np.float32))
    assert kb.documents(me) == []


# check


@pytest.mark.parametrize("vector", [b"", b"\0" * 126, b"\0" * 256], ids=["none", "short", "long"])
def test_a_damaged_vector_is_told_by_check_and_by_search_and_healed(kb, me, vector):
    kb.add(statute("甲", ["临时安置费。", "搬迁费。"], path="/a.md", id="x"), me)
    kb.add(statute("乙", ["青苗补偿。"], path="/b.md"), me)
    with kb.store.write() as connection:
        first = connection.execute(select(chunks.c.number).limit(1)).scalar_one()
        connection.execute(update(chunks).where(chunks.c.number == first).values(vector=vector))
    assert any("向量" in p and "x" in p for p in kb.check())
    with pytest.raises(KBError, match="向量"):
        kb.search("临时安置费", me)
    kb.embed_again(me)
    assert kb.check() == []


def test_check_sees_an_index_that_holds_others_though_as_many(kb, me):
    added = kb.add(statute("甲", ["临时安置费。"], path="/a.md"), me)
    kb.indexes.follow()
    with kb.store.write() as connection:
        connection.execute(update(chunks).values(number=chunks.c.number + 100))
    assert added.chunks == 1
    assert len(kb.check()) == 2  # both indexes
    kb.rebuild()
    assert kb.check() == []


# texts


def test_adding_in_place_of_one_of_two_equal_texts_ends(kb, me):
    kb.add(statute("甲办法", ["临时安置费的标准由市县人民政府制定公布。"], path="/a.md"), me)
    kb.add(statute("乙办法", ["别的内容。"], path="/b.md"), me)
    second = kb.add(statute("甲办法", ["临时安置费的标准由市县人民政府制定公布。"], path="/b.md"), me)
    kb.set_state(kb.documents(me)[-1].id, State.WITHDRAWN, me)
    near = statute("甲办法", ["临时安置费的标准由市县人民政府制定公布！"], path="/c.md")
    done = threading.Event()
    found = []

    def run():
        found.append(kb.add(near, me, on_duplicate="replace"))
        done.set()

    threading.Thread(target=run, daemon=True).start()
    assert done.wait(20)
    assert found[0].id == second.id


@pytest.mark.parametrize("bad", ["\x00", "\ud800"])
def test_characters_that_no_database_counts_are_refused(kb, me, bad):
    good = statute(articles=["临时安置费。"])
    with pytest.raises(KBError, match="字符"):
        kb.add(replace(good, text=good.text.replace("安", bad)), me)
    with pytest.raises(NotFound):
        kb.get(f"doc{bad}", me)
    assert kb.remove(f"doc{bad}", me) is False


def test_spans_hold_beyond_the_basic_plane(kb, me):
    kb.add(statute(articles=["𠮷𠮷𠮷的房屋。", "😀临时安置费𪚥按月支付。"], id="x"), me)
    hit = kb.search("临时安置费", me).hits[0]
    assert hit.text == "😀临时安置费𪚥按月支付。"
    assert kb.check() == []


def test_a_running_program_takes_up_the_model_that_another_adopted(tmp_path, me, monkeypatch):
    models = {None: FakeEmbedder, "wide": Wide}
    monkeypatch.delenv("KB_EMBEDDER")
    monkeypatch.setattr("kb.base.load", lambda wish, _: models[wish]())
    page = KnowledgeBase.open(tmp_path, cache=tmp_path)
    page.add(statute(articles=["临时安置费。"]), me)
    assert ids(page, "临时安置费", me)
    terminal = KnowledgeBase.open(tmp_path, cache=tmp_path)
    terminal.set_setting("model", "wide", me)
    assert ids(page, "临时安置费", me)  # the vectors are still those of the model before
    terminal.embed_again(me)
    assert ids(page, "临时安置费", me)
    assert page.embedder_name == "wide"


def test_a_file_that_is_no_plain_file_is_not_waited_for(kb, me, tmp_path):
    os.mkfifo(tmp_path / "管道.txt")
    (outcome,) = ingest([tmp_path / "管道.txt"], kb, me)
    assert (outcome.status, "普通文件" in outcome.reason) == ("rejected", True)


def test_questions_may_begin_with_a_byte_order_mark_and_hold_any_separator(tmp_path):
    file = tmp_path / "q.jsonl"
    file.write_text('{"qid": 1, "q": "过渡费\u2028怎么算", "gold_ids": [3]}\n', encoding="utf-8-sig")
    (judged,) = read_queries(file)
    assert (judged.text, dict(judged.gold)) == ("过渡费\u2028怎么算", {"3": 1})
    file.write_text('{"qid": 1, "q": 5, "gold_ids": [3]}\n', encoding="utf-8")
    with pytest.raises(UnreadableFile, match="第 1 行"):
        read_queries(file)
