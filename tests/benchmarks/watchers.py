"""Many watchers of one execution, in a process of their own: when did each see each node end?

`python -m tests.benchmarks.watchers PORT TOKEN EXECUTION COUNT` prints `ready` once every stream has begun, and at the
end the arrivals as JSON: a list for each watcher of [sequence, monotonic nanoseconds].
"""

import asyncio
import re
import sys
import time
from typing import cast

import orjson
import uvloop

_ENDED = re.compile(rb"id: (\d+)\nevent: node\.completed\n")
CONNECTING = 20


class Watcher(asyncio.Protocol):
    """One HTTP connection that reads an event stream."""

    def __init__(self, request: bytes) -> None:
        loop = asyncio.get_running_loop()
        self.began: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.arrivals: list[tuple[int, int]] = []
        self._request = request
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        if not self.began.done():
            assert data.startswith(b"HTTP/1.1 200"), data
            self.began.set_result(None)
        whole, separator, self._tail = (self._tail + data).rpartition(b"\n\n")
        self.arrivals += [(int(sequence), now) for sequence in _ENDED.findall(whole + separator)]

    def connection_lost(self, exc: Exception | None) -> None:
        for future in (self.began, self.ended):
            if not future.done():
                future.set_result(None)


async def watch(port: int, token: str, execution: str, count: int) -> list[list[tuple[int, int]]]:
    """Connect, tell when all have begun, and read every stream to its end."""
    request = (
        f"GET /api/v1/executions/{execution}/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Authorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n"
    ).encode()
    loop, room = asyncio.get_running_loop(), asyncio.Semaphore(CONNECTING)

    async def begin() -> Watcher:
        async with room:
            _, watcher = await loop.create_connection(lambda: Watcher(request), "127.0.0.1", port)
            await watcher.began
            return watcher

    watchers = await asyncio.gather(*(begin() for _ in range(count)))
    print("ready", flush=True)
    await asyncio.gather(*(watcher.ended for watcher in watchers))
    return [watcher.arrivals for watcher in watchers]


if __name__ == "__main__":
    port, token, execution, count = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(orjson.dumps(runner.run(watch(int(port), token, execution, int(count)))).decode())
