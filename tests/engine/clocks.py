"""A clock in a test's hand."""

import asyncio
from datetime import UTC, datetime, timedelta


class VirtualClock:
    """Time that passes only when somebody sleeps: a wait of hours takes a turn of the loop."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        due = self._seconds + seconds
        await asyncio.sleep(0)
        self._seconds = max(self._seconds, due)
