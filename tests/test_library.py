"""The facade: what goes in can be found, what goes out cannot, and nothing changes by halves."""

import pytest
from sqlalchemy import select

from kb import KBError, KnowledgeBase, NotFound, State, UnitKind, Viewer, Visibility
from kb.embed.fake import FakeEmbedder
from kb.errors import ModelError, StoreError
from kb.store.tables import audit, chunks, units, versions
from tests.conftest import case, statute


def ids(kb, query, viewer, **kwargs):
    return [hit.id for hit in kb.search(query, viewer, **kwargs).hits]


def count(kb, table):
    with kb.store.read() as connection:
        return len(connection.execute(select(table.c.number)).all())


def test_a_document_that_went_in_is_found_and_shown_at_its_place(kb, me):
    added = kb.add(statute("补偿条例", ["立法目的。", "临时安置费应当按月支付。"], id="law-x"), me)
    assert (added.id, added.status, added.units, added.chunks) == ("law-x", "added", 2, 2)
    hit = kb.search("临时安置费怎么支付", me).hits[0]
    assert hit.id == "law-x:2"
    assert hit.title == "补偿条例 第二条"
    whole = kb.get(hit.source.document, me)
    assert whole.text[hit.source.start : hit.source.end] == hit.text == "临时安置费应当按月支付。"
    assert "命中词" in hit.reasons[0]


def test_the_same_bytes_change_nothing_whatever_the_path(kb, me):
    first = kb.add(statute(path="/a.md"), me)
    again = kb.add(statute(path="/a.md"), me)
    elsewhere = kb.add(statute(path="/b.md"), me)
    assert [again.status, elsewhere.status] == ["unchanged", "unchanged"]
    assert again.id == elsewhere.id == first.id
    assert count(kb, versions) == 1


def test_new_bytes_at_the_same_path_replace_and_the_old_text_is_not_found(kb, me):
    first = kb.add(statute(articles=["旧的临时安置标准。"], path="/a.md"), me)
    second = kb.add(statute(articles=["新的搬迁补助标准。"], path="/a.md"), me)
    assert (second.status, second.id) == ("replaced", first.id)
    assert all("旧的" not in h.text for h in kb.search("旧的临时安置标准", me).hits)
    assert kb.search("搬迁补助", me).hits[0].text == "新的搬迁补助标准。"
    assert count(kb, versions) == 2  # the old one stays readable
    assert kb.check() == []


def test_only_changed_articles_are_embedded_again(tmp_path, me):
    class Counting(FakeEmbedder):
        texts = 0

        def passages(self, texts, progress=None):
            Counting.texts += len(texts)
            return super().passages(texts, progress)

    kb = KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=Counting())
    kb.add(statute(articles=["甲。", "乙。", "丙。"], path="/a.md"), me)
    kb.add(statute(articles=["甲。", "乙改。", "丙。"], path="/a.md"), me)
    assert Counting.texts == 4


def test_a_removed_document_is_gone_from_every_view(kb, me):
    added = kb.add(statute(articles=["临时安置费。"]), me)
    assert ids(kb, "临时安置费", me)
    assert kb.remove(added.id, me) is True
    assert ids(kb, "临时安置费", me) == []
    with pytest.raises(NotFound, match=added.id):
        kb.get(added.id, me)
    assert kb.stats(me)["documents"] == 0
    assert count(kb, units) == count(kb, chunks) == count(kb, versions) == 0
    assert kb.check() == []


def test_removing_what_is_not_there_says_so_and_changes_nothing(kb, me):
    kb.add(statute(), me)
    assert kb.remove("没有", me) is False
    assert kb.stats(me)["documents"] == 1


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.DRAFT])
def test_what_is_withdrawn_or_under_review_is_not_found_and_comes_back_when_published(kb, me, state):
    added = kb.add(statute(articles=["临时安置费。"]), me)
    kb.set_state(added.id, state, me)
    assert ids(kb, "临时安置费", me) == []
    kb.set_state(added.id, State.PUBLISHED, me)
    assert ids(kb, "临时安置费", me) == [f"{added.id}:1"]


def test_the_administrator_may_search_drafts_and_nobody_else(kb, me):
    kb.add(statute(articles=["临时安置费。"], state=State.DRAFT), me)
    assert ids(kb, "临时安置费", me, drafts=True)
    assert ids(kb, "临时安置费", Viewer("李"), drafts=True) == []


@pytest.mark.parametrize(
    ("visibility", "readers", "seen_by"),
    [
        (Visibility.PUBLIC, (), {"anonymous", "李", "王", "local"}),
        (Visibility.INTERNAL, (), {"李", "王", "local"}),
        (Visibility.RESTRICTED, ("李",), {"李", "local"}),
        (Visibility.RESTRICTED, (), {"local"}),  # nobody is named
    ],
)
def test_rights_hold_in_search_get_list_and_counts(kb, me, visibility, readers, seen_by):
    added = kb.add(statute(articles=["临时安置费。"], visibility=visibility, readers=readers), me)
    viewers = {"anonymous": Viewer.anonymous(), "李": Viewer("李"), "王": Viewer("王"), "local": me}
    for name, viewer in viewers.items():
        allowed = name in seen_by
        assert bool(ids(kb, "临时安置费", viewer)) is allowed, name
        assert bool(ids(kb, "测试条例第一条", viewer)) is allowed, name
        assert bool(kb.documents(viewer)) is allowed, name
        assert kb.stats(viewer)["documents"] == int(allowed), name
        for wanted in (added.id, f"{added.id}:1"):
            if allowed:
                assert kb.get(wanted, viewer)
            else:
                with pytest.raises(NotFound):
                    kb.get(wanted, viewer)


def test_a_change_of_rights_is_followed_at_once(kb, me):
    added = kb.add(statute(articles=["临时安置费。"]), me)
    anyone = Viewer.anonymous()
    assert ids(kb, "临时安置费", anyone)
    kb.set_visibility(added.id, Visibility.RESTRICTED, me, ("李",))
    assert ids(kb, "临时安置费", anyone) == []
    assert ids(kb, "临时安置费", Viewer("李"))


@pytest.mark.parametrize("act", ["remove", "set_state", "set_visibility", "set_setting"])
def test_only_the_administrator_manages(kb, me, act):
    added = kb.add(statute(), me)
    calls = {
        "remove": lambda v: kb.remove(added.id, v),
        "set_state": lambda v: kb.set_state(added.id, State.WITHDRAWN, v),
        "set_visibility": lambda v: kb.set_visibility(added.id, Visibility.PUBLIC, v),
        "set_setting": lambda v: kb.set_setting("province", "湖北", v),
    }
    with pytest.raises(KBError, match="权限"):
        calls[act](Viewer("李"))
    with pytest.raises(KBError, match="未登录"):
        kb.add(statute(path="/other.md"), Viewer.anonymous())


def test_two_openings_of_one_library_see_each_others_changes(tmp_path, me):
    one = KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=FakeEmbedder())
    two = KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=FakeEmbedder())
    assert ids(two, "临时安置费", me) == []
    added = one.add(statute(articles=["临时安置费。"]), me)
    assert ids(two, "临时安置费", me) == [f"{added.id}:1"]
    two.remove(added.id, me)
    assert ids(one, "临时安置费", me) == []


def test_indexes_can_be_deleted_and_made_again_without_the_model(tmp_path, me):
    import shutil

    kb = KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=FakeEmbedder())
    kb.add(statute(articles=["临时安置费。", "搬迁费。"]), me)
    before = ids(kb, "安置", me)
    kb.close()
    shutil.rmtree(tmp_path / "index")

    class Silent(FakeEmbedder):
        def passages(self, texts, progress=None):
            raise AssertionError("the model must not run")

    kb = KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=Silent())
    kb.rebuild()
    assert ids(kb, "安置", me) == before
    assert kb.check() == []


def test_another_model_is_refused_and_can_be_adopted(tmp_path, me):
    class Other(FakeEmbedder):
        name = "other"

    kb = KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=FakeEmbedder())
    kb.add(statute(articles=["临时安置费。"]), me)
    other = KnowledgeBase.open(tmp_path, cache=tmp_path, embedder=Other())
    with pytest.raises(ModelError, match=r"fake.*other"):
        other.search("临时安置费", me)
    other.embed_again(me)
    assert ids(other, "临时安置费", me)


def test_a_near_duplicate_is_added_skipped_or_put_in_place(kb, me):
    text = ["征收补偿应当公平，先补偿后搬迁，任何单位不得以停水停电方式迫使搬迁。", "评估应当独立客观公正地进行。"]
    first = kb.add(statute("甲条例", text, path="/a.md"), me)
    near = statute("甲条例", [text[0] + " ", text[1]], path="/b.md")
    skipped = kb.add(near, me, on_duplicate="skip")
    assert (skipped.status, skipped.id) == ("unchanged", first.id)
    assert "甲条例" in skipped.reason
    replaced = kb.add(near, me, on_duplicate="replace")
    assert (replaced.status, replaced.id) == ("replaced", first.id)
    added = kb.add(statute("甲条例", [text[0], text[1] + "。"], path="/c.md"), me)
    assert added.status == "added"
    assert (
        kb.add(statute("乙办法", ["完全不同的内容，说的是青苗和附着物。"]), me, on_duplicate="skip").status == "added"
    )


def test_a_wished_id_that_is_taken_is_not_stolen(kb, me):
    assert kb.add(case(path="/a.md", id="spc-1"), me).id == "spc-1"
    other = kb.add(case("李某案", path="/b.md", id="spc-1"), me)
    assert other.id.startswith("doc-")
    assert kb.get("spc-1", me).title == "张某诉某区政府案"


def test_a_wished_id_that_reads_like_a_unit_is_not_given(kb, me):
    kb.add(statute(id="law-x"), me)
    assert kb.add(case(path="/b.md", id="law-x:1"), me).id.startswith("doc-")
    assert kb.get("law-x:1", me).title == "测试条例 第一条"


def test_kinds_narrow_the_search(kb, me):
    kb.add(statute(articles=["房屋被拆除的补偿。"], id="law"), me)
    kb.add(case(id="case"), me)
    assert set(ids(kb, "房屋被拆除", me)) == {"law:1", "case"}
    assert ids(kb, "房屋被拆除", me, kinds=frozenset({UnitKind.CASE})) == ["case"]
    assert ids(kb, "房屋被拆除", me, kinds=frozenset({UnitKind.ARTICLE})) == ["law:1"]


@pytest.mark.parametrize("query", ["", "  \n", "？？！", "\x00"])
def test_an_empty_query_finds_nothing_and_does_not_fail(kb, me, query):
    kb.add(statute(), me)
    results = kb.search(query, me)
    assert results.hits == ()
    assert results.nothing_close


def test_every_change_is_in_the_audit_trail(kb, me):
    added = kb.add(statute(), me)
    kb.set_state(added.id, State.WITHDRAWN, me)
    kb.remove(added.id, me)
    with kb.store.read() as connection:
        rows = connection.execute(select(audit.c.what, audit.c.who, audit.c.target)).all()
    assert [tuple(r) for r in rows] == [(w, "local", added.id) for w in ("added", "change", "remove")]


def test_a_file_that_is_no_library_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "library.db").write_bytes("这不是数据库".encode() * 100)
    with pytest.raises(StoreError, match="不是本程序的数据库"):
        KnowledgeBase.open(tmp_path)


def test_a_library_of_a_newer_program_is_refused_and_left_alone(tmp_path):
    from sqlalchemy import text

    kb = KnowledgeBase.open(tmp_path, embedder=FakeEmbedder())
    with kb.store.write() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    kb.close()
    with pytest.raises(StoreError, match="比本程序新"):
        KnowledgeBase.open(tmp_path)


@pytest.mark.parametrize(("break_it", "sentence"), [("readonly", "写"), ("gone", "打开")])
def test_what_the_system_refuses_is_one_sentence(tmp_path, me, monkeypatch, break_it, sentence):
    from sqlalchemy import event

    kb = KnowledgeBase.open(tmp_path, embedder=FakeEmbedder())

    if break_it == "readonly":
        event.listen(kb.store.engine, "connect", lambda c, _: c.execute("PRAGMA query_only=ON"))
        kb.store.engine.dispose()
        with pytest.raises(StoreError, match=sentence):
            kb.add(statute(), me)
    else:
        kb.close()
        (tmp_path / "library.db").unlink()
        (tmp_path / "library.db").mkdir()
        with pytest.raises(StoreError, match=sentence):
            KnowledgeBase.open(tmp_path)
