"""设置: the user's province, the model, the library's health."""

from __future__ import annotations

import streamlit as st

from kb.law.authority import PROVINCES
from views.shared import KIND, open_library, plain, viewer

kb = open_library()
st.title("设置")
counts = kb.stats(viewer())
st.caption(
    f"资料库：{plain(str(kb.home))} · 文件 {counts['documents']} 份 · "
    + "、".join(f"{name} {counts['units'].get(key, 0)}" for key, name in KIND.items())
    + f" · 模型 {plain(counts['model'] or '未用')}"
)

province = st.selectbox(
    "所在省份（决定本省高院案例的效力位阶）",
    ["", *PROVINCES],
    index=["", *PROVINCES].index(kb.setting("province") or ""),
    format_func=lambda p: p or "未设置",
)
if province != (kb.setting("province") or ""):
    kb.set_setting("province", province or None, viewer())
    st.toast("已保存")

if st.button("检查资料库", icon=":material/health_and_safety:"):
    with st.spinner("正在检查…"):
        problems = kb.check()
    for problem in problems:
        st.error(plain(problem))
    if not problems:
        st.success("资料库完好")
