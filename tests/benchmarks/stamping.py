"""`weft`, noting when each event of a run was appended and when it was published, on the machine's monotonic clock."""

import os
import time
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import orjson

from weft.cli import app, serving
from weft.engine.events import Event
from weft.executions.adapters.journal import RunJournal
from weft.executions.adapters.live import ProcessLiveFeed
from weft.executions.ports import Frame

STAMPS: dict[str, dict[str, dict[str, int]]] = {"appended": {}, "published": {}}


def _note(kind: str, execution_id: UUID, sequence: int) -> None:
    if sequence:
        STAMPS[kind].setdefault(str(execution_id), {})[str(sequence)] = time.monotonic_ns()


def _stamp() -> None:
    append, publish, end_process = RunJournal.append, ProcessLiveFeed.publish, serving.end_process

    def stamped_append(self: RunJournal, event: Event) -> None:
        _note("appended", self.progress.execution_id, event.sequence)
        append(self, event)

    def stamped_publish(self: ProcessLiveFeed, execution_id: UUID, frames: list[Frame], *more: Any) -> None:
        for frame in frames:
            _note("published", execution_id, frame.sequence)
        publish(self, execution_id, frames, *more)

    RunJournal.append = stamped_append  # type: ignore[method-assign]
    ProcessLiveFeed.publish = stamped_publish  # type: ignore[method-assign]

    def stamped_end(code: int) -> NoReturn:
        Path(os.environ["STAMPS"]).write_bytes(orjson.dumps(STAMPS))
        end_process(code)

    serving.end_process = stamped_end  # type: ignore[assignment]


if __name__ == "__main__":
    _stamp()
    app()
