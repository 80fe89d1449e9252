"""文件: every document, with its state; publish, withdraw, remove."""

from __future__ import annotations

import streamlit as st

from kb import KBError, State
from kb.store.reading import Entry
from views.shared import DOCUMENT_KIND, STATE, VISIBILITY, open_library, plain, viewer

_PAGE = 50

kb = open_library()
st.title("文件")
entries = kb.documents(viewer())
if not entries:
    st.info("资料库还是空的。可在「入库」页上传文件，或在终端运行 `./start setup` 装入默认资料库。")
    st.stop()

if done := st.session_state.pop("done", None):
    st.toast(done)


@st.dialog("移除文件")
def _confirm(entry: Entry) -> None:
    st.write(f"将把《{plain(entry.title)}》连同全部版本移出资料库，之后无法恢复。只想暂时不让检索到，请用「撤回」。")
    yes, no = st.columns(2)
    if yes.button("确认移除", type="primary", width="stretch"):
        kb.remove(entry.id, viewer())
        st.session_state.done = f"已移除《{entry.title}》"
        st.rerun()
    if no.button("取消", width="stretch"):
        st.rerun()


def _change(entry: Entry, state: State) -> None:
    try:
        kb.set_state(entry.id, state, viewer())
        st.session_state.done = f"《{entry.title}》：{STATE[state.value]}"
    except KBError as error:
        st.session_state.done = str(error)


words, kinds, states = st.columns([3, 2, 2])
wanted = words.text_input("标题或路径含有", key="filter", placeholder="输入几个字")
of_kind = kinds.selectbox("类别", ["", *DOCUMENT_KIND], format_func=lambda k: DOCUMENT_KIND.get(k, "全部"))
in_state = states.selectbox("状态", ["", *STATE], format_func=lambda s: STATE.get(s, "全部"))
shown = [
    e
    for e in entries
    if (not wanted or wanted in e.title or wanted in e.path)
    and (not of_kind or e.kind == of_kind)
    and (not in_state or e.state == in_state)
]
pages = max(-(-len(shown) // _PAGE), 1)
page = st.number_input(f"页（共 {pages} 页，{len(shown)} 份文件）", 1, pages) if pages > 1 else 1
if pages == 1:
    st.caption(f"{len(shown)} 份文件")
for entry in shown[(page - 1) * _PAGE : page * _PAGE]:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{plain(entry.title)}**  \n"
            f"<small>{DOCUMENT_KIND[entry.kind]} · {STATE[entry.state]} · {VISIBILITY[entry.visibility]} · "
            f"条文或案例 {entry.units} · {entry.added_at[:10]} 入库</small>",
            unsafe_allow_html=True,
            width="stretch",
        )
        st.page_link("read.py", label="打开", query_params={"id": entry.id})
        if entry.state == State.PUBLISHED:
            st.button("撤回", key=f"w:{entry.id}", on_click=_change, args=(entry, State.WITHDRAWN))
        else:
            st.button("发布", key=f"p:{entry.id}", on_click=_change, args=(entry, State.PUBLISHED))
        if st.button("移除", key=f"r:{entry.id}"):
            _confirm(entry)
