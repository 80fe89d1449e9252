"""The project's own digests of articles: `## 第二十七条 先补偿后搬迁`, then the rule in plain words."""

from __future__ import annotations

import re

from ingest.reading import Reading
from ingest.split.lines import lines, tidy
from kb.errors import UnreadableFile
from kb.law.numerals import NUMBER, ArticleNumber
from kb.models import Digest

_HEAD = re.compile(rf"(?P<number>第\s*{NUMBER}\s*条(?:\s*之\s*{NUMBER})?)(?:[\s:：]+(?P<title>\S.*))?$")


def digests(reading: Reading, path: str) -> tuple[Digest, ...]:
    """A digest for each heading with an article's number; its span is the text below the heading.

    Raises UnreadableFile when the front matter names no law or no article is found.
    """
    law = reading.meta.get("law")
    if not isinstance(law, str) or not law.strip():
        raise UnreadableFile(f"{path}：文件头缺少 law，请写明所属法规全称")
    found = lines(reading.text, reading.blocks)
    heads = [(i, match) for i, line in enumerate(found) if (match := _HEAD.match(line.text)) and line.level != 1]
    if any(found[i].level for i, _ in heads):
        heads = [(i, match) for i, match in heads if found[i].level]
    units = []
    for at, (index, match) in enumerate(heads):
        last = heads[at + 1][0] if at + 1 < len(heads) else len(found)
        if index + 1 == last:
            raise UnreadableFile(f"{path}：{match['number']}没有要旨，请在标题下写出内容")
        number = ArticleNumber.parse(match["number"])
        start, end = found[index + 1].start, found[last - 1].end
        units.append(Digest(law.strip(), number, start, end, tidy(match["title"] or "")))
    if not units:
        raise UnreadableFile(f"{path}：没有找到条文要旨，标题应写作「## 第二十七条 先补偿后搬迁」")
    return tuple(units)
