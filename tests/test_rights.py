"""Who may know, replace and see what; a file that comes again is never seen by more people than before."""

import pytest

from kb import KBError, State, Viewer, Visibility
from tests.conftest import case, statute

LI, WANG = Viewer("李"), Viewer("王")


def ids(kb, query, viewer, **kwargs):
    return [hit.id for hit in kb.search(query, viewer, **kwargs).hits]


def secret(**kwargs):
    kwargs = {"title": "机密办法", "path": "/王/secret.md", "articles": ["临时安置费的机密标准不得外传。"]} | kwargs
    return statute(visibility=Visibility.RESTRICTED, readers=("王",), **kwargs)


def test_bytes_that_the_viewer_may_not_read_are_added_as_if_nobody_had_them(kb, me):
    theirs = kb.add(secret(), me)
    mine = kb.add(statute("机密办法", ["临时安置费的机密标准不得外传。"], path="/李/a.md"), LI)
    assert mine.status == "added"
    assert mine.id != theirs.id


@pytest.mark.parametrize("wish", ["skip", "replace"])
def test_a_near_duplicate_that_the_viewer_may_not_read_is_not_told_nor_replaced(kb, me, wish):
    theirs = kb.add(secret(), me)
    mine = kb.add(statute("机密办法", ["临时安置费的机密标准不得外传！"], path="/李/a.md"), LI, on_duplicate=wish)
    assert (mine.status, mine.reason) == ("added", None)
    assert mine.id != theirs.id
    assert kb.get(theirs.id, me).path == "/王/secret.md"


@pytest.mark.parametrize("path", ["/王/secret.md", "/王/open.md"])
def test_only_the_administrator_or_who_added_it_puts_another_text_in_its_place(kb, path):
    kb.add(secret(), WANG)
    kb.add(statute("公开办法", path="/王/open.md"), WANG)
    with pytest.raises(KBError, match="权限"):
        kb.add(statute("冒名办法", ["别的内容。"], path=path), LI)
    assert kb.add(statute("改过的办法", ["王改过的内容。"], path=path), WANG).status == "replaced"


def test_who_added_a_draft_is_told_that_it_is_there(kb):
    first = kb.add(statute(path="/李/a.md", state=State.DRAFT), LI)
    again = kb.add(statute(path="/李/a.md"), LI)
    assert (again.id, again.status) == (first.id, "unchanged")
    assert "待审" in again.reason


@pytest.mark.parametrize(
    ("held", "wish", "then"),
    [
        # re-ingesting never publishes what somebody took out or holds back
        (State.WITHDRAWN, State.PUBLISHED, "withdrawn"),
        (State.WITHDRAWN, State.DRAFT, "withdrawn"),
        (State.DRAFT, State.PUBLISHED, "draft"),
        (State.PUBLISHED, State.DRAFT, "draft"),  # the new text was to be reviewed first
        (State.PUBLISHED, State.PUBLISHED, "published"),
    ],
)
def test_new_bytes_are_never_more_public_than_the_old_ones_were(kb, me, held, wish, then):
    added = kb.add(statute(articles=["旧的内容。"], path="/a.md", state=held), me)
    again = kb.add(statute(articles=["新的临时安置费。"], path="/a.md", state=wish), me)
    assert again.status == "replaced"
    assert kb.get(added.id, me).state == then
    assert bool(ids(kb, "临时安置费", me)) is (then == "published")
    assert (again.reason is None) is (then == wish.value)


@pytest.mark.parametrize(
    ("held", "wish", "seen_by"),
    [
        ((Visibility.RESTRICTED, ("李",)), (Visibility.PUBLIC, ()), {"李"}),
        ((Visibility.PUBLIC, ()), (Visibility.RESTRICTED, ("李",)), {"李"}),  # the new text was to be kept close
        ((Visibility.RESTRICTED, ("李", "王")), (Visibility.RESTRICTED, ("王", "赵")), {"王"}),
        ((Visibility.INTERNAL, ()), (Visibility.PUBLIC, ()), {"李", "王", "赵"}),
        ((Visibility.PUBLIC, ()), (Visibility.PUBLIC, ()), {"anonymous", "李", "王", "赵"}),
    ],
)
def test_new_bytes_are_seen_by_those_whom_both_texts_were_meant_for(kb, me, held, wish, seen_by):
    kb.add(statute(articles=["旧的内容。"], path="/a.md", visibility=held[0], readers=held[1]), me)
    kb.add(statute(articles=["新的临时安置费。"], path="/a.md", visibility=wish[0], readers=wish[1]), me)
    viewers = {"anonymous": Viewer.anonymous(), "李": LI, "王": WANG, "赵": Viewer("赵")}
    assert {name for name, viewer in viewers.items() if ids(kb, "临时安置费", viewer)} == seen_by


def test_a_stricter_wish_for_bytes_that_are_there_is_answered(kb, me):
    kb.add(statute(path="/a.md"), me)
    again = kb.add(statute(path="/a.md", visibility=Visibility.RESTRICTED, readers=("李",)), me)
    assert again.status == "unchanged"
    assert "公开" in again.reason


def test_a_case_that_the_library_may_not_show_does_not_take_a_place(kb, me):
    for n in range(5):
        kb.add(case(f"张某{n}案", path=f"/{n}.md", visibility=Visibility.RESTRICTED), me)
    kb.add(case("李某案", path="/open.md", id="open"), me)
    assert ids(kb, "房屋被拆除", LI, k=1) == ["open"]
