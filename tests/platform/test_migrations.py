"""The migrations make what the code expects, forward and back, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from tests.servers.postgres import postgres_database

from weft.bootstrap import load_tables
from weft.platform.database import metadata, migration_engine
from weft.platform.migrations import SchemaOutdated, alembic_config, migrate


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/weft.db"
    else:
        async with postgres_database(request.getfixturevalue("postgres")) as made:
            yield made


async def on(url: str, work: Any) -> Any:
    engine = migration_engine(url)
    async with engine.begin() as connection:
        found = await connection.run_sync(work)
    await engine.dispose()
    return found


async def test_the_schema_is_what_the_tables_say(url: str) -> None:
    load_tables()
    with pytest.raises(SchemaOutdated):
        await migrate(url, change=False)
    await migrate(url)
    await migrate(url, change=False)
    assert await on(url, lambda c: compare_metadata(MigrationContext.configure(c), metadata)) == []


async def test_a_database_of_the_first_schema_is_brought_up_to_date_with_its_rows(url: str) -> None:
    def first(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), "0001")

    await on(url, first)
    columns = "id, workspace_id, name, graph, revision, created_at, updated_at"
    moment = "'2026-01-01 00:00:00'"
    row = f"'{UUID(int=1).hex}', '{UUID(int=2).hex}', 'Kept', '{{}}', 1, {moment}, {moment}"
    await on(url, lambda c: c.execute(text(f"INSERT INTO workflows ({columns}) VALUES ({row})")))
    with pytest.raises(SchemaOutdated):
        await migrate(url, change=False)
    await migrate(url)
    found = await on(url, lambda c: c.execute(text("SELECT name, share_hash FROM workflows")).all())
    assert found == [("Kept", None)]

    def back(connection: Connection) -> None:
        command.downgrade(alembic_config(connection), "0001")

    await on(url, back)
    assert await on(url, lambda c: c.execute(text("SELECT name FROM workflows")).all()) == [("Kept",)]


async def test_it_goes_back_and_forth(url: str) -> None:
    await migrate(url)

    def down(connection: Connection) -> list[str]:
        command.downgrade(alembic_config(connection), "base")
        return inspect(connection).get_table_names()

    assert await on(url, down) == ["alembic_version"]
    await migrate(url)
    assert "execution_events" in await on(url, lambda c: inspect(c).get_table_names())
