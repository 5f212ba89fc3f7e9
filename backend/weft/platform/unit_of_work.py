"""The unit of work on SQLAlchemy: one workspace, one transaction, its domain events written with the change."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from weft.engine.values import encode
from weft.kernel.actor import Actor
from weft.kernel.ids import WorkspaceId
from weft.kernel.messages import Event
from weft.platform.database import Database
from weft.platform.outbox import ADD_FACTS, Outbox

_ENVELOPE = {"workspace_id", "actor", "event_id", "occurred_at"}


def event_row(event: Event) -> dict[str, Any]:
    """`event` as a row of domain_events."""
    data = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in _ENVELOPE}
    return {
        "event_id": event.event_id,
        "workspace_id": event.workspace_id,
        "name": event.name,
        "data": encode(data).decode(),
        "actor": event.actor,
        "occurred_at": event.occurred_at,
    }


class SqlUnitOfWork:
    """Opens its connection at the first use: a command that only asks queries holds none."""

    def __init__(self, database: Database, outbox: Outbox, actor: Actor) -> None:
        self.actor = actor
        self.database = database
        self._outbox = outbox
        self._stack = AsyncExitStack()
        self._connection: AsyncConnection | None = None
        self._recorded: list[Event] = []
        self._calls: list[Callable[[], None]] = []

    @property
    def workspace_id(self) -> WorkspaceId:
        return self.actor.workspace_id

    def record(self, *events: Event) -> None:
        self._recorded.extend(events)

    def after_commit(self, call: Callable[[], None]) -> None:
        self._calls.append(call)

    async def release(self) -> None:
        """Commit what was done so far and give the connection back; a later use opens a new transaction."""
        await self._stack.aclose()
        self._stack, self._connection = AsyncExitStack(), None

    async def connection(self) -> AsyncConnection:
        """The transaction's connection."""
        if self._connection is None:
            self._connection = await self._stack.enter_async_context(self.database.write())
        return self._connection

    async def first(self, statement: Any) -> Any | None:
        """The first row of one SELECT: in the transaction where one is open, else on a reading connection."""
        if self._connection is not None:
            return (await self._connection.execute(statement)).first()
        async with self.database.read() as connection:
            return (await connection.execute(statement)).first()

    async def commit(self) -> None:
        """Write what was recorded, commit, and wake the subscribers."""
        if self._recorded:
            connection = await self.connection()
            await connection.execute(ADD_FACTS, [event_row(event) for event in self._recorded])
        await self._stack.aclose()
        if self._recorded:
            self._outbox.committed(event.name for event in self._recorded)
        for call in self._calls:
            call()

    async def rollback(self, error: BaseException) -> None:
        """Undo everything."""
        await self._stack.__aexit__(type(error), error, error.__traceback__)


@asynccontextmanager
async def unit_of_work(database: Database, outbox: Outbox, actor: Actor) -> AsyncIterator[SqlUnitOfWork]:
    """A unit of work that commits when the block ends, and rolls back when it raises."""
    work = SqlUnitOfWork(database, outbox, actor)
    try:
        yield work
        await work.commit()
    except BaseException as error:
        await work.rollback(error)
        raise


class ReadScope:
    """What a query is answered in: the actor, and connections for reading, one at a time."""

    def __init__(self, database: Database, actor: Actor) -> None:
        self.actor = actor
        self.database = database

    @property
    def workspace_id(self) -> WorkspaceId:
        """The one workspace this query reads."""
        return self.actor.workspace_id

    async def rows(self, statement: Any) -> Sequence[Any]:
        """All rows of one SELECT."""
        async with self.database.read() as connection:
            return (await connection.execute(statement)).all()

    async def first(self, statement: Any) -> Any | None:
        """The first row of one SELECT, or None."""
        async with self.database.read() as connection:
            return (await connection.execute(statement)).first()


@asynccontextmanager
async def read_scope(database: Database, actor: Actor) -> AsyncIterator[ReadScope]:
    """A scope for one query."""
    yield ReadScope(database, actor)
