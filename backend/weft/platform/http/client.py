"""`GuardedHttp`: what nodes and adapters call to reach the outside world by HTTP."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from weft.engine.capabilities import Authorization, HttpAnswer
from weft.engine.errors import NodeError
from weft.platform.http.decoding import ACCEPTED
from weft.platform.http.guard import Guard
from weft.platform.http.headers import checked, is_secretive, keeps_secrets, permits
from weft.platform.http.urls import Target, bad_url, follow, parse_url

if TYPE_CHECKING:
    import httpx

    from weft.platform.http.transport import GuardedTransport

MAX_REDIRECTS: Final = 10
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_ABOUT_BODY: Final = ("content-type", "content-encoding", "content-language", "content-location")


@dataclass(frozen=True, slots=True)
class _Hop:
    """One request of a chain of redirects. `authorization` is None once the chain has left its first origin."""

    method: str
    target: Target
    headers: Mapping[str, str]
    body: bytes | None
    authorization: Authorization | None

    def sent_headers(self) -> dict[str, str]:
        secrets = self.authorization
        own = {"accept": "*/*", "user-agent": "weft", **self.headers, "accept-encoding": ACCEPTED}
        if secrets is not None and permits(secrets, self.target):
            own |= checked(secrets.headers)
        return own


class GuardedHttp:
    """Implements `weft.engine.capabilities.Http`. One pool of connections; httpx is imported at the first call."""

    def __init__(
        self, guard: Guard, *, ssl_context: ssl.SSLContext | None = None, connect_timeout_s: float = 10
    ) -> None:
        self._guard = guard
        self._ssl_context = ssl_context
        self._connect_timeout_s = connect_timeout_s
        self._transport: GuardedTransport | None = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        authorization: Authorization | None = None,
        timeout_s: float = 30,
        follow_redirects: bool = True,
        max_bytes: int = 100 * 1024 * 1024,
    ) -> HttpAnswer:
        """Send one request and read the whole answer; errors as `Http`, and `validation` for a bad URL or header."""
        hop = _Hop(method.upper(), parse_url(url), checked(headers or {}), body, authorization)
        started = time.monotonic()
        try:
            async with asyncio.timeout(timeout_s):
                if hop.target.userinfo:
                    await self._guard.addresses(hop.target.host, hop.target.port)
                    raise bad_url("must not carry a user name or password; use a credential")
                return await self._send(hop, follow_redirects, max_bytes, started)
        except TimeoutError:
            raise NodeError("timeout", f"{hop.target.host} did not answer within {timeout_s:g} s.") from None

    async def aclose(self) -> None:
        """Close every connection."""
        if self._transport is not None:
            await self._transport.aclose()
            self._transport = None

    async def _send(self, hop: _Hop, follow_redirects: bool, max_bytes: int, started: float) -> HttpAnswer:
        for _ in range(MAX_REDIRECTS + 1):
            response, content = await self._exchange(hop, max_bytes)
            location = response.headers.get("location")
            if not follow_redirects or response.status_code not in _REDIRECTS or location is None:
                return HttpAnswer(
                    response.status_code,
                    dict(response.headers.items()),
                    content,
                    hop.target.url,
                    round((time.monotonic() - started) * 1000, 3),
                )
            hop = _redirected(hop, response.status_code, location)
        raise NodeError("too_many_redirects", f"More than {MAX_REDIRECTS} redirects.")

    async def _exchange(self, hop: _Hop, max_bytes: int) -> "tuple[httpx.Response, bytes]":
        """One request and its whole body. There is no cookie jar: what one caller is given, no other sends."""
        transport = await self._open_transport()
        import httpx

        from weft.platform.http.transport import MAX_BYTES

        request = httpx.Request(
            hop.method,
            hop.target.url,
            headers=[(name.encode(), value.encode()) for name, value in hop.sent_headers().items()],
            content=hop.body,
            extensions={MAX_BYTES: max_bytes, "timeout": {"connect": self._connect_timeout_s}},
        )
        host = hop.target.host
        try:
            response = await transport.handle_async_request(request)
            try:
                return response, b"".join([piece async for piece in response.aiter_raw()])
            finally:
                await response.aclose()
        except httpx.TimeoutException:
            raise NodeError("timeout", f"{host} cannot be reached in {self._connect_timeout_s:g} s.") from None
        except httpx.TransportError as error:
            raise NodeError("network", f"The call to {host} failed: {_cause(error)}.") from None

    async def _open_transport(self) -> "GuardedTransport":
        if self._transport is None:
            context = await asyncio.to_thread(_context, self._ssl_context)
            if self._transport is None:
                from weft.platform.http.transport import GuardedTransport

                self._transport = GuardedTransport(self._guard, ssl_context=context)
        return self._transport


def _context(given: "ssl.SSLContext | None") -> "ssl.SSLContext":
    """The certificates to trust, and the modules of the client, whose first reading takes long: for a thread."""
    import httpx

    import weft.platform.http.transport  # noqa: F401 - read here, not on the loop

    return given or httpx.create_ssl_context(trust_env=False)


def _redirected(hop: _Hop, status: int, location: str) -> _Hop:
    """The next request: 303 and, for POST, 301 and 302 turn into GET; secrets stay behind at another origin."""
    target = follow(hop.target, location)
    headers, method, body = dict(hop.headers), hop.method, hop.body
    if (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST"):
        method, body = "GET", None
        for name in _ABOUT_BODY:
            headers.pop(name, None)
    if keeps_secrets(hop.target, target):
        return replace(hop, method=method, target=target, headers=headers, body=body)
    headers = {name: value for name, value in headers.items() if not is_secretive(name)}
    return _Hop(method, target, headers, body, None)


def _cause(error: Exception) -> str:
    """What went wrong, in words that carry nothing of the request."""
    import httpx

    if isinstance(error, httpx.ConnectError):
        bad_certificate = "CERTIFICATE" in str(error).upper()
        return "the certificate is not accepted" if bad_certificate else "no connection was made"
    if isinstance(error, httpx.RemoteProtocolError):
        return "the answer broke off or is not HTTP"
    return "the connection broke"
