"""Undoing, when a run fails or is cancelled: completed nodes in reverse order, one by one, over all containers.

Each undoing node sees what the node saw that it undoes, that node's output, and `error`. One that fails is
recorded, and the next runs.
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from weft.engine.context import NodeContext, Suspended
from weft.engine.errors import NodeError, RunFailed
from weft.engine.journal import restore
from weft.engine.node import Result
from weft.engine.plan import PlanNode
from weft.engine.policies import retry_delay, should_retry
from weft.engine.readiness import Decision
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
    recorded = [
        await _recorded(run, path, node)
        for path, node in _compensated_paths(run)
        if path not in known and run.state.undone.get(path) != "completed"
    ]
    undos = run.undos + [undo for undo in recorded if undo is not None]
    return sorted(undos, key=lambda undo: undo.sequence, reverse=True)


def _compensated_paths(run: "Run") -> list[tuple[str, PlanNode]]:
    found = []
    for path, state in run.state.nodes.items():
        node = run.plan.by_id.get(state.node)
        if node is None or node.compensation is None or run.state.undone.get(path) == "failed":
            continue
        ran = state.status == "completed" and state.origin == "run"
        unsure = (state.error or {}).get("type") in ("timeout", "network", "interrupted", "cancelled")
        if ran or (state.status == "failed" and unsure and node.policy.compensate == "started"):
            found.append((path, node))
    return found


async def _recorded(run: "Run", path: str, node: PlanNode) -> Undo | None:
    """An undo rebuilt from the journal: the frame as the node saw it, filled from what the state knows."""
    state = run.state.nodes[path]
    frame = await _frame_at(run, path.removesuffix(node.id))
    context = NodeContext(frame, Decision(node, []), path, max(state.attempt, 1), None)
    context.visible = frozenset(state.visible) if state.visible is not None else None
    output = await restore(run.journal, {"output": state.output, "blobs": state.blobs}, "output")
    return Undo(context, output, state.sequence)


async def _frame_at(run: "Run", prefix: str) -> "Frame":
    from weft.engine.frame import Frame

    if not prefix:
        frame = Frame(run, run.plan.root, "", None, None)
    else:
        head = prefix.removesuffix(".")
        container_path, _, number = head.removesuffix("]").rpartition("[") if head.endswith("]") else (head, "", "")
        index = int(number) if number else None
        outer_prefix = container_path[: len(container_path) - len(container_path.rpartition(".")[2])]
        outer = await _frame_at(run, outer_prefix)
        container = run.plan.by_id[container_path.rpartition(".")[2]]
        assert container.frame is not None
        values = await _round_values(run, container_path, index)
        frame = Frame(run, container.frame, prefix, outer, container, values)
    for node in frame.plan.nodes:
        state = run.state.nodes.get(prefix + node.id)
        if state is not None and state.has_output:
            data = {"output": state.output, "blobs": state.blobs}
            frame.outputs[node.id] = await restore(run.journal, data, "output")
    return frame


async def _round_values(run: "Run", container_path: str, index: int | None) -> dict[str, JSON]:
    if index is None:
        return {}
    state = run.state.nodes[container_path]
    config = await restore(run.journal, {"config": state.config, "blobs": state.config_blobs}, "config") or {}
    over = config.get("over")
    before = run.state.rounds.get(f"{container_path}[{index - 1}]", {}) if index else {}
    values: dict[str, JSON] = {"index": index, "item": index, "state": before.get("state") or config.get("state") or {}}
    if isinstance(over, dict):
        values["key"], values["item"] = list(over.items())[index]
    elif isinstance(over, list):
        values["item"] = over[index]
    return values


async def compensate(run: "Run", undos: list[Undo], error: dict[str, Any]) -> str:
    """Undo one by one; answers `done`, or `partial` where one failed."""
    partial = "failed" in run.state.undone.values()
    for undo in undos:
        partial |= not await _undo(run, undo, error)
    return "partial" if partial else "done"


async def _undo(run: "Run", undo: Undo, error: dict[str, Any]) -> bool:
    undone = undo.context
    target = undone.plan.compensation
    assert target is not None
    path = undone.frame.prefix + target.id
    about = {"of": undone.path}
    attempt = 1
    undone.frame.outputs[undone.node] = undo.output
    while True:
        context = Undoing(undone, target, path, attempt, error)
        try:
            rendered = await context.render()
            model = context.validate(rendered)
            run.emit(
                "compensation.started",
                {**about, "attempt": attempt, "config": rendered, "error": error},
                target.id,
                path,
            )
            await run.journal.committed()
            async with asyncio.timeout(target.policy.timeout_s):
                result = await target.type.function(model, context)
        except (NodeError, RunFailed, Suspended, TimeoutError) as failure:
            problem = _as_node_error(failure)
            if should_retry(target.policy, attempt, problem):
                await run.clock.sleep(retry_delay(target.policy, attempt, problem.retry_after_s, run.random.random()))
                attempt += 1
                continue
            data = {**about, "attempt": attempt, "error": context.error(problem)}
            run.emit("compensation.failed", data, target.id, path)
            await run.journal.committed()
            return False
        output = result.output if isinstance(result, Result) else result
        encode(output)
        run.emit("compensation.completed", {**about, "attempt": attempt, "output": output}, target.id, path)
        await run.journal.committed()
        return True


def _as_node_error(failure: BaseException) -> NodeError:
    if isinstance(failure, NodeError):
        return failure
    if isinstance(failure, TimeoutError):
        return NodeError("timeout", "The compensation took too long.")
    if isinstance(failure, RunFailed):
        return NodeError(failure.error["type"], failure.error["message"])
    return NodeError("unavailable", "A compensation cannot wait.")


class Undoing(NodeContext):
    """An undoing node's context: it sees what the undone node saw, its output, and `error`."""

    def __init__(self, undone: NodeContext, target: PlanNode, path: str, attempt: int, error: dict[str, Any]) -> None:
        super().__init__(undone.frame, Decision(target, []), path, attempt, None)
        visible = undone.visible
        self.visible = visible | {undone.node} if visible is not None else None
        self.failure = error

    def value(self, name: str) -> JSON:
        return self.failure if name == "error" else super().value(name)

    def announce(self, data: dict[str, Any]) -> None:
        """A compensation has events of its own."""

    async def reserve(self, usage: Any) -> None:
        """The run's limits do not count here."""
