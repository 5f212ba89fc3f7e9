"""Stands in front of PostgreSQL: loses the answer to a COMMIT, goes away, comes back."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import make_url

COMMIT = b"COMMIT;"


class PostgresProxy:
    """Forwards bytes both ways. Its switches may be set from any thread."""

    def __init__(self, database_url: str) -> None:
        self._url = make_url(database_url)
        self._port = 0
        self.lose_answers = 0
        """So many of the next COMMITs are forwarded, and their answers lost with the connection."""
        self.lost = 0
        self.is_away = False
        """Every connection is cut, and new ones are too."""

    @property
    def url(self) -> str:
        """The database as it is reached through here."""
        through = self._url.set(host="127.0.0.1", port=self._port, query={})
        return through.render_as_string(hide_password=False)

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host = self._url.query.get("host") or self._url.host or "127.0.0.1"
        port = self._url.port or 5432
        if str(host).startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(str(host), port)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        if self.is_away:
            writer.transport.abort()
            return
        inner_reader, inner_writer = await self._dial()
        doomed = asyncio.Event()
        ways = [
            asyncio.create_task(self._forward(reader, inner_writer, doomed)),
            asyncio.create_task(self._answer(inner_reader, writer, doomed)),
            asyncio.create_task(self._leave()),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for each in (writer, inner_writer):
            each.transport.abort()

    async def _leave(self) -> None:
        while not self.is_away:
            await asyncio.sleep(0.01)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                if COMMIT in data and self.lose_answers > 0:
                    self.lose_answers -= 1
                    self.lost += 1
                    doomed.set()
                writer.write(data)
                await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                if doomed.is_set():
                    return
                writer.write(data)
                await writer.drain()

    async def live(self, ready: threading.Event, leave: asyncio.Event) -> None:
        """Listen until told to leave."""
        server = await asyncio.start_server(self.accept, "127.0.0.1", 0, family=socket.AF_INET)
        self._port = server.sockets[0].getsockname()[1]
        ready.set()
        await leave.wait()
        server.close()
        self.is_away = True
        await asyncio.sleep(0.1)


@contextmanager
def postgres_proxy(database_url: str) -> Iterator[PostgresProxy]:
    """A proxy in a thread of its own, in front of that database."""
    proxy = PostgresProxy(database_url)
    loop = asyncio.new_event_loop()
    ready, leave = threading.Event(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(proxy.live(ready, leave),))
    thread.start()
    assert ready.wait(5)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(leave.set)
        thread.join(10)
        loop.close()
