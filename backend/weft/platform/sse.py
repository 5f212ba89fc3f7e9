"""Server-sent events: they end when they have ended, when the right to them is gone, or when the server drains."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Message, Send

from weft.kernel.errors import WeftError

PING_S: Final = 15
RECHECK_S: Final = 30.0
GOODBYE: Final = b"retry: 1000\n\n"


class EventStream(EventSourceResponse):
    """`frames` (each one or more whole SSE frames, encoded once for all who watch) as text/event-stream, until they
    end, the server drains, or whoever asked may no longer do what `permission` names."""

    def __init__(self, request: Request, frames: AsyncGenerator[bytes, None], permission: str) -> None:
        request.state.streaming = True  # its length is no latency
        super().__init__(self._until_over(frames), ping=PING_S, ping_message_factory=_ping, sep="\n")
        self._request, self._permission = request, permission
        self._draining: asyncio.Event = request.app.state.draining
        self._is_over = False
        self._waiting: asyncio.Task[object] | None = None
        """The task that waits for a frame: a stream that is over need not wait for one that never comes."""

    async def _send_with_timeout(self, send: Send, message: Message) -> None:
        """Without a limit, whose scope would cost more than the frame: who reads slowly ends with the connection."""
        await send(message)

    async def _until_over(self, frames: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        task = asyncio.current_task()
        assert task is not None
        minding = asyncio.create_task(self._mind())
        try:
            async with aclosing(frames):
                self._waiting = task
                async for text in frames:
                    self._waiting = None
                    yield text
                    if self._is_over:
                        break
                    self._waiting = task
        except asyncio.CancelledError:
            if not self._is_over:
                raise
            task.uncancel()
        finally:
            self._waiting = None
            minding.cancel()
        if self._is_over:
            await minding  # raises what the look at the right raised
        if self._draining.is_set():
            yield GOODBYE

    async def _mind(self) -> None:
        """Whatever ends this ends the stream."""
        try:
            while await self._may_go_on():
                continue
        finally:
            self._is_over = True
            if self._waiting is not None:
                self._waiting.cancel()

    async def _may_go_on(self) -> bool:
        """Whether the right to the stream is still there after a while; at once False when the server drains."""
        try:
            async with asyncio.timeout(RECHECK_S):
                await self._draining.wait()
        except TimeoutError:
            return await self._is_allowed()
        return False

    async def _is_allowed(self) -> bool:
        try:
            actor = await asyncio.shield(self._request.state.recheck())
        except WeftError:
            return False
        return bool(actor.may(self._permission))


def _ping() -> ServerSentEvent:
    return ServerSentEvent(comment="", sep="\n")
