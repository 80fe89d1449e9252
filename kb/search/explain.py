"""Why a passage was found: the words that matched, where, and in one sentence each."""

from __future__ import annotations

from collections.abc import Sequence

from kb.models import Span
from kb.search.query import Query

#: Words that a reader would not call a match.
_COMMON = frozenset(
    [
        "怎么",
        "怎么办",
        "如何",
        "什么",
        "为什么",
        "是否",
        "能否",
        "可以",
        "可否",
        "应当",
        "应该",
        "需要",
        "没有",
        "不能",
        "能不能",
        "是不是",
        "有没有",
        "多少",
        "哪些",
        "哪个",
        "这个",
        "那个",
        "我们",
        "他们",
        "自己",
        "人家",
        "现在",
        "已经",
        "还是",
        "或者",
        "但是",
        "因为",
        "所以",
        "如果",
        "以及",
        "进行",
        "相关",
        "有关",
        "规定",
        "情况",
        "问题",
        "请问",
        "一个",
        "不是",
        "就是",
        "这样",
        "那样",
    ]
)

#: Characters at which a mark does not run on.
_WEAK = frozenset("的了和与及是在不有也就都，。；：、？！“”（）《》 \n")


def matches(query: Query, text: str) -> tuple[Span, ...]:
    """Where the query's words of two characters and more stand in the text; longest first, without overlap, in order.

    A mark runs on as far as the query says the same: 过渡 becomes 过渡费 where both have it.
    """
    terms = sorted({w for w in query.words if len(w) >= 2 and w not in _COMMON}, key=lambda w: (-len(w), w))
    lower = text.lower()
    if len(lower) != len(text):  # a letter whose lower case is longer would shift the spans
        lower = text
    asked = query.text.lower()
    taken = [False] * len(text)
    spans: list[Span] = []
    for term in terms:
        at = lower.find(term)
        while at >= 0:
            end = at + len(term)
            if not any(taken[at:end]):
                while end < len(lower) and lower[end] not in _WEAK and lower[at : end + 1] in asked:
                    end += 1
                taken[at:end] = [True] * (end - at)
                spans.append(Span(at, end))
            at = lower.find(term, end)
    return tuple(sorted(spans, key=lambda s: s.start))


def coverage(query: Query, text: str) -> float:
    """Share of the query's distinct words (of two characters and more) that stand in the text: 0 to 1."""
    terms = {w for w in query.words if len(w) >= 2 and w not in _COMMON}
    if not terms:
        return 0.0
    lower = text.lower()
    return sum(term in lower for term in terms) / len(terms)


def matched_words(text: str, spans: Sequence[Span], most: int = 6) -> list[str]:
    """The matched words, each once, in the order of the text."""
    return list(dict.fromkeys(text[s.start : s.end] for s in spans))[:most]
