"""Finds citations of articles in text and says which law, article, paragraph and item each names."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kb.law.names import key, known, short
from kb.law.numerals import NUMBER, ArticleNumber, to_int
from kb.law.titles import Name, around, before, is_law, is_old, note_after, old_before

#: No citation names more articles than this in one range; a larger one is a slip of the pen.
_WIDEST = 60
#: A list goes on over no more characters than this.
_REACH = 120
#: No article is quoted at greater length.
_QUOTE = 1500

#: White space and lists are of bounded length, so that no text takes more than linear time.
_S = r"\s{0,4}"
_AND, _TO = rf"{_S}(?:[、和及与或]|以及){_S}", rf"{_S}(?:至|到|[-－—–~～]{{1,2}}){_S}"
_NUMBERS = rf"{NUMBER}(?:(?:{_AND}|{_TO}){NUMBER}){{0,12}}"
_BRACKETED = rf"(?:[（(]{_S})?{NUMBER}(?:{_S}[）)])?"
_OF = rf"(?:{_S}之{_S}(?P<of>[一二三四五六七八九十]{{1,3}}|\d{{1,2}})(?!般|切|致|[款项条]))?"
_LOOSE_OF = _OF.replace("<of>", "<looseof>")
#: 第2条街 and 第一条件 are no articles.
_NOT_MORE = r"(?!例|件|大?街|巷|弄|胡同|路(?=[口，。、；\s]|$)|河|船|线路|生产线|跑道|消息|短信|评论)"
_NOT_INSIDE = r"(?<![第\d一二三四五六七八九十百千零〇○.．])"
_SAME = r"(?:(?<![根基日成样版文])本|(?<!应)该|(?<![合共相协不])同|上述|前述)(?:法律|法|条例|规定|办法|解释|细则|规则)"

_TOKEN = re.compile(
    r"(?P<book>《(?:[^《》]|《[^《》]{0,60}》){1,80}》|<<[^<>]{1,80}>>)"
    r"|(?P<define>[（(]\s{0,2}(?:以下|下|以后)?(?:统|分别)?(?:简称|称)[^（）()]{1,60}[）)]"
    r"|(?:以下|下)(?:统)?简?称为?\s?(?:[“\"「《]{1,2}[^“”\"「」《》]{1,30}[”\"」》]{1,2}|[^，。；、（）()《》“”\s]{2,20}))"
    r"|(?P<old>[（(]\s?(?:旧法?|旧条例|旧规定|原法|已废止|已失效|现已废止|当时条文[^（）()]{0,12})\s?[）)])"
    rf"|(?P<same>{_SAME})"
    rf"|(?P<article>第{_S}(?P<numbers>{_NUMBERS}){_S}条{_OF}{_NOT_MORE})"
    rf"|(?P<paragraph>第{_S}(?P<paragraphs>{_NUMBERS}){_S}款(?!项))"
    rf"|(?P<item>第{_S}(?P<items>{_BRACKETED}(?:(?:{_AND}|{_TO}){_BRACKETED}){{0,12}}){_S}项(?!目))"
    rf"|(?P<point>第{_S}{_BRACKETED}{_S}目(?!的|标|录|前))"
    rf"|(?P<loose>{_NOT_INSIDE}(?P<loosenumbers>{NUMBER}(?:(?:{_AND}|{_TO}){NUMBER}){{0,3}}){_S}条{_LOOSE_OF}{_NOT_MORE})"
    rf"|(?P<loosepart>{_NOT_INSIDE}(?:(?P<looseparagraph>{NUMBER})款(?!项)|(?P<looseitem>{_BRACKETED})项(?!目)))"
    r"|(?P<previous>前条|前款|(?:同|该|本)条(?![款例件]))"
)
_JOIN = re.compile(r"(?:[\s、,，和及与或并]|以及|及其)*")
_LIST = re.compile(r"\s*(?:[、和及与或]|以及|至|到|[-－—–~～]{1,2})\s*")
_RANGE = re.compile(r"\s*(?:至|到|[-－—–~～]{1,2})\s*")
_NEAR = re.compile(r"[\s的]*(?:中的?|里)?\s*")
_STOP = re.compile(r"[。！？\n]")
#: What has articles and is no law.
_NO_LAW = re.compile(
    r"(?:协议书?|合同书?|章程|公约|方案|公告|纪要|约定|承诺书|须知|决定书|判决书?|裁定书?|通知书|告知书|决定)(?:的|中|里)?\s*$"
)
_WHOLE = re.compile(rf"\s*(?P<numbers>{_NUMBERS}){_S}条{_OF}\s*[？?。]?\s*")
#: 民法典243, and 民法典243怎么规定的; a year is no article.
_PLAIN = re.compile(
    r"(?P<name>.{2,50}?)(?<!\d)(?!(?:19|20)\d\d)(?P<number>[1-9]\d{0,3})\s*(?:(?:怎么|如何|是什么|规定|讲|说|的?原文|的?内容).{0,20})?[？?。！!]?\s*"
)


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
    repealed: bool = False  # marked as old law, or by the year of a text that is not the present one


@dataclass(slots=True)
class _State:
    """What the next article or paragraph may go on from."""

    law: str | None = None
    old: bool = False
    other: bool = False  # articles that follow are of a contract or the like
    name: tuple[int, int] | None = None  # a law's name that awaits its article
    alone: bool = False  # if none comes, the name in book marks is a citation of its own
    number: ArticleNumber | None = None
    paragraph: int | None = None
    first: int = 0  # of the citations found, the first of this law's list


def find(text: str, default_law: str | None = None) -> list[Citation]:
    """Every citation in the order of the text; a law without an article counts when it stands in book marks.

    The law carries over a list (第十七条、第十九条) and to the end of the sentence; a range gives each article, all with
    the range's span; 前款 and 同条 look back; 以下简称 defines a name for the rest of the text. 条例 alone is
    国有土地上房屋征收与补偿条例 unless defined otherwise. 27条 without 第 counts after a law's name or as the whole text.
    `default_law` is the law whose own text this is: an article without a law's name is then one of its own.
    """
    return _Finder(text, default_law).run()


class _Finder:
    def __init__(self, text: str, default_law: str | None) -> None:
        self.text = text
        self.found: list[Citation] = []
        self.defined: dict[str, str] = {}
        self.laws: list[str] = []  # as named so far
        self.default = key(default_law) if default_law else None
        self.state = _State(law=self.default)
        self.end: int | None = None  # of the last token that belonged to a law or citation

    def run(self) -> list[Citation]:
        """Each token in turn; those inside a name or note that was taken already do not count."""
        takes = {
            "book": self._book,
            "define": self._define,
            "old": self._old,
            "same": self._same,
            "article": self._article,
            "loose": self._loose,
            "paragraph": self._part,
            "item": self._part,
            "loosepart": self._part,
            "point": self._point,
            "previous": self._previous,
        }
        for match in _TOKEN.finditer(self.text):
            if match.start() >= (self.end or 0) and match.lastgroup:
                takes[match.lastgroup](match)
        self._leave()
        return self.found or self._whole()

    def _gap(self, start: int) -> str | None:
        """The text since the last token; None where there is none near."""
        return None if self.end is None or start - self.end > _REACH else self.text[self.end : start]

    def _unquoted(self, start: int) -> str | None:
        """The gap, less the quotation that ends where the article begins: 第四十一条规定：“……。”第四十三条."""
        if self.text[start - 1 : start] == "”":
            opening = self.text.rfind("“", max(start - _QUOTE, self.end or 0), start)
            start = opening if opening >= 0 else start
        return self._gap(start)

    # laws

    def _enter(
        self, law: str | None, old: bool, name: tuple[int, int] | None, *, alone: bool = False, other: bool = False
    ) -> None:
        self._leave()
        self.state = _State(law, old, other, name, alone, first=len(self.found))
        if law:
            self.laws.append(law)

    def _leave(self) -> None:
        if self.state.alone and self.state.name:
            self._put(None, None, None, *self.state.name)
        self.state.alone = False

    def _name_before(self, at: int) -> Name | None:
        return before(self.text, at, self.end or 0, self.defined, self.laws[-1] if self.laws else None)

    def _book(self, match: re.Match[str]) -> None:
        start, end = around(self.text, match.start(), match.end(), self.end or 0)
        title = self.text[start:end]
        law = self.defined.get(short(title)) or key(title)
        inner = re.search(r"[（(]([^（）()]{1,24})[）)]》?$", title)
        old = old_before(law, self.text, start) or bool(inner and is_old(law, inner[1]))
        note = note_after(self.text, end)
        self.end = note[1] if note else end
        if is_law(law):
            self._enter(law, old or bool(note and is_old(law, note[0])), (start, end), alone=True)
        else:
            self._enter(None, False, (start, end), other=True)

    def _define(self, match: re.Match[str]) -> None:
        gap, start = self._gap(match.start()), match.start()
        law: str | None
        if self.state.name and gap is not None and not gap.strip(" ，,"):
            law = self.state.law
        elif name := self._name_before(len(self.text[:start].rstrip("，, "))):
            self._enter(name.law, name.old, (name.start, name.end))
            law = name.law
        else:
            return
        self.end = match.end()
        if law:
            self.defined.update(dict.fromkeys(_short_names(match[0]), law))

    def _same(self, match: re.Match[str]) -> None:
        word = match["same"]
        tail = re.sub(r"^(?:本|该|同|上述|前述)", "", word).replace("法律", "法")
        law: str | None
        if word.startswith("本") and self.default:
            law = self.default
        else:
            of_kind = (n for n in reversed(self.laws) if n.endswith(tail) and not (tail == "法" and n.endswith("办法")))
            law = next(of_kind, None if word.startswith("本") else self.state.law)
        old = self.state.old and law == self.state.law
        self._enter(law, old, match.span())
        self.end = match.end()

    def _old(self, match: re.Match[str]) -> None:
        """（旧法） after a list says it of the whole list."""
        gap = self._gap(match.start())
        if gap is None or gap.strip():
            return
        if not self.state.old:
            self.found[self.state.first :] = [replace(c, repealed=True) for c in self.found[self.state.first :]]
        self.state.old, self.end = True, match.end()

    # articles

    def _article(self, match: re.Match[str]) -> None:
        self._cite(_articles(match["numbers"], match["of"]), match.start(), match.end(), loose=False)

    def _loose(self, match: re.Match[str]) -> None:
        self._cite(_articles(match["loosenumbers"], match["looseof"]), match.start(), match.end(), loose=True)

    def _cite(self, numbers: list[ArticleNumber], start: int, end: int, *, loose: bool) -> None:
        gap, state = self._gap(start), self.state
        named = state.name is not None and gap is not None and _NEAR.fullmatch(gap)
        link = _LIST if loose else _JOIN
        joined = not state.name and gap is not None and (link.fullmatch(gap) or _RANGE.fullmatch(gap))
        if not named and not (joined and (state.number or state.other)):
            name = self._name_before(start)
            if name is not None:
                self._enter(name.law, name.old, (name.start, name.end))
            elif loose:
                return
            else:
                self._go_on(start)
        state = self.state
        ranged = state.name is None and joined and _RANGE.fullmatch(gap or "")
        begin = state.name[0] if state.name else start
        if not state.other:
            if ranged and state.number and 0 < numbers[0].number - state.number.number <= _WIDEST:
                begin = self._stretch(end)
                numbers = _between(state.number, numbers[0]) + numbers
            for number in numbers:
                self._put(number, None, None, begin, end)
            state.number = numbers[-1]
        state.paragraph, state.name, state.alone = None, None, False
        self.end = end

    def _go_on(self, start: int) -> None:
        """An article that nothing names directly: of the law whose text this is, else of the sentence's law."""
        state = self.state
        if _NO_LAW.search(self.text, max(start - 12, 0), start):
            self._enter(None, False, None, other=True)
        elif self.default:
            self._enter(self.default, False, None)
        elif (gap := self._unquoted(start)) is not None and not _STOP.search(gap):
            self.state = _State(state.law, state.old, state.other, first=state.first)
        else:
            self._enter(None, False, None)

    def _stretch(self, end: int) -> int:
        """第十条至第十二条 is one place in the text: the first citation gets the whole range's span, too."""
        opened = self.found[-1]
        self.found[-1] = replace(opened, end=end, text=self.text[opened.start : end])
        return opened.start

    def _part(self, match: re.Match[str]) -> None:
        """第二款 right after 第四条 completes it; after 第四条第一款、 it is a citation of its own."""
        gap, state, last = self._gap(match.start()), self.state, self.found[-1] if self.found else None
        if gap is None or state.number is None or last is None:
            return
        if not (_JOIN.fullmatch(gap) or _NEAR.fullmatch(gap) or _RANGE.fullmatch(gap)):
            return
        if gap and match["loosepart"]:
            return
        is_item = bool(match["items"] or match["looseitem"])
        values = _values(match["items"] or match["paragraphs"] or match["looseitem"] or match["looseparagraph"])
        done = last.item if is_item else last.paragraph or last.item
        if _RANGE.fullmatch(gap) and done and 0 < values[0] - done <= _WIDEST:
            values = [*range(done + 1, values[0]), *values]
        elif done is None and not gap.strip(" \u3000\n的中"):
            self.found.pop()
            paragraph, item = (state.paragraph, values[0]) if is_item else (values[0], None)
            self._put(last.number, paragraph, item, last.start, match.end())
            values = values[1:]
            state.paragraph = paragraph
        for value in values:
            paragraph, item = (state.paragraph, value) if is_item else (value, None)
            self._put(state.number, paragraph, item, match.start(), match.end())
            state.paragraph = paragraph
        self.end = match.end()

    def _point(self, match: re.Match[str]) -> None:
        """第三目 belongs to the citation before it and is not kept."""
        if self._gap(match.start()) == "" and self.state.number is not None:
            self.end = match.end()

    def _previous(self, match: re.Match[str]) -> None:
        """同条 and 该条 repeat the last article. 前条, 前款 and 本条 in a law's own text speak of where they stand."""
        word, state = match["previous"], self.state
        if state.number is None or (self.default and word in ("前条", "前款", "本条")):
            return
        if word == "前条" and state.number.number > 1:
            state.number, state.paragraph = ArticleNumber(state.number.number - 1), None
        elif word == "前款" and state.paragraph and state.paragraph > 1:
            state.paragraph -= 1
        elif word in ("前条", "前款"):
            return
        else:
            state.paragraph = None
        self._put(state.number, state.paragraph, None, match.start(), match.end())
        self.end = match.end()

    def _put(self, number: ArticleNumber | None, paragraph: int | None, item: int | None, start: int, end: int) -> None:
        state = self.state
        self.found.append(Citation(state.law, number, paragraph, item, start, end, self.text[start:end], state.old))

    def _whole(self) -> list[Citation]:
        """A text that is nothing but 27条 or 民法典243."""
        if match := _WHOLE.fullmatch(self.text):
            start, end = match.start("numbers"), len(self.text.rstrip(" \n？?。"))
            for number in _articles(match["numbers"], match["of"]):
                self._put(number, None, None, start, end)
        elif len(self.text) <= 80 and (match := _PLAIN.fullmatch(self.text)):
            name = self._name_before(match.start("number"))
            if name is not None and name.law in known():
                self._enter(name.law, name.old, None)
                number = ArticleNumber(int(match["number"]))
                self._put(number, None, None, name.start, match.end("number"))
        return self.found


def _short_names(definition: str) -> list[str]:
    """The names that （以下简称《条例》或征收条例） defines."""
    inner = re.sub(r"^[（(]?\s*(?:以下|下|以后)?(?:统|分别)?(?:简称|称)为?[:：]?|[）)]$", "", definition)
    parts = re.split(r"[、，,或和]|[”\"」》]\s*[“\"「《]", inner)
    return [name for part in parts if len(name := short(part.strip(' “”"「」《》'))) >= 2]


def _values(numbers: str) -> list[int]:
    """26、27 gives 26 and 27; 9至13 gives all five."""
    values: list[int] = []
    at = 0
    for match in re.finditer(NUMBER, numbers):
        value, between = to_int(match[0]), numbers[at : match.start()].strip("（()） \n\u3000")
        if values and _RANGE.fullmatch(between) and 0 < value - values[-1] <= _WIDEST:
            values += range(values[-1] + 1, value)
        values.append(value)
        at = match.end()
    return values


def _articles(numbers: str, of: str | None) -> list[ArticleNumber]:
    if re.fullmatch(rf"{NUMBER}\s*[-－—–]\s*{NUMBER}", numbers) and of is None:
        first, second = _values(numbers)[0], _values(numbers)[-1]
        if second < first:  # 第133-1条 is 第一百三十三条之一
            return [ArticleNumber(first, second)]
    found = [ArticleNumber(value) for value in _values(numbers)]
    if of is not None and re.fullmatch(NUMBER, of):
        found[-1] = ArticleNumber(found[-1].number, to_int(of))
    return found


def _between(first: ArticleNumber, last: ArticleNumber) -> list[ArticleNumber]:
    return [] if last.of else [ArticleNumber(n) for n in range(first.number + 1, last.number)]
