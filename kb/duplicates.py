"""Texts that are the same or nearly so, whatever file they came in."""

from __future__ import annotations

import unicodedata

import numpy as np

_WIDTH = 8  # characters of a shingle
_SIZE = 256  # shingles kept in a sketch

#: Share of common shingles from which two texts count as nearly the same.
NEAR = 0.85


def sketch(text: str) -> bytes:
    """The 256 smallest hashes of the text's 8-character shingles, as little-endian uint64.

    Only letters, digits and ideographs count, so layout and punctuation do not matter. Bottom-k sketch, Broder 1997.
    """
    bare = "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())
    codes = np.frombuffer(bare.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if len(codes) == 0:
        return b""
    width = min(_WIDTH, len(codes))
    hashes = np.zeros(len(codes) - width + 1, dtype=np.uint64)
    for i in range(width):
        hashes = hashes * np.uint64(0x100000001B3) ^ codes[i : len(codes) - width + 1 + i]
    hashes ^= hashes >> np.uint64(31)
    hashes *= np.uint64(0x9E3779B97F4A7C15)
    hashes ^= hashes >> np.uint64(29)
    return np.unique(hashes)[:_SIZE].astype("<u8").tobytes()


def resemblance(a: bytes, b: bytes) -> float:
    """Estimated share of shingles that two sketches' texts have in common: 0 to 1."""
    x, y = np.frombuffer(a, dtype="<u8"), np.frombuffer(b, dtype="<u8")
    if len(x) == 0 or len(y) == 0:
        return 0.0
    smallest = np.union1d(x, y)[:_SIZE]
    return float((np.isin(smallest, x) & np.isin(smallest, y)).mean())
