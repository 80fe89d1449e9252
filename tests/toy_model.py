"""A toy in the format of the bundled model: two layers of 32 dimensions, a handful of pieces, weights by a seed."""

from __future__ import annotations

import json
import struct

import numpy as np

HIDDEN, LAYERS, HEADS, FFN, POSITIONS = 32, 2, 4, 64, 520
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁query", "▁passage", ":", "▁", *"房屋征收补偿决定公告", "<mask>"]


def q4(values):
    """Q4_0: blocks of 32 weights, fp16 scale and 16 bytes, low nibbles the first half; values are −8 … 7 times 1/16."""
    out = b""
    for block in np.asarray(values).reshape(-1, 32):
        out += np.float16(1 / 16).tobytes() + ((block[:16] + 8) | (block[16:] + 8) << 4).astype(np.uint8).tobytes()
    return out


def toy_weights():
    """A file in the format of e5-small-q4.bin, and the tensors that it should give."""
    random = np.random.default_rng(7)
    shapes = {"emb.word": (len(PIECES), HIDDEN)}
    for layer in range(LAYERS):
        shapes |= {f"l{layer}.{place}.w": (HIDDEN, HIDDEN) for place in ("q", "k", "v", "ao")}
        shapes |= {f"l{layer}.fi.w": (FFN, HIDDEN), f"l{layer}.fo.w": (HIDDEN, FFN)}
    matrices = {name: random.integers(-8, 8, shape) for name, shape in shapes.items()}
    vectors = {"emb.pos": (POSITIONS, HIDDEN), "emb.type": (1, HIDDEN), "emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,)}
    for layer in range(LAYERS):
        vectors |= {f"l{layer}.{p}.b": (FFN if p == "fi" else HIDDEN,) for p in ("q", "k", "v", "ao", "fi", "fo")}
        vectors |= {f"l{layer}.{p}.{k}": (HIDDEN,) for p in ("aln", "oln") for k in "wb"}
    # norms scale by about 1, as trained ones do; else their shifts would drown what the words say
    plain = {n: (n.endswith("ln.w") + random.normal(0, 0.1, s)).astype(np.float32) for n, s in vectors.items()}
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7ifi", HIDDEN, LAYERS, HEADS, FFN, len(PIECES), POSITIONS, 1, 1e-12, 0)
    blob = "".join(PIECES).encode()
    ends = np.cumsum([0, *(len(p.encode()) for p in PIECES)]).astype(np.uint32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)) + ends.tobytes()
    head += np.zeros(len(PIECES), np.float32).tobytes() + blob + struct.pack("<iI", 1, 3) + b"abc"
    data = {name: (2, v.size, q4(v)) for name, v in matrices.items()}
    data |= {name: (0, v.size, v.tobytes()) for name, v in plain.items()}
    size = len(head) + 4 + sum(2 + len(name) + 21 for name in data)
    directory, body = struct.pack("<i", len(data)), b""
    for name, (kind, n, raw) in data.items():
        directory += (
            struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, n, size + len(body), len(raw))
        )
        body += raw
    return head + directory + body, {name: v / np.float32(16) for name, v in matrices.items()} | plain


def toy_tokenizer():
    """XLM-R's shape in small: unigram pieces, <s> … </s>."""
    special = [
        {
            "id": i,
            "content": t,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for i, t in enumerate(PIECES)
        if t.startswith("<")
    ]
    space = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    marks = {t: {"id": t, "ids": [PIECES.index(t)], "tokens": [t]} for t in ("<s>", "</s>")}
    single = [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    single.append({"SpecialToken": {"id": "</s>", "type_id": 0}})
    after = {"type": "TemplateProcessing", "single": single, "pair": single, "special_tokens": marks}
    vocabulary = [[p, -float(len(PIECES) - len(p))] for p in PIECES]
    return json.dumps(
        {"version": "1.0", "truncation": None, "padding": None, "added_tokens": special, "normalizer": None}
        | {"pre_tokenizer": space, "post_processor": after, "decoder": space}
        | {"model": {"type": "Unigram", "unk_id": 3, "vocab": vocabulary, "byte_fallback": False}}
    ).encode()
