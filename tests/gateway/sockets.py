"""The real server on a real port, and raw requests to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from tests.gateway.house import House

from weft.platform.server import DrainingServer, GuardedProtocol


@asynccontextmanager
async def listening(house: House, **times: float) -> AsyncIterator[int]:
    """The port on which `house` is served; `times` shorten the protocol's patience."""
    protocol: Any = type("Impatient", (GuardedProtocol,), times)
    config = uvicorn.Config(
        house.app, host="127.0.0.1", port=0, http=protocol, ws="none", lifespan="off", log_config=None,
        access_log=False, proxy_headers=False, server_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = DrainingServer(config)
    started = asyncio.Event()
    server.on_start = started.set
    running = asyncio.create_task(server.serve())
    async with asyncio.timeout(60):
        await started.wait()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


async def exchange(port: int, *parts: bytes, patience_s: float = 30) -> bytes:
    """Send `parts` one after the other, and read until the server closes or answers whole."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        async with asyncio.timeout(patience_s):
            sender = asyncio.create_task(_send(writer, parts))
            try:
                return await _answer(reader)
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def _send(writer: asyncio.StreamWriter, parts: tuple[bytes, ...]) -> None:
    for part in parts:
        writer.write(part)
        await writer.drain()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    """b"" where the connection was closed without one."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        return getattr(error, "partial", b"")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    try:
        return head + await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return head


def status_of(answer: bytes) -> int:
    """0 for none."""
    return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/1.1 ") else 0
