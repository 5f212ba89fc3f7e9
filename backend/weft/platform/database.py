"""The database: one set of tables on SQLite and PostgreSQL.

SQLite: WAL, synchronous=FULL, one write connection behind one asyncio lock with BEGIN IMMEDIATE, readers apart.
PostgreSQL: one pool of 20 + 30 connections. A request never holds two connections.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every context's tables.py adds to this one."""


ResultT = TypeVar("ResultT")
CONNECT_S: Final = 5.0
STATEMENT_S: Final = 60.0
"""A server that says nothing for so long is taken for lost."""
_SQLITE_AWAY: Final = frozenset({5, 6, 8, 10, 13, 14})
"""Result codes: busy, locked, read-only, I/O error, full, cannot open."""
_POSTGRESQL_AWAY: Final = ("08", "53", "57", "58", "40", "25006")
"""SQLSTATEs: connection, resources, operator intervention, system error, rolled back, read-only."""


def is_outage(error: BaseException) -> bool:
    """Whether `error` says that the database is away or full: the same statement may succeed later."""
    if isinstance(error, PoolTimeout | OSError | TimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    cause: BaseException | None = error.orig
    while cause is not None:
        code = getattr(cause, "sqlite_errorcode", None)
        state = getattr(cause, "sqlstate", None)
        if code is not None:
            return code & 0xFF in _SQLITE_AWAY
        if isinstance(state, str):
            return state.startswith(_POSTGRESQL_AWAY)
        if isinstance(cause, OSError | TimeoutError):
            return True
        cause = cause.__cause__
    return type(error).__name__ == "InterfaceError"


class Timestamp(TypeDecorator[datetime]):
    """An aware UTC time on both dialects (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Database:
    """Connections for reading and for writing."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._write_lock = asyncio.Lock()
        if self.is_sqlite:
            file = Path(url.removeprefix("sqlite+aiosqlite:///"))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            self.engine = _sqlite_engine(url, pool_size=8)
            self._writer = _sqlite_engine(url, pool_size=1)
            self._batch_writer = _sqlite_batch_engine(file)
            self._batches: Connection | None = None
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-batches")
        else:
            self.engine = _postgresql_engine(url)
            self._writer = self.engine

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for SELECTs."""
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction, committed at the end unless an error passes through."""
        if self.is_sqlite:
            async with self._write_lock, self._writer.begin() as connection:
                yield connection
        else:
            async with self._writer.begin() as connection:
                yield connection

    async def transact(self, work: Callable[[Connection], ResultT]) -> ResultT:
        """What `work` answers, of one transaction: committed, unless it raises.

        On SQLite it runs in a thread from BEGIN to COMMIT: many statements cost one hop between threads, not one each.
        """
        if self.is_sqlite:
            async with self._write_lock:
                return await asyncio.get_running_loop().run_in_executor(self._thread, self._transact, work)
        async with self._writer.begin() as connection:
            return await connection.run_sync(work)

    def _transact(self, work: Callable[[Connection], ResultT]) -> ResultT:
        """In the thread: the connection is kept from batch to batch, and given back to be reset after an error."""
        if self._batches is None:
            self._batches = self._batch_writer.connect()
        try:
            with self._batches.begin():
                return work(self._batches)
        except BaseException:
            self._give_back()
            raise

    def _give_back(self) -> None:
        connection, self._batches = self._batches, None
        if connection is not None:
            connection.close()

    async def close(self) -> None:
        """Give back every connection."""
        if self.is_sqlite:
            await asyncio.to_thread(self._thread.shutdown)
            self._give_back()
            self._batch_writer.dispose()
        await self.engine.dispose()
        if self._writer is not self.engine:
            await self._writer.dispose()


def _postgresql_engine(url: str) -> AsyncEngine:
    patience = {"timeout": CONNECT_S, "command_timeout": STATEMENT_S}
    engine = create_async_engine(url, pool_size=20, max_overflow=30, pool_pre_ping=True, connect_args=patience)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        """Ids come as UUID itself: the driver's own subclass of it is refused by orjson."""
        codec = {"encoder": _uuid_bytes, "decoder": _uuid_of, "format": "binary"}
        connection.run_async(lambda driver: driver.set_type_codec("uuid", schema="pg_catalog", **codec))

    return engine


def _uuid_bytes(value: UUID | str) -> bytes:
    return value.bytes if isinstance(value, UUID) else UUID(value).bytes


def _uuid_of(value: bytes) -> UUID:
    return UUID(bytes=bytes(value))


def _sqlite_engine(url: str, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=pool_size, max_overflow=0, connect_args={"timeout": 30, "isolation_level": None}
    )
    _prepare_sqlite(engine.sync_engine, begin="BEGIN IMMEDIATE" if pool_size == 1 else "BEGIN")
    return engine


def _sqlite_batch_engine(file: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{file}", pool_size=1, max_overflow=0,
        connect_args={"timeout": 30, "isolation_level": None, "check_same_thread": False},
    )  # fmt: skip
    _prepare_sqlite(engine, begin="BEGIN IMMEDIATE")
    return engine


def _prepare_sqlite(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.create_function("lower", 1, _lower, deterministic=True)
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)


def migration_engine(url: str) -> AsyncEngine:
    """An engine without a pool, for migrations: on SQLite too they are all or nothing."""
    if not url.startswith("sqlite"):
        return create_async_engine(url, poolclass=NullPool)
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": 30, "isolation_level": None})
    _prepare_sqlite(engine.sync_engine, begin="BEGIN IMMEDIATE")
    return engine


def _lower(value: Any) -> Any:
    """SQL's `lower`, which SQLite knows for ASCII alone: searches find the same on both databases."""
    return value.lower() if isinstance(value, str) else value
