"""Ends of runs that the engine does not find by itself: what broke inside Weft, and workers lost one after another."""

from typing import Any

from weft.engine.events import Event
from weft.engine.run import Outcome
from weft.engine.state import RunState
from weft.executions.adapters.journal import RunJournal
from weft.kernel.clock import Clock, timestamp


async def end_broken(journal: RunJournal, state: RunState, epoch: int, clock: Clock) -> Outcome:
    """The engine breaks on this run even where it only has to end it: write the end, and nothing else."""
    error = internal_error()
    data = {"error": error, "usage": state.usage, "compensation": state.compensation and "partial"}
    at = timestamp(clock.now())
    journal.append(Event(state.sequence + 1, "execution.failed", at, epoch, data))
    await journal.committed()
    return Outcome("failed", error=error, usage=state.usage)


def internal_error() -> dict[str, Any]:
    """A bug in Weft ends the run."""
    message = "The run met an error inside Weft. The log has it under the execution's id."
    return {"type": "internal", "message": message, "retryable": False, "details": {}}


def worker_lost_error(owners: int) -> dict[str, Any]:
    """So many owners in a row were lost with the run."""
    message = f"{owners} workers in a row were lost while they ran this execution."
    return {"type": "worker_lost", "message": message, "retryable": False, "details": {}}
