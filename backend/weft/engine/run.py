"""One run of one graph: it owns the events, the limits, the waits, and what it is told from outside.

Give it a plan, the fold of what has happened so far, a journal and the capabilities; `Run.go` returns when the run
ended or waits. Every task of the run is counted while it works; when none does and something waits, the run is
waiting and gives up its memory.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from weft.engine.activity import Activity, cancel_all
from weft.engine.capabilities import Capabilities
from weft.engine.catalog import Catalog
from weft.engine.compensation import Undo
from weft.engine.context import NodeContext
from weft.engine.ending import Outcome, end
from weft.engine.errors import RunFailed
from weft.engine.events import Event
from weft.engine.frame import Frame
from weft.engine.graph import Graph, graph_hash
from weft.engine.journal import Journal, restore, store
from weft.engine.limits import Ledger, Limits, limit_exceeded
from weft.engine.masking import Masks
from weft.engine.node import Woken
from weft.engine.opened import mask_opened
from weft.engine.plan import Plan, compile_graph
from weft.engine.slots import Slots
from weft.engine.state import RunState
from weft.engine.values import JSON, encode
from weft.engine.waits import Wait, Waits
from weft.kernel.clock import Clock, timestamp

__all__ = ["Outcome", "Run", "RunContext", "run"]

MAX_CONCURRENT_NODES: Final = 64


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a run is told about itself. The rest stands in its execution.created event."""

    execution_id: str
    workspace: str = "local"
    workflow: Mapping[str, JSON] = field(default_factory=dict)
    owner: str = "local"
    epoch: int = 1
    durability: Literal["async", "sync"] = "async"
    variables: Mapping[str, JSON] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


class Run(Activity):
    """A run in progress. One task calls `go`; `cancel`, `drain` and `stop` come from outside."""

    def __init__(
        self,
        plan: Plan,
        state: RunState,
        journal: Journal,
        capabilities: Capabilities,
        clock: Clock,
        context: RunContext,
    ) -> None:
        super().__init__()
        created = state.created
        self.plan = plan
        self.state = state
        self.journal = journal
        self.capabilities = capabilities
        self.clock = clock
        self.context = context
        self.inputs: JSON = None
        self.pinned: Mapping[str, JSON] = created.get("pinned") or {}
        self.upstream: Mapping[str, JSON] = created.get("upstream") or {}
        self.honours_pins = created.get("version") == "draft"
        self.seed = int(created.get("seed", 0))
        self.ledger = Ledger(Limits.from_json(created.get("limits")), state.usage, state.node_runs)
        self.masks = Masks()
        self.slots = Slots(MAX_CONCURRENT_NODES)
        self.waits = Waits()
        self.undos: list[Undo] = []
        self.sync = context.durability == "sync"
        self.silent = False
        self._sequence = state.sequence
        self._root: asyncio.Task[None] | None = None
        self.failure = state.failing if state.failing is None or state.failing["type"] != "cancelled" else None
        self.cancelled_by: str | None = state.cancelled_by
        self.stopping = False
        self._begun = False
        self._early_cancels: list[tuple[str, str | None]] = []
        self.broken: Exception | None = None
        self._letting_go = False
        self.started_at = state.started_at
        """When the run began, as expressions see it."""
        self.open_records = {p: n for p, n in state.unended().items() if not plan.by_id[n].is_compensation}
        """What began before this owner, and has neither ended nor been taken up again."""

    # -- what comes from outside -------------------------------------------------------------------------------

    def cancel(self, by: str, signal: str | None = None) -> None:
        """Cancel the run; a second time changes nothing but answers its signal."""
        if not self._begun:
            self._early_cancels.append((by, signal))
            return
        self.emit("execution.cancel_requested", {"by": by}, signal=signal)
        if self.cancelled_by is None:
            self.cancelled_by = by
            self._attention.set()

    def stop(self) -> None:
        """Stop without an end: the run is handed over as its journal has it."""
        self.silent = self.stopping = True
        self._attention.set()

    def drain(self) -> None:
        """Start nothing more; stop when what runs has ended."""
        self.draining = True
        self._attention.set()

    def fail(self, error: dict[str, Any]) -> None:
        """Fail the run past every policy (its limits)."""
        if self.failure is None:
            self.failure = error
            self._attention.set()

    def count_node(self) -> None:
        """One more node runs. Raises RunFailed past the limit."""
        try:
            self.ledger.count_node()
        except RunFailed as failed:
            self.fail(failed.error)
            raise

    def break_off(self, error: Exception) -> None:
        """What no policy covers (a lost journal, a bug): end `go` with this error, writing nothing more."""
        self.broken = self.broken or error
        self.silent = self.stopping = True
        self._attention.set()

    # -- events ------------------------------------------------------------------------------------------------

    def now(self) -> str:
        """The time now, as events carry it."""
        return timestamp(self.clock.now())

    def emit(
        self,
        type: str,
        data: dict[str, Any],
        node: str | None = None,
        path: str | None = None,
        *,
        signal: str | None = None,
        timer_at: float | None = None,
    ) -> int:
        """Append the next event, masked; answers its sequence. Nothing is written once the run is stopped."""
        if self.silent:
            return self._sequence
        self._sequence += 1
        if self.masks:
            data = self.masks.value(data)
        self.journal.append(
            Event(self._sequence, type, self.now(), self.context.epoch, data, node, path, signal, timer_at)
        )
        return self._sequence

    # -- the life of the run ------------------------------------------------------------------------------------

    async def go(self, cause: str = "takeover") -> Outcome:
        """Run until the end or until everything waits. Raises JournalLost: then another owns the run."""
        self.inputs = await restore(self.journal, self.state.created, "inputs")
        if self.started_at is None:
            self.started_at = self.now()
            self.emit("execution.started", {"owner": self.context.owner})
        else:
            await mask_opened(self)
            self.emit("execution.resumed", {"owner": self.context.owner, "cause": cause})
        self._begun = True
        for by, signal in self._early_cancels:
            self.cancel(by, signal)
        frame = self.outermost()
        passed = self.ledger.passed()
        if passed is not None and self.failure is None and self.cancelled_by is None:
            self.failure = passed.error
        if self.cancelled_by is not None or self.failure is not None:
            return await end(self, frame, None)
        limit = self._start_clock()
        try:
            return await self._drive(frame)
        finally:
            limit.cancel()
            self.waits.close()

    def outermost(self) -> Frame:
        """The top level, as it is before anything has happened in it."""
        return Frame(self, self.plan.root, "", None, None)

    def _start_clock(self) -> asyncio.TimerHandle:
        seconds = self.ledger.limits.max_duration_s
        left = max(0.0, seconds - self.state.active_until_now)
        error = limit_exceeded(f"The run took longer than {seconds:g} s.", "max_duration_s").error
        return asyncio.get_running_loop().call_later(left, self.fail, error)

    async def _drive(self, frame: Frame) -> Outcome:
        self.enter()
        self._root = asyncio.create_task(self._run_root(frame), name=f"run:{self.context.execution_id}")
        self.notice(self._root)
        try:
            outcome = await self._watch(frame)
        except BaseException:
            # Cancelled, or the journal is lost: whatever it is, nothing of the run may be left running.
            self.silent = True
            await self._stop_root(frame)
            raise
        return outcome or await end(self, frame, self._root)

    async def _watch(self, frame: Frame) -> Outcome | None:
        """Until the root is done or was stopped: then None; or until the run was put away."""
        assert self._root is not None
        while True:
            await self.noticed()
            if self._root.done():
                return None
            if self.draining and self.idle:
                self.stop()
            if self.stopping or self.failure is not None or self.cancelled_by is not None:
                await self._stop_root(frame)
                return None
            if self.idle and self.waits:
                outcome = await self._give_up(frame)
                if outcome is not None:
                    return outcome

    async def _run_root(self, frame: Frame) -> None:
        try:
            await frame.complete()
        finally:
            self.leave()

    def cancel_recorded(self, inside: str = "", why: Mapping[str, Any] | None = None) -> None:
        """What a lost owner began inside the container of that path, and nobody took up, gets its end."""
        if not self.open_records:
            return
        found = [path for path in self.open_records if not inside or path.startswith((f"{inside}.", f"{inside}["))]
        for path in sorted(found, key=lambda path: -path.count(".")):
            data = {"reason": "cancelled", **(why or {})}
            self.state.note_cancelled(path, self.emit("node.cancelled", data, self.open_records.pop(path), path))

    async def _stop_root(self, frame: Frame) -> None:
        """Cancel everything; frames write what was cancelled, and give up on what does not end in the grace."""
        assert self._root is not None
        if not self._root.done():
            frame.halt()
            await cancel_all([self._root])
        frame.close()

    async def _give_up(self, frame: Frame) -> Outcome | None:
        """Everything waits: say so and let go, unless something became due meanwhile."""
        due = self.waits.earliest
        if due is not None and due <= self.clock.now().timestamp():
            self.waits.wake_due()
            return None
        self._letting_go = True
        self.emit("execution.waiting", {"waiting_for": self.waits.describe()})
        await self.journal.committed()
        if self.cancelled_by is not None:
            self.emit("execution.resumed", {"owner": self.context.owner, "cause": "signal"})
            self._attention.set()
            return None
        self.silent = True
        await self._stop_root(frame)
        return Outcome("waiting", usage=self.ledger.usage, due_at=due)

    def remember(self, context: NodeContext, output: JSON, sequence: int) -> None:
        """A node that has a compensation ended: it may have to be undone, seeing what it saw."""
        self.undos.append(Undo(context, output, sequence))

    # -- waiting -----------------------------------------------------------------------------------------------

    def wait(self, wait: Wait) -> None:
        """A node waits; it is woken here if the run is still in memory when the time has come."""
        self.waits.add(wait, self.clock, self._wake)

    def _wake(self, wait: Wait) -> None:
        if not self.silent and not self._letting_go:
            wait.frame.resume(wait, Woken("timer", at=self.clock.now()))


async def run(
    graph: Graph,
    inputs: JSON,
    journal: Journal,
    catalog: Catalog,
    clock: Clock,
    *,
    capabilities: Capabilities | None = None,
    context: RunContext | None = None,
    created: Mapping[str, Any] | None = None,
) -> Outcome:
    """Run `graph` from its beginning on a journal of its own, over every wait, to its end.

    `created` adds to the execution.created event: limits, seed, version, pinned.
    """
    plan = compile_graph(graph, catalog)
    context = context or RunContext("run")
    data: dict[str, Any] = {
        "inputs": inputs,
        "graph_hash": graph_hash(graph.as_json()),
        "version": "draft",
        "trigger": {"type": "cli"},
        "seed": 0,
        "limits": Limits().as_json(),
        **(created or {}),
    }
    await store(journal, data, "inputs", encode(inputs))
    first = Event(1, "execution.created", timestamp(clock.now()), context.epoch, data)
    journal.append(first)
    state = RunState()
    state.apply(first)
    return await Run(plan, state, journal, capabilities or Capabilities(), clock, context).go()
