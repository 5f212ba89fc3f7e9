"""The schema: brought up to date by Alembic, one process at a time."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from weft.platform.database import migration_engine

_LOCK = 0x57454654


class SchemaOutdated(Exception):
    """The schema is not up to date, and may not be changed."""


def _folder() -> Path:
    installed = Path(__file__).parents[1] / "_migrations"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "migrations"


def alembic_config(connection: Connection) -> Any:
    """Alembic's configuration for an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    from alembic import command

    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    command.upgrade(alembic_config(connection), "head")


def _is_current(connection: Connection) -> bool:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    here = MigrationContext.configure(connection).get_current_revision()
    return here == ScriptDirectory.from_config(alembic_config(connection)).get_current_head()


async def migrate(url: str, *, change: bool = True) -> None:
    """Bring the schema up to date; with `change` False, raise SchemaOutdated where it is not."""
    engine = migration_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            Path(url.removeprefix("sqlite+aiosqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        async with engine.begin() as connection:
            if await connection.run_sync(_is_current):
                return
            if not change:
                raise SchemaOutdated("the database schema is not up to date: run 'weft migrate'")
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()
