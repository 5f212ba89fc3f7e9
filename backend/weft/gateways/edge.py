"""What surrounds every request: its id, log line and metrics, secure headers, hosts, sizes and rates."""

import asyncio
import re
import time
from typing import Final

import structlog
from limits import parse
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weft.gateways.problems import answer, problem, unavailable
from weft.kernel.actor import Actor
from weft.kernel.errors import Malformed, NotFound, RateLimited, TooLarge, Unavailable, UnsupportedMedia, WeftError
from weft.kernel.ids import new_id
from weft.platform.limits import ClientAddress, RateLimits
from weft.platform.settings import Settings
from weft.platform.telemetry import LATENCY, REQUESTS

log = structlog.get_logger()
_SANE_ID: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^:@/\[\]]*)(?::[0-9]{1,5})?")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_UPLOAD: Final = re.compile(r"/api/v1/(workflows/import|files|knowledge/[^/]+/documents)/?")
_COUNTED: Final = re.compile(r"/+(api|v1|mcp)(/|$)")
BODY_LIMIT: Final = 10 * 1024 * 1024
UPLOAD_LIMIT: Final = 100 * 1024 * 1024
API_CSP: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
SECURE_HEADERS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


class Observed:
    """Outermost: gives the request its id, ends every error as a problem, writes one log line and the metrics."""

    def __init__(self, app: ASGIApp, addresses: ClientAddress) -> None:
        self._app = app
        self._addresses = addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        state = scope.setdefault("state", {})
        request_id = state["request_id"] = _request_id(scope)
        headers = Headers(scope=scope)
        peer = scope["client"][0] if scope.get("client") else None
        state["address"] = self._addresses.find(peer, headers.getlist("x-forwarded-for"))

        async def observed_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _secure(MutableHeaders(raw=message.setdefault("headers", [])), request_id, status)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, observed_send)
            except ClientDisconnect:
                status = status or 499
            except asyncio.CancelledError:
                if not scope["app"].state.draining.is_set():
                    raise
                if status == 0:
                    gone = Unavailable("Weft is stopping. Try again.", headers={"Connection": "close"})
                    await answer(gone, request_id)(scope, receive, observed_send)
            except Exception as error:  # the edge: nothing may reach the server as a trace
                lost = unavailable(error)
                if lost is None:
                    log.exception("request failed", route=_route(scope), method=scope["method"])
                else:
                    log.warning("request refused", route=_route(scope), method=scope["method"], error=repr(error)[:200])
                if status == 0:
                    response = answer(lost, request_id) if lost else _internal(request_id)
                    await response(scope, receive, observed_send)  # an answer that had begun is cut off
            finally:
                _report(scope, status, time.perf_counter() - started)


def _internal(request_id: str) -> Response:
    return problem(500, "internal", "Something went wrong here; the log has it under this request_id.", request_id)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE_ID.fullmatch(value):
            return str(value, "ascii")
    return str(new_id())


def _secure(headers: MutableHeaders, request_id: str, status: int) -> None:
    headers["X-Request-ID"] = request_id
    for name, value in SECURE_HEADERS:
        headers[name] = value
    headers.setdefault("Content-Security-Policy", API_CSP)
    if status == 204:
        del headers["content-type"]  # of nothing
    if "cache-control" not in headers:
        headers["Cache-Control"] = "no-store"


def _route(scope: Scope) -> str:
    """The route's template: paths hold ids, tokens and whatever a stranger asks for."""
    path = getattr(scope.get("route"), "path_format", None)
    if path is None:
        return "unmatched"
    return path if path.startswith("/api/") or not scope["path"].startswith("/api/v1/") else f"/api/v1{path}"


def _report(scope: Scope, status: int, elapsed_s: float) -> None:
    route, method = _route(scope), scope["method"] if scope["method"] in _METHODS else "other"
    REQUESTS.labels(method, route, status).inc()
    if not scope["state"].get("streaming"):
        LATENCY.labels(method, route).observe(elapsed_s)
    level = "debug" if route in ("/healthz", "/readyz", "/metrics", "unmatched") else "info"
    actor = scope["state"].get("actor")
    getattr(log, level)(
        "request",
        method=method,
        route=route,
        status=status,
        duration_ms=round(elapsed_s * 1000, 2),
        actor=actor.label if isinstance(actor, Actor) else None,
        address=scope["state"]["address"],
    )


class TrustedHosts:
    """400 `bad_host` for a Host that is not ours: links and cookies are made from it."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "*" not in self._hosts:
            given = [value for name, value in scope["headers"] if name == b"host"]
            if len(given) != 1 or not self._is_ours(given[0].decode("latin-1").lower()):
                error = Malformed("This Host is not served here (see WEFT_ALLOWED_HOSTS).", code="bad_host")
                await answer(error, scope["state"]["request_id"])(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = found[1]
        parent = "*." + name.partition(".")[2]
        return name in self._hosts or parent in self._hosts


class Cors:
    """Cross-origin answers for the configured origins; all others get no CORS header at all."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self._app = app
        self._origins = frozenset(origin.encode() for origin in origins)
        self._cors = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_credentials=True,
            allow_methods=sorted(_METHODS),
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-ID",
                           "X-CSRF-Token", "X-Request-ID"],
            expose_headers=["ETag", "Location", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
                            "Retry-After", "X-Request-ID"],
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = scope["type"] == "http" and any(
            name == b"origin" and value in self._origins for name, value in scope["headers"]
        )
        await (self._cors if known else self._app)(scope, receive, send)


class BodyLimits:
    """413 over the limit, counted as the bytes come; 415 for an encoded body; NUL in the query is malformed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = UPLOAD_LIMIT if _UPLOAD.fullmatch(scope["path"]) else BODY_LIMIT
        try:
            _check_head(scope, limit)
        except WeftError as error:
            await answer(error, scope["state"]["request_id"])(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _too_large(limit)
            return message

        await self._app(scope, counted, send)


def _check_head(scope: Scope, limit: int) -> None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value[:20]) > limit:
            raise _too_large(limit)
        if name == b"content-encoding" and value.strip().lower() not in (b"", b"identity"):
            raise UnsupportedMedia("Send the body without Content-Encoding.")
    if b"%00" in scope["query_string"]:
        raise Malformed("The query holds a NUL character.")
    if "\0" in scope["path"] and _COUNTED.match(scope["path"]):
        raise NotFound("There is no such thing here.")  # before PostgreSQL is asked, which takes no NUL


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is over {limit // 1024 // 1024} MiB.")


class RateLimit:
    """One moving window for each principal, or for each address where nobody is known."""

    def __init__(self, app: ASGIApp, settings: Settings, limits: RateLimits) -> None:
        self._app = app
        self._limits = limits
        self._known = parse(settings.rate_limit)
        self._anonymous = parse(settings.rate_limit_anonymous)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _COUNTED.match(scope["path"]):
            await self._app(scope, receive, send)
            return
        state = scope["state"]
        actor = state.get("actor")
        if actor is not None:
            window = self._limits.hit(self._known, actor.label)
        else:
            window = self._limits.hit(self._anonymous, f"address:{state['address']}")
        headers = window.headers()
        if not window.allowed:
            error = RateLimited("Too many requests.", window.reset_s, headers=headers)
            await answer(error, state["request_id"])(scope, receive, send)
            return

        async def limited_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(raw=message["headers"]).update(headers)
            await send(message)

        await self._app(scope, receive, limited_send)
