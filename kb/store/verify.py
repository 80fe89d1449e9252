"""Questions about the library as a whole: is it sound, what is near, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select, text

from kb.models import State
from kb.store.tables import audit, chunks, documents, units, versions

if TYPE_CHECKING:
    from kb.index.follow import Indexes


def removed_ids(connection: Connection) -> frozenset[str]:
    """Documents that the audit trail saw go and that have not come back."""
    gone = connection.execute(select(audit.c.target).where(audit.c.what == "remove").distinct()).scalars()
    there = connection.execute(select(documents.c.id)).scalars()
    return frozenset(gone) - frozenset(there)


def damage(connection: Connection) -> list[str]:
    """What is wrong in the database itself: damaged pages, parts without their whole, vectors of another size."""
    found = [f"数据库损坏：{row[0]}" for row in connection.execute(text("pragma integrity_check")) if row[0] != "ok"]
    found += [f"数据库中 {row[0]} 表有失去归属的记录" for row in connection.execute(text("pragma foreign_key_check"))]
    found += _strays(connection)
    found += _other_sizes(connection)
    return found


def disagreements(connection: Connection, indexes: Indexes) -> list[str]:
    """Indexes that do not hold the chunks that the database holds."""
    expected = set(
        connection.execute(
            select(chunks.c.number)
            .join_from(chunks, documents, chunks.c.document == documents.c.number)
            .where(documents.c.state != State.WITHDRAWN.value)
        ).scalars()
    )
    held = {"全文索引": indexes.lexical.numbers(), "向量索引": indexes.dense.numbers() if indexes.dense else set()}
    return [
        f"{name}与数据库不一致：少 {len(expected - there)} 个片段，多 {len(there - expected)} 个，请运行 kb rebuild"
        for name, there in held.items()
        if there != expected
    ]


def _other_sizes(connection: Connection) -> Iterable[str]:
    size = func.length(chunks.c.vector)
    rows = connection.execute(
        select(documents.c.id, size, func.count())
        .join_from(chunks, documents, chunks.c.document == documents.c.number)
        .group_by(documents.c.id, size)
    ).all()
    usual: Counter[int] = Counter()
    for _, n, count in rows:
        usual[n] += count
    most = max(usual, key=lambda n: (n > 0, usual[n]), default=0)
    for doc_id in sorted({doc_id for doc_id, n, _ in rows if n != most or n == 0}):
        yield f"文件 {doc_id} 有片段的向量已损坏，请运行 kb rebuild --model 重新生成"


def _strays(connection: Connection) -> Iterable[str]:
    orphan = select(documents.c.id).where(documents.c.version.not_in(select(versions.c.number)))
    for doc_id in connection.execute(orphan).scalars():
        yield f"文件 {doc_id} 没有正文，请移除后重新入库"
    stale = (
        select(documents.c.id)
        .distinct()
        .join_from(chunks, units, chunks.c.unit == units.c.number)
        .join(documents, chunks.c.document == documents.c.number)
        .where(units.c.version != documents.c.version)
    )
    for doc_id in connection.execute(stale).scalars():
        yield f"文件 {doc_id} 的片段属于旧版本，请重新入库"
    outside = (
        select(documents.c.id)
        .distinct()
        .join_from(chunks, units, chunks.c.unit == units.c.number)
        .join(documents, chunks.c.document == documents.c.number)
        .join(versions, documents.c.version == versions.c.number)
        .where(
            (chunks.c.start < units.c.start)
            | (chunks.c.end > units.c.end)
            | (chunks.c.end > func.length(versions.c.text))
        )
    )
    for doc_id in connection.execute(outside).scalars():
        yield f"文件 {doc_id} 有片段越出所属条文或案例，请重新入库"
