"""The HTTP application: every feature's routes, what surrounds them, the web app behind them."""

import asyncio
import ipaddress
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from weft.audit import routes as audit_routes
from weft.credentials import routes as credential_routes
from weft.credentials.queries import GetCredential
from weft.executions import routes as execution_routes
from weft.executions.queries import GetExecutionHead
from weft.gateways import operating
from weft.gateways.authentication import Authentication, authenticated
from weft.gateways.edge import BodyLimits, Cors, Observed, RateLimit, TrustedHosts
from weft.gateways.methods import Find, HeadRequests, Methods
from weft.gateways.openapi import document
from weft.gateways.operating import Part
from weft.gateways.problems import on_http_error, on_validation_error, on_weft_error
from weft.gateways.web import WebApp
from weft.identity import routes as identity_routes
from weft.identity.queries import GetApiKey, GetVariable
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.errors import WeftError
from weft.models import routes as model_routes
from weft.platform.cache import Cache
from weft.platform.limits import ClientAddress, RateLimits
from weft.platform.settings import Settings
from weft.workflows import routes as workflow_routes
from weft.workflows.queries import GetHead

FEATURES: Final[tuple[APIRouter, ...]] = (
    *identity_routes.routers,
    *workflow_routes.routers,
    *execution_routes.routers,
    credential_routes.routes,
    model_routes.routes,
    audit_routes.routes,
)
RESOURCES: Final[Mapping[str, Find]] = {
    "api-keys": GetApiKey,
    "credentials": GetCredential,
    "executions": GetExecutionHead,
    "variables": GetVariable,
    "workflows": GetHead,
}
"""What tells, for a path that begins with one of these and an id, whether it is there."""
LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
EXPORT: Final = Path(__file__).resolve().parents[3] / "frontend" / "out"
NOT_WEB: Final = re.compile(r"/+(api|v1|mcp|metrics|hooks|healthz|readyz)(/|$)")
SetupHook = Callable[[Actor], Awaitable[None]]


def create_app(
    bus: Bus,
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    cache: Cache | None = None,
    parts: Mapping[str, Part] | None = None,
    on_setup: Sequence[SetupHook] = (),
    lifespan: Any = None,
) -> FastAPI:
    """The application on `bus`.

    `host` is the address it will be bound to: off loopback, set-up wants a token (`app.state.setup_token`,
    which whoever starts the server prints) and any Host is served unless settings name some. `parts` are what
    /readyz shows. `on_setup` is awaited with the owner of a new workspace, before the answer to its set-up.
    """
    app = FastAPI(
        lifespan=lifespan, dependencies=[Depends(authenticated)], openapi_url=None, docs_url=None, redoc_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    app.state.bus, app.state.settings = bus, settings
    app.state.cache = cache or Cache()
    app.state.parts = dict(parts or {})
    app.state.on_setup = list(on_setup)
    app.state.draining = asyncio.Event()
    app.state.methods = Methods(FEATURES, RESOURCES)
    app.state.setup_token = setup_token(settings, host)
    for feature in FEATURES:
        app.include_router(feature, prefix="/api/v1")
    app.include_router(operating.routes)
    app.add_route("/api/v1/openapi.json", _openapi, include_in_schema=False)
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    app.router.default = _unmatched(WebApp(settings.web_dir or EXPORT))
    app.add_exception_handler(WeftError, on_weft_error)
    app.add_exception_handler(RequestValidationError, on_validation_error)
    app.add_exception_handler(HTTPException, on_http_error)
    _surround(app, settings, host)
    return app


def setup_token(settings: Settings, host: str) -> str | None:
    """What set-up must bring: WEFT_SETUP_TOKEN where it is set, a new token off loopback, else nothing."""
    if settings.setup_token:
        return settings.setup_token
    public = urlsplit(settings.public_url or "").hostname
    is_local = is_loopback(host) and (public is None or is_loopback(public))
    return None if is_local else secrets.token_urlsafe(24)


def is_loopback(host: str) -> bool:
    """Whether `host` (a name or an address) is this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def allowed_hosts(settings: Settings, host: str) -> frozenset[str]:
    """The Host names that are served, without ports; `*` for any."""
    if settings.allowed_hosts:
        return frozenset(name.lower() for name in settings.allowed_hosts)
    public = urlsplit(settings.public_url or "").hostname
    if public is None and not is_loopback(host):
        return frozenset({"*"})
    name = f"[{public}]" if public and ":" in public else public
    return LOOPBACK_HOSTS | ({name} if name else frozenset())


def _surround(app: FastAPI, settings: Settings, host: str) -> None:
    """The last one added is the outermost."""
    app.add_middleware(HeadRequests, pattern=NOT_WEB)
    app.add_middleware(RateLimit, settings=settings, limits=RateLimits())
    app.add_middleware(Authentication, bus=app.state.bus, cache=app.state.cache, metrics_public=settings.metrics_public)
    app.add_middleware(BodyLimits)
    if settings.cors_origins:
        app.add_middleware(Cors, origins=settings.cors_origins)
    app.add_middleware(TrustedHosts, hosts=allowed_hosts(settings, host))
    app.add_middleware(Observed, addresses=ClientAddress(settings.trusted_proxies))


async def _openapi(request: Request) -> JSONResponse:
    return JSONResponse(document(request.app))


def _unmatched(web: WebApp) -> ASGIApp:
    """What no route takes: 404 where an API lives, else the web app's files."""

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        if NOT_WEB.match(scope["path"]):
            raise HTTPException(404)
        await web(scope, receive, send)

    return respond
