"""Time as a port, so that tests and replays hold it in their hand."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

import orjson


class Clock(Protocol):
    """Wall time for records, monotonic time for durations."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary point; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def timestamp(moment: datetime) -> str:
    """`moment` as RFC 3339 in UTC, with milliseconds and a Z."""
    # Every event has one or two of these. orjson writes them in a tenth of the time, microseconds left out where 0.
    text = orjson.dumps(moment.astimezone(UTC))
    return f"{text[1:24].decode()}Z" if moment.microsecond else f"{text[1:20].decode()}.000Z"
