"""One level of a run: the top, one round of a loop, or the inside of a parallel. It decides, starts and settles.

A branch is one task that walks from node to node; a task more is made only where branches part. Recovery and a
first run go the same way: what the journal says has ended is settled first, without a word, then the rest starts.
"""

import asyncio
from collections.abc import Mapping
from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING, Any

from weft.engine.activity import IN_A_ROW, cancel_all
from weft.engine.attempt import execute
from weft.engine.errors import NodeError, NodeFailure, RunFailed, error_value
from weft.engine.graph import ERROR_PORT
from weft.engine.journal import restore
from weft.engine.level import Level
from weft.engine.node import Woken
from weft.engine.plan import FramePlan, PlanNode
from weft.engine.readiness import Decision, Readiness
from weft.engine.slots import Slots
from weft.engine.state import DECIDED, NodeState
from weft.engine.values import JSON, UNDEFINED
from weft.engine.waits import Wait

if TYPE_CHECKING:
    from weft.engine.run import Run


class Frame(Level):
    """The nodes of one level, as far as they have come."""

    def __init__(
        self,
        run: "Run",
        plan: FramePlan,
        prefix: str,
        outer: "Frame | None",
        container: PlanNode | None,
        round_values: Mapping[str, JSON] | None = None,
        visible: frozenset[str] | None = None,
        slots: Slots | None = None,
    ) -> None:
        super().__init__(run, prefix, outer, container)
        self.plan = plan
        self.round_values = round_values or {}
        self.visible = visible
        """What of the level outside may be seen from in here; None: all that is there."""
        self.slots = slots
        self.outputs: dict[str, JSON] = {}
        self._unread: dict[str, int] = {}
        """How many that may look at an output have not ended; with the last of them the output goes."""
        self.given: set[str] = set()
        """Nodes that gave an output by another port than `error`: what results are made of."""
        self.ended: set[str] = set()
        self.failure: NodeFailure | None = None
        self._readiness = Readiness(plan)
        self._remaining = len(plan.nodes)
        self._ready: list[Decision] = []
        self._running: dict[asyncio.Task[None], Decision] = {}
        self._waits: dict[str, Wait] = {}
        self._parked: asyncio.Future[None] | None = None
        self._enough: int | None = None
        self._leaves_given = 0
        self._lost = False
        """Something in here was cancelled in the journal: a lost owner was about to end this level."""

    def inside(
        self,
        container: PlanNode,
        prefix: str,
        round_values: Mapping[str, JSON] | None = None,
        *,
        visible: frozenset[str] | None,
        slots: Slots | None = None,
    ) -> "Frame":
        """A level inside `container`, which is a node of this one."""
        assert container.frame is not None
        return Frame(self.run, container.frame, prefix, self, container, round_values, visible, slots)

    # -- running -----------------------------------------------------------------------------------------------

    async def complete_until(self, enough: int | None) -> None:
        """Run until `enough` leaves have given an output (None: until every node is decided)."""
        self._enough = enough
        await self.complete()

    async def complete(self) -> None:
        """Run until every node is decided. Raises NodeFailure; leaves nothing behind that still runs."""
        if self.outer is not None:
            self.outer.inner[self] = None
        try:
            await self._settle_recorded(self._readiness.begin())
            if self._lost and not self._finished:
                lost = NodeError("interrupted", "The run was interrupted while this was being cancelled.")
                raise NodeFailure(
                    error_value(lost, node=self.container.id if self.container else None, path=self.prefix[:-1])
                )
            if not self._finished:
                await self._start_ready(alone=True)
            while not self._finished:
                self._parked = asyncio.get_running_loop().create_future()
                await self.run.park(self._parked)
            if self.halted:
                raise asyncio.CancelledError
            if self.failure is not None:
                raise self.failure
        finally:
            await self._stop()
            if self.outer is not None:
                self.outer.inner.pop(self, None)

    @property
    def _finished(self) -> bool:
        enough = self._enough is not None and self._leaves_given >= self._enough
        return self._remaining == 0 or self.failure is not None or enough or self.halted

    async def _start_ready(self, *, alone: bool = False) -> None:
        """Start what is ready, in the graph's order. `alone`: a single branch is walked by the caller's own task, but
        not where something waits beside it, which may end this level."""
        ready, self._ready = sorted(self._ready, key=lambda d: d.node.index), []
        if alone and len(ready) == 1 and not self._waits:
            await self._walk(ready[0], alone=True)
            return
        await self._spawn_all(ready)

    async def _spawn_all(self, ready: list[Decision]) -> None:
        """Start these in their order, very many of them in parts, so that others get the event loop in between; none
        any more once one of them has ended this level."""
        for number, decision in enumerate(ready, 1):
            if self._finished:
                return
            self._spawn(decision)
            if number % IN_A_ROW == 0:
                await asyncio.sleep(0)

    def _spawn(self, decision: Decision, woken: Woken | None = None, wait: Wait | None = None) -> None:
        self.run.enter()
        task = asyncio.create_task(self._branch(decision, woken, wait), name=self.prefix + decision.node.id)
        self._running[task] = decision
        task.add_done_callback(self._branch_done)

    def _branch_done(self, task: "asyncio.Task[None]") -> None:
        self._running.pop(task, None)
        self.run.leave()

    async def _branch(self, decision: Decision, woken: Woken | None, wait: Wait | None) -> None:
        try:
            await self._walk(decision, woken=woken, wait=wait)
        except RunFailed as failed:
            self.run.fail(failed.error)
        except Exception as error:
            self._break(error)
        finally:
            if self._finished:
                self.run.unpark(self._parked)

    def _break(self, error: Exception) -> None:
        """Something that is no node's failure (the journal is lost): the whole run must know."""
        self.run.break_off(error)

    async def _walk(
        self, decision: Decision, *, woken: Woken | None = None, wait: Wait | None = None, alone: bool = False
    ) -> None:
        """Execute a node, then what follows it, as long as there is a single next one."""
        following: Decision | None = decision
        while following is not None:
            await execute(self, following, woken, wait)
            woken = wait = None
            await self.run.breathe()
            if self._finished:
                return
            ready, self._ready = self._ready, []
            if len(ready) > 1:
                ready.sort(key=lambda d: d.node.index)
                if alone or len(ready) >= IN_A_ROW:
                    await self._spawn_all(ready)
                    return
                for each in ready[1:]:
                    self._spawn(each)
            following = ready[0] if ready else None

    # -- settling ----------------------------------------------------------------------------------------------

    def settle(self, node: PlanNode, output: JSON, port: str | None) -> None:
        """`node` has ended with `output` on `port`; decide what follows."""
        if port is not None:
            self._hold(node, output)
            if port != ERROR_PORT:
                self.given.add(node.id)
                if self._enough is not None and node.is_leaf:
                    self._leaves_given += 1
        self._end(node, port)

    def _end(self, node: PlanNode, port: str | None) -> None:
        pending = [(node, port)]
        while pending:
            ended, by = pending.pop()
            self.ended.add(ended.id)
            self._let_go(ended)
            self.told(ended)
            self._remaining -= 1
            for decision in self._readiness.settle(ended, by):
                if decision.reason is None:
                    if decision.node.sees_early:
                        decision.visible = frozenset(self.ended)
                    self._ready.append(decision)
                else:
                    self._skip(decision)
                    pending.append((decision.node, None))

    def _hold(self, node: PlanNode, output: JSON) -> None:
        """Keep an output for those who may still look at it."""
        if not node.is_kept:
            unread = sum(reader.id not in self.ended for reader in node.readers)
            if unread == 0:
                return
            self._unread[node.id] = unread
        self.outputs[node.id] = output

    def _let_go(self, reader: PlanNode) -> None:
        """`reader` has ended: drop what nobody else may look at."""
        for read in reader.reads:
            unread = self._unread.get(read.id)
            if unread == 1:
                del self._unread[read.id], self.outputs[read.id]
            elif unread is not None:
                self._unread[read.id] = unread - 1

    def _skip(self, decision: Decision) -> None:
        path = self.prefix + decision.node.id
        if path not in self.run.state.nodes:
            self.run.emit("node.skipped", {"reason": decision.reason}, decision.node.id, path)

    def fail(self, node: PlanNode, error: dict[str, Any]) -> None:
        """`node` failed, and nobody handles it: this level fails."""
        self.ended.add(node.id)
        self.told(node)
        self._remaining -= 1
        if self.failure is None:
            self.failure = NodeFailure(error)

    async def _settle_recorded(self, decisions: list[Decision]) -> None:
        """Take over what the journal says has ended, in the order in which it did, so that what follows is decided on
        what was there then; what is left over is ready to start or waits."""
        for decision in decisions:
            if decision.reason is None:
                self._ready.append(decision)
            else:
                self._skip(decision)
                self._end(decision.node, None)
        left: list[Decision] = []
        ended: list[tuple[float, int, Decision]] = []
        while self._ready or ended:
            for ready in self._ready:
                known = self._record(ready)
                heappush(ended, ((known and known.sequence) or inf, ready.node.index, ready))
            self._ready.clear()
            decision = heappop(ended)[2]
            record = self._record(decision)
            if record is None:
                left.append(decision)
                continue
            if record.visible is not None:
                decision.visible = frozenset(record.visible)
            if self.failure is not None and record.status not in DECIDED:
                self.begin(decision.node)
            elif record.status in DECIDED:
                await self._replay(decision.node, record)
            elif record.status == "waiting":
                self._restore_wait(decision, record)
            else:
                self.begin(decision.node)
                left.append(decision)
        self._ready = left

    def _record(self, decision: Decision) -> NodeState | None:
        return self.run.state.nodes.get(self.prefix + decision.node.id)

    async def _replay(self, node: PlanNode, record: NodeState) -> None:
        if record.fails_run:
            raise RunFailed(record.error or {})
        if record.status == "failed" and record.handled == "none":
            self.fail(node, record.error or {})
            return
        if record.status == "skipped":
            self._end(node, None)
            return
        if record.status == "cancelled":
            # Nothing follows from it: what cancelled it is about to end this level.
            self._remaining -= 1
            self._lost = True
            return
        data = {"output": record.output, "blobs": record.blobs}
        output = await restore(self.run.journal, data, "output")
        self.settle(node, output, record.port)

    def _restore_wait(self, decision: Decision, record: NodeState) -> None:
        waiting = record.waiting or {}
        due_at = waiting.get("due_at")
        kind = waiting.get("kind", "timer")
        path = self.prefix + decision.node.id
        self.begin(decision.node)
        started = record.started_at or self.run.now()
        self.wait(Wait(path, self, decision, record.attempt, kind, due_at, waiting.get("message"), started))

    # -- waiting -----------------------------------------------------------------------------------------------

    def wait(self, wait: Wait) -> None:
        """A node of this level waits."""
        self._waits[wait.path] = wait
        self.run.wait(wait)

    def resume(self, wait: Wait, woken: Woken) -> None:
        """Go on with a node that waited."""
        if self._waits.pop(wait.path, None) is not None:
            self._spawn(wait.decision, None if wait.is_retry else woken, wait)

    # -- stopping ----------------------------------------------------------------------------------------------

    async def _stop(self) -> None:
        """Cancel what still runs or waits; each that began gets its end, in the order in which they began."""
        if self._running:
            self.halt()
        for wait in self._waits.values():
            self.run.waits.forget(wait)
        self._waits.clear()
        await cancel_all(self._running)
        self.close()

    # -- what can be seen --------------------------------------------------------------------------------------

    def lookup(self, name: str, visible: frozenset[str] | None) -> JSON:
        """The value of a node's id from in here: its output, UNDEFINED where it has none or may not be seen."""
        if name in self.outputs:
            return self.outputs[name] if visible is None or name in visible else UNDEFINED
        if self.container is not None and name == self.container.id:
            return dict(self.round_values)
        if self.outer is not None:
            return self.outer.lookup(name, self.visible)
        return self.run.upstream.get(name, UNDEFINED)

    def round_value(self, name: str) -> JSON:
        """`item`, `index`, `key` or `state` of the innermost round."""
        frame: Frame | None = self
        while frame is not None:
            if frame.round_values:
                return frame.round_values.get(name, UNDEFINED)
            frame = frame.outer
        return self.run.upstream.get(name, UNDEFINED)
