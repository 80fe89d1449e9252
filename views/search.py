"""类案检索: one box, hits with their passages, reasons and sources."""

from __future__ import annotations

from html import escape

import streamlit as st

from kb import Hit, KBError, Results, UnitKind
from kb.search.query import parse
from views.facts import facts_of
from views.marks import marked
from views.shared import is_empty, meter, open_library, plain, say, shown_path, viewer
from views.words import CHANNEL, KIND, STRENGTH, units

EXAMPLES = (
    "过渡费迟迟不发，安置房也没盖好",
    "房子没签协议就被强拆了，怎么赔",
    "外嫁女能不能分征地补偿款",
    "条例二十七条",
)
_KINDS = ("all", "case", "article", "digest", "other")
_COUNTS = (10, 20, 50, 100)
_FIELDS = ("q", "kind", "k")
#: The query stands in the address, which a browser and a server take to some 60,000 bytes.
_LONGEST = 3000


def _use(example: str) -> None:
    st.session_state.q = example
    st.session_state.touched = True


def _changed() -> None:
    """The user changed a field: it goes into the address, not the address into it."""
    text = st.session_state.q
    st.session_state.cut = len(text) > _LONGEST
    st.session_state.q = text[:_LONGEST]
    st.session_state.touched = True


def _read_address() -> None:
    """Fill the fields from the address when a link, a reload or the Back button brought another one."""
    address = {name: st.query_params.get(name, "") for name in _FIELDS}
    came = "q" not in st.session_state
    if came and not any(address.values()):
        address = st.session_state.get("asked", address)  # from another page, by the menu: the last search again
    if came or (not st.session_state.get("touched") and address != st.session_state.get("asked")):
        st.session_state.q = address["q"][:_LONGEST]
        st.session_state.kind = address["kind"] if address["kind"] in _KINDS else _KINDS[0]
        st.session_state.k = int(address["k"]) if address["k"] in map(str, _COUNTS) else _COUNTS[0]
    st.session_state.touched = False


def _write_address() -> None:
    asked = {"q": query, "kind": kind, "k": str(count)} if query else dict.fromkeys(_FIELDS, "")
    st.session_state.asked = asked
    wanted = {name: value for name, value in asked.items() if value}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


@st.cache_resource(show_spinner=False)
def _warm() -> None:
    """Load the model while the user writes the first query."""
    kb.indexes.follow()
    if kb.indexes.dense is not None:
        kb.embedder.queries(["征收补偿"])


@st.cache_data(show_spinner=False, max_entries=64)
def _search(
    revision: int, who: str | None, province: str | None, words: str, kinds: tuple[str, ...], k: int
) -> Results:
    """The library's answer; what the answer depends on is in the arguments, so that a change asks again."""
    wanted = frozenset(UnitKind(kind) for kind in kinds) or None
    return kb.search(words, viewer(), kinds=wanted, k=k)


def _card(hit: Hit) -> None:
    source = hit.source
    page = f"第 {source.page} 页，" if source.page else ""
    parts = {"综合": hit.score, **{CHANNEL.get(name, name): score for name, score in hit.parts.items()}}
    rows = "".join(f"<tr><td>{name}</td><td>{score:.3f}</td></tr>" for name, score in parts.items())
    where = f"{source.title}（{shown_path(source.path)}），{page}第 {source.start + 1}–{source.end} 字"
    with st.container(border=True):
        st.html(
            f'<article class="hit" lang="zh"><span class="strength {hit.strength}">{STRENGTH[hit.strength]}</span>'
            f"<h3>{hit.rank}. {escape(hit.title)}</h3>"
            f'<p class="about"><span class="kind">{KIND[hit.kind.value]}</span> · {escape(facts_of(hit))}</p>'
            f'<div class="passage">{marked(hit.text, hit.matches)}</div>'
            f'<p class="why">为什么找到：{escape("；".join(hit.reasons))}</p>'
            f'<p class="from">来源：{escape(where)}</p>'
            f"<details><summary>得分构成</summary>同一次检索内可比，越高越近；不是概率。<table>{rows}</table></details>"
            "</article>"
        )
        st.page_link(
            "read.py",
            label="看全文此处",
            icon=":material/menu_book:",
            query_params={
                "id": source.document,
                "start": str(source.start),
                "end": str(source.end),
                "q": query,
                "kind": kind,
                "k": str(count),
            },
        )


def _draw(found: Results) -> None:
    st.html(f'<p class="only-print">检索：{escape(query)}</p>')
    if st.session_state.get("cut"):
        st.info(f"案情较长，已只保留前 {_LONGEST} 字。")
    read = len(parse(query).text)
    if read < len(" ".join(query.split())):
        st.info(f"检索依据案情的前 {read} 字；重要的事实和争议请写在前面。")
    for note in found.notes:
        st.warning(plain(note))
    if not found.hits:
        st.info("没有找到。可换一种说法、放宽范围，或写出条号，例如：条例二十七条。")
        return
    if found.nothing_close:
        st.info("没有很接近的结果，以下仅供参考。")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"共列出 {len(found.hits)} 条，由近及远", width="content")
        st.html('<button class="print" type="button">打印</button>', width="content")
    for hit in found.hits:
        _card(hit)


kb = open_library()
st.title("类案检索", anchor=False)
if is_empty(kb):
    st.stop()
_read_address()
query = (
    st.text_area(
        "案情、问题或条号（回车检索，Shift＋回车换行）",
        key="q",
        height=84,
        on_change=_changed,
        placeholder="写一句话、一个法律术语、一个条号，或粘贴一段案情",
    )
    or ""
).strip()
left, middle, right = st.columns([5, 2, 2], vertical_alignment="bottom")
kind: str = left.segmented_control(  # type: ignore[assignment]  # required: never None
    "范围",
    _KINDS,
    required=True,
    wrap=True,
    key="kind",
    on_change=_changed,
    format_func=lambda k: KIND.get(k, "全部"),
)
count = middle.selectbox("最多列出", _COUNTS, key="k", on_change=_changed, format_func=lambda n: f"{n} 条")
right.button("检索", type="primary", icon=":material/search:", width="stretch")
_write_address()

if not query:
    st.caption("不知道怎么写？点一个例子：")
    with st.container(horizontal=True):
        for example in EXAMPLES:
            st.button(example, on_click=_use, args=(example,), key=f"example:{example}")
    st.caption(f"库中现有：{units(kb.stats(viewer())['units'])}")
    _warm()
    st.stop()

try:
    with st.spinner("正在检索…（启动后的第一次检索要先装入模型，稍慢）"):
        answer = _search(
            kb.indexes.follow(progress=meter("正在更新索引")),
            viewer().name,
            kb.setting("province"),
            query,
            () if kind == "all" else (kind,),
            count,
        )
except KBError as error:
    say(error)
else:
    _draw(answer)
