"""Domain events, written with the change that caused them, then handed to subscribers in order.

`domain_events` is event store and outbox in one. Each subscriber has a checkpoint: what it did not handle is
handed to it again, so each is idempotent. One that keeps failing does not stop the others: after `MAX_TRIES`
the event goes to dead_letters and the subscriber goes on.

Order on PostgreSQL: ids become visible out of order, so a subscriber reads by (xid, position) and only below the
oldest transaction still running (`pg_snapshot_xmin`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, Uuid, and_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from weft.engine.values import decode
from weft.kernel.ids import new_id
from weft.kernel.messages import RecordedEvent
from weft.platform.database import Database, Timestamp, metadata
from weft.platform.tasks import end_tasks

log = structlog.get_logger()
MAX_TRIES = 5
BATCH = 200
SOON, SOON_S = 20, 0.1
"""After a wake-up, so many looks follow at this distance, in seconds, before the usual poll."""
STOP_S = 1.0


class TransactionId(FunctionElement[int]):
    """The id of the transaction that writes the row; SQLite has one writer and needs none."""

    inherit_cache = True


@compiles(TransactionId)
def _transaction_id(_element: TransactionId, compiler: SQLCompiler, **_options: Any) -> str:
    return "0" if compiler.dialect.name == "sqlite" else "pg_current_xact_id()::text::bigint"


domain_events = Table(
    "domain_events",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("xid", BigInteger, nullable=False, default=TransactionId()),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("workspace_id", Uuid, nullable=False),
    Column("name", String(100), nullable=False),
    Column("data", Text, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("occurred_at", Timestamp, nullable=False),
    Index(None, "workspace_id", "position"),
    Index(None, "xid", "position"),
)
ADD_FACTS = domain_events.insert().inline()
"""Made once, so that it is prepared once; nobody asks for the positions that the rows are given."""
subscriber_checkpoints = Table(
    "subscriber_checkpoints",
    metadata,
    Column("subscriber", String(100), primary_key=True),
    Column("xid", BigInteger, nullable=False, server_default="0"),
    Column("position", BigInteger, nullable=False, server_default="0"),
)
dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid, nullable=False),
    Column("source", String(100), nullable=False),
    Column("cause", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Index(None, "workspace_id", "created_at"),
)

Handle = Callable[[RecordedEvent, AsyncConnection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who wants which events (None: all). `handle` works in the transaction that moves the checkpoint."""

    name: str
    events: frozenset[str] | None
    handle: Handle


class Outbox:
    """Hands committed domain events to each subscriber, each at its own pace."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._subscribers: list[Subscriber] = []
        self._listeners: list[Callable[[str], None]] = []
        self._wakers: list[asyncio.Event] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.poll_s = 5.0
        """What a run commits wakes nobody, and is found then: a thousand runs a second are handed over together."""

    def subscribe(self, subscriber: Subscriber) -> None:
        """Add a subscriber, before `start`."""
        self._subscribers.append(subscriber)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the name of each event that this process commits, before its command is answered.

        Other processes, and this one after a crash, learn of it as subscribers only.
        """
        self._listeners.append(listener)

    def committed(self, names: Iterable[str]) -> None:
        """Events of these names were committed here."""
        for name in names:
            for listener in self._listeners:
                listener(name)
        self.wake()

    def wake(self) -> None:
        """Something was committed."""
        for waker in self._wakers:
            waker.set()

    def start(self) -> None:
        """Begin to hand over."""
        for subscriber in self._subscribers:
            waker = asyncio.Event()
            waker.set()
            self._wakers.append(waker)
            self._tasks.append(asyncio.create_task(self._run(subscriber, waker), name=f"outbox:{subscriber.name}"))

    async def stop(self) -> None:
        """Stop; what was not handed over is handed over at the next start."""
        await end_tasks(self._tasks, STOP_S)
        self._tasks.clear()
        self._wakers.clear()

    async def _run(self, subscriber: Subscriber, waker: asyncio.Event) -> None:
        tries, soon = 0, 0
        while True:
            soon = SOON if waker.is_set() else max(0, soon - 1)
            waker.clear()
            try:
                handled = await self._hand_over(subscriber, give_up=tries >= MAX_TRIES)
                tries = 0
            except Exception as error:
                tries += 1
                log.warning("subscriber failed", subscriber=subscriber.name, tries=tries, error=repr(error))
                await asyncio.sleep(min(2.0**tries / 10, 5))
                continue
            if handled < BATCH:
                with suppress(TimeoutError):
                    # What woke us may be hidden for a moment behind an older transaction that still runs.
                    wait_s = SOON_S if soon and not self._database.is_sqlite else self.poll_s
                    async with asyncio.timeout(wait_s):  # wait_for loses a cancel that meets the wake-up
                        await waker.wait()

    async def _hand_over(self, subscriber: Subscriber, *, give_up: bool) -> int:
        """One batch; after too many failures one event at a time, the failing one into dead_letters."""
        if not await self._anything_new(subscriber.name):
            return 0
        async with self._database.write() as connection:
            xid, position = await self._checkpoint(connection, subscriber.name)
            rows = (await connection.execute(self._after(xid, position).limit(1 if give_up else BATCH))).all()
            for row in rows:
                event = RecordedEvent(
                    row.position, row.event_id, row.workspace_id, row.name, decode(row.data), row.actor, row.occurred_at
                )
                if subscriber.events is not None and event.name not in subscriber.events:
                    continue
                try:
                    async with connection.begin_nested():
                        await subscriber.handle(event, connection)
                except Exception as error:
                    if not give_up:
                        raise
                    await connection.execute(dead_letters.insert().values(_dead_letter(subscriber, event, error, row)))
            if rows:
                await connection.execute(
                    update(subscriber_checkpoints)
                    .where(subscriber_checkpoints.c.subscriber == subscriber.name)
                    .values(xid=rows[-1].xid, position=rows[-1].position)
                )
            return len(rows)

    async def _anything_new(self, name: str) -> bool:
        """Asked on a reader, so that an idle subscriber never takes the writer's lock."""
        async with self._database.read() as connection:
            statement = select(subscriber_checkpoints).where(subscriber_checkpoints.c.subscriber == name)
            row = (await connection.execute(statement)).first()
            xid, position = (row.xid, row.position) if row else (0, 0)
            return (await connection.execute(self._after(xid, position).limit(1))).first() is not None

    async def _checkpoint(self, connection: AsyncConnection, name: str) -> tuple[int, int]:
        statement = select(subscriber_checkpoints).where(subscriber_checkpoints.c.subscriber == name)
        row = (await connection.execute(statement.with_for_update())).first()
        if row is None:
            await connection.execute(subscriber_checkpoints.insert().values(subscriber=name))
            return 0, 0
        return row.xid, row.position

    def _after(self, xid: int, position: int):  # type: ignore[no-untyped-def]
        table = domain_events.c
        later = (table.xid > xid) | and_(table.xid == xid, table.position > position)
        statement = select(domain_events).where(later).order_by(table.xid, table.position)
        if not self._database.is_sqlite:
            statement = statement.where(text("xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
        return statement


def _dead_letter(subscriber: Subscriber, event: RecordedEvent, error: Exception, row: object) -> dict[str, object]:
    return {
        "id": new_id(),
        "workspace_id": event.workspace_id,
        "source": f"subscriber:{subscriber.name}",
        "cause": type(error).__name__,
        "body": row.data,  # type: ignore[attr-defined]
        "created_at": event.occurred_at,
    }
