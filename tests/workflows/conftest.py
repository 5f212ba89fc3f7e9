"""A bus with the handlers of this context over a real database, SQLite and PostgreSQL by one parameter."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

import weft.nodes
from tests.servers.postgres import postgres_database
from weft.credentials.tables import credentials
from weft.engine.catalog import Catalog, load_catalog
from weft.kernel.actor import PERMISSIONS, Actor, Role
from weft.kernel.bus import Bus
from weft.kernel.clock import Clock, SystemClock
from weft.kernel.ids import WorkspaceId, new_id
from weft.platform.cache import Cache
from weft.platform.database import Database, metadata
from weft.platform.outbox import Outbox, domain_events
from weft.platform.sealing import Sealer
from weft.platform.unit_of_work import ReadScope, read_scope, unit_of_work
from weft.workflows import commands, queries
from weft.workflows.adapters.references import SqlReferences
from weft.workflows.adapters.sharing import SealedShareTokens
from weft.workflows.adapters.sql import SqlWorkflows
from weft.workflows.ports import References, ShareTokens, Workflows
from weft.workflows.tables import workflows


def actor(role: Role = Role.OWNER, workspace: WorkspaceId | None = None) -> Actor:
    return Actor(workspace or WorkspaceId(new_id()), PERMISSIONS[role], role=role)


@dataclass
class House:
    bus: Bus
    database: Database
    catalog: Catalog
    statements: list[str] = field(default_factory=list)

    async def events(self, name: str, who: Actor) -> int:
        """How many domain events of that name the actor's workspace has."""
        table = domain_events.c
        statement = select(func.count()).where(table.name == name, table.workspace_id == who.workspace_id)
        async with self.database.read() as connection:
            return int((await connection.execute(statement)).scalar_one())


@pytest.fixture(scope="session")
def postgres_tables(postgres: str) -> Iterator[str]:
    """The one PostgreSQL database, with all tables, that the tests of this folder share."""
    opened = postgres_database(postgres)
    with asyncio.Runner() as runner:
        url = runner.run(opened.__aenter__())
        runner.run(_create_tables(url))
        yield url
        runner.run(opened.__aexit__(None, None, None))


async def _create_tables(url: str) -> None:
    database = Database(url)
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)
    await database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def tables_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_tables"))
    return f"sqlite+aiosqlite:///{tmp_path}/weft.db"


@pytest.fixture
async def database(tables_url: str) -> AsyncIterator[Database]:
    found = Database(tables_url)
    if found.is_sqlite:
        async with found.write() as connection:
            await connection.run_sync(metadata.create_all)
    yield found
    await found.close()


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog(weft.nodes)


@pytest.fixture
def house(database: Database, catalog: Catalog) -> House:
    outbox, kept = Outbox(database), Cache()
    bus = Bus(
        {
            Actor: lambda scope: scope.actor,
            ReadScope: lambda scope: scope,
            Workflows: lambda work: SqlWorkflows(work),
            References: lambda scope: SqlReferences(scope, {"workflow": workflows, "credential": credentials}),
            Catalog: lambda _: catalog,
            ShareTokens: lambda _: SealedShareTokens(Sealer(["k" * 32], "shares")),
            Cache: lambda _: kept,
            Clock: lambda _: SystemClock(),
        },
        lambda who: unit_of_work(database, outbox, who),
        lambda who: read_scope(database, who),
    )
    bus.register(commands, queries)
    house = House(bus, database, catalog)

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            house.statements.append(statement)

    return house


GRAPH: dict[str, Any] = {
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "greet", "type": "template", "config": {"template": "Hello {{ input.name }}"}},
        {"id": "end", "type": "end", "config": {"outputs": {"text": "{{ greet.text }}"}}},
    ],
    "edges": [{"source": "start", "target": "greet"}, {"source": "greet", "target": "end"}],
}
