"""Undoing, when a run fails or is cancelled: completed nodes in reverse order, one by one, over all containers.

Each undoing node sees what the node saw that it undoes, that node's output, and `error`. One that fails is
recorded, and the next runs. A wait in one is waited out here: the run holds on to its memory, and a drain hands it
over to an owner that calls what had started again, under the same key.
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from weft.engine.call import call_in_time, plain_output
from weft.engine.context import NodeContext, Suspended
from weft.engine.errors import NodeError, NodeFailure, RunFailed, may_have_happened
from weft.engine.journal import restore, store
from weft.engine.node import NodeConfig, Result, Woken
from weft.engine.plan import PlanNode
from weft.engine.policies import retry_delay, should_retry
from weft.engine.readiness import Decision
from weft.engine.state import NodeState, add_usage
from weft.engine.values import JSON, encode

if TYPE_CHECKING:
    from weft.engine.frame import Frame
    from weft.engine.run import Run


@dataclass(slots=True)
class Undo:
    """A node to be undone: the context it ran in, what it gave, and when."""

    context: NodeContext
    output: JSON
    sequence: int


async def undo_list(run: "Run") -> list[Undo]:
    """What is to be undone, the last first: what this process ran, and what the journal tells of before it."""
    known = {undo.context.path for undo in run.undos}
    past = _Past(run)
    recorded = [
        await past.undo(path, node)
        for path, node in _compensated_paths(run)
        if path not in known and run.state.undone.get(path) != "completed"
    ]
    return sorted(run.undos + recorded, key=lambda undo: undo.sequence, reverse=True)


def _compensated_paths(run: "Run") -> list[tuple[str, PlanNode]]:
    found = []
    for path, state in run.state.nodes.items():
        node = run.plan.by_id.get(state.node)
        if node is None or node.compensation is None or run.state.undone.get(path) == "failed":
            continue
        ran = state.status == "completed" and state.origin == "run"
        unsure = state.status == "cancelled" or (state.status == "failed" and may_have_happened(state.error))
        if ran or (unsure and state.started_at is not None and node.policy.compensate == "started"):
            found.append((path, node))
    return found


class _Past:
    """The levels of a run as the journal tells of them, each read once: many rounds lie in the same ones."""

    def __init__(self, run: "Run") -> None:
        self._run = run
        self._frames: dict[str, Frame] = {}
        self._loops: dict[str, tuple[dict[str, Any], list[tuple[str | None, JSON]]]] = {}

    async def undo(self, path: str, node: PlanNode) -> Undo:
        """An undo rebuilt: the frame as the node saw it, filled from what the state knows."""
        state = self._run.state.nodes[path]
        frame = await self._frame(path.removesuffix(node.id))
        context = NodeContext(frame, Decision(node, []), path, max(state.attempt, 1))
        context.visible = frozenset(state.visible) if state.visible is not None else None
        output = await restore(self._run.journal, {"output": state.output, "blobs": state.blobs}, "output")
        return Undo(context, output, state.sequence)

    async def _frame(self, prefix: str) -> "Frame":
        frame = self._frames.get(prefix)
        if frame is None:
            frame = self._frames[prefix] = await self._read(prefix)
        return frame

    async def _read(self, prefix: str) -> "Frame":
        run = self._run
        if not prefix:
            frame = run.outermost()
        else:
            head = prefix.removesuffix(".")
            container_path, _, number = head.removesuffix("]").rpartition("[") if head.endswith("]") else (head, "", "")
            name = container_path.rpartition(".")[2]
            outer = await self._frame(container_path.removesuffix(name))
            values = await self._round(container_path, int(number)) if number else {}
            seen = run.state.nodes[container_path].visible
            visible = frozenset(seen) if seen is not None else None
            frame = outer.inside(run.plan.by_id[name], prefix, values, visible=visible)
        for node in frame.plan.nodes:
            state = run.state.nodes.get(prefix + node.id)
            if state is not None and state.has_output:
                data = {"output": state.output, "blobs": state.blobs}
                frame.outputs[node.id] = await restore(run.journal, data, "output")
        return frame

    async def _round(self, loop: str, index: int) -> dict[str, JSON]:
        config, items = await self._loop(loop)
        before = self._run.state.rounds.get(f"{loop}[{index - 1}]", {}) if index else {}
        state = before.get("state") or config.get("state") or {}
        key, item = items[index] if items else (None, index)
        return {"index": index, "item": item, "state": state, **({} if key is None else {"key": key})}

    async def _loop(self, path: str) -> tuple[dict[str, Any], list[tuple[str | None, JSON]]]:
        """The config of the loop at `path`, and the key and item of each round where it goes over something."""
        if path not in self._loops:
            state = self._run.state.nodes[path]
            data = {"config": state.config, "blobs": state.config_blobs}
            config = await restore(self._run.journal, data, "config") or {}
            over = config.get("over")
            keyed = over.items() if isinstance(over, dict) else ((None, item) for item in over or ())
            items: list[tuple[str | None, JSON]] = list(keyed)
            self._loops[path] = config, items
        return self._loops[path]


async def compensate(run: "Run", undos: list[Undo], error: dict[str, Any]) -> str:
    """Undo one by one; answers `done`, or `partial` where one failed."""
    partial = "failed" in run.state.undone.values()
    for undo in undos:
        await run.hold_if_draining()
        partial |= not await _undo(run, undo, error)
    return "partial" if partial else "done"


async def _undo(run: "Run", undo: Undo, error: dict[str, Any]) -> bool:
    """Run one undoing node, by its own policy; answers whether it did its work."""
    undone = undo.context
    target = undone.plan.compensation
    assert target is not None
    path = undone.frame.prefix + target.id
    undone.frame.outputs[undone.node] = undo.output
    usage: dict[str, Any] | None = None
    begun = run.state.nodes.get(path) if run.state.undone.get(undone.path) == "running" else None
    attempt = begun.attempt if begun is not None else 1
    while True:
        context = Undoing(undone, target, path, attempt, error, begun)
        about: dict[str, Any] = {"of": undone.path, "attempt": attempt}
        try:
            about["output"], text = await _attempt(context, about)
        except NodeError as problem:
            usage = _together(usage, context)
            if should_retry(target.policy, attempt, problem):
                await _rest(run, retry_delay(target.policy, attempt, problem.retry_after_s, context.jitter))
                await run.hold_if_draining()
                attempt, begun = attempt + 1, None
                continue
            about["error"] = context.error(problem)
            return await _tell(context, "compensation.failed", about, usage)
        await store(run.journal, about, "output", text)
        await _tell(context, "compensation.completed", about, _together(usage, context))
        return True


async def _attempt(context: "Undoing", about: dict[str, Any]) -> tuple[JSON, bytes]:
    """Render, tell, call; the output and its text. Whatever goes wrong comes out as NodeError."""
    target = context.plan
    try:
        rendered = await context.render()
        model = context.validate(rendered)
    except NodeError:
        await _begin(context, about, target.node.config)
        raise
    await _begin(context, about, rendered)
    if context.rerun and target.policy.on_crash == "fail" and target.effect == "write":
        raise NodeError("interrupted", "The run was interrupted while this node ran.")
    try:
        result = await _call(context, model)
    except (NodeFailure, RunFailed) as failure:
        raise NodeError(failure.error["type"], failure.error["message"]) from None
    if isinstance(result, Result):
        if result.usage is not None:
            context.book(result.usage)
        return await plain_output(context, result.output)
    return await plain_output(context, result)


async def _call(context: "Undoing", model: NodeConfig) -> JSON | Result:
    """Call the node, and again after each time that it waited for, which its policy's time leaves out."""
    run = context.run
    while True:
        try:
            return await call_in_time(context, context.plan.type.function, model, context)
        except Suspended as suspended:
            if suspended.kind != "timer" or suspended.due_at is None:
                told = "A compensation cannot wait for what comes from outside."
                raise NodeError("unavailable", told) from None
            await _rest(run, suspended.due_at - run.clock.now().timestamp())
            await run.hold_if_draining()
            context.wake()


async def _rest(run: "Run", seconds: float) -> None:
    """Let `seconds` pass, not counted as one that works, so that a drain need not wait for the end."""
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def ring() -> None:
        await run.clock.sleep(max(0.0, seconds))
        run.unpark(over)

    bell = asyncio.create_task(ring())
    try:
        await run.park(over)
    finally:
        bell.cancel()


async def _begin(context: "Undoing", about: dict[str, Any], config: dict[str, Any]) -> None:
    run = context.run
    data = {**about, "rerun": context.rerun, "config": run.masks.value(config), "error": context.failure}
    await store(run.journal, data, "config", encode(data["config"]))
    run.emit("compensation.started", data, context.node, context.path)
    await run.journal.committed()


async def _tell(context: "Undoing", type: str, data: dict[str, Any], usage: dict[str, Any] | None) -> bool:
    """Write how it ended; answers False, which is what a failed one answers."""
    context.flush()
    if usage is not None:
        data["usage"] = usage
    context.run.emit(type, data, context.node, context.path)
    await context.run.journal.committed()
    return False


def _together(usage: dict[str, Any] | None, context: "Undoing") -> dict[str, Any] | None:
    used = context.take_usage()
    return usage if used is None else add_usage(usage, used)


class Undoing(NodeContext):
    """An undoing node's context: it sees what the undone node saw, its output, and `error`."""

    def __init__(
        self,
        undone: NodeContext,
        target: PlanNode,
        path: str,
        attempt: int,
        error: dict[str, Any],
        begun: NodeState | None,
    ) -> None:
        super().__init__(undone.frame, Decision(target, []), path, attempt)
        self.rerun = begun is not None
        """A lost owner began this very attempt."""
        self.started = (begun.started_at if begun is not None else None) or self.started
        visible = undone.visible
        self.visible = visible | {undone.node} if visible is not None else None
        self.failure = error

    def value(self, name: str) -> JSON:
        return self.failure if name == "error" else super().value(name)

    def wake(self) -> None:
        """Be ready to be called anew: its steps are counted from the first again, which the journal has."""
        self._steps = 0
        self.woken = Woken("timer", at=self.run.clock.now())

    async def tell_start(self, **more: JSON) -> None:
        """A compensation has events of its own."""

    def check_open(self) -> None:
        """What is undone has its end, and so has its frame: an undoing node works after it."""

    def _show(self, text: str) -> None:
        """Nobody watches an undoing node's stream: it has no attempt among the node's events."""

    async def reserve(self, usage: Any) -> None:
        """The run's limits do not count here."""
