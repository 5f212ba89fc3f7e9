"""Leases on the rows themselves: whose turn it is, and what a lost owner may still write."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, text, update

from tests.servers.postgres import postgres_database
from weft.bootstrap import load_tables
from weft.engine.events import Event
from weft.engine.journal import JournalLost
from weft.executions.adapters.journal import RunJournal, SqlJournal
from weft.executions.adapters.leases import Leases
from weft.executions.adapters.live import ProcessLiveFeed
from weft.executions.adapters.progress import Progress
from weft.executions.adapters.snapshots import save_snapshot
from weft.executions.tables import execution_events, execution_snapshots, executions
from weft.kernel.ids import WorkspaceId, new_id
from weft.platform.database import Database
from weft.platform.migrations import migrate

AT = "2026-01-01T00:00:00.000Z"
ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty one of each kind."""
    load_tables()
    if request.param == "sqlite":
        async for opened in _open(f"sqlite+aiosqlite:///{tmp_path}/weft.db"):
            yield opened
        return
    async with postgres_database(request.getfixturevalue("postgres")) as url:
        async for opened in _open(url):
            yield opened


async def _open(url: str) -> AsyncIterator[Database]:
    await migrate(url, change=True)
    database = Database(url)
    yield database
    await database.close()


async def insert(database: Database, workspace: UUID, *, age_s: int = 0, **values: Any) -> UUID:
    """A queued run that nobody holds, unless `values` say otherwise."""
    row = {
        "id": new_id(), "workspace_id": workspace, "version": "1", "graph_hash": "0" * 64, "status": "queued",
        "durability": "async", "trigger": "{}", "limits": "{}", "inputs": "{}", "epoch": 1, "last_sequence": 0,
        "created_at": datetime.now(UTC) - timedelta(seconds=age_s), **values,
    }  # fmt: skip
    async with database.write() as connection:
        await connection.execute(executions.insert().values(row))
    return UUID(str(row["id"]))


def journal_of(database: Database, writer: SqlJournal, execution_id: UUID, owner: str) -> RunJournal:
    """The journal of an owner under epoch 1, at the run's beginning."""
    return RunJournal(writer, Progress(execution_id, WorkspaceId(ONE), None, owner, 1))


async def events(database: Database, execution_id: UUID) -> list[tuple[int, int]]:
    """(sequence, epoch) of what is written."""
    table = execution_events.c
    async with database.read() as connection:
        found = await connection.execute(
            select(table.sequence, table.epoch).where(table.execution_id == execution_id).order_by(table.sequence)
        )
        return [(row.sequence, row.epoch) for row in found]


@pytest.mark.parametrize("how", ["another owner", "another epoch"])
async def test_a_lost_owner_writes_nothing_and_learns_it_while_others_of_its_batch_are_written(
    database: Database, how: str
) -> None:
    writer = SqlJournal(database, ProcessLiveFeed(alone=True))
    lost_id = await insert(database, ONE, owner="zombie", status="running")
    kept_id = await insert(database, ONE, owner="zombie", status="running")
    lost, kept = (journal_of(database, writer, each, "zombie") for each in (lost_id, kept_id))
    told: list[JournalLost] = []
    lost.on_lost = told.append
    for journal in (lost, kept):
        journal.append(Event(1, "execution.started", AT, 1, {"owner": "zombie"}))
        await journal.committed()
    async with database.write() as connection:
        taken = {"owner": "heir"} if how == "another owner" else {"epoch": 2}
        await connection.execute(update(executions).where(executions.c.id == lost_id).values(taken))
    for journal in (lost, kept):
        journal.append(Event(2, "node.started", AT, 1, {"attempt": 1}, "a", "a"))
    outcomes = await asyncio.gather(lost.committed(), kept.committed(), return_exceptions=True)
    assert isinstance(outcomes[0], JournalLost)
    assert (outcomes[0].reason, outcomes[1]) == ("lease_lost", None)
    assert [each.reason for each in told] == ["lease_lost"]
    lost.append(Event(3, "execution.completed", AT, 1, {"outputs": {}, "usage": {}, "compensation": None}))
    with pytest.raises(JournalLost):
        await lost.committed()
    assert await events(database, lost_id) == [(1, 1)]
    assert await events(database, kept_id) == [(1, 1), (2, 1)]
    await writer.stop()


async def test_workspaces_take_turns_then_priority_then_age(database: Database) -> None:
    """A workspace with many runs waiting does not keep another's first one waiting."""
    leases = Leases(database, "worker")
    many = [await insert(database, ONE, age_s=100 - number) for number in range(20)]
    urgent = await insert(database, ONE, age_s=1, priority=5)
    few = [await insert(database, TWO, age_s=2), await insert(database, TWO, age_s=1)]
    claims = await leases.claim([], 4)
    assert {claim.execution_id for claim in claims} == {urgent, many[0], *few}
    assert {claim.epoch for claim in claims} == {2}
    async with database.write() as connection:
        await connection.execute(update(executions).where(executions.c.owner == "worker").values(status="running"))
    late = await insert(database, TWO, age_s=0)
    await insert(database, ONE, owner="dead", status="queued", age_s=500)
    running = [await insert(database, TWO, owner="other", status="running") for _ in range(2)]
    claims = await leases.claim(["dead"], 2)
    assert late not in {claim.execution_id for claim in claims}, "4 of its workspace run, 2 of the other"
    assert {claim.workspace_id for claim in claims} == {ONE}
    assert not {claim.execution_id for claim in claims} & set(running)
    rest = await leases.claim(["dead"], 50)
    assert late in {claim.execution_id for claim in rest}
    assert await leases.claim(["dead"], 50) == []


async def test_two_workers_never_claim_the_same_run(database: Database) -> None:
    ids = {await insert(database, workspace) for workspace in (ONE, TWO) for _ in range(10)}
    one, two = Leases(database, "one"), Leases(database, "two")
    found = await asyncio.gather(*(leases.claim([], 7) for leases in (one, two) * 4))
    claimed = [claim.execution_id for claims in found for claim in claims]
    assert len(claimed) == len(set(claimed))
    while claims := await one.claim([], 50):
        claimed += [claim.execution_id for claim in claims]
    assert sorted(claimed) == sorted(ids)


async def test_looking_for_work_reads_no_run_that_has_ended(database: Database) -> None:
    """Twice a second each worker looks, however many runs there have been."""
    row = {
        "workspace_id": ONE, "version": "1", "graph_hash": "0" * 64, "durability": "async", "trigger": "{}",
        "limits": "{}", "inputs": "1" * 1_500, "epoch": 1, "last_sequence": 0, "created_at": datetime.now(UTC),
    }  # fmt: skip
    rows = [{**row, "id": new_id(), "status": "completed" if number % 50 else "waiting"} for number in range(5_000)]
    async with database.write() as connection:
        await connection.execute(executions.insert(), rows)
        if not database.is_sqlite:  # as its autovacuum does
            await connection.execute(text("ANALYZE"))
    asked: list[tuple[str, Any]] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, values))

    assert await Leases(database, "worker").claim(["dead"], 1, orphans=[new_id()], unknown=["f" * 64]) == []
    ((statement, values),) = asked
    async with database.read() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        if database.is_sqlite:
            plan = [step[3] for step in await driver.execute_fetchall("EXPLAIN QUERY PLAN " + statement, values)]
        else:
            plan = [step[0] for step in await driver.fetch("EXPLAIN " + statement, *values)]
    assert [step for step in plan if "ix_executions_status_priority_created_at" in step], plan
    assert not [step for step in plan if "Seq Scan on executions" in step or step.startswith("SCAN executions")], plan


async def test_nothing_is_kept_of_a_run_that_was_removed_meanwhile(database: Database) -> None:
    """A worker keeps a snapshot beside the run: it may come to that when the run has ended and is gone."""
    there, gone = await insert(database, ONE), new_id()
    for execution_id in (there, gone):
        await save_snapshot(database, execution_id, ONE)
    async with database.read() as connection:
        assert (await connection.execute(select(execution_snapshots.c.execution_id))).scalars().all() == [there]


async def test_runs_of_a_graph_that_is_not_known_here_are_left_to_others(database: Database) -> None:
    for _ in range(3):
        await insert(database, ONE, graph_hash="f" * 64)
    known = await insert(database, TWO)
    claims = await Leases(database, "worker").claim([], 10, unknown={"f" * 64})
    assert [claim.execution_id for claim in claims] == [known]
