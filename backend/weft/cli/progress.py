"""Progress of `weft run` on stderr: a bar on a terminal, lines elsewhere, or every event as JSON."""

import sys
from typing import Any

import orjson

from weft.engine.events import Event
from weft.engine.journal import MemoryJournal

_SHOWN = {"node.completed": "✓", "node.failed": "✗", "node.retrying": "↻", "node.waiting": "…", "node.skipped": "–"}


class ProgressJournal(MemoryJournal):
    """A journal in memory that shows what is written to it."""

    def __init__(self, execution_id: str, nodes: int, *, stream: bool) -> None:
        super().__init__()
        self._execution_id = execution_id
        self._stream = stream
        self._bar: Any = None
        if not stream and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("running", total=nodes)

    def append(self, event: Event) -> None:
        super().append(event)
        if self._stream:
            print(orjson.dumps(event.as_json(self._execution_id)).decode(), file=sys.stderr, flush=True)
        elif self._bar is not None:
            self._advance(event)
        elif event.type in _SHOWN and event.path is not None and "[" not in event.path:
            self._tell(event)

    def stream(self, event: Event) -> None:
        if self._stream:
            print(orjson.dumps(event.as_json(self._execution_id)).decode(), file=sys.stderr, flush=True)

    def _advance(self, event: Event) -> None:
        top_level = event.path is not None and "[" not in event.path and "." not in event.path
        if top_level and event.type in ("node.completed", "node.failed", "node.skipped"):
            self._bar.advance(self._task)
        if event.path is not None:
            self._bar.update(self._task, description=event.path[:40])

    def _tell(self, event: Event) -> None:
        took = event.data.get("duration_ms")
        error = event.data.get("error") or {}
        detail = f" {took:.0f} ms" if took is not None else ""
        detail += f" {error.get('type')}: {error.get('message')}" if error else ""
        print(f"{_SHOWN[event.type]} {event.path}{detail}", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
