"""阅读: a whole text at the place of a passage."""

from __future__ import annotations

import streamlit as st

from kb import NotFound
from kb.models import Case, Span
from kb.search.explain import matches
from kb.search.query import parse
from kb.store.reading import UnitRow, Whole
from views.shared import DOCUMENT_KIND, STATE, VISIBILITY, marked, open_library, plain, viewer
from views.terminal import UNKNOWN, case_line, statute_line

#: A longer text is shown by chapters and articles around the place, not at once.
_LONG = 30_000
_AROUND = 6

_SCROLL = "<script>document.getElementById('place')?.scrollIntoView({block: 'center'})</script>"

kb = open_library()


def _number(name: str) -> int | None:
    value = st.query_params.get(name, "")
    return int(value) if value.isdecimal() else None


def _find() -> tuple[Whole, Span | None]:
    """The document that the address names, and the passage in it."""
    wanted = st.query_params.get("id", "")
    found = kb.get(wanted, viewer())
    start, end = _number("start"), _number("end")
    if isinstance(found, UnitRow):
        start, end = found.start, found.end
        found = kb.get(found.document, viewer())
    assert isinstance(found, Whole)
    if start is None or end is None or not 0 <= start <= end <= len(found.text):
        return found, None
    return found, Span(start, end)


def _window(document: Whole, place: Span | None) -> tuple[int, int]:
    """What part of the text to draw."""
    if len(document.text) <= _LONG or st.session_state.get("whole"):
        return 0, len(document.text)
    units = document.units
    if not units:
        start = max((place.start if place else 0) - 2000, 0)
        return start, min(start + 6000, len(document.text))
    at = next((i for i, u in enumerate(units) if place and u.end > place.start), 0)
    first, last = units[max(at - _AROUND, 0)], units[min(at + _AROUND, len(units) - 1)]
    return first.start, last.end


def _draw(document: Whole, place: Span | None) -> None:
    start, end = _window(document, place)
    words = parse(st.query_params.get("q", ""))

    def part(a: int, b: int) -> str:
        text = document.text[a:b]
        return marked(text, matches(words, text))

    if place is None or not start <= place.start <= place.end <= end:
        body = part(start, end)
    else:
        body = (
            part(start, place.start)
            + f'<span class="hit" id="place">{part(place.start, place.end)}</span>'
            + part(place.end, end)
        )
    st.html(f'<div class="whole" lang="zh">{body}</div>')
    if place is not None:
        st.html(_SCROLL, unsafe_allow_javascript=True)


def _contents(document: Whole) -> None:
    """Links to every article or case, with the current choice in the address."""
    if len(document.units) < 2:
        return
    names = {u.id: u.title.removeprefix(document.title).strip() or u.title for u in document.units}
    chosen = st.selectbox(
        f"目录（{len(names)}）",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="选择或输入条号、案名",
    )
    if chosen:
        unit = next(u for u in document.units if u.id == chosen)
        st.query_params.update({"start": str(unit.start), "end": str(unit.end)})
        st.rerun()


def _facts(document: Whole) -> None:
    rows = {
        "类别": DOCUMENT_KIND[document.kind],
        "编号": document.id,
        "状态": f"{STATE[document.state]}，{VISIBILITY[document.visibility]}",
        "来源文件": document.path,
        "入库时间": document.added_at[:10],
    }
    if document.statute:
        rows["时效"] = statute_line(document.statute)
        rows["发布机关"] = document.statute.issuer or UNKNOWN
    cases = [u.unit for u in document.units if isinstance(u.unit, Case)]
    if len(cases) == 1:
        case = cases[0]
        rows |= {
            "案号、法院": case_line(case, None),
            "案由": case.cause or UNKNOWN,
            "地区": case.region or UNKNOWN,
            "类型": case.type or UNKNOWN,
            "结果": case.outcome or UNKNOWN,
            "分类": "、".join(case.categories) or UNKNOWN,
            "引用法条": "；".join(case.statutes) or UNKNOWN,
            "出处": "，".join(v for v in (case.source.get("title"), case.source.get("publisher")) if v) or UNKNOWN,
        }
        if case.confidence == "medium":
            rows["可信度"] = "来源只读到一部分，引用前请核对原文"
    for name, value in rows.items():
        st.markdown(f"**{name}**　{plain(value)}")


try:
    whole, at_place = _find()
except NotFound as error:
    st.title("阅读")
    if st.query_params.get("id"):
        st.error(plain(str(error)))
    else:
        st.info("请先在「类案检索」或「文件」页选择一份文件。")
    st.page_link("search.py", label="去检索", icon=":material/search:")
    st.stop()

st.title(whole.title)
for note in whole.notes:
    st.warning(plain(note))
main, side = st.columns([5, 2], gap="large")
with side:
    st.page_link(
        "search.py",
        label="回到检索",
        icon=":material/arrow_back:",
        query_params={"q": st.query_params.get("q", "")} if st.query_params.get("q") else None,
    )
    _contents(whole)
    if len(whole.text) > _LONG:
        st.toggle("显示全文（较长）", key="whole")
    st.download_button(
        "下载纯文本", whole.text, file_name=f"{whole.title[:60]}.txt", mime="text/plain", icon=":material/download:"
    )
    _facts(whole)
with main:
    _draw(whole, at_place)
