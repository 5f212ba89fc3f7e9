"""What one model call does on the wire. Imported at the first call only: it imports httpx.

LiteLLM's errors say little of what happened; this transport, made for one call, knows the status, the
Retry-After, how the connection ended, and closes what is still open when the call ends.
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx

from weft.engine.capabilities import Authorization
from weft.engine.errors import NodeError
from weft.platform.http.headers import permits
from weft.platform.http.urls import parse_url

MAX_REFUSAL_BYTES = 64 * 1024
"""Of what cannot be an answer: LiteLLM searches the text of an error with dozens of patterns, on the loop."""
_FROM_ENVIRONMENT = ("openai-organization", "openai-project")


class Wire(httpx.AsyncBaseTransport):
    """Sends through the guard, to `hosts` only, and remembers. `error` is what broke the call, where it is known."""

    def __init__(self, guarded: httpx.AsyncBaseTransport, hosts: tuple[str, ...], *, streams: bool) -> None:
        self._guarded = guarded
        self._streams = streams
        self._allowed = Authorization({}, hosts)
        self._open: list[httpx.AsyncByteStream] = []
        self.status: int | None = None
        self.headers: httpx.Headers = httpx.Headers()
        self.error: NodeError | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises httpx's errors and NodeError, and remembers them."""
        request.headers["accept-encoding"] = "identity"
        for name in _FROM_ENVIRONMENT:
            request.headers.pop(name, None)
        try:
            if not permits(self._allowed, parse_url(str(request.url))):
                raise NodeError("blocked_host", f"The credential is not for {request.url.host}.")
            response = await self._guarded.handle_async_request(request)
        except (NodeError, httpx.TransportError) as error:
            self.error = _known(error)
            raise
        # JSON and event streams are UTF-8; another charset would be a server's choice of what to decode with.
        response.headers["content-type"] = response.headers.get("content-type", "").partition(";")[0]
        self.status, self.headers = response.status_code, response.headers
        is_json = response.headers["content-type"].strip().lower().endswith("json")
        answers = response.status_code == 200 and (self._streams or is_json)
        stream = _Stream(response.stream, self, None if answers else MAX_REFUSAL_BYTES)
        self._open.append(stream)
        response.stream = stream
        return response

    async def close(self) -> None:
        """Close every answer that is still open: a call that ended leaves no connection in use."""
        while self._open:
            await self._open.pop().aclose()


class _Stream(httpx.AsyncByteStream):
    """An answer's body, cut at `most` bytes."""

    def __init__(self, stream: Any, wire: Wire, most: int | None) -> None:
        self._stream = stream
        self._wire = wire
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            left = self._most
            async for piece in self._stream:
                yield piece[:left]
                if left is not None:
                    left -= min(left, len(piece))
                    if left == 0:
                        return
        except (NodeError, httpx.TransportError) as error:
            self._wire.error = _known(error)
            raise

    async def aclose(self) -> None:
        await self._stream.aclose()


def _known(error: NodeError | httpx.TransportError) -> NodeError:
    if isinstance(error, NodeError):
        return error
    if isinstance(error, httpx.TimeoutException):
        return NodeError("timeout", "The model's server did not answer in time.")
    if isinstance(error, httpx.ConnectError):
        return NodeError("network", "The model's server cannot be reached.")
    return NodeError("network", "The connection to the model's server broke.")
