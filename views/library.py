"""文件: every document, with its state; publish, withdraw, remove."""

from __future__ import annotations

from html import escape

import streamlit as st

from kb import KBError, State
from kb.store.reading import Entry
from views.shared import is_empty, open_library, plain, say, shown_path, viewer
from views.words import DOCUMENT_KIND, STATE, VISIBILITY

_PAGE = 20

kb = open_library()


@st.dialog("移除文件")
def _confirm(entry: Entry) -> None:
    st.write(f"将把《{plain(entry.title)}》连同全部版本移出资料库，之后无法恢复。只想暂时检索不到，请用「撤回」。")
    yes, no = st.columns(2)
    if yes.button("确认移除", type="primary", width="stretch"):
        try:
            kb.remove(entry.id, viewer())
        except KBError as error:
            say(error)
            return
        st.session_state.done = (f"已移除《{entry.title}》", None)
        st.rerun()
    if no.button("取消", width="stretch"):
        st.rerun()


def _change(doc_id: str, title: str, before: str, state: State) -> None:
    try:
        kb.set_state(doc_id, state, viewer())
    except KBError as error:
        st.session_state.failed = str(error)
    else:
        st.session_state.done = (f"《{title}》：{STATE[state.value]}", (doc_id, title, state.value, State(before)))


def _say_done() -> None:
    if failed := st.session_state.pop("failed", None):
        st.error(plain(failed))
    if (done := st.session_state.pop("done", None)) is None:
        return
    sentence, undo = done
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(plain(sentence), icon=":material/check:")
        if undo:
            st.button("撤销这一步", icon=":material/undo:", on_click=_change, args=undo)


def _row(entry: Entry) -> None:
    facts = [
        DOCUMENT_KIND[entry.kind],
        STATE[entry.state],
        VISIBILITY[entry.visibility],
        f"条文或案例 {entry.units}",
        f"{entry.added_at[:10]} 入库",
        shown_path(entry.path),
    ]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.html(f'<div class="row"><b>{escape(entry.title)}</b><br><small>{escape(" · ".join(facts))}</small></div>')
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.page_link("read.py", label="打开", icon=":material/menu_book:", query_params={"id": entry.id})
            published = entry.state == State.PUBLISHED
            st.button(
                "撤回" if published else "恢复" if entry.state == State.WITHDRAWN else "发布",
                key=f"state:{entry.id}",
                on_click=_change,
                args=(entry.id, entry.title, entry.state, State.WITHDRAWN if published else State.PUBLISHED),
                help="撤回后检索不到，随时可以恢复" if published else "发布后可以检索到",
            )
            if st.button("移除", key=f"remove:{entry.id}"):
                _confirm(entry)


st.title("文件", anchor=False)
_say_done()
entries = kb.documents(viewer())
if not entries:
    is_empty(kb)
    st.stop()

words, kinds, states = st.columns([3, 2, 2])
wanted = (words.text_input("标题或来源含有", key="filter", bind="query-params", placeholder="输入几个字") or "").strip()
of_kind = kinds.selectbox("类别", ["", *DOCUMENT_KIND], key="type", format_func=lambda k: DOCUMENT_KIND.get(k, "全部"))
in_state = states.selectbox("状态", ["", *STATE], key="state", format_func=lambda s: STATE.get(s, "全部"))
shown = [
    e
    for e in entries
    if (wanted in e.title or wanted in e.path)
    and (not of_kind or e.kind == of_kind)
    and (not in_state or e.state == in_state)
]
if not shown:
    st.info("没有符合条件的文件，请放宽条件。")
    st.stop()
pages = -(-len(shown) // _PAGE)
page = 1
with st.container(horizontal=True, vertical_alignment="center"):
    st.caption(f"{len(shown)} 份文件，新的在前")
    if pages > 1:
        page = st.selectbox(
            "第几页",
            range(1, pages + 1),
            # Another filter begins again at its first page.
            key=f"page:{wanted}:{of_kind}:{in_state}",
            format_func=lambda n: f"第 {n} 页，共 {pages} 页",
            label_visibility="collapsed",
            width=220,
        )
for one in shown[(page - 1) * _PAGE : page * _PAGE]:
    _row(one)
