"""How texts become words and grams: the same for a question and for the article that answers it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.tokens import STOP, add_words, grams, normal, words

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # single ideographs and pairs; a pair never crosses a mark of punctuation
        ("搬迁费", ["搬", "迁", "费", "搬迁", "迁费"]),
        ("搬迁，补偿", ["搬", "迁", "搬迁", "补", "偿", "补偿"]),
        # numbers and Latin words stay whole, also beside ideographs and with a decimal point
        ("面积90.5平", ["面", "积", "面积", "90.5", "平"]),
        # full width is the same as half width, capitals as small letters
        ("ＷＴＯ第１７条", ["wto", "第", "17", "条"]),
        # the zero of dates and case numbers is part of its run
        ("二〇一", ["二", "〇", "一", "二〇", "〇一"]),
        # rare ideographs of names lie beyond the basic plane
        ("𠮷某", ["𠮷", "某", "𠮷某"]),
        ("！？…… \n\t", []),
        ("", []),
    ],
)
def test_grams(text, expected):
    assert grams(text) == expected


@pytest.mark.parametrize(
    ("text", "held", "dropped"),
    [
        # a long word is found by the words inside it
        ("中级人民法院", {"中级", "人民", "法院", "人民法院"}, set()),
        # words that say nothing of the matter
        ("拆迁的时候可以给多少补偿？", {"拆迁", "补偿"}, {"的", "可以", "给", "多少", "？"}),
        # every statute of the state begins with it
        ("中华人民共和国土地管理法", {"土地", "管理法"}, {"中华人民共和国"}),
        ("2011年590号令", {"2011", "590"}, set()),
    ],
)
def test_words(text, held, dropped):
    found = set(words(text))
    assert held <= found
    assert not dropped & found


@given(st.text())
def test_any_text_gives_tokens_that_can_be_stored_side_by_side(text):
    for token in words(text) + grams(text):
        assert token
        assert token.split() == [token], "white space separates tokens in the index"
        assert token == normal(token), "a question and a text agree on one form"
    assert not STOP & set(words(text))


@given(st.text(alphabet="征收房屋补偿ABａ１2，。 "))
def test_full_width_makes_no_difference(text):
    assert grams(normal(text)) == grams(text)
    assert words(normal(text)) == words(text)


def test_a_word_of_the_vocabulary_is_kept_whole_and_written_in_any_width():
    assert "协议置换甲方案" not in words("选择协议置换甲方案补偿")
    add_words(["协议置换甲方案", "ｑｘ区片价"])
    assert "协议置换甲方案" in words("选择协议置换甲方案补偿")


def _start(cache: Path) -> subprocess.Popen[bytes]:
    code = (
        "from kb.index.tokens import words; import sys; sys.stdout.buffer.write(' '.join(words('房屋征收')).encode())"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"KB_CACHE": str(cache)},
    )


def _silent(worker: subprocess.Popen[bytes]) -> None:
    out, err = worker.communicate(timeout=60)
    assert (out.decode(), err) == ("房屋 征收", b"")
    assert worker.returncode == 0


def test_processes_may_start_at_once_and_share_the_dictionary_silently(tmp_path):
    for worker in [_start(tmp_path), _start(tmp_path)]:
        _silent(worker)
    (kept,) = tmp_path.glob("jieba-*/*")
    assert kept.name == "jieba.cache"
    assert kept.stat().st_size > 1_000_000


@pytest.mark.parametrize("damage", [b"", b"\x00" * 100, None])
def test_a_damaged_dictionary_file_is_made_again(tmp_path, damage):
    _silent(_start(tmp_path))
    (kept,) = tmp_path.glob("jieba-*/*")
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    _silent(_start(tmp_path))
    assert len(kept.read_bytes()) == len(whole)


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    _silent(_start(tmp_path / "file"))
