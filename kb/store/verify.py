"""Questions about the library as a whole: is it sound, what is near, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select, text

from kb.models import State
from kb.store.engine import AnyRow
from kb.store.tables import audit, chunks, documents, units, versions

if TYPE_CHECKING:
    from kb.index.follow import Indexes


def sketches(connection: Connection) -> Sequence[AnyRow]:
    """Path, title and sketch of every document's current version that is not withdrawn."""
    return connection.execute(
        select(documents.c.path, documents.c.title, versions.c.sketch)
        .join_from(documents, versions, documents.c.version == versions.c.number)
        .where(documents.c.state != State.WITHDRAWN.value)
    ).all()


def removed_ids(connection: Connection) -> frozenset[str]:
    """Documents that the audit trail saw go and that have not come back."""
    gone = connection.execute(select(audit.c.target).where(audit.c.what == "remove").distinct()).scalars()
    there = connection.execute(select(documents.c.id)).scalars()
    return frozenset(gone) - frozenset(there)


def problems(connection: Connection, indexes: Indexes) -> list[str]:
    """Damage in the database, parts without their whole, and indexes that do not agree with it."""
    found = [f"数据库损坏：{row[0]}" for row in connection.execute(text("pragma integrity_check")) if row[0] != "ok"]
    found += [f"数据库中 {row[0]} 表有失去归属的记录" for row in connection.execute(text("pragma foreign_key_check"))]
    found += _strays(connection)
    size = connection.execute(select(func.length(chunks.c.vector)).distinct()).scalars().all()
    if len(size) > 1:
        found.append(f"向量维数不一致：{sorted(n // 2 for n in size)}")
    expected = connection.execute(
        select(func.count())
        .select_from(chunks)
        .join(documents, chunks.c.document == documents.c.number)
        .where(documents.c.state != State.WITHDRAWN.value)
    ).scalar_one()
    held = {"全文索引": indexes.lexical.count(), "向量索引": indexes.dense.count() if indexes.dense else 0}
    found += [
        f"{name}有 {n} 个片段，数据库有 {expected} 个，请运行 kb rebuild" for name, n in held.items() if n != expected
    ]
    return found


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
