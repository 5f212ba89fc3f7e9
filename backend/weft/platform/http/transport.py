"""An httpx transport whose connections are made by the guard. Imported at the first call only: it imports httpx.

The guard sits below the pool: a connection belongs to the scheme, host and port of the URL (which also
give Host, SNI and the name the certificate must carry), and goes to an address that was checked when it was
made. So neither a changed DNS answer nor a pooled connection of another name can lead around it.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from weft.engine.errors import NodeError
from weft.platform.http.decoding import PIECE, Decoder, UnreadableBody, decoder_for
from weft.platform.http.guard import Guard

MAX_BYTES = "weft.max_bytes"
"""The request extension that says how large the decoded answer may be."""


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections, to checked addresses only."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._guard.addresses(host, port)
        end = None if timeout is None else time.monotonic() + timeout
        for index, address in enumerate(addresses):
            left = None if end is None else max(0.1, (end - time.monotonic()) / (len(addresses) - index))
            try:
                return await self._network.connect_tcp(
                    str(address), port, timeout=left, local_address=local_address, socket_options=socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if index == len(addresses) - 1:
                    raise
        raise httpcore.ConnectError("no address")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise NodeError("blocked_host", "Unix sockets are not reached.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class GuardedTransport(httpx.AsyncBaseTransport):
    """HTTP/1.1 over guarded connections, without proxies. Answers are decoded here, and never larger than asked."""

    def __init__(
        self, guard: Guard, *, ssl_context: ssl.SSLContext | None = None, max_bytes: int = 100 * 1024 * 1024
    ) -> None:
        self._max_bytes = max_bytes
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context or httpx.create_ssl_context(trust_env=False),
            max_connections=500,
            max_keepalive_connections=50,
            keepalive_expiry=30,
            http1=True,
            http2=False,
            network_backend=GuardedBackend(guard),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; no redirect is followed. Raises httpx's errors and the guard's NodeError."""
        url = request.url
        plain = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _httpx_errors():
            answer = await self._pool.handle_async_request(plain)
        headers = httpx.Headers(answer.headers)
        decoder = None
        if request.method != "HEAD" and answer.status not in (204, 304):
            try:
                decoder = decoder_for(headers.get("content-encoding"))
            except UnreadableBody:
                await answer.aclose()
                raise NodeError("network", "The answer has a Content-Encoding that was not asked for.") from None
        if decoder is not None:
            del headers["content-encoding"]
            headers.pop("content-length", None)
        limit = request.extensions.get(MAX_BYTES, self._max_bytes)
        stream = _Body(answer, decoder, limit)
        return httpx.Response(answer.status, headers=headers, stream=stream, extensions=answer.extensions)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response, decoder: Decoder | None, limit: int) -> None:
        self._answer = answer
        self._decoder = decoder
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        try:
            with _httpx_errors():
                async for data in self._answer.aiter_stream():
                    for piece in self._decoder.feed(data) if self._decoder else (data,):
                        size += len(piece)
                        if size > self._limit:
                            raise NodeError("output_too_large", f"The answer is larger than {self._limit} bytes.")
                        yield piece
                        if len(piece) >= PIECE:
                            await asyncio.sleep(0)
        except UnreadableBody:
            raise NodeError("network", "The answer's body is not what its Content-Encoding says.") from None
        if self._decoder and not self._decoder.ended():
            raise NodeError("network", "The answer's body ends too early.")

    async def aclose(self) -> None:
        await self._answer.aclose()


@contextmanager
def _httpx_errors() -> Iterator[None]:
    """httpcore's errors as httpx's: both name them alike."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        kind = getattr(httpx, type(error).__name__, httpx.NetworkError)
        raise kind(str(error)) from error
