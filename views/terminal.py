"""What the terminal shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ingest import Outcome
from kb import Hit, Results
from kb.store.reading import Entry, UnitRow, Whole
from views import words
from views.facts import facts_of, statute_line
from views.words import STATE, STRENGTH


def results(found: Results, color: bool = False) -> str:
    """Hits, one block each; says so where nothing is close."""
    if not found.hits:
        return "没有找到。可换一种说法，或写出条号，例如：条例二十七条"
    lead = ["没有很接近的结果，以下仅供参考：", ""] if found.nothing_close else []
    return "\n".join(lead + [_hit(hit, color) for hit in found.hits])


def _hit(hit: Hit, color: bool) -> str:
    lines = [f"{hit.rank}. {hit.title}  〔{STRENGTH[hit.strength]}〕"]
    lines.append(f"   {facts_of(hit)}")
    lines.append("   " + _marked(hit, color).replace("\n", "\n   "))
    lines.append(f"   {'；'.join(hit.reasons)}")
    page = f" 第 {hit.source.page} 页" if hit.source.page else ""
    lines.append(
        f"   来源：{hit.source.title}{page}，第 {hit.source.start + 1}–{hit.source.end} 字；全文：kb get {hit.id}"
    )
    return "\n".join(lines) + "\n"


def _marked(hit: Hit, color: bool) -> str:
    left, right = ("\x1b[1;33m", "\x1b[0m") if color else ("【", "】")
    out, at = "", 0
    for span in hit.matches:
        out += hit.text[at : span.start] + left + hit.text[span.start : span.end] + right
        at = span.end
    return out + hit.text[at:]


def item(found: Whole | UnitRow, text: str | None) -> str:
    """A document or unit in full."""
    if isinstance(found, Whole):
        head = f"{found.title}\n编号 {found.id} · {STATE[found.state]} · 来源 {found.path}"
        status = statute_line(found.statute)
        return f"{head}\n{status}\n\n{found.text}" if status else f"{head}\n\n{found.text}"
    return f"{found.title}\n出自文件 {found.document}，第 {found.start + 1}–{found.end} 字\n\n{text}"


def entries(listed: Iterable[Entry]) -> str:
    """A line for each document."""
    lines = [f"{e.id}\t{STATE[e.state]}\t{e.units}\t{e.title}" for e in listed]
    return (
        "\n".join(["编号\t状态\t条数\t标题", *lines])
        if lines
        else "库中尚无文件。可运行 kb init 装入默认资料库，或 kb ingest 文件"
    )


def units(stats: Mapping[str, Any]) -> str:
    """How many articles, digests, cases and other parts."""
    return words.units(stats["units"])


def outcome(found: Outcome) -> str:
    """What became of a file."""
    if found.status == "rejected":
        return f"未入库：{found.reason}"
    word = {"added": "已入库", "replaced": "已更新", "unchanged": "未变化"}[found.status]
    note = f"（{found.reason}）" if found.reason else ""
    return f"{word}：{found.path}，条文或案例 {found.units}，编号 {found.id}{note}"


def measures(found: Mapping[str, Any]) -> str:
    """Measures, a line each."""
    return "\n".join(f"{name:>18}  {value}" for name, value in found.items())
