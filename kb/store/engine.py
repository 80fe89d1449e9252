"""Opens the database, brings it to the current schema, and hands out transactions."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, create_engine, event, func, insert, inspect, select, text
from sqlalchemy.exc import DatabaseError

from kb.errors import StoreError
from kb.store.tables import audit, changes, settings

#: The newest migration; a database that carries it needs no Alembic run at start.
HEAD = "0001"

#: Revisions grow by random steps up to this: two libraries that went on from one backup have none in common after it.
_STEP = 1 << 32

AnyRow = Row[*tuple[Any, ...]]

_MIGRATIONS = Path(__file__).parent / "migrations"


def now() -> str:
    """ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Store:
    """One library's database. Safe to use from several threads and, with SQLite in WAL mode, several processes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = create_engine(url, connect_args={"timeout": 60} if url.startswith("sqlite") else {})
        if url.startswith("sqlite"):
            event.listen(self.engine, "connect", _tune)
            event.listen(self.engine, "begin", _begin)
        self._migrate()

    @classmethod
    def at(cls, home: Path) -> Store:
        """The SQLite library in a folder; makes the folder and an empty library if need be."""
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{home}：不能作为资料库目录（{error.strerror}），请给出可写的目录") from error
        return cls(f"sqlite:///{home / 'library.db'}")

    def _migrate(self) -> None:
        with self.read() as connection:  # the usual case waits for no writer
            if _schema(connection) == HEAD:
                return
        with self.write() as connection:
            found = _schema(connection)
            if found == HEAD:
                return
            from alembic import command
            from alembic.config import Config
            from alembic.util import CommandError

            config = Config()
            config.set_main_option("script_location", str(_MIGRATIONS))
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise StoreError(f"资料库的格式（{found}）比本程序新，请升级程序后再打开") from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view: everything read inside belongs to one state of the library."""
        with self._told(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes: all of it or nothing. Writers wait for each other."""
        connect = self.engine.execution_options(immediate=True).connect
        with self._told(), connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the database refuses, as a sentence."""
        try:
            yield
        except DatabaseError as error:
            reason = str(error.orig).lower()
            say = next((say for part, say in _REFUSED.items() if part in reason), None)
            if say is None:
                raise
            raise StoreError(f"{self.url.removeprefix('sqlite:///')}：{say}") from error

    def close(self) -> None:
        self.engine.dispose()


#: Part of what SQLite says → what to do.
_REFUSED = {
    "not a database": "不是本程序的数据库或已损坏，请从备份恢复或改用别的目录",
    "malformed": "不是本程序的数据库或已损坏，请从备份恢复或改用别的目录",
    "unable to open": "不能打开，请检查目录是否存在、是否有读写权限",
    "readonly": "只能读不能写，请检查文件和目录的写权限",
    "disk is full": "磁盘已满，请腾出空间后再试",
    "disk i/o": "磁盘读写出错，请检查磁盘是否已满或损坏",
    "locked": "正被另一个程序占用，等待超过一分钟，请稍后再试",
}


def _schema(connection: Connection) -> str | None:
    """The database's own word on its schema; None for a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar()


def _tune(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin where SQLAlchemy says, see _begin
    # FULL: a removal that returned must survive a power cut.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def revision(connection: Connection) -> int:
    """Grows with every change of a document; 0 for a library that never held one."""
    return connection.execute(select(func.max(changes.c.revision))).scalar() or 0


def mark_changed(connection: Connection, document: int) -> None:
    """Tell every index to look at this document again."""
    following = revision(connection) + 1 + secrets.randbelow(_STEP)
    connection.execute(insert(changes).values(revision=following, document=document))


def was_at(connection: Connection, number: int) -> bool:
    """Whether the library ever was at this revision; 0 is the empty library."""
    query = select(changes.c.revision).where(changes.c.revision == number)
    return number == 0 or connection.execute(query).first() is not None


def record(connection: Connection, who: str | None, what: str, target: str | None, **details: Any) -> None:
    """Append to the audit trail."""
    connection.execute(insert(audit).values(at=now(), who=who, what=what, target=target, details=details))


def get_setting(connection: Connection, key: str) -> Any:
    """The library's own setting, or None."""
    return connection.execute(select(settings.c.value).where(settings.c.key == key)).scalar()


def put_setting(connection: Connection, key: str, value: Any) -> None:
    """Set or, with None, forget a setting."""
    connection.execute(settings.delete().where(settings.c.key == key))
    if value is not None:
        connection.execute(insert(settings).values(key=key, value=value))
