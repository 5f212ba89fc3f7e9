"""The journal as the engine sees it: handed in, appended to, asked whether what it was given is safe."""

import hashlib
from typing import Any, Final, Protocol

from weft.engine import large
from weft.engine.events import Event
from weft.engine.values import JSON, decode

INLINE_BYTES: Final = 64 * 1024
"""A value whose JSON is longer is kept once, as a blob, and named in events."""
PREVIEW_CHARACTERS: Final = 400


class JournalLost(Exception):
    """The journal takes no more from this run: another owner has it, or it cannot be written."""

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(message or reason)
        self.reason = reason


class Journal(Protocol):
    """Where a run's events go. `append` never waits; `committed` returns when all appended are durable."""

    def append(self, event: Event) -> None:
        """Queue `event` to be written, in order."""
        ...

    def stream(self, event: Event) -> None:
        """Show `event` to those who watch, without writing it (`node.delta`)."""
        ...

    @property
    def backlog(self) -> int:
        """How many appended events are not yet durable."""
        ...

    async def committed(self) -> None:
        """Return when every appended event is durable. Raises JournalLost."""
        ...

    async def keep(self, sha256: str, text: bytes) -> None:
        """Store a value under its hash; durable when it returns."""
        ...

    async def load(self, sha256: str) -> bytes:
        """The text of a kept value. Raises KeyError."""
        ...


class MemoryJournal:
    """A journal in memory: for `weft run`, and for tests of the engine alone."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.blobs: dict[str, bytes] = {}

    backlog = 0

    def append(self, event: Event) -> None:
        self.events.append(event)

    def stream(self, event: Event) -> None:
        """Nobody watches."""

    async def committed(self) -> None:
        """Memory is as durable as it gets."""

    async def keep(self, sha256: str, text: bytes) -> None:
        self.blobs[sha256] = text

    async def load(self, sha256: str) -> bytes:
        return self.blobs[sha256]


def blob_reference(text: bytes, sha256: str | None = None) -> dict[str, Any]:
    """What stands in an event in place of a long value, whose hash may be known."""
    preview = text[: PREVIEW_CHARACTERS * 4].decode("utf-8", "ignore")[:PREVIEW_CHARACTERS]
    return {"$blob": sha256 or hashlib.sha256(text).hexdigest(), "size": len(text), "preview": preview}


async def store(journal: Journal, data: dict[str, Any], key: str, text: bytes) -> None:
    """Where `data[key]`, whose JSON is `text`, is long: keep it as a blob, durable now, and leave a reference.

    `data["blobs"]` names the keys that are references: a value from outside may have the same shape.
    """
    if len(text) > INLINE_BYTES:
        reference = blob_reference(text, await large.sha256(text))
        await journal.keep(reference["$blob"], text)
        data[key] = reference
        data["blobs"] = [*data.get("blobs", ()), key]


async def restore(journal: Journal, data: dict[str, Any], key: str) -> JSON:
    """The value of `data[key]`, read from its blob where it is one."""
    if key in data.get("blobs", ()):
        return decode(await journal.load(data[key]["$blob"]))
    return data.get(key)
