"""Finds citations of articles in text and says which law, article, paragraph and item each names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.law.names import key, known, short
from kb.law.numerals import NUMBER, ArticleNumber, to_int

#: No citation names more articles than this in one range; a larger one is a slip of the pen.
_WIDEST = 60

_TAIL = "法典|法|条例|规定|办法|解释|细则|决定|意见|通知|规则|准则|批复|规程"
_OF_LAW = re.compile(rf"(?:{_TAIL})$")
_SAME = "(?:本|该|同|上述|前述)(?:法律|法|条例|规定|办法|解释|细则|决定|意见|规则)"
_VERSION = r"(?:\s*[（(](?P<version>[^（）()]{1,24})[）)])?"
_DEFINED = re.compile(r"^\s*[（(](?:以下)?(?:统)?(?:简称|称)[为“\"《]*(?P<name>[^（）()“”\"《》]{1,30})[”\"》]*[）)]")

# Every alternative starts with a fixed string or a class that the next cannot share, so matching is linear.
_TOKEN = re.compile(
    rf"(?P<book>《(?:[^《》]|《[^《》]*》){{1,80}}》|<<[^<>]{{1,80}}>>){_VERSION}"
    rf"|(?P<same>{_SAME})"
    rf"|(?P<article>第\s*(?P<no>{NUMBER})\s*条(?:\s*之\s*(?P<of>[一二三四五六七八九十]{{1,3}}|\d{{1,2}})(?![款项条]))?)"
    rf"|(?P<loose>(?P<looseno>\d{{1,4}}|[一二三四五六七八九十百千零〇]{{1,9}})\s*条(?:\s*之\s*(?P<looseof>[一二三四五六七八九十]{{1,3}}))?)"
    rf"|(?P<paragraph>第\s*(?P<para>{NUMBER})\s*款)"
    rf"|(?P<item>第\s*[（(]?\s*(?P<it>{NUMBER})\s*[）)]?\s*项)"
    r"|(?P<previous>前条|前款|本条|同条|该条|本款|该款)"
)
_JOIN = re.compile(r"^[\s、,，和及与或以]*$|^\s*(?:以及|并|及其)\s*$")
_RANGE = re.compile(r"^\s*(?:至|到|—|－|-|~|～)\s*$")
_NEAR = re.compile(r"^[\s的]*(?:中的?|之)?\s*$")
_OLD = re.compile(r"^\s*[（(](?:旧法|已废止|当时条文[^（）()]*|旧条例)[）)]")
_YEAR = re.compile(r"^\s*[（(](?P<version>(?:19|20)\d{2}[^（）()]{0,8}|原|旧|旧法)[）)]\s*$")


@dataclass(frozen=True, slots=True)
class Citation:
    """One article that a text names. `start` and `end` count code points of that text."""

    law: str | None  # short name, an alias or definition resolved; None where the text names none
    number: ArticleNumber | None  # None where a law is named without an article
    paragraph: int | None
    item: int | None
    start: int
    end: int
    text: str
    repealed: bool = False  # the text itself marks the law as an old one


@dataclass(slots=True)
class _State:
    law: str | None = None
    old: bool = False
    number: ArticleNumber | None = None
    paragraph: int | None = None
    from_book: tuple[int, int] | None = None  # a law's name that awaits its article
    unused: bool = False


def find(text: str, default_law: str | None = None) -> list[Citation]:
    """Every citation in the order of the text; a law without an article counts when it stands in book marks.

    The law carries over a list (第十七条、第十九条), a range gives each article, 前款 and 同条 look back,
    以下简称 defines a name for the rest of the text. 条例 alone is 国有土地上房屋征收与补偿条例 unless defined otherwise.
    """
    return _Finder(text, default_law).run()


class _Finder:
    def __init__(self, text: str, default_law: str | None) -> None:
        self.text = text
        self.found: list[Citation] = []
        self.defined: dict[str, str] = {}
        self.default = key(default_law) if default_law else None
        self.state = _State(law=self.default)
        self.last_end = 0  # of the last token that belonged to a citation

    def run(self) -> list[Citation]:
        for match in _TOKEN.finditer(self.text):
            kind = match.lastgroup or ""
            for name in ("book", "same", "article", "loose", "paragraph", "item", "previous"):
                if match[name]:
                    kind = name
                    break
            getattr(self, f"_{kind}")(match)
        self._flush()
        return self.found

    # laws

    def _resolve(self, name: str) -> str:
        plain = short(name)
        return self.defined.get(plain) or key(plain)

    def _book(self, match: re.Match[str]) -> None:
        self._flush()
        name = match["book"].strip("《》<>")
        law = self._resolve(name)
        version = match["version"] or ""
        is_definition = bool(re.match(r"(?:以下)?(?:统)?(?:简称|称)", version))
        self._define(law, self.text[match.end("book") : match.end("book") + 60])
        old = bool(re.match(r"(?:19|20)\d{2}(?!.*(?:修正|修订|现行))|旧|原", version)) and not is_definition
        self.state = _State(law=law, old=old, from_book=(match.start(), match.end("book")), unused=True)
        self.last_end = match.end("book") if is_definition or not version else match.end()
        if is_definition:
            self.last_end = match.end()

    def _define(self, law: str, after: str) -> None:
        defined = _DEFINED.match(after)
        if defined:
            self.defined[short(defined["name"])] = law

    def _same(self, match: re.Match[str]) -> None:
        self._flush()
        law = self.default if match["same"].startswith("本") and self.default else self.state.law
        self.state = _State(law=law, old=self.state.old)
        self.last_end = match.end()
        self.state.from_book = (match.start(), match.end())

    def _flush(self) -> None:
        """A law in book marks that no article followed is a citation of the law."""
        state = self.state
        if state.unused and state.from_book and state.law and _OF_LAW.search(state.law):
            start, end = state.from_book
            self._put(None, None, None, start, end)
        state.unused = False

    # articles

    def _article(self, match: re.Match[str]) -> None:
        number = ArticleNumber(to_int(match["no"]), to_int(match["of"]) if match["of"] else 0)
        self._cite(number, match.start("article"), match.end("article"))

    def _loose(self, match: re.Match[str]) -> None:
        """27条 is a citation only right after a law's name."""
        if self.text[max(match.start() - 1, 0) : match.start()] == "第":
            return
        before = self.text[self.last_end : match.start()]
        named = self._name_before(match.start())
        if named is None and not (self.state.from_book and self.state.unused and _NEAR.match(before)):
            return
        number = ArticleNumber(to_int(match["looseno"]), to_int(match["looseof"]) if match["looseof"] else 0)
        self._cite(number, match.start("loose"), match.end("loose"))

    def _cite(self, number: ArticleNumber, start: int, end: int) -> None:
        state = self.state
        between = self.text[self.last_end : start]
        linked = bool(_JOIN.match(between) or _NEAR.match(between) or _RANGE.match(between)) and self.last_end > 0
        if not linked or (not self.found and not state.from_book):
            named = self._name_before(start)
            if named is not None:
                self._flush()
                law, at, old = named
                self.state = state = _State(law=law, old=old, from_book=(at, start))
                between, linked = "", True
                self.last_end = start
            elif not linked:
                self._flush()
                # Running on within a text: 第九条 after a full stop still belongs to its own law, if it has one.
                self.state = state = _State(law=self.default, old=False)
        ranged = bool(_RANGE.match(between)) and state.number is not None and not state.from_book
        first = state.from_book[0] if state.from_book else start
        if ranged and state.number and not number.of and 0 < number.number - state.number.number <= _WIDEST:
            opened = self.found[-1].start if self.found else start
            for n in range(state.number.number + 1, number.number + 1):
                self._put(ArticleNumber(n), None, None, opened, end)
        else:
            self._put(number, None, None, first, end)
        state.number, state.paragraph, state.from_book, state.unused = number, None, None, False
        self.last_end = end

    def _name_before(self, at: int) -> tuple[str, int, bool] | None:
        """A law's name without book marks that ends where an article begins."""
        begin = max(at - 60, self.last_end if self.last_end <= at else 0)
        window = self.text[begin:at]
        old = False
        bracket = re.search(r"\s*[（(]([^（）()]{1,24})[）)]\s*$", window)
        if bracket:
            if not re.match(r"(?:19|20)\d{2}|原|旧|修正|修订|试行", bracket[1]):
                return None
            old = bool(re.match(r"(?:19|20)\d{2}(?!.*(?:修正|修订))|原|旧", bracket[1]))
            window = window[: bracket.start()]
        trimmed = window.rstrip().removesuffix("的").removesuffix("中").rstrip()
        for size in range(min(len(trimmed), 40), 1, -1):
            piece = trimmed[-size:]
            name = short(piece)
            if name in self.defined or name in known():
                return self._resolve(piece), begin + len(trimmed) - size, old
        title = re.search(rf"[一-鿿〈〉]{{2,50}}?(?:{_TAIL})$", trimmed)
        if title is None:
            return None
        start = _title_start(title[0])
        name = title[0][start:]
        if len(name) < 3:
            return None
        return self._resolve(name), begin + title.start() + start, old

    def _paragraph(self, match: re.Match[str]) -> None:
        if self._adjacent(match.start()) and self.state.number is not None:
            self._refine(match, to_int(match["para"]), None)

    def _item(self, match: re.Match[str]) -> None:
        if self._adjacent(match.start()) and self.state.number is not None:
            self._refine(match, self.state.paragraph, to_int(match["it"]))

    def _previous(self, match: re.Match[str]) -> None:
        word, state = match["previous"], self.state
        if state.number is None:
            return
        if word == "前条" and state.number.number > 1:
            self._put(ArticleNumber(state.number.number - 1), None, None, match.start(), match.end())
        elif word in ("同条", "该条", "本条"):
            self._put(state.number, None, None, match.start(), match.end())
        else:
            return
        state.number = self.found[-1].number
        state.paragraph = None
        self.last_end = match.end()

    def _adjacent(self, start: int) -> bool:
        between = self.text[self.last_end : start]
        return bool(self.found) and (_JOIN.match(between) or _NEAR.match(between) or _RANGE.match(between)) is not None

    def _refine(self, match: re.Match[str], paragraph: int | None, item: int | None) -> None:
        """第二款 right after 第四条 completes it; after 第四条第一款、 it is a citation of its own."""
        last = self.found[-1]
        joined = bool(self.text[self.last_end : match.start()].strip(" 　的"))
        complete = last.item is not None if item is not None else last.paragraph is not None or last.item is not None
        if joined or complete:
            self._put(last.number, paragraph, item, match.start(), match.end())
        else:
            self.found.pop()
            self._put(last.number, paragraph, item, last.start, match.end(), law=last.law, old=last.repealed)
        self.state.paragraph = paragraph
        self.last_end = match.end()

    def _put(
        self,
        number: ArticleNumber | None,
        paragraph: int | None,
        item: int | None,
        start: int,
        end: int,
        law: str | None = None,
        old: bool | None = None,
    ) -> None:
        repealed = self.state.old if old is None else old
        repealed = repealed or bool(_OLD.match(self.text[end : end + 20]))
        self.found.append(
            Citation(law or self.state.law, number, paragraph, item, start, end, self.text[start:end], repealed)
        )


#: Words before a title that do not belong to it: 根据行政协议案件若干问题的规定 begins after 根据.
_LEAD = re.compile(r".*(?:根据|依据|依照|按照|违反|适用|参照|符合|以及|及|和|与|或|即|为|是|在|对|有关|关于|《)")


def _title_start(text: str) -> int:
    lead = _LEAD.match(text)
    if lead is None:
        return 0
    at = lead.end()
    if text[:at].endswith("关于"):  # 关于审理…的规定 is a title
        at -= 2
        if text[:at].endswith("最高人民法院"):
            at -= 6
    return at if len(text) - at >= 3 else 0
