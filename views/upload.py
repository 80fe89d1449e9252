"""入库: upload files, see what became of each."""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import monotonic

import streamlit as st

from ingest import Outcome, ingest_file
from ingest.readers import READERS
from ingest.run import Options
from kb import State, Visibility
from kb.base import Progress
from views.shared import DOCUMENT_KIND, VISIBILITY, open_library, plain, viewer

kb = open_library()
st.title("入库")
st.caption("文件只在本机处理，不会发往别处。")

files = st.file_uploader(
    "选择或拖入文件（PDF、DOCX、Markdown、HTML、TXT）",
    type=sorted({suffix.lstrip(".") for suffix in READERS}),
    accept_multiple_files=True,
    key="files",
)
left, middle, right = st.columns(3)
visibility = left.selectbox("谁能看", ["internal", "public"], format_func=VISIBILITY.__getitem__)
duplicate = middle.selectbox(
    "与库中文件相同或基本相同时",
    ["skip", "add", "replace"],
    format_func={"skip": "跳过", "add": "照常加入", "replace": "替换"}.__getitem__,
)
draft = right.toggle("入库为待审（发布前检索不到）", key="draft")


def _progress(index: int, count: int, name: str, bar: st.delta_generator.DeltaGenerator) -> Progress:
    began = monotonic()

    def show(done: int, of: int) -> None:
        share = done / of if of else 1.0
        left = (monotonic() - began) / share * (1 - share) if share else None
        rest = f"，本文件约剩 {left:.0f} 秒" if left is not None and left >= 1 else ""
        bar.progress((index + share) / count, text=f"第 {index + 1}/{count} 份：{name}，片段 {done}/{of}{rest}")

    return show


def _add(bar: st.delta_generator.DeltaGenerator) -> list[Outcome]:
    outcomes = []
    options = Options(
        State.DRAFT if draft else State.PUBLISHED,
        Visibility(visibility),
        on_duplicate=duplicate,  # type: ignore[arg-type]
    )
    for index, file in enumerate(files):
        bar.progress(index / len(files), text=f"第 {index + 1}/{len(files)} 份：{file.name}")
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / Path(file.name).name
            copy.write_bytes(file.getbuffer())
            progress = _progress(index, len(files), file.name, bar)
            outcomes.append(ingest_file(copy, kb, viewer(), options, progress, f"upload:{file.name}"))
    return outcomes


def _draw(outcome: Outcome) -> None:
    name = plain(outcome.path.removeprefix("upload:"))
    if outcome.status == "rejected":
        st.error(f"未入库：{plain(outcome.reason or '')}")
        return
    word = {"added": "已入库", "replaced": "已更新", "unchanged": "库中已有，未变化"}[outcome.status]
    kind = f"，识别为{DOCUMENT_KIND[outcome.kind]}，条文或案例 {outcome.units}" if outcome.kind else ""
    st.success(f"{word}：{name}{kind}" + (f"（{plain(outcome.reason)}）" if outcome.reason else ""))
    st.page_link("read.py", label="打开看看", icon=":material/menu_book:", query_params={"id": outcome.id or ""})


if st.button("入库", type="primary", disabled=not files, icon=":material/upload_file:"):
    st.session_state.outcomes = _add(st.progress(0.0))
for outcome in st.session_state.get("outcomes", []):
    _draw(outcome)
