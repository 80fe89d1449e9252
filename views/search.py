"""类案检索: one box, hits with their passages, reasons and sources."""

from __future__ import annotations

import streamlit as st

from kb import Hit, KBError, Results, UnitKind
from views.shared import KIND, STRENGTH, is_empty, open_library, passage, plain, viewer
from views.terminal import facts_of

EXAMPLES = (
    "过渡费迟迟不发，安置房也没盖好",
    "房子没签协议就被强拆了，怎么赔",
    "外嫁女能不能分征地补偿款",
    "条例二十七条",
)
_STEP = 10

kb = open_library()
st.title("类案检索")
if is_empty(kb):
    st.stop()

query = st.text_area(
    "案情、问题或条号",
    key="q",
    bind="query-params",
    height=96,
    placeholder="写一句话、一个法律术语、一个条号，或粘贴一段案情",
)
left, middle, right = st.columns([5, 2, 2], vertical_alignment="bottom")
kind = left.segmented_control(
    "范围", ["all", *KIND], default="all", key="kind", bind="query-params", format_func=lambda k: KIND.get(k, "全部")
)
count = middle.selectbox("条数", [10, 20, 50, 100], key="k")
right.button("检索", type="primary", icon=":material/search:", width="stretch")


def _use(example: str) -> None:
    st.session_state.q = example


def _card(hit: Hit) -> None:
    word, color = STRENGTH[hit.strength]
    with st.container(border=True):
        head, badge = st.columns([6, 1], vertical_alignment="center")
        head.markdown(f"#### {hit.rank}. {plain(hit.title)}")
        badge.badge(word, color=color)  # type: ignore[arg-type]
        st.caption(plain(f"{KIND[hit.kind.value]} · {facts_of(hit)}"))
        passage(hit.text, hit.matches)
        st.caption(plain("；".join(hit.reasons)))
        page = f"第 {hit.source.page} 页，" if hit.source.page else ""
        source, link = st.columns([4, 2], vertical_alignment="center")
        source.caption(plain(f"来源：{hit.source.title}，{page}第 {hit.source.start + 1}–{hit.source.end} 字"))
        link.page_link(
            "read.py",
            label="看全文此处",
            icon=":material/menu_book:",
            query_params={
                "id": hit.source.document,
                "start": str(hit.source.start),
                "end": str(hit.source.end),
                "q": query or "",
            },
        )
        with st.expander("得分构成"):
            st.caption("同一次检索内可比，越高越近；不是概率。")
            st.table({"综合": f"{hit.score:.3f}", **{_CHANNEL[c]: f"{v:.3f}" for c, v in hit.parts.items()}})


_CHANNEL = {"dense": "语义", "words": "词语 BM25", "grams": "字串 BM25"}


def _draw(results: Results) -> None:
    for note in results.notes:
        st.warning(plain(note))
    if not results.hits:
        st.info("没有找到。可换一种说法，或写出条号，例如：条例二十七条。")
        return
    if results.nothing_close:
        st.info("没有很接近的结果，以下仅供参考。")
    st.caption(f"共列出 {len(results.hits)} 条，由近及远")
    for hit in results.hits:
        _card(hit)


if not (query or "").strip():
    st.caption("试试：")
    for example, column in zip(EXAMPLES, st.columns(len(EXAMPLES)), strict=True):
        column.button(example, on_click=_use, args=(example,), width="stretch", key=f"example:{example}")
    counts = kb.stats(viewer())["units"]
    st.caption(
        "库中现有：" + "、".join(f"{name} {counts.get(key, 0)}" for key, name in KIND.items() if counts.get(key))
    )
    st.stop()

try:
    with st.spinner("正在检索…"):
        kinds = None if kind in (None, "all") else frozenset({UnitKind(kind)})
        found = kb.search(query or "", viewer(), kinds=kinds, k=count)
except KBError as error:
    st.error(plain(str(error)))
else:
    _draw(found)
