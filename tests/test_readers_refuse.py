"""Files that cannot be read: each is told in one sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.readers import read
from kb.errors import UnreadableFile
from tests import make_files as make
from tests.make_files import PROSE, STATUTE, write


def _truncated(folder: Path) -> Path:
    whole = make.pdf(folder / "whole.pdf", STATUTE)
    return write(folder / "a.pdf", whole.read_bytes()[:3000])


BAD: list[tuple[str, Callable[[Path], Path], str]] = [
    ("encrypted", lambda d: make.pdf(d / "a.pdf", PROSE, key="1234"), "已加密"),
    ("cut off", _truncated, "不完整或已损坏"),
    ("a scan", lambda d: make.scan(d / "a.pdf"), "2 页都没有文字层"),
    ("a font without letters", lambda d: make.unmapped(d / "a.pdf"), "乱码"),
    ("no PDF", lambda d: write(d / "a.pdf", "甲乙丙"), "不是 PDF 文件"),
    ("only a ZIP", lambda d: make.packed(d / "a.docx", {"甲.txt": b"1"}), "不是 Word 文件"),
    ("old Word", lambda d: write(d / "a.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600), "旧版 Word"),
    ("old Word, honest", lambda d: write(d / "a.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600), "旧版 Word"),
    ("no Word", lambda d: write(d / "a.docx", "甲乙丙"), "不是 Word 文件"),
    ("half a DOCX", lambda d: write(d / "a.docx", make.word(d / "b.docx", PROSE).read_bytes()[:5000]), "已损坏"),
    ("no XML inside", lambda d: make.packed(d / "a.docx", {"word/document.xml": b"<"}), "已损坏"),
    ("a bomb", lambda d: make.packed(d / "a.docx", {"word/document.xml": b"0" * (30 << 20)}), "压缩内容异常"),
    (
        "too many members",
        lambda d: make.packed(d / "a.docx", {"word/document.xml": b"0"} | {str(i): b"" for i in range(2100)}),
        "压缩内容异常",
    ),
    ("empty", lambda d: write(d / "a.txt", b""), "文件是空的"),
    ("blank", lambda d: write(d / "a.md", " \n\n　\n"), "没有文字"),
    ("only front matter", lambda d: write(d / "a.md", "---\ntitle: 甲\n---\n"), "没有文字"),
    ("front matter", lambda d: write(d / "a.md", "---\ntitle: 甲\nb: [1\n---\n正文"), "第 4 行不是正确的 YAML"),
    ("a date that is none", lambda d: write(d / "a.md", "---\nd: 2020-13-45\n---\n正文"), "有不成立的值"),
    ("unknown", lambda d: write(d / "a.xlsx", b"PK\x03\x04"), "不支持 .xlsx 文件，可用 .pdf、.docx"),
    ("no suffix", lambda d: write(d / "甲", "乙"), "不支持没有后缀的文件"),
    ("binary", lambda d: write(d / "a.txt", bytes(range(256)) * 8), "不是文本文件"),
    ("broken UTF-8", lambda d: write(d / "a.txt", "甲乙丙丁\n戊己庚辛壬癸".encode()[:-1]), "第 2 行有损坏的 UTF-8"),
    ("an image", lambda d: write(d / "a.txt", b"\x89PNG\r\n\x1a\n" + b"0" * 99), "是图片"),
    ("RTF", lambda d: write(d / "a.docx", b"{\\rtf1 a}"), "RTF"),
    ("a folder", lambda d: d, "是文件夹"),
    ("nothing there", lambda d: d / "无.txt", "没有这个文件"),
]


@pytest.mark.parametrize(("making", "says"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_cannot_be_read_is_told_in_one_sentence(tmp_path: Path, making: Callable[[Path], Path], says: str) -> None:
    path = making(tmp_path)
    with pytest.raises(UnreadableFile) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(f"{path.name}：")
    assert says in message
    assert "\n" not in message
    assert not message.endswith("。")


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "甲")
    path.chmod(0)
    user = os.geteuid()
    if user == 0:  # an administrator may read everything
        os.seteuid(65534)
    try:
        with pytest.raises(UnreadableFile, match="没有读取权限"):
            read(path)
    finally:
        os.seteuid(user)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate((200 << 20) + 1)
    with pytest.raises(UnreadableFile, match="超过 200 MB"):
        read(path)
