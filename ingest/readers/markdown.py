"""Markdown, with YAML front matter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ingest.clean import Setting, begins, join_lines
from ingest.readers.build import Builder
from ingest.readers.text import decoded
from ingest.reading import Reading
from kb.errors import UnreadableFile

_COMMENT = re.compile(r"<!--.*?-->", re.S)
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t　]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_BULLET = re.compile(r"^\s*[-*+][ \t]+(?=\S)")
_RULE = re.compile(r"^\s*(?:-{3,}|\*{3,}|_{3,}|={3,})\s*$")
_SEPARATOR = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_BOLD_LINE = re.compile(r"^\s*(\*\*|__)(?!\s)([^*_]+)\1\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|__|(?<![0-9A-Za-z])\*(?!\*)|~~|`)(?=\S)(.+?)(?<=\S)\1")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~$])")
_TAG = re.compile(r"</?(?:br|p|div|span|b|i|u|em|strong|sup|sub|center|font|a)(?:\s[^<>]*)?/?>", re.I)


def read(path: Path) -> Reading:
    """Headings, paragraphs, lists (numbers kept, bullets dropped) and tables. Raises UnreadableFile."""
    return parse(decoded(path), path.name)


def parse(source: str, name: str) -> Reading:
    """Markdown text; `name` is for messages."""
    meta, body = _front_matter(source, name)
    builder = Builder()
    paragraph: list[str] = []
    lines = _COMMENT.sub("", body).split("\n")
    setting = Setting.of([line for line in lines if not _HEADING.match(line) and not line.lstrip().startswith("|")])

    def flush() -> None:
        for line in join_lines(paragraph, setting):
            builder.add(_plain(line), bold=bool(_BOLD_LINE.match(line)))
        paragraph.clear()

    for line in lines:
        heading = _HEADING.match(line)
        if heading and (heading[2] or "").strip():
            flush()
            builder.add(_plain(heading[2]), "heading", len(heading[1]))
        elif not line.strip() or _RULE.match(line):
            flush()
        elif line.lstrip().startswith("|") and line.count("|") >= 2:
            flush()
            if not _SEPARATOR.match(line):
                builder.row([_plain(cell) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))])
        elif _BULLET.match(line):
            flush()
            paragraph.append(_BULLET.sub("", line))
        else:
            if begins(line):
                flush()
            paragraph.append(re.sub(r"^\s*>\s?", "", line))
    flush()
    title = meta.get("title")
    return builder.reading(title if isinstance(title, str) else None, meta)


def _front_matter(source: str, name: str) -> tuple[Mapping[str, Any], str]:
    text = source.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.startswith("---\n"):
        return {}, text
    end = re.search(r"^(?:---|\.\.\.)[ \t]*$", text[4:], re.M)
    if end is None:
        return {}, text
    try:
        meta = yaml.safe_load(text[4 : 4 + end.start()])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 2} 行" if mark else "文件头"
        raise UnreadableFile(f"{name}：文件头（--- 之间）{where}不是正确的 YAML，请改正或删去文件头") from error
    except (ValueError, RecursionError) as error:  # 2020-13-45 looks like a date and is none
        raise UnreadableFile(f"{name}：文件头（--- 之间）有不成立的值（{error}），请改正或加上引号") from error
    if meta is None:
        meta = {}
    if not isinstance(meta, dict):
        return {}, text
    return meta, text[4 + end.end() :]


def _plain(text: str) -> str:
    """Without inline marks."""
    text = _TAG.sub(lambda m: "\n" if m[0].lower().startswith("<br") else "", text)
    text = _LINK.sub(r"\1", text)
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept.append(match[1])
        return f"\x00{len(kept) - 1}\x00"

    text = _ESCAPE.sub(hide, text)
    for _ in range(3):
        text = _EMPHASIS.sub(r"\2", text)
    return re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m[1])], text)
