"""Texts into words, and into characters and character pairs; queries and texts alike."""

from __future__ import annotations

import itertools
import logging
import marshal
import re
import threading
import unicodedata
from collections.abc import Iterable

import jieba

from kb import settings

_RUN = re.compile(r"[〇㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]+|[a-z0-9]+(?:\.[0-9]+)*")

#: Words that say nothing of what a text is about.
STOP = frozenset(
    _RUN.findall(
        "的 了 和 与 或 及 等 在 是 为 对 由 将 被 把 从 到 于 以 其 该 此 并 而 且 也 都 就 又 则 之 者 所 有 无 不 没 吗 呢 吧 啊 呀 么 "
        "我 你 他 她 它 我们 你们 他们 咱 咱们 自己 人家 大家 这 那 这个 那个 这样 那样 哪 哪个 哪些 什么 怎么 怎样 怎么办 如何 为什么 "
        "多少 几 一个 一些 个 能 会 可 要 想 说 给 让 叫 请 请问 是否 能否 可否 可以 应当 应该 还 还是 已 已经 但 但是 因为 所以 如果 "
        "以及 或者 下列 上述 前款 本法 本条例 中华人民共和国"
    )
)

_lock = threading.Lock()
_ready = False


def _load() -> None:
    """Fills jieba's dictionary, silently, from a file of our own cache; makes that file at the first start."""
    global _ready
    with _lock:
        if _ready:
            return
        jieba.setLogLevel(logging.CRITICAL)
        folder = settings.cache() / f"jieba-{jieba.__version__}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # jieba reads the same file piece by piece, which takes three times as long
            jieba.dt.FREQ, jieba.dt.total = marshal.loads((folder / "jieba.cache").read_bytes())  # noqa: S302
            jieba.dt.initialized = True
        except (OSError, ValueError, EOFError, TypeError):  # none yet, cut short, or a folder that cannot be written
            jieba.dt.tmp_dir = str(folder)
            jieba.initialize()
        _ready = True


def normal(text: str) -> str:
    """Full width to half width, capitals to small."""
    return unicodedata.normalize("NFKC", text).lower()


def runs(text: str) -> list[str]:
    """Runs of ideographs, and Latin words and numbers, of the normal text; what stands between them is dropped."""
    return _RUN.findall(normal(text))


def words(text: str) -> list[str]:
    """jieba's words and the words inside them, without stop words and punctuation."""
    if not _ready:
        _load()
    found: list[str] = []
    for run in runs(text):
        if run[0].isascii():
            found.append(run)
        else:
            found += [w for w in jieba.cut_for_search(run) if w not in STOP]
    return found


def grams(text: str) -> list[str]:
    """Ideographs and pairs of neighbouring ones; Latin words and numbers whole.

    Single ideographs help: of lay questions and the articles that answer them, one couple in eleven shares no pair
    (docs/lexical.md).
    """
    found: list[str] = []
    for run in runs(text):
        if run[0].isascii():
            found.append(run)
        else:
            found += run
            found += [a + b for a, b in itertools.pairwise(run)]
    return found


def add_words(entries: Iterable[str]) -> None:
    """Words that jieba shall keep whole: the vocabulary of the field. Texts that are indexed already stay as they are."""
    if not _ready:
        _load()
    with _lock:
        for entry in entries:
            jieba.add_word(normal(entry))
