"""Where the cases of a text begin.

Some titles show themselves: a heading above the section heads, 案例一, a numbered name. Others are plain lines, and only
the sections tell: when 基本案情 comes a second time, a new case has begun at the title before it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.split import titles
from ingest.split.heads import Head
from ingest.split.lines import Line

#: A case without any section head has at least this much text.
_SHORTEST = 60
_HIGHEST_RUN = 8


@dataclass(frozen=True, slots=True)
class Start:
    """A case begins at line `line`. `plain`: only its sections show it; `level` is of its heading, 0 for others."""

    line: int
    level: int = 0
    marker: int | None = None
    plain: bool = False


def section_level(found: Sequence[Line], heads: Sequence[Head]) -> int:
    """The heading level at which the known section heads stand, 0 where they are ordinary lines."""
    levels = Counter(found[head.line].level for head in heads if head.known)
    return levels.most_common(1)[0][0] if levels else 0


def starts(found: Sequence[Line], heads: Sequence[Head]) -> list[Start]:
    """Starts of cases in order, each with the section heads that make it one."""
    strong = _with_text(found, heads, _strong(found, heads))
    result = _plain(found, heads, 0, strong[0].line if strong else len(found))
    for start, following in pairwise([*strong, None]):
        if start is not None:
            end = following.line if following is not None else len(found)
            result += [start, *_plain(found, heads, start.line + 1, end, opened=True)]
    return _with_theses(found, heads, result)


def _with_theses(found: Sequence[Line], heads: Sequence[Head], begun: Sequence[Start]) -> list[Start]:
    """Where most names stand under a thesis, so do those whose thesis ends like a sentence."""
    plain = [start for start in begun if start.plain and _named(found, start)]
    under = sum(not titles.named(found[start.line]) for start in plain)
    if under * 2 < len(plain) or under < 3:
        return list(begun)
    at_heads = {head.line for head in heads}
    result = []
    for start in begun:
        above = found[start.line - 1] if start.line else None
        if start in plain and titles.named(found[start.line]) and above is not None:
            short = len(above.text) <= 60 and "。" not in above.text[:-1] and titles.may_be_title(_cut(above))
            if short and start.line - 1 not in at_heads and start.line - 2 not in at_heads:
                line = start.line - 1
                while line - 1 not in at_heads and line - 2 not in at_heads and titles.unfinished(found[line - 1]):
                    line -= 1
                start = Start(line, above.level, plain=True)
        result.append(start)
    return result


def _cut(line: Line) -> Line:
    return replace(line, text=line.text.rstrip("。") or line.text)


def proves(heads: Sequence[Head], *, plain: bool) -> bool:
    """Whether section heads make a case: one behind a title that shows itself, two kinds behind any other."""
    evidence = any(head.evidence for head in heads)
    kinds = len({head.name for head in heads if head.canonical})
    return (evidence and kinds >= 2) if plain else (evidence or kinds >= 2)


def _strong(found: Sequence[Line], heads: Sequence[Head]) -> list[Start]:
    """Lines that show by themselves that they are titles; of lines that follow each other only one."""
    at_heads = {head.line for head in heads}
    level = section_level(found, heads)
    signs = {i: sign for i in range(len(found)) if i not in at_heads and (sign := _sign(found, i, level)) is not None}
    result: list[Start] = []
    cluster: list[Start] = []
    for index, sign in signs.items():
        if _is_group(found, signs, sign):
            continue
        if cluster and cluster[-1].line < index - 1:
            result.append(_first(cluster))
            cluster = []
        cluster.append(sign)
    if cluster:
        result.append(_first(cluster))
    kept: list[Start] = []
    for start in result:
        # A name under its case's heading begins nothing new.
        if not (kept and kept[-1].level and start.level > kept[-1].level and start.marker is None):
            kept.append(_raised(found, at_heads, start))
    return kept


#: The title of a whole collection, which belongs to no case.
_COLLECTION = re.compile(r"(?:汇编|选编|案例|案例集|白皮书|目录|(?:第[一二三四五六七八九十\d]+)批)[）)》”]?$")


def _raised(found: Sequence[Line], at_heads: Set[int], start: Start) -> Start:
    """With the thesis right above a named heading that the file sets in the same type: it belongs to its case.

    Who published the case, and when, may stand between them.
    """
    if not start.level or start.marker is not None or not titles.named(found[start.line]):
        return start
    above = start.line - 1
    while above >= 0 and titles.imprint(found[above]):
        above -= 1
    if above < 0 or above in at_heads:
        return start
    thesis = found[above]
    other = titles.named(thesis) or titles.group(thesis) or titles.trailer(thesis) or titles.fact(thesis)
    belongs = thesis.level == start.level and not other and not thesis.text.endswith("。")
    return replace(start, line=above) if belongs and not _COLLECTION.search(thesis.text) else start


def _first(cluster: Sequence[Start]) -> Start:
    """Where the case begins whose title stands in these lines; more than one 案例N make a table of contents."""
    marked = [start for start in cluster if start.marker is not None]
    if marked:
        return marked[-1]
    if any(start.level for start in cluster):
        highest = min(start.level for start in cluster if start.level)
        return next(start for start in reversed(cluster) if start.level == highest)
    return cluster[-1]


def _sign(found: Sequence[Line], index: int, level: int) -> Start | None:
    line = found[index]
    number = titles.marker(line)
    if number is not None:
        return Start(index, line.level, number)
    if titles.group(line) or titles.trailer(line) or titles.imprint(line) or line.table:
        return None
    if line.level and (not level or line.level < level or titles.named(line)):
        return Start(index, line.level)
    if titles.named(line) and titles.may_be_title(line) and (titles.numbered(line) or line.bold):
        return Start(index, plain=True)
    return None


def _is_group(found: Sequence[Line], signs: Mapping[int, Start], sign: Start) -> bool:
    """Whether a heading stands above several cases: 第一部分 …, or the title of the whole compilation."""
    if not sign.level or sign.marker is not None:
        return False
    below, last = 0, sign.line
    for index in range(sign.line + 1, len(found)):
        other = signs.get(index)
        if other is not None and (other.marker is not None or not other.level or other.level > sign.level):
            below += index > last + 1 or last == sign.line
            last = index
        elif 0 < found[index].level <= sign.level:
            break
    return below >= 2


def _with_text(found: Sequence[Line], heads: Sequence[Head], strong: Sequence[Start]) -> list[Start]:
    """Of the starts, those that section heads follow, and 案例N without heads where its neighbours show the pattern."""
    headed: list[bool] = []
    for index, start in enumerate(strong):
        end = strong[index + 1].line if index + 1 < len(strong) else len(found)
        headed.append(proves([head for head in heads if start.line < head.line < end], plain=start.plain))
    marked = [i for i, start in enumerate(strong) if start.marker is not None]
    alone = [i for i in marked if not headed[i] and _has_body(found, strong, i)]
    enough = sum(headed[i] for i in marked) >= 2 or len(alone) + sum(headed[i] for i in marked) >= 3
    return [start for i, start in enumerate(strong) if headed[i] or (enough and i in alone)]


def _has_body(found: Sequence[Line], strong: Sequence[Start], index: int) -> bool:
    """Whether a 案例N has text of its own and is no line of a table of contents."""
    line = strong[index].line
    end = strong[index + 1].line if index + 1 < len(strong) else len(found)
    title = titles.bare(found[line].text)
    key = titles.key(found[line].text)
    again = title and any(titles.key(found[o.line].text).startswith(key) for o in strong[index + 1 :] if o.marker)
    return not again and len(title) + sum(len(found[i].text) for i in range(line + 1, end)) >= _SHORTEST


def _plain(found: Sequence[Line], heads: Sequence[Head], begin: int, end: int, *, opened: bool = False) -> list[Start]:
    """Starts in a stretch that no self-evident title divides; `opened`: its first heads belong to a case already."""
    heads = [head for head in heads if begin <= head.line < end]
    runs = {i: run for i in range(len(heads)) if (run := _run(found, heads, i, begin)) is not None}
    if not heads:
        return []
    firsts = [0]  # of each case, the index of its first head
    for index, head in enumerate(heads):
        if index == firsts[-1] or not _repeats(head, heads[firsts[-1] : index]):
            continue
        # The title is above this head, or above one before it that the last case happened not to have.
        places = [i for i in range(index, firsts[-1], -1) if i in runs]
        named = [i for i in places if i == index or _named(found, runs[i])]
        chosen = next(iter(named or places), None)
        if chosen is None or not proves(heads[chosen : _until(heads, chosen)], plain=True):
            continue
        if proves(heads[firsts[-1] : chosen], plain=True) or (opened and len(firsts) == 1):
            firsts.append(chosen)
        elif len(firsts) == 1:
            firsts[-1] = chosen
    result = []
    for first, last in zip(firsts, [*firsts[1:], len(heads)], strict=True):
        if opened and first == 0:
            continue
        if proves(heads[first:last], plain=True):
            result.append(runs.get(first) or Start(heads[first].line, plain=True))
    return result


def _until(heads: Sequence[Head], first: int) -> int:
    for index in range(first + 1, len(heads)):
        if _repeats(heads[index], heads[first:index]):
            return index
    return len(heads)


def _repeats(head: Head, before: Sequence[Head]) -> bool:
    """Whether a head shows that another case has begun: no case tells its facts twice."""
    if not head.known:
        return False
    if head.name == "基本案情":
        return any(other.name == head.name for other in before)
    return any(other.raw == head.raw for other in before)


def _named(found: Sequence[Line], start: Start) -> bool:
    return any(titles.named(line) for line in found[start.line : start.line + 3])


def _run(found: Sequence[Line], heads: Sequence[Head], index: int, floor: int) -> Start | None:
    """The title that stands right above a section head, as far as plain lines tell."""
    at = heads[index].line
    above = heads[index - 1] if index else None
    top = max(floor, at - _HIGHEST_RUN, above.line + 1 if above is not None else 0)
    begin = at
    while begin > top and _among_titles(found[begin - 1]):
        begin -= 1
    if above is not None and begin == above.line + 1 and not above.inline:
        # The first line behind a head is that section's text, and keywords often stand in lines of their own.
        begin += 1
        if above.raw in ("关键词", "关键字") and not any(titles.named(line) for line in found[begin:at]):
            return None
    lines = [i for i in range(begin, at) if _is_title(found[i])]
    if not lines:
        return None
    names = [i for i in lines if titles.named(found[i])]
    start = names[-1] if names else lines[-1]
    upper = start - 1
    while upper >= begin and titles.imprint(found[upper]):
        upper -= 1
    above_name = bool(names) or titles.unfinished(found[upper])
    if upper in lines and above_name and not titles.named(found[upper]) and not _in_contents(found, upper):
        # A thesis above the name, or the first half of a title in two lines.
        start = upper
    while start > top and titles.unfinished(found[start - 1]) and not _in_contents(found, start - 1):
        start -= 1
    return Start(start, found[start].level, None, plain=True)


def _among_titles(line: Line) -> bool:
    return titles.may_be_title(line) or titles.imprint(line) or titles.fact(line)


def _is_title(line: Line) -> bool:
    return titles.may_be_title(line) and not any(
        test(line) for test in (titles.imprint, titles.fact, titles.group, titles.trailer)
    )


def _in_contents(found: Sequence[Line], index: int) -> bool:
    """Whether a line stands again further down: then this one is of the table of contents."""
    key = titles.key(found[index].text)
    return any(titles.key(line.text) == key for line in found[index + 1 :] if len(line.text) < 120)
