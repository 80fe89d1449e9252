"""The page script: one list of pages."""

from __future__ import annotations

import streamlit as st

from kb import KBError
from views.shared import ICON, frame, say

st.set_page_config(page_title="征鉴", page_icon=str(ICON), layout="wide", initial_sidebar_state=240)
frame()
page = st.navigation(
    {
        "检索": [
            st.Page("search.py", title="类案检索", icon=":material/search:", url_path="search", default=True),
            st.Page("read.py", title="阅读", icon=":material/menu_book:", url_path="read", visibility="hidden"),
        ],
        "资料库": [
            st.Page("library.py", title="文件", icon=":material/folder_open:", url_path="library"),
            st.Page("upload.py", title="入库", icon=":material/upload_file:", url_path="upload"),
            st.Page("setup.py", title="设置", icon=":material/settings:", url_path="setup"),
        ],
    }
)
try:
    page.run()
except KBError as error:
    say(error)
