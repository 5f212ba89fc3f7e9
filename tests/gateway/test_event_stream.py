"""When an event stream ends: the right to it is looked at while it lasts, whether frames come or not."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from weft.kernel.errors import Unauthenticated
from weft.platform import sse

FRAME = b"id: 1\nevent: a\ndata: {}\n\n"


class Right:
    """Whether who asked may still read; what `look` raises where that cannot be known."""

    def __init__(self) -> None:
        self.lasts = True
        self.fault: Exception | None = None

    async def look(self) -> SimpleNamespace:
        if self.fault is not None:
            raise self.fault
        if not self.lasts:
            raise Unauthenticated("Sign in.")
        return SimpleNamespace(may=lambda name: name == "executions:read")


async def stream(
    frames: AsyncGenerator[bytes, None],
    right: Right,
    send: Callable[[Any], Awaitable[None]],
    permission: str = "executions:read",
) -> None:
    state = SimpleNamespace(recheck=right.look)
    app = SimpleNamespace(state=SimpleNamespace(draining=asyncio.Event()))
    response = sse.EventStream(SimpleNamespace(state=state, app=app), frames, permission)  # type: ignore[arg-type]
    async with asyncio.timeout(60):
        await response({"type": "http", "method": "GET"}, asyncio.Event().wait, send)  # type: ignore[arg-type]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    monkeypatch.setattr(sse, "RECHECK_S", 0.02)
    return []


def to(sent: list[bytes]) -> Callable[[Any], Awaitable[None]]:
    async def send(message: Any) -> None:
        sent.append(message.get("body", b"start"))

    return send


async def silent(closed: list[bool], *frames: bytes) -> AsyncGenerator[bytes, None]:
    try:
        for frame in frames:
            yield frame
        await asyncio.Event().wait()
    finally:
        closed.append(True)


async def test_a_silent_stream_ends_when_the_right_is_gone(sent: list[bytes]) -> None:
    right, closed = Right(), list[bool]()
    asyncio.get_running_loop().call_later(0.1, setattr, right, "lasts", False)
    await stream(silent(closed, FRAME), right, to(sent))
    assert (sent, closed) == ([b"start", FRAME, b""], [True])


async def test_a_stream_to_another_right_ends(sent: list[bytes]) -> None:
    await stream(silent([]), Right(), to(sent), "admin")
    assert sent == [b"start", b""]


async def test_a_stream_whose_right_cannot_be_known_ends_with_that_fault(sent: list[bytes]) -> None:
    right, closed = Right(), list[bool]()
    right.fault = OSError("the database is away")
    with pytest.raises(OSError, match="away"):
        await stream(silent(closed), right, to(sent))
    assert (sent, closed) == ([b"start"], [True])


async def test_a_reader_that_is_slow_gets_no_more_once_the_right_is_gone(sent: list[bytes]) -> None:
    right, closed = Right(), list[bool]()

    async def send(message: Any) -> None:
        sent.append(message.get("body", b"start"))
        if message.get("body") == FRAME:
            right.lasts = False
            await asyncio.sleep(0.2)

    await stream(silent(closed, *[FRAME] * 9), right, send)
    assert (sent, closed) == ([b"start", FRAME, b""], [True])


async def test_a_stream_that_has_ended_looks_no_more(sent: list[bytes]) -> None:
    async def frames() -> AsyncGenerator[bytes, None]:
        yield FRAME

    before = asyncio.all_tasks()
    await stream(frames(), Right(), to(sent))
    await asyncio.sleep(0)
    assert sent == [b"start", FRAME, b""]
    assert {task for task in asyncio.all_tasks() - before if "_mind" in str(task)} == set()
