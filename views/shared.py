"""What every page uses: the library, who asks, frame, progress, and errors as sentences."""

from __future__ import annotations

import logging
from pathlib import Path
from time import monotonic

import streamlit as st

from kb import KBError, KnowledgeBase, Viewer
from kb.base import Progress
from kb.models import State

_HERE = Path(__file__).parent
ICON = _HERE / "icon.png"
UPLOADED = "upload/"  # before an uploaded file's name in its document's path

_SORRY = "程序遇到意外情况，这一步没有完成。请刷新页面再试；仍不行时，请把启动窗口里的提示交给维护人员。"


def frame() -> None:
    """Line lengths, marks, print, and Chinese for the frame's own words."""
    st.html(_HERE / "style.css")
    with st.container(key="chrome", height="content", gap=None):
        st.html(f"<script>{(_HERE / 'chrome.js').read_text('utf-8')}</script>", unsafe_allow_javascript=True)


@st.cache_resource(show_spinner="正在打开资料库…")
def open_library() -> KnowledgeBase:
    """One library for all sessions of this server. Raises StoreError."""
    return KnowledgeBase.open()


def viewer() -> Viewer:
    """Who asks: in single-user mode, the person at this machine."""
    return Viewer.local()


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join("\\" + c if c in "\\`*_{}[]<>()#+-.!|$~:&=" else c for c in text)


def say(error: KBError) -> None:
    """Show an error's one sentence."""
    st.error(plain(str(error)), icon=":material/error:")


def on_script_error(error: Exception) -> bool:
    """Whatever escapes a page or a callback becomes one calm sentence; the log gets the rest."""
    if isinstance(error, KBError):
        say(error)
    else:
        logging.getLogger("zhengjian").error("页面出错", exc_info=error)
        st.error(_SORRY, icon=":material/error:")
    return True


def meter(
    label: str, start: float = 0.0, share: float = 1.0, bar: st.delta_generator.DeltaGenerator | None = None
) -> Progress:
    """A callback that draws a bar with an estimate. The work is `share` of the bar, from `start`."""
    began = monotonic()
    holder: list[st.delta_generator.DeltaGenerator] = [bar] if bar is not None else []

    def show(done: int, of: int) -> None:
        if not holder:
            holder.append(st.progress(0.0))
        part = min(done / of, 1.0) if of else 1.0
        rest = (monotonic() - began) / part * (1 - part) if part else 0.0
        left = f"，约剩 {duration(rest)}" if rest >= 1 else ""
        holder[0].progress(min(start + part * share, 1.0), text=f"{plain(label)}：{done}/{of}{left}")
        if bar is None and part == 1:
            holder.pop().empty()

    return show


def duration(seconds: float) -> str:
    """Rounded as people say it."""
    whole = round(seconds)
    return f"{whole} 秒" if whole < 60 else f"{whole // 60} 分 {whole % 60} 秒"


def shown_path(path: str) -> str:
    """Where a document came from, in words."""
    return f"上传：{path.removeprefix(UPLOADED)}" if path.startswith(UPLOADED) else path


def is_empty(kb: KnowledgeBase) -> bool:
    """Whether there is nothing to search; draws what to do then."""
    found = kb.stats(viewer())
    if found["by_state"].get(State.PUBLISHED.value):
        return False
    if found["documents"]:
        st.info("库中文件都还没有发布，检索不到。请在「文件」页发布。")
        st.page_link("library.py", label="去文件页", icon=":material/folder_open:")
    else:
        st.info("资料库还是空的。可以装入随程序提供的法规和案例，也可以上传自己的文件。")
        st.page_link("setup.py", label="装入默认资料库", icon=":material/download:")
        st.page_link("upload.py", label="上传文件", icon=":material/upload_file:")
    return True
