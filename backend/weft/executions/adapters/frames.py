"""Events as rows of the journal, and as SSE frames: encoded once for all who watch."""

from typing import Any
from uuid import UUID

import orjson

from weft.engine.events import Event
from weft.engine.values import encode
from weft.executions.ports import Frame
from weft.executions.tables import event_body, event_depth


def encode_data(event: Event) -> bytes:
    """The event's data as JSON text; keys in their order."""
    return encode(event.data)


def frame_of(execution_id: str, row: Any, data: bytes | str) -> Frame:
    """The SSE frame of an event; a delta has no id."""
    text = orjson.dumps(event_body(execution_id, row, data))
    identity = b"id: %d\n" % row.sequence if row.sequence else b""
    frame = b"%bevent: %b\ndata: %b\n\n" % (identity, row.type.encode(), text)
    return Frame(row.sequence, row.type, row.path, frame)


def event_row(workspace_id: UUID, execution_id: UUID, event: Event, text: bytes) -> dict[str, Any]:
    """`event` as a row of execution_events; `text` is its data."""
    return {
        "workspace_id": workspace_id,
        "execution_id": execution_id,
        "sequence": event.sequence,
        "type": event.type,
        "node": event.node,
        "path": event.path,
        "depth": event_depth(event.path),
        "epoch": event.epoch,
        "at": event.at,
        "data": text.decode(),
    }
