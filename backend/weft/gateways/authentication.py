"""Cookie, bearer token or API key → the request's Actor. Whatever is not listed as open needs one."""

import hashlib
import hmac
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from fastapi import Request
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from weft.gateways.problems import answer
from weft.identity.commands import TouchApiKey
from weft.identity.queries import Authenticate, Principal
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.errors import PermissionDenied, Unauthenticated
from weft.kernel.ids import WorkspaceId
from weft.platform.cache import Cache

log = structlog.get_logger()
NOBODY: Final = Actor(WorkspaceId(UUID(int=0)), frozenset(), kind="anonymous")
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
KEPT_S: Final = 5.0
TOUCHED_EVERY: Final = timedelta(minutes=1)
OPEN_PATHS: Final = frozenset(
    {
        "/healthz",
        "/readyz",
        "/api/v1/openapi.json",
        "/api/v1/auth/status",
        "/api/v1/auth/setup",
        "/api/v1/auth/login",
        "/api/v1/auth/refresh",
        "/api/v1/auth/register",
        "/api/v1/auth/password/forgot",
        "/api/v1/auth/password/reset",
    }
)
OPEN_PREFIXES: Final = ("/hooks/", "/api/v1/resume/", "/api/v1/shared/")
GUARDED: Final = re.compile(r"/+(api|v1|mcp|metrics)(/|$)")
_BEARER: Final = re.compile(rb"(?i:bearer) +([A-Za-z0-9._~+/=-]{1,4096})")
ENDING: Final = ("SessionEnded", "PasswordChanged", "ApiKeyRevoked", "RoleChanged", "MemberRemoved", "UserDeleted")
INVALIDATIONS: Final = dict.fromkeys(ENDING, ("principal:",))
"""For the cache's subscriber: the events after which a credential may stand for less than before."""


def is_guarded(path: str, *, metrics_public: bool = False) -> bool:
    """Whether a request to `path` needs a credential."""
    if path in OPEN_PATHS or path.startswith(OPEN_PREFIXES) or (metrics_public and path == "/metrics"):
        return False
    return GUARDED.match(path) is not None


class Authentication:
    """Finds the Actor, or the reason why there is none, into the request's state.

    Under /api/v1 the reason is raised by `authenticated` or the problem handlers, since 413, 415 and 400 come
    before 401; elsewhere (mounted applications know no such order) here.
    """

    def __init__(self, app: ASGIApp, bus: Bus, cache: Cache, *, metrics_public: bool) -> None:
        self._app = app
        self._bus = bus
        self._cache = cache
        self._metrics_public = metrics_public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope["state"]
        state["actor"] = state["refusal"] = state["session"] = state["csrf"] = None
        if not is_guarded(scope["path"], metrics_public=self._metrics_public):
            await self._app(scope, receive, send)
            return
        try:
            await self._identify(scope)
        except Unauthenticated as refusal:
            state["refusal"] = refusal
            if not scope["path"].startswith("/api/"):
                await answer(refusal, state["request_id"])(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _identify(self, scope: Scope) -> None:
        """Raises Unauthenticated."""
        credential, by_cookie = _credential(scope)
        principal = await self._principal(credential)
        state = scope["state"]
        state["actor"] = replace(principal.actor, request_id=state["request_id"])
        state["session"] = principal.session
        state["csrf"] = principal.csrf if by_cookie else None
        if by_cookie and scope["method"] not in SAFE and not _is_told(principal.csrf, scope["headers"]):
            state["refusal"] = PermissionDenied("Send the value of the cookie weft_csrf as X-CSRF-Token.", code="csrf")

        async def recheck() -> Actor:
            return (await self._look_up(credential)).actor

        state["recheck"] = recheck

    async def _principal(self, credential: str) -> Principal:
        key = "principal:" + hashlib.sha256(credential.encode()).hexdigest()
        principal = await self._cache.get(key, lambda: self._look_up(credential), ttl_s=KEPT_S)
        if principal.expires_at is not None and principal.expires_at <= datetime.now(UTC):
            raise Unauthenticated("The access token or API key has expired.")
        return principal

    async def _look_up(self, credential: str) -> Principal:
        principal = await self._bus.ask(Authenticate(credential), NOBODY)
        key_id, used_at = principal.actor.api_key_id, principal.last_used_at
        if key_id is not None and (used_at is None or datetime.now(UTC) - used_at > TOUCHED_EVERY):
            await self._bus.execute(TouchApiKey(key_id), principal.actor)
        return principal


def _credential(scope: Scope) -> tuple[str, bool]:
    """The credential, and whether it is a cookie. A header that is no credential is not passed over."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    given = [value for name, value in headers if name == b"authorization"]
    if given:
        match = _BEARER.fullmatch(given[0].strip()) if len(given) == 1 else None
        if match is None:
            raise Unauthenticated("The Authorization header must be one 'Bearer <access token or API key>'.")
        return match[1].decode(), False
    for name, value in headers:
        if name == b"cookie" and b"weft_access=" in value:
            token = cookie_parser(value.decode("latin-1")).get("weft_access", "")
            if token.isascii() and 0 < len(token) <= 4096:
                return token, True
    raise Unauthenticated("Sign in, or send an API key.")


def _is_told(csrf: str | None, headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether the header says the session's `csrf`; a cookie that holds an API key has none."""
    given = [value for name, value in headers if name == b"x-csrf-token"]
    return csrf is not None and len(given) == 1 and hmac.compare_digest(given[0], csrf.encode())


async def authenticated(request: Request) -> None:
    """The dependency of every route: 401, and right after it 403 `csrf`."""
    if request.state.refusal is not None:
        raise request.state.refusal
