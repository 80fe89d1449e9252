"""Texts into words and into character pairs; queries and texts alike."""

from __future__ import annotations

import logging
import re
import threading
import unicodedata
from collections.abc import Iterable

import jieba

_RUN = re.compile(r"[㐀-䶿一-鿿豈-﫿]+|[a-z0-9]+(?:\.[0-9]+)*")

#: Words that say nothing of what a text is about.
_STOP = frozenset(
    "的 了 和 与 或 及 等 在 是 为 对 由 将 被 把 从 到 于 以 其 该 此 并 而 且 也 都 就 又 则 之 者 所 有 无 不 没 吗 呢 吧 啊 呀 么 "
    "我 你 他 她 它 我们 你们 他们 咱 咱们 自己 人家 大家 这 那 这个 那个 这样 那样 哪 哪个 哪些 什么 怎么 怎样 怎么办 如何 为什么 "
    "多少 几 一个 一些 个 能 会 可 要 想 说 给 让 叫 请 请问 是否 能否 可否 可以 应当 应该 还 还是 已 已经 但 但是 因为 所以 如果 "
    "以及 或者 下列 上述 前款 本法 本条例 中华人民共和国".split()
)

_lock = threading.Lock()
_ready = False


def _load() -> None:
    global _ready
    with _lock:
        if not _ready:
            jieba.setLogLevel(logging.WARNING)
            jieba.initialize()
            _ready = True


def normal(text: str) -> str:
    """Full width to half width, capitals to small."""
    return unicodedata.normalize("NFKC", text).lower()


def words(text: str) -> list[str]:
    """jieba's words and the words inside them, without stop words and punctuation."""
    if not _ready:
        _load()
    found: list[str] = []
    for run in _RUN.findall(normal(text)):
        if run[0].isascii():
            found.append(run)
        else:
            found += [w for w in jieba.cut_for_search(run) if w not in _STOP]
    return found


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring ideographs (a lone one stands for itself); Latin words and numbers whole."""
    found: list[str] = []
    for run in _RUN.findall(normal(text)):
        if run[0].isascii() or len(run) == 1:
            found.append(run)
        else:
            found += [a + b for a, b in zip(run, run[1:], strict=False)]
    return found


def add_words(entries: Iterable[str]) -> None:
    """Words that jieba shall keep whole: the vocabulary of the field."""
    _load()
    with _lock:
        for entry in entries:
            jieba.add_word(entry)
