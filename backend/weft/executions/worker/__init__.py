"""Works on runs: lease → engine → journal. One per process; drains on SIGTERM."""

import asyncio
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

import structlog

from weft.engine.journal import JournalLost
from weft.engine.run import Outcome, Run
from weft.engine.state import RunState, fold
from weft.executions.adapters.endings import end_broken, internal_error, worker_lost_error
from weft.executions.adapters.journal import RunJournal
from weft.executions.adapters.leases import BATCH, LEASE_S, RENEW_S, Claim
from weft.executions.adapters.snapshots import load_state, save_snapshot
from weft.executions.domain import Execution
from weft.executions.worker.preparing import Plans, context_of, progress_of
from weft.executions.worker.signals import deliver, deliver_all
from weft.executions.worker.workshop import Job, Workshop
from weft.kernel.ids import WorkspaceId
from weft.platform.database import is_outage
from weft.platform.tasks import end_tasks

__all__ = ["Worker", "Workshop"]

log = structlog.get_logger()
MAX_RUNS: Final = 1_000
POLL_S: Final = 0.5
STOP_S: Final = 1.0
"""What still runs at the end of a drain has so long to be cancelled."""
FLUSH_S: Final = 1.5
"""Then the journal has so long to write what is queued."""
LEAVE_S: Final = 1.0
"""Then the runs are given up, so that others may take them at once."""
WATCH_S: Final = 0.25
DOUBT_S: Final = 30.0
"""So long after a commit without an answer it may still turn out to have been one."""
TAKEOVER_DELAYS_S: Final = {3: 1.0, 4: 10.0, 5: 60.0}
MAX_TAKEOVERS: Final = 5


class Worker:
    """The runs of this process."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._jobs: dict[UUID, Job] = {}
        self._plans = Plans(workshop)
        self._bell = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._draining = asyncio.Event()
        self._owner = workshop.leases.owner
        self._orphans: dict[UUID, float] = {}
        """Runs that are ours by their row and that nobody works on, perhaps; and until when that is looked into."""
        self._broken: dict[UUID, int] = {}

    # -- what others ask -----------------------------------------------------------------------------------------

    @property
    def running(self) -> int:
        """How many runs are in progress here."""
        return len(self._jobs)

    def lease(self) -> str | None:
        full = len(self._jobs) >= MAX_RUNS
        return None if full or self._draining.is_set() or self._is_overdue() else self._owner

    def start(self, execution: Execution) -> None:
        state = fold(execution.history)
        self._begin(Claim(execution.id, execution.workspace_id, 1, "", 0), execution, state)

    def doubt(self, execution_id: UUID) -> None:
        self._orphans[execution_id] = time.monotonic() + DOUBT_S

    def ring(self, execution_id: UUID, workspace_id: WorkspaceId) -> None:
        job = self._jobs.get(execution_id)
        self._bell.set()
        if job is not None:
            job.is_rung = True
            self._keep(deliver(self._shop.database, job))

    # -- life ----------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Take over what a dead process left, then keep claiming and renewing."""
        await self._shop.leases.renew()
        await self._shop.leases.forget_dead()
        for loop in (self._claim_loop, self._renew_loop, self._watch_loop):
            self._keep(loop())

    async def drain(self, seconds: float, hurry: asyncio.Event) -> None:
        """Stop claiming; let running nodes end for `seconds`, or until `hurry` is set, then hand the rest over.

        Handing over takes 1.5 * STOP_S + FLUSH_S + LEAVE_S at most.
        """
        self._draining.set()
        self._bell.set()
        for job in list(self._jobs.values()):
            if job.run is not None:
                job.run.drain()
        await self._wait_for_jobs(seconds, hurry)
        left = len(self._jobs)
        self._stop_all()
        await self._wait_for_jobs(STOP_S)
        await end_tasks(self._tasks, STOP_S / 2)
        try:
            async with asyncio.timeout(FLUSH_S):
                await self._shop.journal.stop()
        except TimeoutError:
            log.warning("the journal was not written to its end", runs=left)
        try:
            async with asyncio.timeout(LEAVE_S):
                await self._shop.leases.leave()
        except Exception as error:
            # The edge of the database: without it the runs are taken over when the heartbeat has stood still.
            log.warning("runs were not handed over", runs=left, error=repr(error))
        else:
            log.info("drained", handed_over=left)

    async def _wait_for_jobs(self, seconds: float, hurry: asyncio.Event | None = None) -> None:
        jobs = [job.task for job in self._jobs.values() if job.task is not None]
        if not jobs:
            return
        ends: set[asyncio.Task[Any]] = {asyncio.create_task(asyncio.wait(jobs))}
        if hurry is not None:
            ends.add(asyncio.create_task(hurry.wait()))
        await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        await end_tasks(ends, STOP_S)

    def _stop_all(self) -> None:
        for job in self._jobs.values():
            if job.run is not None:
                job.run.stop()

    async def _claim_loop(self) -> None:
        while not self._draining.is_set():
            self._bell.clear()
            claims = 0
            try:
                claims = 0 if self._is_overdue() else await self._claim()
            except Exception as error:
                # The edge of the database: a worker outlives its absence.
                log.warning("claiming failed", error=repr(error))
            if claims < BATCH:
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._bell.wait()

    async def _claim(self) -> int:
        leases = self._shop.leases
        dead = await leases.dead_owners()
        orphans = [execution_id for execution_id in self._orphans if execution_id not in self._jobs]
        claims = await leases.claim(dead, MAX_RUNS - len(self._jobs), orphans=orphans, unknown=self._plans.unknown)
        for claim in claims:
            self._begin(claim)
        if orphans:
            mine = await leases.still_mine(orphans)
            for execution_id in orphans:
                if execution_id in self._jobs or (
                    execution_id not in mine and time.monotonic() > self._orphans[execution_id]
                ):
                    del self._orphans[execution_id]
        return len(claims)

    async def _renew_loop(self) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            try:
                await self._shop.leases.renew()
                await deliver_all(self._shop.database, self._owner, self._jobs)
            except Exception as error:
                # The edge of the database: without a renewal the leases run out, and the runs are stopped in time.
                log.warning("renewing failed", error=repr(error))

    def _is_overdue(self) -> bool:
        """Whether others may soon take our runs: counted from before the last good renewal was sent."""
        return not self._shop.database.is_sqlite and time.monotonic() - self._shop.leases.renewed_at > LEASE_S - 1

    async def _watch_loop(self) -> None:
        """Beside the renewals, which may hang."""
        while not self._shop.database.is_sqlite:
            await asyncio.sleep(WATCH_S)
            if self._is_overdue():
                self._stop_all()

    # -- one run -------------------------------------------------------------------------------------------------

    def _begin(self, claim: Claim, execution: Execution | None = None, state: RunState | None = None) -> None:
        job = Job(claim.execution_id, claim.workspace_id)
        self._jobs[claim.execution_id] = job
        job.task = asyncio.create_task(self._work(job, claim, execution, state), name=f"job:{claim.execution_id}")

    def _keep(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, job: Job, claim: Claim, execution: Execution | None, state: RunState | None) -> None:
        structlog.contextvars.bind_contextvars(execution_id=str(claim.execution_id))
        try:
            await self._be_careful(claim)
            if state is None:
                state = await load_state(self._shop.database, claim.execution_id)
            outcome = await self._run(job, claim, execution, state)
            if outcome.status == "stopped":
                self.doubt(claim.execution_id)
        except JournalLost as lost:
            log.info("run given up", reason=lost.reason)
            await self._give_up(claim, lost)
        except Exception as error:
            # The edge around a whole run: a bug in one must not take the worker with it.
            log.exception("run broke", error=repr(error))
            self.doubt(claim.execution_id)
            if not is_outage(error):
                self._broken[claim.execution_id] = self._broken.get(claim.execution_id, 0) + 1
        else:
            self._broken.pop(claim.execution_id, None)
        finally:
            if self._jobs.get(claim.execution_id) is job:
                del self._jobs[claim.execution_id]
            self._bell.set()

    async def _be_careful(self, claim: Claim) -> None:
        """A run that took several processes with it waits before it gets another."""
        delay = TAKEOVER_DELAYS_S.get(claim.takeovers)
        if delay is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._draining.wait()

    async def _give_up(self, claim: Claim, lost: JournalLost) -> None:
        if lost.reason == "unknown_node":
            try:
                await self._shop.leases.release(claim.execution_id)
            except Exception as error:
                # The edge of the database: it stays ours until this process ends.
                log.warning("a run was not released", error=repr(error))
        elif lost.reason == "write_failed":
            self._broken[claim.execution_id] = self._broken.get(claim.execution_id, 0) + 1
            self.doubt(claim.execution_id)

    async def _run(self, job: Job, claim: Claim, execution: Execution | None, state: RunState) -> Outcome:
        created = state.created
        plan = await self._plans.get(claim.workspace_id, created["graph_hash"])
        if claim.epoch > 1 and any(node.compensation and node.node.parent for node in plan.by_id.values()):
            state = await load_state(self._shop.database, claim.execution_id, keep_rounds=True)
        progress = await progress_of(self._shop, claim, execution, state)
        journal = RunJournal(self._shop.journal, progress)
        journal.timers = {node.path for node in state.nodes.values() if node.waiting}
        journal.on_many = lambda: self._keep(self._keep_snapshot(claim))
        if self._broken.get(claim.execution_id, 0) > 1:
            return await end_broken(journal, state, claim.epoch, self._shop.clock)
        context = await context_of(self._shop, claim, created)
        run = job.run = Run(plan, state, journal, self._shop.capabilities, self._shop.clock, context)
        journal.on_lost = run.break_off
        if claim.takeovers > MAX_TAKEOVERS:
            run.fail(worker_lost_error(MAX_TAKEOVERS))
        if claim.execution_id in self._broken:
            run.fail(internal_error())
        if claim.epoch > 1 or job.is_rung:
            await deliver(self._shop.database, job)
        if self._draining.is_set():
            run.drain()
        outcome = await run.go(claim.cause)
        log.info("run ended" if outcome.status != "waiting" else "run waits", status=outcome.status)
        if outcome.status == "waiting":
            await self._keep_snapshot(claim)
        return outcome

    async def _keep_snapshot(self, claim: Claim) -> None:
        if self._draining.is_set():
            return
        try:
            await save_snapshot(self._shop.database, claim.execution_id, claim.workspace_id)
        except Exception as error:
            # A snapshot is a cache: a run does without.
            log.warning("no snapshot", error=repr(error))
