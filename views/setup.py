"""设置: the user's province, the default library, the library's health."""

from __future__ import annotations

import streamlit as st

from ingest.library import Filled, fill, prepare
from kb import KBError
from kb.law.authority import PROVINCES, province_of
from views import marks
from views.shared import meter, open_library, plain, say, viewer
from views.words import units

kb = open_library()


def _save_province() -> None:
    try:
        kb.set_setting("province", st.session_state.province or None, viewer())
    except KBError as error:
        st.session_state.told = ("error", str(error))
    else:
        st.session_state.told = ("success", f"已保存：{st.session_state.province or '未设置省份'}")


def _fill() -> Filled:
    prepare(meter("正在准备向量模型和法规数据"))
    return fill(kb, viewer(), meter("正在装入法规和案例"))


st.title("设置", anchor=False)
if told := st.session_state.pop("told", None):
    {"error": st.error, "success": st.success}[told[0]](plain(told[1]))

st.subheader("所在省份", anchor=False)
st.selectbox(
    "决定哪些案例算本省高院案例（效力位阶）",
    ["", *PROVINCES],
    index=["", *PROVINCES].index(province_of(kb.setting("province")) or ""),
    format_func=lambda p: p or "未设置",
    key="province",
    on_change=_save_province,
    width=360,
)

st.subheader("资料库", anchor=False)
counts = kb.stats(viewer())
model = counts["model"] or "尚未使用"
try:
    model = kb.embedder_name
except KBError as error:
    say(error)
st.html(
    marks.pairs(
        {
            "内容": f"文件 {counts['documents']} 份：{units(counts['units'])}；片段 {counts['chunks']}",
            "位置": str(kb.home),
            "向量模型": model,
        }
    )
)

with st.container(horizontal=True):
    load = st.button(
        "装入默认资料库", icon=":material/download:", help="随程序提供的法规、条文要旨和案例；已有的不会重复"
    )
    check = st.button("检查资料库", icon=":material/health_and_safety:", help="核对数据库与索引是否完好一致")
    rebuild = st.button("重建索引", icon=":material/build:", help="由数据库重新生成全部索引，不读原文件")
try:
    if load:
        st.info("需要几分钟。中途离开没有关系，再次点击会接着做。")
        filled = _fill()
        for refused in filled.rejected:
            st.error(plain(refused.reason or refused.path))
        st.success(f"默认资料库就绪：新增 {filled.added}、更新 {filled.replaced}、未变 {filled.unchanged}")
    if check:
        with st.spinner("正在检查…"):
            problems = kb.check(meter("正在检查"))
        for problem in problems:
            st.error(plain(problem))
        if problems:
            st.info("可先点「重建索引」；仍有问题时请从备份恢复。")
        else:
            st.success("资料库完好")
    if rebuild:
        with st.spinner("正在重建索引…"):
            kb.rebuild(meter("正在重建索引"))
        st.success("索引已重建")
except KBError as error:
    say(error)
