"""Bad input: one Chinese sentence for each file, the library unchanged, the other files of the call still ingested."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import small_files as make
from tests.command import Command

NOBODY = 65534


@pytest.fixture
def kb(tmp_path):
    return Command(tmp_path)


def renamed_text(path):
    path.write_text("这是记事本里写的。", encoding="utf-8")


def broken_pdf(path):
    whole = make.pages_pdf(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 3])


def bad_front_matter(path):
    path.write_text("---\ntype: 小说\n---\n\n# 题目\n\n正文。\n", encoding="utf-8")


BAD = [
    # file, how it is made, what its sentence says
    ("加密.pdf", make.encrypted_pdf, "已加密"),
    ("照片.docx", make.archive, "Word"),  # a ZIP archive with another suffix
    ("空.txt", Path.touch, "0 字节"),
    ("台账.xlsx", make.archive, "不支持 .xlsx"),
    ("没有后缀", renamed_text, "不支持"),
    ("半截.pdf", broken_pdf, "损坏"),
    ("记事本.pdf", renamed_text, "不是 PDF"),
    ("记事本.docx", renamed_text, "不是 Word"),
    ("空白.md", lambda path: path.write_text("  \n\n", encoding="utf-8"), "没有文字"),
    ("小说.md", bad_front_matter, "小说"),
    ("乱码.txt", lambda path: path.write_bytes(b"\x00\x81\xff" * 40), "编码"),
]


@pytest.mark.parametrize(("name", "make_it", "says"), BAD, ids=[name for name, _, _ in BAD])
def test_a_bad_file_gets_one_sentence_and_the_others_go_in(kb, tmp_path, name, make_it, says):
    files = tmp_path / "files"
    files.mkdir()
    make_it(files / name)
    make.statute_md(files / "0办法.md", "江城市旧城改造办法", make.RENEWAL)  # before it and after it
    make.notice_txt(files / "鿿通知.txt")
    lines = {Path(line["path"]).name: line for line in kb("ingest", files, "--json", code=1).lines}
    assert [line["status"] for n, line in lines.items() if n != name] == ["added", "added"]
    bad = lines[name]
    assert (bad["status"], bad["id"], bad["units"], bad["chunks"]) == ("rejected", None, 0, 0)
    assert name in bad["reason"]
    assert says in bad["reason"]
    assert re.search(r"[㐀-鿿]{2}", bad["reason"])
    assert "\n" not in bad["reason"]
    assert "Error" not in bad["reason"]
    assert kb("stats", "--json").json["documents"] == 2
    assert kb("check", "--json").json["ok"]


def test_in_plain_words_a_rejection_goes_to_standard_error(kb, tmp_path):
    empty = tmp_path / "空.txt"
    empty.touch()
    answer = kb("ingest", empty, code=1)
    assert answer.out == ""
    assert answer.err.startswith("未入库：空.txt")


def test_a_bad_file_does_not_take_the_place_of_a_good_one(kb, tmp_path):
    file = make.statute_md(tmp_path / "办法.md", "江城市旧城改造办法", make.RENEWAL)
    (good,) = kb("ingest", file, "--json").lines
    file.write_bytes(b"")
    kb("ingest", file, "--json", code=1)
    assert kb("search", "过渡补贴", "--json").json[0]["source"]["document"] == good["id"]


@pytest.mark.parametrize("name", ["没有的.md", "名" * 200 + ".md", "没有的/下级.md"])
def test_a_path_that_does_not_exist(kb, tmp_path, name):
    (line,) = kb("ingest", tmp_path / name, "--json", code=1).lines
    assert line["status"] == "rejected"
    assert name in line["reason"]


def test_a_folder_without_any_file_to_read(kb, tmp_path):
    (tmp_path / "空").mkdir()
    answer = kb("ingest", tmp_path / "空", "--json", code=1)
    assert answer.out == ""
    assert "没有可入库的文件" in answer.err


def test_a_file_name_in_the_encoding_of_old_windows(kb, tmp_path):
    """Names out of a ZIP archive made there are bytes of GB18030, which no Python string of UTF-8 can hold."""
    name = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "征收办法.md".encode("gb18030")))
    try:
        make.statute_md(name, "江城市旧城改造办法", make.RENEWAL)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (line,) = kb("ingest", name, "--json").lines
    assert line["status"] == "added"
    assert line["path"].endswith("/征收办法.md")
    (again,) = kb("ingest", name, "--json").lines
    assert (again["status"], again["id"]) == ("unchanged", line["id"])


@contextmanager
def without_rights(*folders: Path):
    """Root may read anything: become somebody who owns the folders given and nothing else."""
    if os.geteuid() != 0:
        yield
        return
    for folder in folders:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def shared():
    """A folder that others may enter, as pytest's own may not be."""
    folder = Path(tempfile.mkdtemp())
    yield folder
    shutil.rmtree(folder)


def test_a_folder_and_a_file_without_rights(shared):
    kb = Command(shared)
    files = shared / "files"
    files.mkdir()
    make.notice_txt(files / "1通知.txt")
    kb("ingest", files)  # makes the library and loads what is needed while everything may be read
    locked = files / "2内部"
    locked.mkdir()
    make.notice_txt(locked / "看不见.txt")
    secret = make.notice_txt(files / "3密件.txt")
    make.statute_md(files / "4办法.md", "江城市旧城改造办法", make.RENEWAL)
    with without_rights(shared):
        secret.chmod(0)
        locked.chmod(0)
        try:
            lines = kb("ingest", files, locked / "看不见.txt", "--json", code=1).lines
        finally:
            locked.chmod(0o700)
    assert [line["status"] for line in lines] == ["unchanged", "rejected", "rejected", "added", "rejected"]
    for line, name in zip((lines[1], lines[2], lines[4]), ("2内部", "3密件.txt", "看不见.txt"), strict=True):
        assert name in line["reason"]
        assert "权限" in line["reason"]


def test_a_library_that_cannot_be_made(tmp_path):
    kb = Command(tmp_path)
    (tmp_path / "home").write_text("a file where the library's folder should be", encoding="utf-8")
    answer = kb("stats", "--json", code=1)
    assert answer.out == ""
    assert "不能作为资料库目录" in answer.err


def test_a_library_that_is_damaged(kb, tmp_path):
    kb("stats")
    (tmp_path / "home" / "library.db").write_bytes(b"no database " * 200)
    for rest in (tmp_path / "home").glob("library.db-*"):
        rest.unlink()
    answer = kb("search", "过渡费", "--json", code=1)
    assert answer.out == ""
    assert "不是本程序的数据库或已损坏" in answer.err


def test_a_state_or_a_text_of_an_unknown_id(kb):
    assert "doc-x" in kb("state", "doc-x", "published", code=1).err
    assert "doc-x" in kb("get", "doc-x", "--json", code=1).err


def test_a_rejected_call_leaves_no_row_behind(kb, tmp_path):
    make.encrypted_pdf(tmp_path / "加密.pdf")
    kb("stats")
    kb("ingest", tmp_path / "加密.pdf", code=1)
    with sqlite3.connect(tmp_path / "home" / "library.db") as store:
        for table in ("documents", "versions", "units", "chunks", "changes"):
            assert store.execute(f"select count(*) from {table}").fetchone() == (0,), table  # noqa: S608
