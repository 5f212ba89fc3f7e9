"""Who owns which run. A process renews one heartbeat row, and its leases live as long as it does.

On SQLite one process owns every lease at once: the lock on the data directory says so. On PostgreSQL a taker must
have seen the same heartbeat counter for LEASE_S of its own monotonic clock, and taking over raises the epoch.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from weft.executions.tables import execution_events, execution_signals, executions, timers, workers
from weft.platform.database import Database

RENEW_S: Final = 2.0
LEASE_S: Final = 6.0
BATCH: Final = 50
FORGOTTEN: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that this process now owns under `epoch`. `takeovers`: so many owners in a row were lost with it."""

    execution_id: UUID
    workspace_id: UUID
    epoch: int
    cause: str
    takeovers: int


class Leases:
    """The claims of one process, named `owner`."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self.owner = owner
        self._counter = 0
        self._seen: dict[str, tuple[int, float]] = {}
        self.renewed_at = time.monotonic()

    async def renew(self) -> None:
        """One heartbeat. A holder counts from before it was sent."""
        sent = time.monotonic()
        if self._database.is_sqlite:
            # The lock on the data directory says who lives: nobody reads the heartbeat.
            self.renewed_at = sent
            return
        self._counter += 1
        values = {"counter": self._counter, "heartbeat_at": datetime.now(UTC)}
        async with self._database.write() as connection:
            moved = await connection.execute(update(workers).where(workers.c.name == self.owner).values(values))
            if not moved.rowcount:
                await connection.execute(workers.insert().values(name=self.owner, **values))
        self.renewed_at = sent

    async def forget_dead(self) -> None:
        """Remove heartbeats that stood still for long: processes that died leave theirs behind."""
        long_ago = datetime.now(UTC) - FORGOTTEN
        async with self._database.write() as connection:
            await connection.execute(delete(workers).where(workers.c.heartbeat_at < long_ago))

    async def leave(self) -> None:
        """Give up the heartbeat, and every run that is still owned: others may take them at once."""
        async with self._database.write() as connection:
            await connection.execute(delete(workers).where(workers.c.name == self.owner))
            mine = (executions.c.owner == self.owner) & _is_live()
            await connection.execute(update(executions).where(mine).values(owner=None))

    async def release(self, execution_id: UUID) -> None:
        """Give up one run: this process cannot work on it, another may."""
        mine = (executions.c.id == execution_id) & (executions.c.owner == self.owner)
        async with self._database.write() as connection:
            await connection.execute(update(executions).where(mine).values(owner=None))

    async def still_mine(self, execution_ids: Collection[UUID]) -> set[UUID]:
        """Those of these runs that are owned under this name and have not ended."""
        mine = executions.c.id.in_(execution_ids) & (executions.c.owner == self.owner) & _is_live()
        async with self._database.read() as connection:
            return set((await connection.execute(select(executions.c.id).where(mine))).scalars())

    async def dead_owners(self) -> list[str]:
        """Owners of live runs whose heartbeat has stood still for LEASE_S of our own clock, or is gone."""
        async with self._database.read() as connection:
            owners = set(
                (await connection.execute(select(executions.c.owner).where(_is_live()).distinct())).scalars()
            ) - {None, self.owner}
            counters = {row.name: row.counter for row in await connection.execute(select(workers))}
        now = time.monotonic()
        if self._database.is_sqlite:
            return sorted(owners)
        dead = []
        for owner in owners:
            counter = counters.get(owner, -1)
            seen = self._seen.get(owner)
            if seen is None or seen[0] != counter:
                self._seen[owner] = (counter, now)
            elif now - seen[1] >= LEASE_S:
                dead.append(owner)
        return dead

    async def claim(
        self, dead: Collection[str], room: int, *, orphans: Collection[UUID] = (), unknown: Collection[str] = ()
    ) -> list[Claim]:
        """Take what nobody holds: new runs, due ones, signalled ones, those of dead owners, and our own `orphans`.

        Those of `unknown` graphs are left to others. At most BATCH at a time, in one statement: first those of the
        workspace with the fewest running, the claimed ones counted in, then by priority, then by age.
        """
        if room <= 0:
            return []
        now = datetime.now(UTC).timestamp()
        table = executions.c
        due = select(timers.c.execution_id).where(timers.c.due_at <= now)
        signalled = select(execution_signals.c.execution_id).where(execution_signals.c.sequence.is_(None))
        free = table.owner.is_(None) & (
            table.status.in_(("queued", "running"))
            | ((table.status == "waiting") & (table.id.in_(due) | table.id.in_(signalled)))
        )
        lost = table.owner.in_(dead) | (table.id.in_(orphans) & (table.owner == self.owner))
        is_due = table.id.in_(due).label("is_due")
        # Said again for all of them: else PostgreSQL finds no index for the alternatives, and reads every ended run.
        not_ended = table.status.in_(("queued", "running", "waiting"))
        wanted = not_ended & or_(free, lost & _is_live()) & table.graph_hash.not_in(unknown)
        async with self._database.read() as connection:
            if (await connection.execute(select(table.id).where(wanted).limit(1))).first() is None:
                return []
        turns = _turns(wanted, dead)
        statement = (
            select(table.id, table.workspace_id, table.status, table.epoch, table.owner, table.takeovers, is_due)
            .join(turns, turns.c.id == table.id)
            .where(wanted)
            .order_by(turns.c.turn, table.priority.desc(), table.created_at)
            .limit(min(BATCH, room))
        )
        async with self._database.write() as connection:
            rows = (await connection.execute(statement.with_for_update(skip_locked=True, of=executions))).all()
            return [await self._take(connection, row) for row in rows]

    async def _take(self, connection: AsyncConnection, row: Any) -> Claim:
        lost = row.owner is not None
        takeovers = await self._count_takeovers(connection, row) if lost else row.takeovers
        # A waiting one runs from now: whoever loses it again must leave something that can be found.
        status = "running" if row.status == "waiting" else row.status
        values = {"owner": self.owner, "epoch": row.epoch + 1, "takeovers": takeovers, "status": status}
        await connection.execute(update(executions).where(executions.c.id == row.id).values(values))
        cause = "takeover" if lost else "handover"
        if row.status == "waiting":
            cause = "timer" if row.is_due else "signal"
        return Claim(row.id, row.workspace_id, row.epoch + 1, cause, takeovers)

    async def _count_takeovers(self, connection: AsyncConnection, row: Any) -> int:
        """A lost epoch that began a node and ended none counts; one that ended a node starts the count anew."""
        table = execution_events.c
        rows = await connection.execute(
            select(table.type, func.count())
            .where(table.execution_id == row.id, table.epoch == row.epoch, table.type.like("node.%"))
            .group_by(table.type)
        )
        counts: dict[str, int] = {kind: number for kind, number in rows}  # noqa: C416
        ended = any(counts.get(f"node.{end}") for end in ("completed", "failed", "skipped", "cancelled"))
        if ended:
            return 0
        return row.takeovers + 1 if counts.get("node.started") else int(row.takeovers)


def _turns(wanted: Any, dead: Collection[str]) -> Any:
    """For each run that is wanted, how many of its workspace run before it: those that do now, and those ahead."""
    table, holders = executions.c, executions.alias()
    running = (
        select(holders.c.workspace_id, func.count().label("count"))
        .where(holders.c.status == "running", holders.c.owner.is_not(None), holders.c.owner.not_in(dead))
        .group_by(holders.c.workspace_id)
        .subquery()
    )
    ahead = func.row_number().over(
        partition_by=table.workspace_id, order_by=(table.priority.desc(), table.created_at, table.id)
    )
    return (
        select(table.id, (func.coalesce(running.c.count, 0) + ahead).label("turn"))
        .outerjoin(running, running.c.workspace_id == table.workspace_id)
        .where(wanted)
        .subquery()
    )


def _is_live() -> Any:
    return executions.c.status.in_(("queued", "running"))
