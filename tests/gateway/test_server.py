"""The end of a server: streams are told to come back, answers under way are finished, the exit code is 0."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from tests.gateway.house import House

from weft.kernel.errors import Unavailable
from weft.platform.server import serve

ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[tuple[Process, str]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.draining", *arguments, stdout=PIPE, stderr=PIPE, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            address = (await process.stdout.readline()).decode().strip()
        yield process, address
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("birth", ["plain", "ignore"])
async def test_a_signal_drains_and_exits_with_0(number: signal.Signals, birth: str) -> None:
    async with running("10", birth) as (process, address), httpx.AsyncClient(base_url=address) as client:
        slow = asyncio.create_task(client.get("/slow?seconds=1"))
        async with client.stream("GET", "/stream") as stream:
            lines = stream.aiter_raw()
            assert await anext(lines) == b"id: 1\ndata: {}\n\n"
            process.send_signal(number)
            rest = b"".join([piece async for piece in lines])
        assert rest == b"retry: 1000\n\n"
        assert (await slow).json() == {"done": True}
        async with asyncio.timeout(60):
            output, errors = await process.communicate()
        assert process.returncode == 0
        assert output == b"drained\n"
        assert b"Traceback" not in errors


async def test_what_takes_longer_than_the_drain_is_told_so() -> None:
    async with running("0.5") as (process, address), httpx.AsyncClient(base_url=address) as client:
        slow = asyncio.create_task(client.get("/slow?seconds=60"))
        while not (await client.get("/slow?seconds=0")).is_success:
            continue
        process.terminate()
        answer = await slow
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        async with asyncio.timeout(60):
            _, errors = await process.communicate()
        assert process.returncode == 0
        assert b"Traceback" not in errors


async def test_a_taken_address_is_one_clear_error(house: House) -> None:
    async def nothing(_hurry: asyncio.Event) -> None:
        return

    async with running("1") as (_, address):
        port = int(address.rpartition(":")[2])
        with pytest.raises(Unavailable, match=f"Cannot listen on 127.0.0.1:{port}"):
            await serve(house.app, house.settings, "127.0.0.1", port, nothing)
