"""What a lawyer asks first of a case or a statute, in one line or in rows; the unknown is 未载."""

from __future__ import annotations

from kb.law.authority import effect, effective, label, tier
from kb.models import Article, Case, Digest, Hit, Statute
from kb.store.reading import UnitRow, Whole
from views.words import DOCUMENT_KIND, EFFECTIVE, STATE, UNKNOWN, VISIBILITY


def facts_of(hit: Hit) -> str:
    """One line under a hit's title."""
    if isinstance(hit.unit, Case):
        return case_line(hit.unit, hit.authority)
    if isinstance(hit.unit, Digest):
        return "由本库编写，不是官方条文，引用请核对原文"
    return statute_line(hit.statute) or hit.source.title


def case_line(case: Case, rank: int | None) -> str:
    """Number, court, date, tier and effect."""
    parts = [
        case.case_number or f"案号{UNKNOWN}",
        case.court or f"法院{UNKNOWN}",
        case.decided or f"日期{UNKNOWN}",
    ]
    if rank is not None:
        parts += [label(rank), effect(rank)]
    parts.append(EFFECTIVE[effective(case)])
    return " · ".join(parts)


def statute_line(statute: Statute | None) -> str:
    """Status with its source, and the date of the text."""
    if statute is None:
        return ""
    return " · ".join(p for p in (_status(statute), f"文本日期 {statute.version}" if statute.version else "") if p)


def _status(statute: Statute) -> str:
    return f"{statute.status}（{statute.status_source or '来源未载'}）" if statute.status else f"时效{UNKNOWN}"


def document_rows(document: Whole) -> dict[str, str]:
    """What the library knows of a document."""
    return {
        "类别": DOCUMENT_KIND[document.kind],
        "编号": document.id,
        "状态": f"{STATE[document.state]}，{VISIBILITY[document.visibility]}",
        "来源文件": document.path,
        "入库日期": document.added_at[:10],
    }


def statute_rows(statute: Statute) -> dict[str, str]:
    """What is known of a statute."""
    return {
        "时效": _status(statute),
        "发布机关": statute.issuer or UNKNOWN,
        "效力级别": statute.level or UNKNOWN,
        "公布日期": statute.promulgated or UNKNOWN,
        "施行日期": statute.effective or UNKNOWN,
        "文本日期": statute.version or UNKNOWN,
    }


def case_rows(case: Case, province: str | None) -> dict[str, str]:
    """What is known of a case; `province` is the user's, for the tier."""
    rank = tier(case, province)
    rows = {
        "案号": case.case_number or UNKNOWN,
        "法院": case.court or UNKNOWN,
        "裁判日期": case.decided or UNKNOWN,
        "是否生效": EFFECTIVE[effective(case)].removeprefix("是否生效"),
        "类型": case.type or UNKNOWN,
        "位阶": f"{label(rank)}，{effect(rank)}",
        "案由": case.cause or UNKNOWN,
        "地区": case.region or UNKNOWN,
        "结果": case.outcome or UNKNOWN,
        "争议焦点": "；".join(case.issues) or UNKNOWN,
        "分类": "、".join(case.categories) or UNKNOWN,
        "引用法条": "；".join(case.statutes) or UNKNOWN,
        "出处": "，".join(v for k in ("title", "publisher", "url") if (v := case.source.get(k))) or UNKNOWN,
    }
    if case.confidence == "medium":
        rows["可信度"] = "来源只读到一部分，引用前请核对原文"
    return rows


def unit_rows(found: UnitRow | None, province: str | None) -> dict[str, str]:
    """What is known of the unit on view, beyond its document."""
    unit = found.unit if found else None
    if isinstance(unit, Case):
        return case_rows(unit, province)
    if isinstance(unit, Article) and unit.headings:
        return {"所在章节": " › ".join(unit.headings)}
    if isinstance(unit, Digest):
        return {"说明": f"《{unit.law}》{unit.number.chinese}的要旨，不是官方条文"}
    return {}
