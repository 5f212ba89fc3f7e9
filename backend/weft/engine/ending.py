"""How a run ends: stopped and handed over, completed, or failed or cancelled with what it did undone."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from weft.engine.activity import cancel_all
from weft.engine.compensation import compensate, undo_list
from weft.engine.errors import NodeError, NodeFailure, RunFailed, error_value
from weft.engine.journal import JournalLost, store
from weft.engine.results import run_outputs
from weft.engine.values import JSON, encode

if TYPE_CHECKING:
    from weft.engine.frame import Frame
    from weft.engine.run import Run

Status = Literal["completed", "failed", "cancelled", "waiting", "stopped"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How `go` ended. `waiting`: until `due_at` (epoch seconds) or a signal. `stopped`: handed over, not ended."""

    status: Status
    outputs: dict[str, JSON] | None = None
    error: dict[str, Any] | None = None
    usage: dict[str, Any] = field(default_factory=dict)
    compensation: str | None = None
    due_at: float | None = None


async def end(run: "Run", frame: "Frame", root: "asyncio.Task[None] | None") -> Outcome:
    """End the run; `root` is the task that ran its top level, None where it was not begun. Raises JournalLost."""
    error = None if root is None or root.cancelled() or not root.done() else root.exception()
    if run.broken is not None or isinstance(error, JournalLost):
        run.silent = True
        raise run.broken or error  # type: ignore[misc]
    if run.stopping:
        return _stopped(run)
    failure = run.failure
    if failure is None and isinstance(error, NodeFailure | RunFailed):
        failure = error.error
    elif failure is None and error is not None:
        raise error
    if failure is None and run.cancelled_by is None:
        return await _complete(run, frame)
    return await _fail_or_cancel(run, failure)


def _stopped(run: "Run") -> Outcome:
    if run.broken is not None:
        raise run.broken
    return Outcome("stopped", usage=run.ledger.usage)


async def _complete(run: "Run", frame: "Frame") -> Outcome:
    outputs = run.masks.value(run_outputs(frame))
    data: dict[str, Any] = {"outputs": outputs, "usage": run.ledger.usage, "compensation": None}
    await store(run.journal, data, "outputs", encode(outputs))
    await _tell(run, "execution.completed", data)
    return Outcome("completed", outputs=outputs, usage=run.ledger.usage)


async def _fail_or_cancel(run: "Run", failure: dict[str, Any] | None) -> Outcome:
    """The run failed with `failure`, or was cancelled where there is none: undo, then end."""
    run.cancel_recorded()
    status: Status = "failed" if failure is not None else "cancelled"
    compensation = await _undo_unless_stopped(run, failure)
    if run.stopping:
        return _stopped(run)
    data: dict[str, Any] = {"error": failure} if failure is not None else {"by": run.cancelled_by}
    await _tell(run, f"execution.{status}", data | {"usage": run.ledger.usage, "compensation": compensation})
    return Outcome(status, error=run.masks.value(failure), usage=run.ledger.usage, compensation=compensation)


async def _tell(run: "Run", type: str, data: dict[str, Any]) -> None:
    """The terminal event: nothing is written after it."""
    run.emit(type, data)
    run.silent = True
    await run.journal.committed()


async def _undo_unless_stopped(run: "Run", failure: dict[str, Any] | None) -> str | None:
    """Undo what was done; a stop ends the undoing too."""
    run.enter()
    task = asyncio.create_task(_undo(run, failure))
    run.notice(task)
    try:
        while not task.done():
            if run.stopping or (run.draining and run.idle):
                run.stop()
                return None
            await run.noticed()
        return task.result()
    finally:
        run.leave()
        await cancel_all([task])


async def _undo(run: "Run", failure: dict[str, Any] | None) -> str | None:
    undos = await undo_list(run)
    if not undos and not run.state.undone:
        return None
    error = failure or error_value(NodeError("cancelled", "The run was cancelled."))
    return await compensate(run, undos, error)
