"""Events as SSE frames, encoded once for all who watch."""

from typing import Any

import orjson

from weft.engine.events import Event
from weft.engine.values import encode
from weft.executions.ports import Frame
from weft.executions.tables import event_body


def encode_data(event: Event) -> bytes:
    """The event's data as JSON text; keys in their order."""
    return encode(event.data)


def frame_of(execution_id: str, row: Any, data: bytes | str) -> Frame:
    """The SSE frame of an event; a delta has no id."""
    text = orjson.dumps(event_body(execution_id, row, data))
    identity = b"id: %d\n" % row.sequence if row.sequence else b""
    frame = b"%bevent: %b\ndata: %b\n\n" % (identity, row.type.encode(), text)
    return Frame(row.sequence, row.type, row.path, frame)
