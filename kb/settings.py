"""Where the library lives and which model it uses, from the environment."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The library's folder: $KB_HOME, else ~/.zhengjian."""
    return Path(os.environ.get("KB_HOME") or Path.home() / ".zhengjian").expanduser()


def cache() -> Path:
    """Models, statute package and evaluation libraries, shared by all libraries: $KB_CACHE, else ~/.cache/zhengjian."""
    return Path(os.environ.get("KB_CACHE") or Path.home() / ".cache" / "zhengjian").expanduser()


def embedder() -> str | None:
    """$KB_EMBEDDER: "fake", or a sentence-transformers model's name or path; None is the library's own setting."""
    return os.environ.get("KB_EMBEDDER") or None
