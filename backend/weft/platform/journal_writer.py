"""Group commit: one writer takes whatever is queued when the previous commit returns, and writes it in one
transaction. No timer: alone, an item is written at once; under load, many share one commit.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol, TypeVar

import structlog
from sqlalchemy import Connection

from weft.platform.database import Database, is_outage

log = structlog.get_logger()
MAX_ITEMS: Final = 1_000
MAX_BYTES: Final = 4 * 1024 * 1024
TURNS: Final = 5
PATIENCE_S: Final = 2.0
"""So long the impatient wait for a database that is away."""
STOP_S: Final = 3.0


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

    @property
    def is_patient(self) -> bool:
        """Whether it outlasts a database that is away. One that does not is refused: it may have been written."""
        ...

    def written(self) -> None:
        """The commit that holds it has returned."""
        ...

    def refused(self, error: BaseException) -> None:
        """It cannot be written."""
        ...


ItemT = TypeVar("ItemT", bound=Item)
Write = Callable[[Connection, list[ItemT]], list[tuple[ItemT, BaseException]]]
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
        self._writing: set[asyncio.Future[None]] = set()
        self._stopping = False

    def submit(self, item: Item) -> None:
        """Queue `item`."""
        if not self._queue:
            self._idle.clear()
            self._bell.set()
        self._queue.append(item)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="journal-writer")

    async def stop(self) -> None:
        """Write what is queued, then stop; what a database that is away does not take is given up."""
        self._stopping = True
        if self._task is None:
            return
        try:
            async with asyncio.timeout(STOP_S):
                await self._idle.wait()
        except TimeoutError:
            log.warning("journal stopped with events unwritten", items=len(self._queue))
        self._task.cancel()
        await asyncio.wait([self._task, *self._writing], timeout=STOP_S)
        self._task, self._stopping = None, False

    async def _run(self) -> None:
        while True:
            if not self._queue:
                self._idle.set()
                self._bell.clear()
                await self._bell.wait()
                await self._let_others_queue()
            # Cancelling a commit would leave its outcome unknown: it is finished, whoever is cancelled.
            writing = asyncio.ensure_future(self._commit(self._take()))
            self._writing.add(writing)
            writing.add_done_callback(self._writing.discard)
            await asyncio.shield(writing)

    async def _let_others_queue(self) -> None:
        """A few turns of the loop, while each brings more: who is about to queue need not wait for a second commit."""
        for _ in range(TURNS):
            queued = len(self._queue)
            await asyncio.sleep(0)
            if len(self._queue) == queued or queued >= MAX_ITEMS:
                return

    def _take(self) -> list[Item]:
        batch: list[Item] = []
        size = 0
        while self._queue and len(batch) < MAX_ITEMS and size < MAX_BYTES:
            item = self._queue.popleft()
            size += item.size
            batch.append(item)
        return batch

    async def _commit(self, batch: list[Item]) -> None:
        error = await self._outlast(batch)
        if error is None:
            return
        # A batch that fails is tried key by key, once, so that one bad run does not take the others with it.
        log.warning("journal batch failed", items=len(batch), error=repr(error))
        for part in _by_key(batch):
            error = await self._outlast(part)
            if error is not None:
                log.error("journal item refused", key=str(part[0].key_of_batch), error=repr(error))
                _refuse(part, error)

    async def _outlast(self, batch: list[Item]) -> Exception | None:
        """Write `batch`, as often as it takes where the database is away; answers any other error.

        Who does not wait that long is refused, and taken out of `batch`.
        """
        began, wait_s = time.monotonic(), 0.02
        while batch:
            try:
                refused = await self._store(batch)
            except Exception as error:
                # The edge of the database. A commit without an answer may have been one: who writes again reads first.
                if not is_outage(error):
                    return error
                log.warning("journal waits for the database", items=len(batch), error=repr(error))
                if self._stopping or time.monotonic() - began > PATIENCE_S:
                    self._dismiss(batch, error)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, 1.0)
            else:
                self._tell(batch, refused)
                break
        return None

    def _dismiss(self, batch: list[Item], error: Exception) -> None:
        """Refuse those of the batch and of the queue who do not wait any longer."""
        queued = list(self._queue)
        for items in (batch, queued):
            _refuse([item for item in items if self._stopping or not item.is_patient], error)
            items[:] = [item for item in items if item.is_patient and not self._stopping]
        self._queue = deque(queued)

    async def _store(self, batch: list[Item]) -> list[tuple[Item, BaseException]]:
        """One transaction; answers what must not be written."""
        return await self._database.transact(lambda connection: self._write(connection, batch))

    def _tell(self, batch: list[Item], refused: list[tuple[Item, BaseException]]) -> None:
        lost = {id(item) for item, _ in refused}
        for item, reason in refused:
            item.refused(reason)
        for item in batch:
            if id(item) not in lost:
                item.written()


def _refuse(items: list[Item], error: BaseException) -> None:
    for item in items:
        item.refused(error)


def _by_key(batch: list[Item]) -> list[list[Item]]:
    parts: dict[object, list[Item]] = {}
    for item in batch:
        parts.setdefault(item.key_of_batch, []).append(item)
    return list(parts.values())
