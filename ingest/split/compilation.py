"""Compilations of typical cases into cases, and cases into sections."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ingest.reading import Reading
from ingest.split import facts, titles
from ingest.split.heads import Head, head, next_of
from ingest.split.heads import section as section_of
from ingest.split.lines import Line, lines, tidy
from ingest.split.starts import Start, section_level, starts
from kb.models import Case

_LONGEST_TITLE = 100


def cases(reading: Reading) -> tuple[Case, ...]:
    """The cases of a text, with or without headings; none where it has no case.

    Text between a case's title and its first section head is a section without a name. A case whose title the text
    does not show has an empty title.
    """
    found = lines(reading.text, reading.blocks)
    heads = [made for index, line in enumerate(found) if (made := head(index, line)) is not None]
    begins = starts(found, heads)
    if not begins:
        return ()
    front = [*found[: begins[0].line]]
    level = section_level(found, heads)
    units = []
    for index, start in enumerate(begins):
        following = begins[index + 1] if index + 1 < len(begins) else None
        end = _end(found, heads, start, following, level)
        units.append(_case(reading, found, heads, start, end, front, level))
    return tuple(units)


def _end(found: Sequence[Line], heads: Sequence[Head], start: Start, following: Start | None, level: int) -> int:
    """Index of the line before which a case ends: its successor's first line, or a heading that is above both."""
    last = following.line if following is not None else len(found)
    at_heads = {made.line for made in heads}
    first = min((made.line for made in heads if made.line >= start.line), default=start.line)
    for index in range(max(first, start.line) + 1, last):
        line = found[index]
        if index in at_heads:
            continue
        if titles.division(line) or (following is None and titles.trailer(line)):
            return index
        if line.level and (line.level < start.level or (level and line.level < level)) and titles.marker(line) is None:
            return index
    while following is not None and last - 1 > start.line and last - 1 not in at_heads:
        line = found[last - 1]
        if not (titles.group(line) or titles.imprint(line) or (line.level and line.level < following.level)):
            break
        last -= 1
    return last


def _case(
    reading: Reading,
    found: Sequence[Line],
    heads: Sequence[Head],
    start: Start,
    end: int,
    front: Sequence[Line],
    level: int,
) -> Case:
    text = reading.text
    own = _with_unknown(found, [made for made in heads if start.line <= made.line < end], start, end, level)
    first = own[0].line if own else end
    title, block, after = _title(text, found, start, first)
    sections = []
    stop = found[end - 1].end
    intro = section_of(text, "", after, found[first].start if own else stop)
    if intro is not None:
        sections.append(intro)
    for made, following in pairwise([*own, None]):
        if made is not None:
            section = section_of(text, made.name, made.body, found[following.line].start if following else stop)
            sections += [section] if section is not None else []
    begin = found[start.line].start
    return facts.with_facts(Case(title, begin, stop, tuple(sections)), text, [*front, *block])


def _title(text: str, found: Sequence[Line], start: Start, first: int) -> tuple[str, list[Line], int]:
    """Title of a case, the lines it stands in, and the offset behind them."""
    block: list[Line] = []
    line = found[start.line]
    if first <= start.line:
        return "", block, line.start
    if len(line.text) > _LONGEST_TITLE or ("。" in line.text and start.marker is not None):
        # 案例一：张某……。经查，……: the first sentence is the title, the whole line stays text.
        rest = titles.bare(line.text)
        after = line.end - len(rest) if text.endswith(rest, 0, line.end) else line.start
        return rest.split("。")[0][:_LONGEST_TITLE], [line], after
    # A plain title reaches to the name at least, even where the thesis above it ends like a sentence.
    name = max((i for i in range(start.line, first) if start.plain and titles.named(found[i])), default=start.line)
    for index in range(start.line, first):
        line = found[index]
        if index <= name and not titles.fact(line):
            block.append(line)
            continue
        if titles.fact(line) or (block and not (titles.may_be_title(line) or titles.imprint(line) or line.level)):
            break
        block.append(line)
    if not block:
        return "", block, line.start
    title = titles.compose(block) or tidy(block[-1].text)
    return title, block, block[-1].end


def _with_unknown(found: Sequence[Line], known: Sequence[Head], start: Start, end: int, level: int) -> list[Head]:
    """The known heads of a case and the lines between that the file or their numbering sets apart like these."""
    if not known:
        return []
    at = {made.line: made for made in known}
    bold = all(found[made.line].bold and not made.inline for made in known)
    result: list[Head] = []
    for index in range(known[0].line, end):
        line = found[index]
        made = at.get(index)
        if made is None:
            made = _unknown(index, line, result[-1] if result else None, level, bold=bold)
        if made is not None:
            result.append(made)
    return result


def _unknown(index: int, line: Line, before: Head | None, level: int, *, bold: bool) -> Head | None:
    if line.table:
        return None
    if (level and line.level == level) or (bold and line.bold and len(line.text) <= 20):
        name = titles.bare(line.text).strip("【】：: ")
        return Head(index, name, name, line.end, known=False)
    numbered = next_of(before.numbering, line) if before is not None and before.numbering else None
    if numbered is None or line.bold != bold:
        return None
    return Head(index, numbered[1], numbered[1], line.end, known=False, numbering=numbered[0])
