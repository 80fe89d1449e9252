"""What a user typed, understood: the articles it names and the words to look for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.index.tokens import grams, words
from kb.law.citations import Citation, find

#: A statement of facts is searched by its beginning; e5 reads 512 tokens.
_LONGEST = 1200


@dataclass(frozen=True, slots=True)
class Query:
    """A query with its parts."""

    text: str
    citations: tuple[Citation, ...]
    words: Sequence[str]  # by jieba, without stop words
    grams: Sequence[str]

    @property
    def empty(self) -> bool:
        """Nothing to search for: no word, no citation."""
        return not (self.citations or self.words or self.grams)


def parse(text: str) -> Query:
    """Any text, of any length; white space and control characters do not count."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST]
    named = tuple(c for c in find(clean) if c.law and c.number and not c.repealed)
    return Query(clean, named, words(clean), grams(clean))
