"""阅读: a whole text at the place of a passage."""

from __future__ import annotations

import re

import streamlit as st

from kb import NotFound, State
from kb.models import Case, Span
from kb.search.query import parse
from kb.store.reading import UnitRow, Whole
from views import facts, marks
from views.shared import open_library, plain, say, shown_path, viewer

#: A longer text is shown by chapters and articles around the place, not at once.
_LONG = 30_000
_AROUND = 6
_STEP = 6000  # characters, of a long text without parts

#: Where the reader came from, carried along.
_CARRIED = ("q", "kind", "k")

kb = open_library()


def _number(name: str) -> int | None:
    value = st.query_params.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 12 else None


def _find() -> tuple[Whole, Span | None]:
    """The document that the address names, and the passage in it. Raises NotFound."""
    found = kb.get(st.query_params.get("id", ""), viewer())
    start, end = _number("start"), _number("end")
    if isinstance(found, UnitRow):
        if start is None:
            start, end = found.start, found.end
        found = kb.get(found.document, viewer())
    assert isinstance(found, Whole)
    if start is None or end is None or not 0 <= start < end <= len(found.text):
        return found, None
    return found, Span(start, end)


def _position(document: Whole, place: Span | None) -> int:
    """Which unit the place is in; the first where it is in none."""
    return next((i for i, u in enumerate(document.units) if place and u.end > place.start), 0)


def _window(document: Whole, place: Span | None) -> Span:
    """What part of the text to draw."""
    if len(document.text) <= _LONG or st.session_state.get("all"):
        return Span(0, len(document.text))
    if not document.units:
        start = max((place.start if place else 0) - _STEP // 3, 0)
        return Span(start, min(start + _STEP, len(document.text)))
    at = _position(document, place)
    first, last = max(at - _AROUND, 0), min(at + _AROUND, len(document.units) - 1)
    start = document.units[first].start if first else 0
    end = document.units[last].end if last + 1 < len(document.units) else len(document.text)
    if place is not None:
        start, end = min(start, place.start), max(end, place.end)
    return Span(start, min(end, max(start, place.start if place else 0) + _LONG))


def _address(document: Whole, start: int, end: int) -> dict[str, str]:
    kept = {name: st.query_params[name] for name in _CARRIED if st.query_params.get(name)}
    return {"id": document.id, "start": str(start), "end": str(end), **kept}


def _name(document: Whole, unit: UnitRow) -> str:
    return unit.title.removeprefix(document.title).strip() or unit.title


def _neighbours(document: Whole, place: Span | None, shown: Span) -> None:
    """Links to what stands before and after."""
    units = document.units
    if len(units) > 1:
        at = _position(document, place)
        word = "条" if document.kind in ("statute", "digest") else "件" if document.kind == "compilation" else "节"
        before = units[at - 1] if at and place else None
        after = units[at + 1 if place else 0] if at + 1 < len(units) else None
        for unit, label, icon in (
            (before, f"上一{word}", ":material/arrow_upward:"),
            (after, f"下一{word}", ":material/arrow_downward:"),
        ):
            if unit is not None:
                st.page_link(
                    "read.py",
                    label=label,
                    icon=icon,
                    help=plain(_name(document, unit)),
                    query_params=_address(document, unit.start, unit.end),
                )
    elif shown != Span(0, len(document.text)) and not units:
        if shown.start:
            start = max(shown.start - _STEP // 2, 0)
            st.page_link("read.py", label="上一段", query_params=_address(document, start, start + 1))
        if shown.end < len(document.text):
            st.page_link("read.py", label="下一段", query_params=_address(document, shown.end, shown.end + 1))


def _contents(document: Whole, place: Span | None) -> None:
    """A list of every article or case; a choice goes to the address."""
    if len(document.units) < 2:
        return
    key = f"contents:{document.id}:{place.start if place else ''}"

    def go() -> None:
        unit = document.units[st.session_state[key]]
        st.query_params.update({"start": str(unit.start), "end": str(unit.end)})

    st.selectbox(
        f"目录（共 {len(document.units)} 项，可输入条号或案名查找）",
        range(len(document.units)),
        index=_position(document, place) if place else None,
        format_func=lambda i: _name(document, document.units[i]),
        placeholder="选择一项",
        key=key,
        on_change=go,
    )


def _back() -> None:
    kept = {name: st.query_params[name] for name in _CARRIED if st.query_params.get(name)}
    st.page_link(
        "search.py",
        label="回到检索结果" if kept.get("q") else "去检索",
        icon=":material/arrow_back:",
        query_params=kept or None,
    )


def _state(document: Whole) -> None:
    if document.state == State.WITHDRAWN:
        st.warning("本文件已撤回，检索不到；引用前请核实。")
    elif document.state == State.DRAFT:
        st.warning("本文件为待审稿，尚未发布。")
    if document.statute and document.statute.status in ("已废止", "已修改", "尚未施行"):
        st.warning(f"本法规{plain(facts.statute_line(document.statute))}，引用前请核对现行文本。")
    for note in document.notes:
        st.info(plain(note))


def _side(document: Whole, place: Span | None) -> None:
    if len(document.text) > _LONG:
        st.toggle("显示全文（较长，稍慢）", key="all")
    with st.container(horizontal=True):
        st.download_button(
            "下载文本",
            document.text,
            file_name=re.sub(r'[\\/:*?"<>|\s]+', "_", document.title)[:60] + ".txt",
            mime="text/plain; charset=utf-8",
            icon=":material/download:",
            on_click="ignore",
        )
        st.html('<button class="print" type="button">打印</button>', width="content")
    unit = document.units[_position(document, place)] if document.units else None
    here = facts.unit_rows(unit if place or len(document.units) == 1 else None, kb.setting("province"))
    if here:
        st.subheader("本案" if unit and isinstance(unit.unit, Case) else "本条", anchor=False)
        st.html(marks.pairs(here))
    if document.statute:
        st.subheader("本法规", anchor=False)
        st.html(marks.pairs(facts.statute_rows(document.statute)))
    st.subheader("文件", anchor=False)
    st.html(marks.pairs(facts.document_rows(document) | {"来源文件": shown_path(document.path)}))


def _text(document: Whole, place: Span | None, shown: Span) -> None:
    total = len(document.text)
    if shown != Span(0, total):
        st.caption(f"全文 {total} 字，这里显示第 {shown.start + 1}–{shown.end} 字")
    st.html(
        f'<div class="whole" lang="zh">{marks.whole(document, shown, place, parse(st.query_params.get("q", "")))}</div>'
    )
    if place is not None:
        # The numbers make each place's script another one: the page runs a script once.
        st.html(
            f"<script>/* {document.id.encode().hex()} {place.start}-{place.end} {shown.start}-{shown.end} */"
            'document.getElementById("place")?.scrollIntoView({block: "center"})</script>',
            unsafe_allow_javascript=True,
        )


def _page() -> None:
    if not st.query_params.get("id"):
        st.title("阅读", anchor=False)
        st.info("请先在「类案检索」或「文件」页选择一份文件。")
        _back()
        return
    try:
        document, place = _find()
    except NotFound:
        st.title("阅读", anchor=False)
        say(NotFound("这份文件不在资料库中：可能已被移除，或网址不完整。请重新检索，或到「文件」页查找"))
        _back()
        return
    st.title(plain(document.title), anchor=False)
    _state(document)
    shown = _window(document, place)
    _back()
    _contents(document, place)
    main, side = st.columns([5, 2], gap="large")
    with main:
        _text(document, place, shown)
        with st.container(horizontal=True):
            _back()
            _neighbours(document, place, shown)
    # Beside the text, always in view.
    with side, st.container(key="side"):
        with st.container(horizontal=True, gap="small"):
            _back()
            _neighbours(document, place, shown)
        _side(document, place)


_page()
