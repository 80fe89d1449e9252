"""Tables, in SQLAlchemy Core. Row numbers are never used again after a deletion, so an index may keep them as keys."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

_Number = BigInteger().with_variant(Integer, "sqlite")


def _number() -> Column[int]:
    return Column("number", _Number, primary_key=True, autoincrement=True)


def _parent(name: str, table: str, index: bool = False) -> Column[int]:
    return Column(name, _Number, ForeignKey(f"{table}.number", ondelete="CASCADE"), nullable=False, index=index)


documents = Table(
    "documents",
    metadata,
    _number(),
    Column("id", String, nullable=False, unique=True),
    Column("path", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("title", String, nullable=False),
    Column("visibility", String, nullable=False),
    Column("readers", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("version", _Number, nullable=False),  # the current one; 0 only inside the transaction that makes it
    Column("added_at", String, nullable=False),  # ISO 8601, UTC
    Column("added_by", String, nullable=True),
    sqlite_autoincrement=True,
)

versions = Table(
    "versions",
    metadata,
    _number(),
    _parent("document", "documents", index=True),
    Column("sha256", String, nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("pages", JSON, nullable=False),  # [[number, start, end], …]
    Column("statute", JSON, nullable=True),
    Column("notes", JSON, nullable=False),
    Column("sketch", LargeBinary, nullable=False),  # kb.duplicates.sketch of the text
    Column("read_at", String, nullable=False),
    sqlite_autoincrement=True,
)

units = Table(
    "units",
    metadata,
    _number(),
    _parent("version", "versions"),
    _parent("document", "documents", index=True),
    Column("id", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("title", String, nullable=False),
    Column("law", String, nullable=True),  # kb.law.names.key of an article's or digest's law
    Column("article", String, nullable=True),  # 17-1
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("data", JSON, nullable=False),
    UniqueConstraint("version", "id"),
    Index("units_law_article", "law", "article"),
    sqlite_autoincrement=True,
)

# Only the current version of a document has chunks: what is superseded stays readable and cannot be found.
chunks = Table(
    "chunks",
    metadata,
    _number(),
    _parent("unit", "units", index=True),
    _parent("document", "documents", index=True),
    Column("section", String, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("head", Text, nullable=False),  # what stands before the passage when it is indexed
    Column("hash", String, nullable=False, index=True),  # of head and passage: an equal text is embedded once
    Column("vector", LargeBinary, nullable=False),  # float16
    sqlite_autoincrement=True,
)

#: One row for each change of a document; indexes follow it.
changes = Table(
    "changes",
    metadata,
    Column("revision", _Number, primary_key=True, autoincrement=True),
    Column("document", _Number, nullable=False),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    _number(),
    Column("at", String, nullable=False),
    Column("who", String, nullable=True),
    Column("what", String, nullable=False),  # add, replace, remove, state, visibility, rebuild …
    Column("target", String, nullable=True),
    Column("details", JSON, nullable=False),
    sqlite_autoincrement=True,
)

settings = Table(
    "settings",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", JSON, nullable=False),
)
