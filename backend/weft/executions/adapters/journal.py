"""The journal on SQL: accepting runs and appending their events, many in one commit.

Each append is checked against the row's `owner` and `epoch` under its lock: who lost the lease writes nothing.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from weft.engine.events import TERMINAL, Event
from weft.engine.journal import JournalLost
from weft.executions.adapters.frames import encode_data, frame_of
from weft.executions.adapters.live import ProcessLiveFeed
from weft.executions.adapters.progress import Progress
from weft.executions.domain import Execution
from weft.executions.ports import Accepted, IdempotencyKey
from weft.executions.tables import (
    blobs,
    event_depth,
    execution_events,
    execution_signals,
    executions,
    idempotency_keys,
    timers,
)
from weft.kernel.errors import Conflict, Unavailable
from weft.kernel.ids import ExecutionId
from weft.platform.database import Database
from weft.platform.journal_writer import GroupCommit
from weft.platform.outbox import Outbox, domain_events
from weft.platform.unit_of_work import event_row

ACCEPT_BYTES: Final = 1_000


@dataclass(slots=True, eq=False)
class Accepting:
    """A run to be accepted, with the request that waits for it."""

    execution: Execution
    row: dict[str, Any]
    facts: list[dict[str, Any]]
    key: IdempotencyKey | None
    expires_at: datetime
    outcome: "asyncio.Future[Accepted]"
    existing: Accepted | None = None
    size: int = ACCEPT_BYTES

    def written(self) -> None:
        if not self.outcome.done():
            self.outcome.set_result(self.existing or Accepted(self.execution.id, is_new=True))

    def refused(self, error: BaseException) -> None:
        if not self.outcome.done():
            known = isinstance(error, Conflict)
            self.outcome.set_exception(error if known else Unavailable("The run could not be written. Try again."))

    @property
    def key_of_batch(self) -> object:
        return self.execution.id


@dataclass(slots=True, eq=False)
class Appending:
    """One event of a run."""

    journal: "RunJournal"
    event: Event
    text: bytes

    @property
    def key_of_batch(self) -> object:
        return self.journal.progress.execution_id

    @property
    def size(self) -> int:
        return len(self.text) + 200

    def written(self) -> None:
        self.journal.event_written(self)
        self.journal.writer.publish(self)

    def refused(self, error: BaseException) -> None:
        self.journal.lose(error)


class RunJournal:
    """The engine's journal of one run, under one epoch."""

    def __init__(self, writer: "SqlJournal", progress: Progress) -> None:
        self.progress = progress
        self.proposed: Progress | None = None
        self.writer = writer
        self._appended = progress.last_sequence
        self._durable = progress.last_sequence
        self._waiters: list[tuple[int, asyncio.Future[None]]] = []
        self._kept: dict[str, bytes] = {}
        self._lost: JournalLost | None = None
        self.has_timers = False

    @property
    def backlog(self) -> int:
        return self._appended - self._durable

    def append(self, event: Event) -> None:
        if self._lost is not None:
            return
        self._appended = event.sequence
        self.writer.append(Appending(self, event, encode_data(event)))

    def stream(self, event: Event) -> None:
        self.writer.show(self.progress.execution_id, event)

    async def committed(self) -> None:
        if self._lost is not None:
            raise self._lost
        if self._durable >= self._appended:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append((self._appended, done))
        await done

    async def keep(self, sha256: str, text: bytes) -> None:
        await self.writer.keep(self.progress.workspace_id, sha256, text)
        self._kept = {sha256: text}

    async def load(self, sha256: str) -> bytes:
        return await self.writer.load(self.progress.workspace_id, sha256)

    def whole_outputs(self, event: Event) -> bytes | None:
        """The text behind the outputs of a terminal event, where they were kept as a blob."""
        if "outputs" not in event.data.get("blobs", ()):
            return None
        return self._kept.get(event.data["outputs"]["$blob"])

    def event_written(self, item: Appending) -> None:
        """Called by the writer after the commit."""
        self._durable = item.event.sequence
        self.progress = self.proposed or self.progress
        while self._waiters and self._waiters[0][0] <= self._durable:
            _, done = self._waiters.pop(0)
            if not done.done():
                done.set_result(None)

    def lose(self, error: BaseException) -> None:
        """Called by the writer: nothing of this run is written any more."""
        self._lost = error if isinstance(error, JournalLost) else JournalLost("write_failed", "It cannot be written.")
        for _, done in self._waiters:
            if not done.done():
                done.set_exception(self._lost)
        self._waiters.clear()
        self.writer.lost(self.progress.execution_id, self._lost)


class SqlJournal:
    """The one writer of a process: accepts, appends, keeps blobs, publishes after the commit."""

    def __init__(self, database: Database, outbox: Outbox, live: ProcessLiveFeed) -> None:
        self._database = database
        self._outbox = outbox
        self._live = live
        self._commits = GroupCommit(database, self._write)
        self._insert = sqlite.insert if database.is_sqlite else postgresql.insert
        self.on_lost: dict[UUID, Any] = {}

    async def stop(self) -> None:
        """Write what is queued."""
        await self._commits.stop()

    # -- for accepting and for runs ------------------------------------------------------------------------------

    async def submit(self, accepting: Accepting) -> Accepted:
        """Accept a run; returns after the commit."""
        self._commits.submit(accepting)
        return await accepting.outcome

    def append(self, item: Appending) -> None:
        """Queue an event."""
        self._commits.submit(item)

    def show(self, execution_id: UUID, event: Event) -> None:
        """Stream a delta to those who watch."""
        if self._live.is_watched(execution_id):
            self._live.publish(execution_id, [frame_of(str(execution_id), event, encode_data(event))])

    def lost(self, execution_id: UUID, reason: JournalLost) -> None:
        """Tell who works on the run that it is not theirs any more."""
        stop = self.on_lost.pop(execution_id, None)
        if stop is not None:
            stop(reason)

    async def keep(self, workspace_id: UUID, sha256: str, text: bytes) -> None:
        """Store a blob, or touch it where it is known: it is durable when this returns."""
        now = datetime.now(UTC)
        insert = self._insert(blobs).values(
            workspace_id=workspace_id, sha256=sha256, size=len(text), body=text, last_used_at=now
        )
        insert = insert.on_conflict_do_update(index_elements=["workspace_id", "sha256"], set_={"last_used_at": now})
        async with self._database.write() as connection:
            await connection.execute(insert)

    async def load(self, workspace_id: UUID, sha256: str) -> bytes:
        """The text of a blob. Raises KeyError."""
        async with self._database.read() as connection:
            where = (blobs.c.workspace_id == workspace_id) & (blobs.c.sha256 == sha256)
            body = (await connection.execute(select(blobs.c.body).where(where))).scalar()
        if body is None:
            raise KeyError(sha256)
        return bytes(body)

    # -- one transaction -----------------------------------------------------------------------------------------

    async def _write(
        self, connection: AsyncConnection, batch: list[Accepting | Appending]
    ) -> list[tuple[Accepting | Appending, BaseException]]:
        accepting = [item for item in batch if isinstance(item, Accepting)]
        appending = [item for item in batch if isinstance(item, Appending)]
        refused: list[tuple[Accepting | Appending, BaseException]] = []
        if accepting:
            refused += await self._accept(connection, accepting)
        if appending:
            refused += await self._append(connection, appending)
        return refused

    async def _accept(
        self, connection: AsyncConnection, items: list[Accepting]
    ) -> list[tuple[Accepting | Appending, BaseException]]:
        refused = await self._match_keys(connection, items)
        lost = {id(item) for item, _ in refused}
        fresh = [item for item in items if item.existing is None and id(item) not in lost]
        if not fresh:
            return refused
        await connection.execute(executions.insert(), [item.row for item in fresh])
        events = [
            _event_row(item.execution.workspace_id, item.execution.id, event, encode_data(event))
            for item in fresh
            for event in item.execution.history
        ]
        await connection.execute(execution_events.insert(), events)
        await connection.execute(domain_events.insert(), [fact for item in fresh for fact in item.facts])
        keys = [_key_row(item) for item in fresh if item.key is not None]
        if keys:
            await connection.execute(idempotency_keys.insert(), keys)
        return refused

    async def _match_keys(
        self, connection: AsyncConnection, items: list[Accepting]
    ) -> list[tuple[Accepting | Appending, BaseException]]:
        """Find what the same key made before, in the database and earlier in this very batch."""
        keyed = [item for item in items if item.key is not None]
        if not keyed:
            return []
        table = idempotency_keys.c
        wanted = [(item.execution.workspace_id, item.key.key) for item in keyed if item.key]
        rows = await connection.execute(
            select(idempotency_keys).where(tuple_(table.workspace_id, table.key).in_(wanted))
        )
        now = datetime.now(UTC)
        known = {
            (row.workspace_id, row.key): (row.request_hash, row.execution_id) for row in rows if row.expires_at > now
        }
        expired = set(wanted) - set(known)
        await connection.execute(delete(idempotency_keys).where(tuple_(table.workspace_id, table.key).in_(expired)))
        refused: list[tuple[Accepting | Appending, BaseException]] = []
        for item in keyed:
            assert item.key is not None
            name = (item.execution.workspace_id, item.key.key)
            request_hash, execution_id = known.setdefault(name, (item.key.request_hash, item.execution.id))
            if request_hash != item.key.request_hash:
                message = "This Idempotency-Key came with another request before."
                refused.append((item, Conflict(message, code="idempotency_key_reused")))
            elif execution_id != item.execution.id:
                item.existing = Accepted(ExecutionId(execution_id), is_new=False)
        return refused

    async def _append(
        self, connection: AsyncConnection, items: list[Appending]
    ) -> list[tuple[Accepting | Appending, BaseException]]:
        journals = {item.journal.progress.execution_id: item.journal for item in items}
        held = await self._lock(connection, journals, {item.journal: item.event.sequence for item in items})
        refused: list[tuple[Accepting | Appending, BaseException]] = [
            (item, JournalLost("lease_lost", "Another process took over this run."))
            for item in items
            if item.journal.progress.execution_id not in held
        ]
        fresh = [item for item in items if item.event.sequence > held.get(item.journal.progress.execution_id, 2**62)]
        if not fresh:
            return refused
        rows, facts = [], []
        moved = {id(item.journal): replace(item.journal.progress) for item in fresh}
        for item in fresh:
            # On a copy: a transaction that fails is tried again, and must find what it found before.
            progress = item.journal.proposed = moved[id(item.journal)]
            rows.append(_event_row(progress.workspace_id, progress.execution_id, item.event, item.text))
            fact = progress.apply(item.event, item.journal.whole_outputs(item.event))
            if fact is not None:
                facts.append(event_row(fact))
        await connection.execute(execution_events.insert(), rows)
        await connection.execute(_MOVE, [progress.row() for progress in moved.values()])
        await self._mark_signals(connection, fresh)
        await self._set_timers(connection, fresh)
        if facts:
            await connection.execute(domain_events.insert(), facts)
        return refused

    async def _lock(
        self, connection: AsyncConnection, journals: dict[UUID, RunJournal], last: dict[RunJournal, int]
    ) -> dict[UUID, int]:
        """The runs of this batch that are still held by who writes, each with what it has already written.

        A batch whose commit got no answer may have been written: then its last event has given up the lease.
        """
        table = executions.c
        rows = await connection.execute(
            select(table.id, table.owner, table.epoch, table.last_sequence)
            .where(table.id.in_(journals))
            .order_by(table.id)
            .with_for_update()
        )
        held = {}
        for row in rows:
            progress = journals[row.id].progress
            written = row.last_sequence >= last[journals[row.id]]
            if row.epoch == progress.epoch and (row.owner == progress.owner or written):
                held[row.id] = row.last_sequence
        return held

    async def _mark_signals(self, connection: AsyncConnection, items: list[Appending]) -> None:
        table = execution_signals.c
        for item in items:
            event = item.event
            if event.signal is not None:
                mark = update(execution_signals).where(table.id == UUID(event.signal)).values(sequence=event.sequence)
                await connection.execute(mark)
            if event.type in TERMINAL:
                mine = (table.execution_id == item.journal.progress.execution_id) & table.sequence.is_(None)
                await connection.execute(update(execution_signals).where(mine).values(sequence=event.sequence))

    async def _set_timers(self, connection: AsyncConnection, items: list[Appending]) -> None:
        table = timers.c
        for item in items:
            event, journal = item.event, item.journal
            mine = table.execution_id == journal.progress.execution_id
            if event.timer_at is not None:
                row = {
                    "workspace_id": journal.progress.workspace_id,
                    "due_at": event.timer_at,
                    "sequence": event.sequence,
                }
                key = {"execution_id": journal.progress.execution_id, "path": event.path}
                insert = self._insert(timers).values(**key, **row)
                await connection.execute(
                    insert.on_conflict_do_update(index_elements=["execution_id", "path"], set_=row)
                )
                journal.has_timers = True
            elif journal.has_timers and event.type in TERMINAL:
                await connection.execute(delete(timers).where(mine))
            elif journal.has_timers and event.path is not None and event.type != "node.retrying":
                await connection.execute(delete(timers).where(mine & (table.path == event.path)))

    # -- after the commit ----------------------------------------------------------------------------------------

    def publish(self, item: Appending) -> None:
        """Show a committed event to those who watch."""
        execution_id = item.journal.progress.execution_id
        if self._live.is_watched(execution_id):
            self._live.publish(execution_id, [frame_of(str(execution_id), item.event, item.text)])


_MOVE = (
    update(executions)
    .where(executions.c.id == bindparam("b_id"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "status", "last_sequence", "started_at", "finished_at", "outputs", "error", "usage", "compensation", "owner",
            )
        }
    )
)  # fmt: skip


def _event_row(workspace_id: UUID, execution_id: UUID, event: Event, text: bytes) -> dict[str, Any]:
    return {
        "workspace_id": workspace_id,
        "execution_id": execution_id,
        "sequence": event.sequence,
        "type": event.type,
        "node": event.node,
        "path": event.path,
        "depth": event_depth(event.path),
        "epoch": event.epoch,
        "at": event.at,
        "data": text.decode(),
    }


def _key_row(item: Accepting) -> dict[str, Any]:
    assert item.key is not None
    return {
        "workspace_id": item.execution.workspace_id,
        "key": item.key.key,
        "request_hash": item.key.request_hash,
        "execution_id": item.execution.id,
        "expires_at": item.expires_at,
    }
