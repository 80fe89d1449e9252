"""Web pages, as saved."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from lxml import html as parser
from lxml.etree import LxmlError, ParserError

from ingest.readers.build import Builder
from ingest.readers.text import decoded
from ingest.reading import Reading
from kb.errors import UnreadableFile

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.I)
_NEVER = {
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "iframe",
    "button",
    "input",
    "object",
    "select",
    "nav",
    "aside",
    "head",
}
_ASIDE = re.compile(
    r"(?:^|[-_ ])(?:nav|menu|sidebar|breadcrumb|footer|copyright|share|toolbar|pagination)(?:$|[-_ ])", re.I
)
_BLOCK = {
    "p", "div", "section", "article", "main", "li", "dd", "dt", "blockquote", "pre", "center", "body", "td", "th", "ul",
    "ol", "dl", "header", "footer", "figure", "figcaption", "address", "br", "hr", "html",
}  # fmt: skip


def read(path: Path) -> Reading:
    """Headings, paragraphs and tables; navigation, scripts and side columns left out. Raises UnreadableFile."""
    source = decoded(path, _declared(path))
    try:
        root = parser.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", source))
    except (LxmlError, ParserError, ValueError) as error:
        raise UnreadableFile(f"{path.name}：不是能读的网页文件，请用浏览器另存为网页后再试") from error
    body = root.find("body")
    body = root if body is None else body
    builder = Builder()
    _Walk(builder, keep_aside=False).element(body)
    kept = sum(len(b) for b in builder.reading().text.split())
    visible = len("".join(body.text_content().split()))
    if kept < 0.3 * visible:  # the page calls its own text a side column
        builder = Builder()
        _Walk(builder, keep_aside=True).element(body)
    title = root.findtext(".//title")
    reading = builder.reading()
    return reading if reading.title or not title else builder.reading(_own(title))


def _declared(path: Path) -> str | None:
    """The encoding that the page names; GB2312 stands for the GB18030 that browsers read it as."""
    with path.open("rb") as file:
        charset = _CHARSET.search(file.read(4096))
    name = charset[1].decode().lower() if charset else ""
    return "gb18030" if name.startswith("gb") else name or None


def _own(title: str) -> str:
    """A page's title without the name of its site: …条例_某市人民政府."""
    return re.split(r"\s*[_|｜]\s*|\s+[-–—]+\s+", " ".join(title.split()))[0]


class _Walk:
    """Gathers inline text into lines; a block element or <br> ends one."""

    def __init__(self, builder: Builder, keep_aside: bool) -> None:
        self._builder = builder
        self._keep_aside = keep_aside
        self._line = ""

    def _flush(self) -> None:
        self._builder.add(" ".join(self._line.split(" ")))
        self._line = ""

    def element(self, node: Any) -> None:
        tag = node.tag if isinstance(node.tag, str) else ""
        if tag and (tag not in _NEVER or (self._keep_aside and tag in ("nav", "aside"))) and not self._is_aside(node):
            if re.fullmatch(r"h[1-6]", tag):
                self._flush()
                self._builder.add(" ".join(node.text_content().split()), "heading", int(tag[1]))
            elif tag == "table" and _is_data(node):
                self._flush()
                self._table(node)
            else:
                block = tag in _BLOCK
                if block:
                    self._flush()
                self._line += _spaced(node.text)
                for child in node:
                    self.element(child)
                if block:
                    self._flush()
        self._line += _spaced(node.tail)
        if tag == "body":
            self._flush()

    def _is_aside(self, node: Any) -> bool:
        if self._keep_aside or node.tag in ("body", "html"):
            return False
        names = f"{node.get('class', '')} {node.get('id', '')}"
        return bool(_ASIDE.search(names)) and len("".join(node.text_content().split())) < 2000

    def _table(self, table: Any) -> None:
        for row in table.iter("tr"):
            self._builder.row([" ".join(cell.text_content().split()) for cell in row if cell.tag in ("td", "th")])


def _is_data(table: Any) -> bool:
    """A table of cells, not one that lays out a page: more than one column, and no cell that holds paragraphs."""
    rows = [[c for c in row if c.tag in ("td", "th")] for row in table.iter("tr")]
    return any(len(r) > 1 for r in rows) and not any(
        len(c.findall(".//p")) > 3 or c.find(".//table") is not None for r in rows for c in r
    )


def _spaced(text: str | None) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", text) if text else ""
