"""Group commit: one writer takes whatever is queued when the previous commit returns, and writes it in one
transaction. No timer: alone, an item is written at once; under load, many share one commit.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from weft.platform.database import Database

log = structlog.get_logger()
MAX_ITEMS: Final = 1_000
MAX_BYTES: Final = 4 * 1024 * 1024


class Item(Protocol):
    """What is queued. It learns how it went: exactly one of `written` and `refused` is called."""

    @property
    def key_of_batch(self) -> object:
        """Items of one key stand or fall together (a run's events)."""
        ...

    @property
    def size(self) -> int:
        """About how many bytes it writes."""
        ...

    def written(self) -> None:
        """The commit that holds it has returned."""
        ...

    def refused(self, error: BaseException) -> None:
        """It cannot be written."""
        ...


ItemT = TypeVar("ItemT", bound=Item)
Write = Callable[[AsyncConnection, list[ItemT]], Awaitable[list[tuple[ItemT, BaseException]]]]
"""Writes a batch in the open transaction; answers the items that must not be written, with the reason."""


class GroupCommit:
    """The one writer of its kind in a process."""

    def __init__(self, database: Database, write: Write) -> None:  # type: ignore[type-arg]
        self._database = database
        self._write = write
        self._queue: deque[Item] = deque()
        self._bell = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None

    def submit(self, item: Item) -> None:
        """Queue `item`."""
        self._queue.append(item)
        self._idle.clear()
        self._bell.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="journal-writer")

    async def stop(self) -> None:
        """Write what is queued, then stop."""
        await self._idle.wait()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        while True:
            if not self._queue:
                self._idle.set()
                self._bell.clear()
                await self._bell.wait()
            batch = self._take()
            # Cancelling a commit would leave its outcome unknown: it is finished, whoever is cancelled.
            await asyncio.shield(asyncio.ensure_future(self._commit(batch)))

    def _take(self) -> list[Item]:
        batch: list[Item] = []
        size = 0
        while self._queue and len(batch) < MAX_ITEMS and size < MAX_BYTES:
            item = self._queue.popleft()
            size += item.size
            batch.append(item)
        return batch

    async def _commit(self, batch: list[Item]) -> None:
        try:
            await self._transaction(batch)
        except Exception as error:
            # The edge of the database: a batch that fails is tried key by key, once, so that one bad run
            # does not take the others with it.
            log.warning("journal batch failed", items=len(batch), error=repr(error))
            for part in _by_key(batch):
                await self._commit_alone(part)

    async def _commit_alone(self, part: list[Item]) -> None:
        try:
            await self._transaction(part)
        except Exception as error:
            log.error("journal item refused", key=str(part[0].key_of_batch), error=repr(error))
            for item in part:
                item.refused(error)

    async def _transaction(self, batch: list[Item]) -> None:
        async with self._database.write() as connection:
            refused = await self._write(connection, batch)
        lost = {id(item) for item, _ in refused}
        for item, reason in refused:
            item.refused(reason)
        for item in batch:
            if id(item) not in lost:
                item.written()


def _by_key(batch: list[Item]) -> list[list[Item]]:
    parts: dict[object, list[Item]] = {}
    for item in batch:
        parts.setdefault(item.key_of_batch, []).append(item)
    return list(parts.values())
