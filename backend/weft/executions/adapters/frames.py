"""Events as rows of the journal, and as SSE frames: encoded once for all who watch."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, Dialect

from weft.engine.events import Event
from weft.engine.values import encode
from weft.executions.ports import Frame
from weft.executions.tables import event_body, event_depth, execution_events


def encode_data(event: Event) -> bytes:
    """The event's data as JSON text; keys in their order."""
    return encode(event.data)


def frame_of(execution_id: str, row: Any, data: bytes | str) -> Frame:
    """The SSE frame of an event; a delta has no id."""
    text = orjson.dumps(event_body(execution_id, row, data))
    identity = b"id: %d\n" % row.sequence if row.sequence else b""
    frame = b"%bevent: %b\ndata: %b\n\n" % (identity, row.type.encode(), text)
    return Frame(row.sequence, row.type, row.path, frame)


def add_events(connection: Connection, events: Iterable[tuple[UUID, UUID, Event, bytes]]) -> None:
    """Append to execution_events: of each event its workspace, its execution, itself, and its data as text.

    The driver is handed the rows as they are: to bind each value by its column's type takes longer than to write it.
    """
    native = connection.dialect.supports_native_uuid
    rows = [
        (
            workspace_id if native else workspace_id.hex,
            execution_id if native else execution_id.hex,
            event.sequence,
            event.type,
            event.node,
            event.path,
            event_depth(event.path),
            event.epoch,
            event.at,
            text.decode(),
        )
        for workspace_id, execution_id, event, text in events
    ]
    connection.exec_driver_sql(_insert(connection.dialect), rows)


@lru_cache(maxsize=4)
def _insert(dialect: Dialect) -> str:
    return str(execution_events.insert().compile(dialect=dialect))
