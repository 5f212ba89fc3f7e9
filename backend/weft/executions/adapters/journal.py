"""The journal on SQL: accepting runs and appending their events, many in one commit.

Each append is checked against the row's `owner` and `epoch` under its lock: who lost the lease writes nothing.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from weft.engine.events import TERMINAL, Event
from weft.engine.journal import JournalLost
from weft.executions.adapters.accepting import Accepting, accept
from weft.executions.adapters.frames import add_events, encode_data, frame_of
from weft.executions.adapters.live import ProcessLiveFeed
from weft.executions.adapters.progress import Progress
from weft.executions.ports import Accepted, Frame
from weft.executions.tables import (
    blobs,
    execution_signals,
    executions,
    timers,
)
from weft.platform.database import Database, is_outage
from weft.platform.journal_writer import GroupCommit
from weft.platform.outbox import ADD_FACTS
from weft.platform.unit_of_work import event_row as fact_row

SNAPSHOT_EVENTS: Final = 2_000
RETRY_S: Final = 0.2
Refused = list[tuple["Accepting | Appending", BaseException]]


@dataclass(slots=True, eq=False)
class Appending:
    """One event of a run."""

    journal: "RunJournal"
    event: Event
    text: bytes
    is_patient = True

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
        self._snapshot_at = progress.last_sequence
        self.timers: set[str] = set()
        """Paths that may have a timer."""
        self.on_lost: Callable[[JournalLost], None] | None = None
        self.on_many: Callable[[], None] | None = None
        """Called when so many events were written that their fold is worth keeping."""

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
        while True:
            try:
                await self.writer.keep(self.progress.workspace_id, sha256, text)
                break
            except Exception as error:
                # The edge of the database: what a node gave is not thrown away because it is away for a moment.
                if not is_outage(error):
                    raise
            if self._lost is not None:
                raise self._lost
            await asyncio.sleep(RETRY_S)
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
        if self._durable - self._snapshot_at >= SNAPSHOT_EVENTS and self.on_many is not None:
            self._snapshot_at = self._durable
            self.on_many()

    def lose(self, error: BaseException) -> None:
        """Called by the writer: nothing of this run is written any more."""
        if self._lost is not None:
            return
        self._lost = error if isinstance(error, JournalLost) else JournalLost("write_failed", "It cannot be written.")
        for _, done in self._waiters:
            if not done.done():
                done.set_exception(self._lost)
        self._waiters.clear()
        if self.on_lost is not None:
            self.on_lost(self._lost)


class SqlJournal:
    """The one writer of a process: accepts, appends, keeps blobs, publishes after the commit."""

    def __init__(self, database: Database, live: ProcessLiveFeed) -> None:
        self._database = database
        self._live = live
        self._commits = GroupCommit(database, self._write)
        self._fresh: dict[UUID, list[Frame]] = {}
        self._insert = sqlite.insert if database.is_sqlite else postgresql.insert

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

    def _write(self, connection: Connection, batch: list[Accepting | Appending]) -> Refused:
        accepting = [item for item in batch if isinstance(item, Accepting)]
        appending = [item for item in batch if isinstance(item, Appending)]
        refused: Refused = []
        if accepting:
            refused += accept(connection, accepting)
        if appending:
            refused += self._append(connection, appending)
        return refused

    def _append(self, connection: Connection, items: list[Appending]) -> Refused:
        held = self._lock(connection, {item.journal: item.event.sequence for item in items})
        refused: Refused = [
            (item, JournalLost("lease_lost", "Another process took over this run."))
            for item in items
            if item.journal not in held
        ]
        fresh = [item for item in items if item.event.sequence > held.get(item.journal, 2**62)]
        if not fresh:
            return refused
        rows, facts = [], []
        moved = {journal: replace(journal.progress) for journal in dict.fromkeys(item.journal for item in fresh)}
        for item in fresh:
            # On a copy: a transaction that fails is tried again, and must find what it found before.
            progress = item.journal.proposed = moved[item.journal]
            rows.append((progress.workspace_id, progress.execution_id, item.event, item.text))
            fact = progress.apply(item.event, item.journal.whole_outputs(item.event))
            if fact is not None:
                facts.append(fact_row(fact))
        add_events(connection, rows)
        connection.execute(_MOVE, [progress.row() for progress in moved.values()])
        self._mark_signals(connection, fresh)
        self._set_timers(connection, fresh)
        if facts:
            connection.execute(ADD_FACTS, facts)
        return refused

    def _lock(self, connection: Connection, last: dict[RunJournal, int]) -> dict[RunJournal, int]:
        """The journals of this batch whose epoch still holds, each with what its run has already written.

        A batch whose commit got no answer may have been written: then its last event has given up the lease. A run
        that this very process lost and claimed anew may stand here with two journals: only one of them holds.
        """
        ids = list({journal.progress.execution_id for journal in last})
        found = {row.id: row for row in connection.execute(_LOCK, {"ids": ids})}
        held = {}
        for journal, sequence in last.items():
            progress, row = journal.progress, found.get(journal.progress.execution_id)
            if row is None or row.epoch != progress.epoch:
                continue
            if row.owner == progress.owner or row.last_sequence >= sequence:
                held[journal] = row.last_sequence
        return held

    def _mark_signals(self, connection: Connection, items: list[Appending]) -> None:
        """Signals that an event answers; with the terminal event, those that came too late to change anything."""
        answered = [
            {"b_id": UUID(item.event.signal), "b_sequence": item.event.sequence}
            for item in items
            if item.event.signal is not None
        ]
        if answered:
            connection.execute(_MARK, answered)
        ended = {
            item.journal.progress.execution_id: item.event.sequence for item in items if item.event.type in TERMINAL
        }
        if ended:
            late = connection.execute(_LATE, {"ids": list(ended)}).all()
            if late:
                marks = [{"b_id": row.id, "b_sequence": ended[row.execution_id]} for row in late]
                connection.execute(_MARK, marks)

    def _set_timers(self, connection: Connection, items: list[Appending]) -> None:
        """A timer for each wait; none any more where the wait, or the run, has ended."""
        table = timers.c
        for item in items:
            event, journal = item.event, item.journal
            if event.timer_at is not None and event.path is not None:
                self._set_timer(connection, journal, event.path, event.timer_at, event.sequence)
            elif journal.timers and event.type in TERMINAL:
                mine = table.execution_id == journal.progress.execution_id
                connection.execute(delete(timers).where(mine))
            elif event.path in journal.timers and event.type != "node.retrying":
                mine = (table.execution_id == journal.progress.execution_id) & (table.path == event.path)
                connection.execute(delete(timers).where(mine))

    def _set_timer(self, connection: Connection, journal: RunJournal, path: str, due_at: float, sequence: int) -> None:
        row = {"workspace_id": journal.progress.workspace_id, "due_at": due_at, "sequence": sequence}
        insert = self._insert(timers).values(execution_id=journal.progress.execution_id, path=path, **row)
        connection.execute(insert.on_conflict_do_update(index_elements=["execution_id", "path"], set_=row))
        journal.timers.add(path)

    # -- after the commit ----------------------------------------------------------------------------------------

    def publish(self, item: Appending) -> None:
        """Show a committed event to those who watch: what one commit brought of a run goes out together."""
        execution_id = item.journal.progress.execution_id
        if self._live.is_watched(execution_id):
            if not self._fresh:
                asyncio.get_running_loop().call_soon(self._send)
            self._fresh.setdefault(execution_id, []).append(frame_of(str(execution_id), item.event, item.text))

    def _send(self) -> None:
        fresh, self._fresh = self._fresh, {}
        for execution_id, frames in fresh.items():
            self._live.publish(execution_id, frames)


_LOCK = (
    select(executions.c.id, executions.c.owner, executions.c.epoch, executions.c.last_sequence)
    .where(executions.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(executions.c.id)
    .with_for_update()
)
_MARK = (
    update(execution_signals)
    .where(execution_signals.c.id == bindparam("b_id"), execution_signals.c.sequence.is_(None))
    .values(sequence=bindparam("b_sequence"))
)
_LATE = select(execution_signals.c.id, execution_signals.c.execution_id).where(
    execution_signals.c.execution_id.in_(bindparam("ids", expanding=True)), execution_signals.c.sequence.is_(None)
)
_MOVE = (
    update(executions)
    .where(executions.c.id == bindparam("b_id"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "status", "last_sequence", "started_at", "finished_at", "outputs", "error", "usage", "compensation",
                "owner",
            )
        }
    )
)  # fmt: skip
