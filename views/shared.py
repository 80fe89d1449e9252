"""What every page uses: the library, who asks, and how passages are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from kb import KnowledgeBase, Viewer
from kb.models import Span

ICON = Path(__file__).parent / "icon.png"

KIND = {"article": "条文", "digest": "条文要旨", "case": "案例", "other": "其他"}
DOCUMENT_KIND = {
    "statute": "法规",
    "digest": "条文要旨",
    "compilation": "案例汇编",
    "case": "案例",
    "judgment": "裁判文书",
    "other": "其他文件",
}
STRENGTH = {"strong": ("很接近", "green"), "good": ("较接近", "blue"), "weak": ("仅供参考", "gray")}
STATE = {"draft": "待审", "published": "已发布", "withdrawn": "已撤回"}
VISIBILITY = {"public": "公开", "internal": "内部", "restricted": "受限"}

_STYLE = """<style>
.passage {line-height: 1.9; font-size: 1.05rem; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 46em;}
.passage mark, .whole mark {background: #ffe58a; color: #1a1a1a; padding: 0 .1em; border-radius: 2px;}
.whole {line-height: 1.95; font-size: 1.08rem; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 46em;}
.whole .hit {background: rgba(255, 229, 138, .28); border-left: 4px solid #d4a106; display: block; padding: .2em .8em;}
@media print {[data-testid="stSidebar"], [data-testid="stHeader"], .stButton {display: none !important;}}
</style>"""


def style() -> None:
    """Line lengths, marks, print."""
    st.html(_STYLE)


@st.cache_resource(show_spinner="正在打开资料库…")
def open_library() -> KnowledgeBase:
    """One library for all sessions of this server."""
    return KnowledgeBase.open()


def viewer() -> Viewer:
    """Who asks: in single-user mode, the person at this machine."""
    return Viewer.local()


def marked(text: str, spans: Sequence[Span]) -> str:
    """HTML of the text with the spans marked; everything from the file is escaped."""
    out, at = "", 0
    for span in spans:
        out += escape(text[at : span.start]) + "<mark>" + escape(text[span.start : span.end]) + "</mark>"
        at = span.end
    return out + escape(text[at:])


def passage(text: str, spans: Sequence[Span] = ()) -> None:
    """Draw a passage."""
    st.html(f'<div class="passage" lang="zh">{marked(text, spans)}</div>')


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join("\\" + c if c in "\\`*_{}[]<>()#+-.!|$~:" else c for c in text)


def is_empty(kb: KnowledgeBase) -> bool:
    """Whether there is nothing to search; draws what to do then."""
    if kb.stats(viewer())["chunks"]:
        return False
    st.info("资料库还是空的。可在「入库」页上传文件，或在终端运行 `./start setup`（或 `kb init`）装入默认资料库。")
    st.page_link("upload.py", label="去入库", icon=":material/upload_file:")
    return True
