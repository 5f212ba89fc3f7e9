"""Works on runs: lease → engine → journal. One per process; drains on SIGTERM."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import structlog
from cachetools import LRUCache
from sqlalchemy import select

from weft.engine.capabilities import Capabilities
from weft.engine.catalog import Catalog
from weft.engine.errors import NodeError
from weft.engine.graph import Graph
from weft.engine.journal import JournalLost
from weft.engine.plan import Plan, compile_graph
from weft.engine.run import Outcome, Run, RunContext
from weft.engine.state import RunState, fold
from weft.engine.values import decode
from weft.executions.adapters.journal import RunJournal, SqlJournal
from weft.executions.adapters.leases import LEASE_S, RENEW_S, Claim, Leases
from weft.executions.adapters.progress import Progress
from weft.executions.adapters.snapshots import load_state, save_snapshot
from weft.executions.domain import Execution
from weft.executions.tables import execution_signals, executions
from weft.kernel.actor import system_actor
from weft.kernel.bus import Bus
from weft.kernel.clock import Clock
from weft.kernel.ids import WorkspaceId
from weft.platform.database import Database
from weft.workflows.queries import GetGraph

log = structlog.get_logger()
MAX_RUNS: Final = 1_000
POLL_S: Final = 0.5
TAKEOVER_DELAYS_S: Final = {4: 1.0, 5: 10.0}
MAX_TAKEOVERS: Final = 5


@dataclass(slots=True)
class Job:
    """A run in progress here."""

    execution_id: UUID
    workspace_id: UUID
    task: "asyncio.Task[None] | None" = None
    run: Run | None = None
    signals: set[UUID] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a worker works with."""

    database: Database
    journal: SqlJournal
    leases: Leases
    bus: Bus
    catalog: Catalog
    capabilities: Capabilities
    clock: Clock
    environment: Mapping[str, str]
    variables: Callable[[UUID], Any]
    """Awaitable of a workspace's variables."""


class Worker:
    """The runs of this process."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._jobs: dict[UUID, Job] = {}
        self._plans: LRUCache[tuple[UUID, str], Plan] = LRUCache(256)
        self._bell = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._draining = False
        self._owner = workshop.leases.owner

    # -- what others ask -----------------------------------------------------------------------------------------

    @property
    def running(self) -> int:
        """How many runs are in progress here."""
        return len(self._jobs)

    def lease(self) -> str | None:
        return None if self._draining or len(self._jobs) >= MAX_RUNS else self._owner

    def start(self, execution: Execution) -> None:
        state = fold(execution.history)
        self._begin(Claim(execution.id, execution.workspace_id, 1, "", 0), execution, state)

    def ring(self, execution_id: UUID, workspace_id: WorkspaceId) -> None:
        job = self._jobs.get(execution_id)
        if job is None:
            self._bell.set()
        else:
            self._keep(self._deliver(job))

    # -- life ----------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Take over what a dead process left, then keep claiming and renewing."""
        await self._shop.leases.renew()
        self._tasks = [
            asyncio.create_task(self._claim_loop(), name="claim"),
            asyncio.create_task(self._renew_loop(), name="renew"),
        ]

    async def drain(self, seconds: float) -> None:
        """Stop claiming; let running nodes end for `seconds`, then hand the rest over."""
        self._draining = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for job in list(self._jobs.values()):
            if job.run is not None:
                job.run.drain()
        tasks = [job.task for job in self._jobs.values() if job.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        for job in list(self._jobs.values()):
            if job.run is not None:
                job.run.stop()
        rest = [job.task for job in self._jobs.values() if job.task is not None]
        if rest:
            await asyncio.wait(rest, timeout=5)
        await self._shop.journal.stop()
        await self._shop.leases.leave()

    async def _claim_loop(self) -> None:
        while True:
            self._bell.clear()
            try:
                dead = await self._shop.leases.dead_owners()
                for claim in await self._shop.leases.claim(dead, MAX_RUNS - len(self._jobs)):
                    self._begin(claim)
            except Exception as error:
                # The edge of the database: a worker outlives its absence.
                log.warning("claiming failed", error=repr(error))
            try:
                await asyncio.wait_for(self._bell.wait(), POLL_S)
            except TimeoutError:
                continue

    async def _renew_loop(self) -> None:
        leases = self._shop.leases
        while True:
            await asyncio.sleep(RENEW_S)
            try:
                await leases.renew()
                await self._deliver_signals()
            except Exception as error:
                # The edge of the database: without a renewal the leases run out, and the runs are stopped in time.
                log.warning("renewing failed", error=repr(error))
            if time.monotonic() - leases.renewed_at > LEASE_S - 1:
                for job in self._jobs.values():
                    if job.run is not None:
                        job.run.stop()

    # -- one run -------------------------------------------------------------------------------------------------

    def _begin(self, claim: Claim, execution: Execution | None = None, state: RunState | None = None) -> None:
        job = Job(claim.execution_id, claim.workspace_id)
        self._jobs[claim.execution_id] = job
        job.task = asyncio.create_task(self._work(job, claim, execution, state), name=f"job:{claim.execution_id}")

    def _keep(self, coroutine: Any) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.append(task)
        task.add_done_callback(lambda done: self._tasks.remove(done) if done in self._tasks else None)

    async def _work(self, job: Job, claim: Claim, execution: Execution | None, state: RunState | None) -> None:
        structlog.contextvars.bind_contextvars(execution_id=str(claim.execution_id))
        try:
            if claim.takeovers in TAKEOVER_DELAYS_S:
                await self._shop.clock.sleep(TAKEOVER_DELAYS_S[claim.takeovers])
            if state is None:
                state = await load_state(self._shop.database, claim.execution_id)
            await self._run(job, claim, execution, state)
        except JournalLost as lost:
            log.info("run given up", reason=lost.reason)
        except Exception as error:
            # The edge around a whole run: a bug in one must not take the worker with it.
            log.exception("run broke", error=repr(error))
        finally:
            self._shop.journal.on_lost.pop(claim.execution_id, None)
            self._jobs.pop(claim.execution_id, None)
            self._bell.set()

    async def _run(self, job: Job, claim: Claim, execution: Execution | None, state: RunState) -> None:
        created = state.created
        plan = await self._plan(claim.workspace_id, created["graph_hash"])
        if claim.epoch > 1 and any(node.compensation and node.node.parent for node in plan.by_id.values()):
            state = await load_state(self._shop.database, claim.execution_id, keep_rounds=True)
        progress = await self._progress(claim, execution, state)
        journal = RunJournal(self._shop.journal, progress)
        journal.has_timers = state.sequence > 0 and any(node.waiting for node in state.nodes.values())
        context = RunContext(
            execution_id=str(claim.execution_id),
            workspace=str(claim.workspace_id),
            workflow=created.get("workflow") or {},
            owner=self._owner,
            epoch=claim.epoch,
            durability=created.get("durability", "async"),
            variables={**await self._shop.variables(claim.workspace_id), **(created.get("variables") or {})},
            environment=self._shop.environment,
        )
        run = job.run = Run(plan, state, journal, self._shop.capabilities, self._shop.clock, context)
        self._shop.journal.on_lost[claim.execution_id] = run.break_off
        if claim.takeovers > MAX_TAKEOVERS:
            run.fail(_worker_lost())
        if claim.epoch > 1:
            await self._deliver(job)
        outcome = await run.go(claim.cause)
        await self._after(claim, outcome)

    async def _after(self, claim: Claim, outcome: Outcome) -> None:
        log.info("run ended" if outcome.status != "waiting" else "run waits", status=outcome.status)
        if outcome.status == "waiting":
            await save_snapshot(self._shop.database, claim.execution_id, claim.workspace_id)

    async def _plan(self, workspace_id: UUID, graph_hash: str) -> Plan:
        key = (workspace_id, graph_hash)
        plan = self._plans.get(key)
        if plan is None:
            actor = system_actor(WorkspaceId(workspace_id))
            body = await self._shop.bus.ask(GetGraph(graph_hash), actor)
            try:
                plan = compile_graph(Graph.model_validate(body), self._shop.catalog)
            except (KeyError, NodeError) as error:
                raise JournalLost("unknown_node", f"This process does not know a node of the graph: {error}") from None
            self._plans[key] = plan
        return plan

    async def _progress(self, claim: Claim, execution: Execution | None, state: RunState) -> Progress:
        progress = Progress(
            claim.execution_id,
            WorkspaceId(claim.workspace_id),
            execution.origin.workflow_id if execution is not None else None,
            self._owner,
            claim.epoch,
            last_sequence=state.sequence,
        )
        if execution is None:
            async with self._shop.database.read() as connection:
                statement = select(executions).where(executions.c.id == claim.execution_id)
                row = (await connection.execute(statement)).one()
            progress.workflow_id, progress.status = row.workflow_id, row.status
            progress.started_at, progress.compensation = row.started_at, row.compensation
            progress.usage = decode(row.usage) or progress.usage
        return progress

    # -- signals -------------------------------------------------------------------------------------------------

    async def _deliver_signals(self) -> None:
        for job in list(self._jobs.values()):
            if job.run is not None and not self._shop.database.is_sqlite:
                await self._deliver(job)

    async def _deliver(self, job: Job) -> None:
        """Turn the rows of a run's signals into events, in order, each once."""
        if job.run is None:
            return
        table = execution_signals.c
        statement = (
            select(execution_signals)
            .where(table.execution_id == job.execution_id, table.sequence.is_(None))
            .order_by(table.received_at, table.id)
        )
        async with self._shop.database.read() as connection:
            rows = (await connection.execute(statement)).all()
        for row in rows:
            if row.id not in job.signals and row.kind == "cancel":
                job.signals.add(row.id)
                job.run.cancel(row.actor, signal=str(row.id))


def _worker_lost() -> dict[str, Any]:
    message = f"{MAX_TAKEOVERS} workers in a row were lost while they ran this execution."
    return {"type": "worker_lost", "message": message, "retryable": False, "details": {}}
