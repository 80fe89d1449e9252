"""The Chinese words for the library's own terms, the same in the browser and in the terminal."""

from __future__ import annotations

UNKNOWN = "未载"

KIND = {"article": "条文", "digest": "条文要旨", "case": "案例", "other": "其他"}
DOCUMENT_KIND = {
    "statute": "法规",
    "digest": "条文要旨",
    "compilation": "案例汇编",
    "case": "案例",
    "judgment": "裁判文书",
    "other": "其他文件",
}
STRENGTH = {"strong": "很接近", "good": "较接近", "weak": "仅供参考"}
STATE = {"draft": "待审", "published": "已发布", "withdrawn": "已撤回"}
VISIBILITY = {"public": "公开", "internal": "内部", "restricted": "受限"}
OUTCOME = {"added": "已入库", "replaced": "已更新", "unchanged": "库中已有，未变化", "rejected": "未入库"}
CHANNEL = {"dense": "语义", "words": "词语 BM25", "grams": "字串 BM25"}
EFFECTIVE = {True: "已生效", False: "未生效", None: f"是否生效{UNKNOWN}"}


def units(counts: dict[str, int]) -> str:
    """How many articles, digests, cases and other parts, by UnitKind value."""
    return "、".join(f"{word} {counts[kind]}" for kind, word in KIND.items() if counts.get(kind)) or "尚无内容"
