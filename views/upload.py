"""入库: upload files, see what became of each."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import streamlit as st

from ingest import Outcome, ingest_file
from ingest.readers import READERS
from ingest.run import Options
from kb import State, Visibility
from views.shared import UPLOADED, meter, open_library, plain, viewer
from views.words import DOCUMENT_KIND, OUTCOME, VISIBILITY

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from kb.base import OnDuplicate

_DUPLICATE: dict[OnDuplicate, str] = {"skip": "跳过，不再入库", "add": "照常加入", "replace": "替换库中的那份"}
_SAME_NAME = {"version": "作为新版本，替换同名的旧文件", "beside": "另存一份，旧文件保留"}

kb = open_library()


def _free(name: str, taken: Iterable[str]) -> str:
    """The name, numbered if it is taken: 判决书.pdf, 判决书（2）.pdf."""
    path, number, held = Path(name), 1, set(taken)
    while UPLOADED + name in held:
        number += 1
        name = f"{path.stem}（{number}）{path.suffix}"
    return name


def _names(files: list[UploadedFile], beside: bool) -> list[str]:
    """What each file is called in the library: two files of one upload never replace each other."""
    taken = {e.path for e in kb.documents(viewer())} if beside else set()
    names: list[str] = []
    for file in files:
        names.append(_free(Path(file.name).name, taken))
        taken.add(UPLOADED + names[-1])
    return names


def _add(files: list[UploadedFile], options: Options, beside: bool) -> None:
    """Each outcome is kept as it comes: whoever leaves the page half-way finds there what was done."""
    outcomes: list[Outcome] = []
    st.session_state.outcomes = outcomes
    bar = st.progress(0.0)
    for index, (file, name) in enumerate(zip(files, _names(files, beside), strict=True)):
        label = f"第 {index + 1}/{len(files)} 份，{name}"
        bar.progress(index / len(files), text=plain(f"{label}：正在读取"))
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / name
            copy.write_bytes(file.getbuffer())
            progress = meter(f"{label}，片段", index / len(files), 1 / len(files), bar)
            outcomes.append(ingest_file(copy, kb, viewer(), options, progress, UPLOADED + name))
    bar.empty()


def _draw(outcome: Outcome) -> None:
    name = outcome.path.removeprefix(UPLOADED)
    reason = (outcome.reason or "").replace(UPLOADED, "")
    if outcome.status == "rejected":
        st.error(plain(f"{OUTCOME['rejected']}：{reason}"), icon=":material/error:")
        return
    kind = f"，识别为{DOCUMENT_KIND[outcome.kind]}，条文或案例 {outcome.units}" if outcome.kind else ""
    show = st.info if outcome.status == "unchanged" else st.success
    show(plain(f"{OUTCOME[outcome.status]}：{name}{kind}" + (f"（{reason}）" if reason else "")))
    if outcome.id:
        st.page_link(
            "read.py", label=f"打开 {plain(name)}", icon=":material/menu_book:", query_params={"id": outcome.id}
        )


st.title("入库", anchor=False)
st.caption("文件只在本机处理，不会发往别处。中途离开本页，已入库的不受影响。")

files = st.file_uploader(
    "选择或拖入文件（PDF、DOCX、Markdown、HTML、TXT），可一次多份",
    type=sorted({suffix.lstrip(".") for suffix in READERS}),
    accept_multiple_files=True,
    # Another key after each upload empties the box, so that a second click adds nothing twice.
    key=f"files:{st.session_state.get('round', 0)}",
)
left, middle, right = st.columns(3, vertical_alignment="bottom")
visibility = left.selectbox("谁能看", ["internal", "public"], format_func=VISIBILITY.__getitem__)
duplicate = middle.selectbox(
    "内容与库中文件相同或基本相同时", ["skip", "add", "replace"], format_func=_DUPLICATE.__getitem__
)
draft = right.toggle("先入库为待审（发布前检索不到）", key="draft")

held = {e.path for e in kb.documents(viewer())}
same = sorted({f.name for f in files if UPLOADED + f.name in held})
beside = False
if same:
    st.warning(plain(f"以前上传过同名文件：{'、'.join(same)}"))
    beside = st.radio("同名文件怎么办", list(_SAME_NAME), format_func=_SAME_NAME.__getitem__, key="same") == "beside"

if st.button("开始入库", type="primary", disabled=not files, icon=":material/upload_file:"):
    wish = Options(
        State.DRAFT if draft else State.PUBLISHED,
        Visibility(visibility),
        on_duplicate=cast("OnDuplicate", duplicate),
    )
    _add(files, wish, beside)
    st.session_state.round = st.session_state.get("round", 0) + 1
    st.rerun()

done = st.session_state.get("outcomes", [])
if done:
    st.subheader("本次结果", anchor=False)
    bad = sum(o.status == "rejected" for o in done)
    st.caption(f"共 {len(done)} 份，未入库 {bad} 份")
for each in done:
    _draw(each)
