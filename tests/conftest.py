"""A library in a folder of its own with the fake model, and documents to put in it."""

from __future__ import annotations

import hashlib
import os

os.environ["KB_EMBEDDER"] = "fake"  # before anything reads it

import pytest

from kb import Document, DocumentKind, KnowledgeBase, Viewer
from kb.embed.fake import FakeEmbedder
from kb.law.numerals import ArticleNumber
from kb.models import SECTIONS, Article, Case, Section, Span, Visibility


@pytest.fixture
def kb(tmp_path):
    library = KnowledgeBase.open(tmp_path / "home", cache=tmp_path / "cache", embedder=FakeEmbedder())
    yield library
    library.close()


@pytest.fixture
def me():
    return Viewer.local()


def statute(title="测试条例", articles=("第一条的内容。", "第二条的内容。"), path=None, **kwargs):
    """A statute whose articles are numbered from 1."""
    text, units = f"{title}\n", []
    for number, body in enumerate(articles, 1):
        article = ArticleNumber(number)
        start = len(text)
        text += f"{article.chinese}　{body}\n"
        at = start + len(article.chinese) + 1
        units.append(Article(title, article, start, at, at + len(body), paragraphs=(Span(at, at + len(body)),)))
    return document(title, DocumentKind.STATUTE, text, units, path or f"/laws/{title}.md", **kwargs)


def case(title="张某诉某区政府案", sections=None, path=None, **kwargs):
    """A document of one case; sections by their canonical names."""
    sections = sections or {"基本案情": "张某的房屋被拆除。", "裁判结果": "确认违法。"}
    text, parts = f"{title}\n", []
    for name, body in sections.items():
        text += f"{name}\n"
        parts.append(Section(name, len(text), len(text) + len(body)))
        text += f"{body}\n"
    facts = {k: kwargs.pop(k) for k in list(kwargs) if k in Case.__dataclass_fields__}
    unit = Case(title, 0, len(text), tuple(parts), **facts)
    return document(title, DocumentKind.CASE, text, [unit], path or f"/cases/{title}.md", **kwargs)


def document(title, kind, text, units, path, **kwargs):
    """Any document; its bytes are its text."""
    kwargs.setdefault("visibility", Visibility.PUBLIC)
    return Document(title, kind, text, hashlib.sha256(text.encode()).hexdigest(), path, tuple(units), **kwargs)


assert SECTIONS  # the names that `case` takes
