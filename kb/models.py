"""The data that flows through the library: documents, their units (articles, cases, digests, parts), chunks and hits.

Every span counts code points, half-open, in `Document.text`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kb.law.numerals import ArticleNumber


class DocumentKind(StrEnum):
    """What a whole file is."""

    STATUTE = "statute"  # 法规
    DIGEST = "digest"  # 条文要旨
    COMPILATION = "compilation"  # 典型案例汇编
    CASE = "case"  # 一件案例
    JUDGMENT = "judgment"  # 裁判文书
    OTHER = "other"


class UnitKind(StrEnum):
    """What one search result is."""

    ARTICLE = "article"
    DIGEST = "digest"
    CASE = "case"
    OTHER = "other"


class Visibility(StrEnum):
    """Who may read a document."""

    PUBLIC = "public"  # 公开
    INTERNAL = "internal"  # 内部: anyone who is signed in
    RESTRICTED = "restricted"  # 受限: the named readers only


class State(StrEnum):
    """Where a document stands between upload and withdrawal."""

    DRAFT = "draft"  # 待审
    PUBLISHED = "published"  # 已发布
    WITHDRAWN = "withdrawn"  # 已撤回


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points in the document's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"span {self.start}–{self.end} is not a range")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paged file; pages are numbered from 1."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a case. `name` is one of SECTIONS, or the source's own heading where none of them fits."""

    name: str
    start: int  # of the section's text, after its heading
    end: int


#: Canonical section names of a case, in the order in which a case is read.
SECTIONS = ("基本案情", "争议焦点", "裁判结果", "裁判理由", "裁判要旨", "典型意义")


@dataclass(frozen=True, slots=True)
class Item:
    """An item 项 of a paragraph 款: （三） is number 3."""

    paragraph: int  # from 1
    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a statute. `start` is at 第…条; `body` is where the text after the number and caption begins."""

    law: str  # the statute's title as its source gives it
    number: ArticleNumber
    start: int
    body: int
    end: int
    headings: tuple[str, ...] = ()  # 编, 章, 节 above it, outermost first
    caption: str = ""  # 【征收的条件】 where the source has one
    paragraphs: tuple[Span, ...] = ()  # 款; never empty for an article with text
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """One article told in the project's own words."""

    law: str
    number: ArticleNumber
    start: int
    end: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One precedent or reference matter. What the source does not tell is None or empty (未载), never guessed."""

    title: str
    start: int
    end: int
    sections: tuple[Section, ...] = ()
    case_number: str | None = None  # 案号
    court: str | None = None
    court_level: str | None = None  # 最高人民法院, 高级人民法院 …, 检察机关 …
    decided: str | None = None  # ISO date or its prefix: 2019, 2019-04, 2019-04-11
    region: str | None = None
    cause: str | None = None
    type: str | None = None  # 指导性案例, 参考案例, 典型案例, 公报案例, 裁判文书, 通报 …
    issuer: str | None = None  # who published it as a case
    categories: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    statutes: tuple[str, ...] = ()
    outcome: str | None = None
    effective: bool | None = None  # 是否生效
    confidence: str | None = None  # high, medium
    verified: str | None = None  # full, part
    source: Mapping[str, str] = field(default_factory=dict)  # title, publisher, url


@dataclass(frozen=True, slots=True)
class Part:
    """A headed part of any other document."""

    title: str
    start: int
    end: int


Unit = Article | Digest | Case | Part


@dataclass(frozen=True, slots=True)
class Statute:
    """What is known of a statute as a whole."""

    title: str
    status: str | None = None  # 现行有效, 已修改, 已废止, 尚未施行; None is 未载
    status_source: str | None = None  # who says so
    issuer: str | None = None
    level: str | None = None  # 法律, 行政法规, 司法解释, 地方性法规 …
    promulgated: str | None = None  # ISO date
    effective: str | None = None  # ISO date
    version: str | None = None  # ISO date of the text that is held


@dataclass(frozen=True, slots=True)
class Document:
    """One source file as read and split. `sha256` is of the source's bytes."""

    title: str
    kind: DocumentKind
    text: str
    sha256: str
    path: str  # identifies the source; a file's absolute path, or a name such as law:民法典
    units: tuple[Unit, ...] = ()
    pages: tuple[Page, ...] = ()  # empty where the format has no pages
    statute: Statute | None = None
    id: str | None = None  # wished for; the library makes one if None or taken
    visibility: Visibility = Visibility.INTERNAL
    readers: tuple[str, ...] = ()  # who may read it when restricted
    state: State = State.PUBLISHED
    notes: tuple[str, ...] = ()  # what the reader wants the user to know, in Chinese sentences


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. Every read takes one; rights apply before ranking."""

    name: str | None  # None: not signed in, sees public documents only
    administrator: bool = False

    @classmethod
    def local(cls) -> Viewer:
        """The person at this machine: the command line, and the app in single-user mode."""
        return cls("local", administrator=True)

    @classmethod
    def anonymous(cls) -> Viewer:
        return cls(None)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a passage stands."""

    document: str  # id
    title: str
    path: str
    page: int | None  # from 1
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit that was found, with its best passage. Scores are higher-is-better and comparable within one search."""

    rank: int  # from 1
    id: str
    kind: UnitKind
    title: str
    text: str  # the passage: document text [source.start:source.end]
    section: str  # of a case: 裁判理由 …; "" elsewhere
    score: float
    strength: str  # strong, good, weak
    reasons: tuple[str, ...]
    matches: tuple[Span, ...]  # matched words, counted in `text`
    source: Source
    unit: Unit
    authority: int | None  # tier 1–6 of a case
    parts: Mapping[str, float]  # dense, lexical …: the score's parts
    statute: Statute | None = None
