"""The HTTP server: uvicorn, with connections that are not left open to whoever dawdles, and an orderly end."""

import asyncio
import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any, Final, NoReturn

import orjson
import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from weft.kernel.errors import Unavailable
from weft.kernel.ids import new_id
from weft.platform.settings import Settings
from weft.platform.telemetry import watch_loop

log = structlog.get_logger()
MARGIN_S: Final = 4.5
"""A drain ends within `drain_s` and this."""
MAX_HEAD: Final = 64 * 1024
MAX_LINES: Final = 100
COLLECTED_AFTER: Final = (10_000, 10, 10)
"""For gc. By default it collects after 700 objects: reading JSON of many, in one turn of the loop, takes three times as
long with its walks as without."""
HEAD_S: Final = 10.0
BODY_S: Final = 20.0
BODY_PACE: Final = 1024
"""Bytes of a body that must come in each BODY_S: a byte a second is as good as none."""


class GuardedProtocol(HttpToolsProtocol):
    """Ends a connection whose head is too large or too slow, or whose body stands still."""

    head_s = HEAD_S
    body_s = BODY_S

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._timer: asyncio.TimerHandle | None = None
        self._in_head = True
        self._head_bytes = self._body_bytes = 0
        self._refusal: tuple[int, str, str] | None = None
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._arm(self.head_s, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        while data and not self._refused:
            if not self._in_head:
                super().data_received(data)
                break
            room = MAX_HEAD - self._head_bytes
            part, data = data[:room], data[room:]
            self._head_bytes += len(part)
            if self._timer is None:
                self._arm(self.head_s, self._head_is_late)
            super().data_received(part)
            if self._in_head and self._head_bytes >= MAX_HEAD:
                self._refuse(431, "head_too_large", "The head of the request is over 64 KiB.")

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > MAX_LINES:
            self._refusal = (431, "head_too_large", "The head of the request has more than 100 lines.")
            raise ValueError("too many header lines")

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._body_bytes = 0
        self._arm(self.body_s, self._body_is_late)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._disarm()
        self._in_head, self._head_bytes = True, 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(*(self._refusal or (400, "malformed", "This is not an HTTP request.")))

    def _head_is_late(self) -> None:
        if self.flow.read_paused:
            self._arm(self.head_s, self._head_is_late)
        else:
            self._refuse(408, "timeout", "The head of the request took too long.")

    def _body_is_late(self) -> None:
        if self.flow.read_paused or self._body_bytes >= BODY_PACE:
            self._body_bytes = 0
            self._arm(self.body_s, self._body_is_late)
        else:
            self._refuse(408, "timeout", "The body of the request stands still.")

    def _refuse(self, status: int, code: str, detail: str) -> None:
        """Answer where nothing was answered yet, and close."""
        self._disarm()
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        cycle = self.cycle
        silent = cycle is None or cycle.response_complete or not cycle.response_started
        if silent and self._has_begun():
            self.transport.write(_problem(status, code, detail))
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()

    def _has_begun(self) -> bool:
        """Whether a request has begun to come: a connection that was only opened gets no answer."""
        return self._head_bytes > 0 or not self._in_head

    def _arm(self, seconds: float, act: Callable[[], None]) -> None:
        self._disarm()
        self._timer = self.loop.call_later(seconds, act)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _problem(status: int, code: str, detail: str) -> bytes:
    phrase, request_id = HTTPStatus(status).phrase, str(new_id())
    body = orjson.dumps(
        {
            "type": f"https://weft.dev/problems/{code}",
            "title": phrase,
            "status": status,
            "detail": detail,
            "code": code,
            "request_id": request_id,
        }
    )
    head = (
        f"HTTP/1.1 {status} {phrase}\r\ncontent-type: application/problem+json\r\ncontent-length: {len(body)}\r\n"
        f"x-request-id: {request_id}\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + body


class DrainingServer(uvicorn.Server):
    """uvicorn, which leaves signals to `serve`: it would raise them again, and the exit code would not be 0."""

    on_start: Callable[[], None] = staticmethod(lambda: None)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.on_start()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    app: FastAPI,
    settings: Settings,
    host: str,
    port: int,
    on_drain: Callable[[asyncio.Event], Awaitable[None]],
    on_start: Callable[[list[str]], None] | None = None,
) -> None:
    """Serve `app` until SIGINT or SIGTERM, then drain; a second SIGINT does not wait.

    At the signal `app.state.draining` is set (event streams end), `on_drain` is awaited (stop claiming, hand over)
    while answers under way get up to `settings.drain_s`; then the lifespan of `app` ends. The event that `on_drain`
    gets is set at a second SIGINT. What has not ended MARGIN_S after `settings.drain_s` ends with the process, whose
    exit code is 0. `on_start` is called with the addresses (`http://…`) once they accept connections. Raises
    Unavailable where the address is taken.
    """
    sockets = _bind(host, port)
    server = DrainingServer(_config(app, settings))
    drains: list[asyncio.Future[None]] = []
    hurry = asyncio.Event()
    limit = threading.Timer(settings.drain_s + MARGIN_S, _end_late)
    limit.daemon = True

    def stop(number: signal.Signals) -> None:
        if not drains:
            limit.start()
            app.state.draining.set()
            server.should_exit = True
            drains.append(asyncio.ensure_future(on_drain(hurry)))
        elif number == signal.SIGINT:
            server.force_exit = True
            hurry.set()

    if on_start:
        server.on_start = lambda: on_start([_url(one) for one in sockets])
    watcher = asyncio.create_task(watch_loop())
    try:
        with _handled(stop):
            async with app.router.lifespan_context(app):
                gc.freeze()  # what is there now stays: walking it takes a collection, and the loop, 100 ms
                gc.set_threshold(*COLLECTED_AFTER)
                await server.serve(sockets)
                await asyncio.gather(*drains)
    finally:
        limit.cancel()
        watcher.cancel()
        for one in sockets:
            one.close()


def end_process(code: int) -> NoReturn:
    """End at once, when all is closed: taking the interpreter apart costs half a second of CPU, which on a busy
    machine are many, and waits for threads that nobody can stop."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _end_late() -> None:
    """In a thread of its own: the event loop may be what stands still. The runs are as safe as after a kill -9."""
    telling = threading.Thread(target=log.warning, args=("the drain took too long, and was ended",), daemon=True)
    telling.start()
    telling.join(0.5)  # a full pipe takes no line
    os._exit(0)


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app, http=GuardedProtocol, ws="none", lifespan="off", log_config=None, access_log=False, proxy_headers=False,
        server_header=False, timeout_keep_alive=15, timeout_graceful_shutdown=settings.drain_s,  # type: ignore[arg-type]
    )  # fmt: skip


@contextmanager
def _handled(stop: Callable[[signal.Signals], None]) -> Iterator[None]:
    """Both signals call `stop`, also where they were ignored when the process was born."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        loop.add_signal_handler(number, stop, number)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def _bind(host: str, port: int) -> list[socket.socket]:
    bound: list[socket.socket] = []
    try:
        for family, *_, address in dict.fromkeys(
            socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        ):
            one = socket.create_server(address[:2], family=family, backlog=2048)
            one.setblocking(False)
            # asyncio does this for sockets that it made itself only; without it each answer waits 40 ms for an ACK.
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            bound.append(one)
    except OSError as error:
        for one in bound:
            one.close()
        raise Unavailable(f"Cannot listen on {host}:{port}: {error.strerror or error}.") from None
    return bound


def _url(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
