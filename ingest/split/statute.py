"""Statutes into articles 条, and articles into paragraphs 款 and items 项."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.reading import Block
from ingest.split.chain import DOUBTFUL, STRONG, WEAK, Candidate, chain
from ingest.split.lines import Line, lines, tidy, without_spaces
from kb.law.numerals import NUMBER, ArticleNumber, to_int
from kb.models import Article, Item, Span

_HEAD = re.compile(rf"第\s*(?P<number>{NUMBER})\s*条(?:\s*之\s*(?P<of>{NUMBER}))?")
#: 一、 heads an article of a judicial reply or an old regulation that has no 第…条.
_NUMBERED = re.compile(rf"(?=[^\d０-９])(?P<number>{NUMBER})、\s*(?P<of>)?")
#: What follows 第…条 in a reference and never begins an article's text.
_REFERENCE = re.compile(
    rf"\s*(?:的规定|第\s*{NUMBER}\s*[款项]|[、，,；;。)）》”]|[至到和与及或]\s*第\s*{NUMBER}\s*[条款项]|(?:以及|或者)第)"
    rf"|(?:的|之|所[称列指述定规]|中[的规所关]|规定[的之，]|[（(]\s*{NUMBER}\s*[）)])"
)
_CAPTION = re.compile(
    rf"\s*(?:【(?P<a>[^】\n]{{1,40}})】|〔(?P<b>[^〕\n]{{1,40}})〕|\[(?P<c>[^\]\n]{{1,40}})\]"
    rf"|[（(](?!以下|\s*{NUMBER}\s*[）)])(?P<d>[^（）()。；，：\n]{{2,25}})[）)])\s*"
)
_DIVISION = re.compile(
    rf"第\s*{NUMBER}\s*(?P<rank>分编|编|章|节)(?:\s*$|\s+|(?=[^\s的、，和至规所中之]))[^。；：]{{0,40}}$"
)
_RANKS = {"编": 0, "分编": 1, "章": 2, "节": 3}
_PLAIN_DIVISION = re.compile(r"(?:总则|分则|附则)$")
_NUMBERED_DIVISION = re.compile(r"[一二三四五六七八九十]+、[^。；：，]{2,30}$")
_APPENDIX = re.compile(
    rf"附(?!\s*则)\s*(?:件|表|录|图|注)?(?:\s*(?:{NUMBER})?\s*(?:[:：.．、]|$)|\s*{NUMBER}\s|\s+\S{{1,40}}$)"
)
#: How the title of a law ends.
LAW_TITLE = re.compile(
    r"[^，。；：！？]{1,70}(?:法|法典|条例|规定|办法|细则|解释|批复|答复|规则|决定|章程|规程|准则|意见|纪要)"
    r"(?:[（(][^（）()]{1,30}[)）])*$"
)
_ITEM = re.compile(
    rf"[（(]\s*(?=[^\d０-９])(?P<number>{NUMBER})\s*[)）](?!\s*[项款目](?:[、，。的之所规至和]|$)|\s*[、至和])"
)
_SUBITEM = re.compile(r"(?:[0-9０-９]{1,2}\s*[.．、]|[（(][0-9０-９]{1,2}[)）]|[①-⑳])\s*\S")
#: Words that announce the text of an amended article in quotation marks.
_QUOTED = re.compile(r"(?:修改为|修正为|改为|增加|作为|如下|规定)[^“”\n。]{0,20}[:：]?\s*“")


#: No law has so many articles; larger numbers are no numbers of articles.
_LAST = 3000
_LONGEST_QUOTATION = 6000
#: A preamble of so many characters outweighs no statute, however short that is.
_LONGEST_PREAMBLE = 600


@dataclass(frozen=True, slots=True)
class _Head:
    line: int  # index
    number: ArticleNumber
    body: int  # offset of what follows the number
    weight: float


def articles(
    text: str, law: str, start: int = 0, blocks: Sequence[Block] = (), *, numbered: bool = False
) -> tuple[Article, ...]:
    """The articles in text[start:]; `law` names them until another law's title begins a new count.

    `numbered` takes 一、 for heads instead of 第…条.
    """
    found = lines(text, blocks, start)
    heads = _heads(text, found, _NUMBERED if numbered else _HEAD)
    titles = [i for i, line in enumerate(found) if _is_title(line)]
    appendices = [i for i, line in enumerate(found) if _APPENDIX.match(line.text)]
    candidates = []
    for at, head in enumerate(heads):
        since = heads[at - 1].line if at else -1
        restart = _title(found, titles, since, head.line) is not None
        candidates.append(Candidate(head.number, head.weight, restart, bisect_left(appendices, head.line)))
    kept = [heads[i] for i in chain(candidates)]
    units: list[Article] = []
    stack: dict[int, str] = {}
    for at, head in enumerate(kept):
        if at and head.number <= kept[at - 1].number:
            title = _title(found, titles, kept[at - 1].line, head.line)
            law, stack = law_title(found[title].text) if title is not None else law, {}
        for index in _divisions(found, kept[at - 1].line if at else -1, head.line):
            rank, name = _division(found[index])
            stack = {r: n for r, n in stack.items() if r < rank} | {rank: name}
        last = kept[at + 1].line if at + 1 < len(kept) else len(found)
        fresh = at + 1 == len(kept) or kept[at + 1].number <= head.number
        stop = _stop(found, titles, head.line, last, fresh=fresh)
        units.append(_article(text, law, head, found, stop, tuple(stack[r] for r in sorted(stack))))
    return tuple(units)


def _heads(text: str, found: Sequence[Line], pattern: re.Pattern[str]) -> list[_Head]:
    quoted = _quotations(text)
    starts = [span.start for span in quoted]
    heads = []
    for index, line in enumerate(found):
        match = pattern.match(line.text)
        if match is None or line.table:
            continue
        inside = bisect_right(starts, line.start) - 1
        if inside >= 0 and line.start < quoted[inside].end:
            continue
        rest = line.text[match.end() :]
        if pattern is _HEAD and _REFERENCE.match(rest):
            continue
        set_off = pattern is _NUMBERED or not rest or rest[0] in " \t\u3000【〔[:：" or _CAPTION.match(rest)
        number = ArticleNumber(to_int(match["number"]), to_int(match["of"]) if match["of"] else 0)
        if max(number.number, number.of) > _LAST:
            continue
        weight = STRONG if set_off else DOUBTFUL if rest.startswith("规定") else WEAK
        heads.append(_Head(index, number, line.start + match.end(), weight))
    return heads


def _quotations(text: str) -> list[Span]:
    """Texts of articles quoted in an amendment, marks included; a quotation that never closes is none."""
    spans: list[Span] = []
    for match in _QUOTED.finditer(text):
        if spans and match.start() < spans[-1].end:
            continue
        depth, at = 1, match.end()
        for mark in re.finditer(r"[“”]", text[at : at + _LONGEST_QUOTATION]):
            # Each paragraph of a long quotation opens again without having closed.
            opens = mark[0] == "“" and text[at + mark.start() - 1] != "\n"
            depth += 1 if opens else -1 if mark[0] == "”" else 0
            if depth == 0:
                spans.append(Span(match.end() - 1, at + mark.end()))
                break
    return spans


def _is_title(line: Line) -> bool:
    return (
        not line.table
        and len(line.text) <= 80
        and LAW_TITLE.fullmatch(line.text) is not None
        and not re.match(r"[第（(“附]|[一二三四五六七八九十0-9]+[、.．]", line.text)
    )


def _title(found: Sequence[Line], titles: Sequence[int], after: int, before: int) -> int | None:
    """The title of a law between two lines: the highest heading, else the nearest; None behind the word 附件."""
    between = titles[bisect_right(titles, after) : bisect_left(titles, before)]
    if not between or any(_APPENDIX.match(line.text) for line in found[after + 1 : before]):
        return None
    return next((i for i in reversed(between) if found[i].level == 1), between[-1])


def law_title(text: str) -> str:
    """《XX条例》(2011-01-21) → XX条例: the marks around it and the version behind it go."""
    text = re.sub(r"\s*[（(]\s*\d{4}[-年./][^（）()]*[)）]\s*$", "", tidy(text))
    return text[1:-1] if text.startswith("《") and text.endswith("》") and text.count("《") == 1 else text


def _divisions(found: Sequence[Line], after: int, before: int) -> list[int]:
    """Indexes of the headings that stand right above an article's head."""
    at = before
    while at - 1 > after and _division(found[at - 1])[1]:
        at -= 1
    return list(range(at, before))


def _division(line: Line) -> tuple[int, str]:
    """Rank and name of a heading 编, 章, 节; an empty name is none."""
    if line.table or _HEAD.match(line.text):
        return 0, ""
    if match := _DIVISION.match(line.text):
        rank, number = _RANKS[match["rank"]], line.text[: match.end("rank")]
        return rank, " ".join(filter(None, (without_spaces(number), tidy(line.text[match.end("rank") :]))))
    if _PLAIN_DIVISION.match(without_spaces(line.text)):
        return _RANKS["章"], without_spaces(line.text)
    if _NUMBERED_DIVISION.match(line.text):
        return _RANKS["节"] + 1, tidy(line.text)
    if line.level and len(line.text) <= 40 and line.text[-1] not in "。；：，" and not _is_title(line):
        return _RANKS["节"] + line.level, tidy(line.text)
    return 0, ""


def _stop(found: Sequence[Line], titles: Sequence[int], head: int, last: int, *, fresh: bool) -> int:
    """Index of the line before which an article ends. `fresh`: what follows is another law or nothing."""
    if not fresh:
        divisions = _divisions(found, head, last)
        return divisions[0] if divisions else last
    for index in range(head + 1, last):
        if _APPENDIX.match(found[index].text):
            return index
    if last < len(found):
        title = _title(found, titles, head, last)
        return title if title is not None else last
    return last


def _article(text: str, law: str, head: _Head, found: Sequence[Line], stop: int, headings: tuple[str, ...]) -> Article:
    line, end = found[head.line], found[stop - 1].end
    body, caption = head.body, ""
    if match := _CAPTION.match(text, body, end):
        # （删除） with nothing after it is the article's text, not its caption.
        if match.end() < end:
            caption, body = tidy(next(filter(None, match.groups()))), match.end()
    elif line.level and stop > head.line + 1 and _captions(rest := text[body : line.end]):
        caption, body = tidy(rest.lstrip(":：")), line.end
    while body < end and (text[body].isspace() or text[body] in ":："):
        body += 1
    paragraphs, items = structure(text, body, end)
    return Article(law, head.number, line.start, body, end, headings, caption, paragraphs, items)


def _captions(rest: str) -> bool:
    """Whether what stands beside the number in a heading of its own is a caption rather than the article's text."""
    return 0 < len(rest) <= 40 and rest[-1] not in "。；："


def structure(text: str, body: int, end: int) -> tuple[tuple[Span, ...], tuple[Item, ...]]:
    """The paragraphs and items of text[body:end].

    Every line that is no item begins a paragraph; a paragraph's span takes in its items, as 第一款 does in law.
    Items also count where they run on in one line: 下列情形：（一）…；（二）…。
    """
    paragraphs: list[Span] = []
    items: list[Item] = []
    for line in lines(text, (), body, end):
        match = _ITEM.match(line.text)
        if match is not None:
            if not paragraphs:
                paragraphs.append(Span(line.start, line.end))
            items.append(Item(len(paragraphs), to_int(match["number"]), line.start, line.end))
            paragraphs[-1] = Span(paragraphs[-1].start, line.end)
        elif items and items[-1].paragraph == len(paragraphs) and _SUBITEM.match(line.text):
            last = items[-1]
            items[-1] = Item(last.paragraph, last.number, last.start, line.end)
            paragraphs[-1] = Span(paragraphs[-1].start, line.end)
        else:
            paragraphs.append(Span(line.start, line.end))
            items += _inline(text, line, len(paragraphs))
    return tuple(paragraphs), tuple(items)


def _inline(text: str, line: Line, paragraph: int) -> list[Item]:
    starts: list[int] = []
    for match in _ITEM.finditer(text, line.start, line.end):
        before = text[match.start() - 1]
        if to_int(match["number"]) == len(starts) + 1 and before in ("：:" if not starts else "；;。，,"):
            starts.append(match.start())
    if len(starts) < 2:
        return []
    ends = [*starts[1:], line.end]
    return [Item(paragraph, n, start, end) for n, (start, end) in enumerate(zip(starts, ends, strict=True), 1)]


def is_statute(units: Sequence[Article], preamble: int) -> bool:
    """Whether articles make a statute: three from 第一条 on, or an excerpt of five in sequence.

    `preamble`, the characters before the first, must not outweigh them: a lecture that ends with a law is no statute.
    """
    if not units or preamble > max(_LONGEST_PREAMBLE, sum(unit.end - unit.start for unit in units)):
        return False
    runs = [1]
    for before, after in pairwise(units):
        follows = after.number > before.number and after.number.number - before.number.number <= 1
        if follows:
            runs[-1] += 1
        else:
            runs.append(1)
    return max(runs) >= 5 or (units[0].number == ArticleNumber(1) and runs[0] >= 3)
