"""Set-up, sign-up, sign-in and the session's cookies."""

import hmac
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import structlog
from fastapi import Cookie, Depends, Request, Response
from pydantic import BaseModel

from weft.identity.commands import LogIn, LogOut, RefreshSession, SetUp, SignUp
from weft.identity.domain import ACCESS_LIFE, REFRESH_LIFE, Session
from weft.identity.queries import CsrfOf, IsSetUp, Me, SessionOf
from weft.identity.routes.fields import Email, Name, NewPassword, TriedPassword
from weft.kernel.actor import PERMISSIONS, Actor, Role, system_actor
from weft.kernel.errors import Conflict, PermissionDenied, Unauthenticated
from weft.kernel.ids import WorkspaceId, new_id
from weft.platform.settings import Settings
from weft.platform.web import ActorDependency, Body, BusDependency, NoFields, router

log = structlog.get_logger()
routes = router("/auth", "identity")
ACCESS, REFRESH, CSRF = "weft_access", "weft_refresh", "weft_csrf"
REFRESH_PATH: Final = "/api/v1/auth/refresh"
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
NOBODY: Final = Actor(WorkspaceId(UUID(int=0)), frozenset(), kind="anonymous")


class StatusOut(BaseModel):
    """What a client must know before anybody signs in."""

    setup_required: bool
    setup_token_required: bool
    signup: Literal["closed", "open"]


class UserOut(BaseModel):
    """A user."""

    id: UUID
    email: str
    name: str
    created_at: datetime


class WorkspaceOut(BaseModel):
    """A workspace."""

    id: UUID
    name: str
    created_at: datetime


class SessionOut(BaseModel):
    """A session; its refresh token travels as a cookie only."""

    user: UserOut
    workspace: WorkspaceOut
    role: Role
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int


class MeOut(BaseModel):
    """Who asks, and what they may do."""

    user: UserOut
    workspace: WorkspaceOut
    role: Role | None
    permissions: list[str]
    api_key_id: UUID | None


class SetUpBody(Body):
    """The first user. `setup_token` is the one printed at start, where Weft is reachable from elsewhere."""

    email: Email
    password: NewPassword
    name: Name
    setup_token: str | None = None


class RegisterBody(Body):
    """A new user with a workspace of its own."""

    email: Email
    password: NewPassword
    name: Name


class LogInBody(Body):
    """Who signs in."""

    email: Email
    password: TriedPassword


class ForgotBody(Body):
    """Whose password was forgotten."""

    email: Email


class EmptyOut(BaseModel):
    """Nothing to say."""


def current_settings(request: Request) -> Settings:
    """The settings of this application."""
    settings: Settings = request.app.state.settings
    return settings


SettingsDependency = Annotated[Settings, Depends(current_settings)]
RefreshCookie = Annotated[str | None, Cookie(alias=REFRESH, include_in_schema=False)]


@routes.get("/status")
async def status(request: Request, bus: BusDependency, settings: SettingsDependency) -> StatusOut:
    """Whether Weft waits for its first user, and whether others may sign up."""
    required = not await bus.ask(IsSetUp(), NOBODY)
    needs_token = required and request.app.state.setup_token is not None
    return StatusOut(setup_required=required, setup_token_required=needs_token, signup=settings.signup)


@routes.post("/setup", status_code=201)
async def setup(body: SetUpBody, request: Request, response: Response, bus: BusDependency) -> SessionOut:
    """Make the first user, who owns the first workspace."""
    if await bus.ask(IsSetUp(), NOBODY):
        raise Conflict("Weft is set up already: sign in.", code="already_set_up")
    expected = request.app.state.setup_token
    if expected is not None and not hmac.compare_digest((body.setup_token or "").encode(), expected.encode()):
        raise PermissionDenied("Send the set-up token that was printed at start.", code="setup_token")
    command = SetUp(body.email, body.password, body.name)
    session = await bus.execute(command, system_actor(WorkspaceId(new_id())))
    return await _founded(session, request, response)


@routes.post("/register", status_code=201)
async def register(body: RegisterBody, request: Request, response: Response, bus: BusDependency) -> SessionOut:
    """Make a user and its workspace, where sign-up is open."""
    command = SignUp(body.email, body.password, body.name)
    session = await bus.execute(command, system_actor(WorkspaceId(new_id())))
    return await _founded(session, request, response)


@routes.post("/login")
async def login(body: LogInBody, request: Request, response: Response, bus: BusDependency) -> SessionOut:
    """Start a session."""
    command = LogIn(body.email, body.password, request.state.address)
    return _opened(await bus.execute(command, NOBODY), request, response)


@routes.post("/refresh")
async def refresh(request: Request, response: Response, bus: BusDependency, token: RefreshCookie = None) -> SessionOut:
    """Change the refresh token for a new one; used twice, it ends its session."""
    family = await bus.ask(SessionOf(token), NOBODY) if token else None
    if token is None or family is None:
        raise Unauthenticated("There is no session to go on with: sign in.")
    given = request.headers.get("x-csrf-token", "")
    if not hmac.compare_digest(given.encode(), (await bus.ask(CsrfOf(family), NOBODY)).encode()):
        raise PermissionDenied("Send the value of the cookie weft_csrf as X-CSRF-Token.", code="csrf")
    session = await bus.execute(RefreshSession(token), NOBODY)
    if session is None:
        raise Unauthenticated("The session is over: sign in again.")
    return _opened(session, request, response)


@routes.post("/logout", status_code=204)
async def logout(
    request: Request, response: Response, actor: ActorDependency, bus: BusDependency, _body: NoFields | None = None
) -> None:
    """End the session that the access token belongs to."""
    session: UUID | None = request.state.session
    if session is None or actor.user_id is None:
        raise Conflict("An API key has no session: delete the key.", code="no_session")
    await bus.execute(LogOut(session, actor.user_id), actor)
    for name, path in ((ACCESS, "/"), (REFRESH, REFRESH_PATH), (CSRF, "/")):
        response.delete_cookie(name, path, secure=_is_remote(request), httponly=name != CSRF, samesite="lax")


@routes.get("/me")
async def me(actor: ActorDependency, bus: BusDependency) -> MeOut:
    """Who asks, and what they may do."""
    found = await bus.ask(Me(), actor)
    return MeOut(
        user=UserOut(id=found.user_id, email=found.email, name=found.name, created_at=found.user_created_at),
        workspace=WorkspaceOut(id=found.workspace_id, name=found.workspace, created_at=found.workspace_created_at),
        role=actor.role,
        permissions=sorted(actor.permissions),
        api_key_id=actor.api_key_id,
    )


@routes.post("/password/forgot")
async def forgot_password(_body: ForgotBody) -> EmptyOut:
    """Without mail nothing is sent: the operator runs `weft user reset-password`. The answer tells nobody more."""
    return EmptyOut()


async def _founded(session: Session, request: Request, response: Response) -> SessionOut:
    """What belongs to a new workspace is in it before its owner gets the answer."""
    owner = Actor(session.workspace.id, PERMISSIONS[Role.OWNER], session.user.id, role=Role.OWNER)
    for hook in request.app.state.on_setup:
        try:
            await hook(owner)
        except Exception:  # the workspace stands, and can be used without its starters
            log.exception("set-up hook failed", hook=getattr(hook, "__qualname__", repr(hook)))
    response.headers["Location"] = "/api/v1/auth/me"
    return _opened(session, request, response)


def _opened(session: Session, request: Request, response: Response) -> SessionOut:
    life, days = int(ACCESS_LIFE.total_seconds()), int(REFRESH_LIFE.total_seconds())
    options: dict[str, Any] = {"secure": _is_remote(request), "samesite": "lax"}
    response.set_cookie(ACCESS, session.access_token, max_age=life, path="/", httponly=True, **options)
    response.set_cookie(REFRESH, session.refresh_token, max_age=days, path=REFRESH_PATH, httponly=True, **options)
    response.set_cookie(CSRF, session.csrf, max_age=days, path="/", httponly=False, **options)
    response.headers["Cache-Control"] = "no-store"
    user, workspace = session.user, session.workspace
    return SessionOut(
        user=UserOut(id=user.id, email=user.email, name=user.name, created_at=user.created_at),
        workspace=WorkspaceOut(id=workspace.id, name=workspace.name, created_at=workspace.created_at),
        role=session.role,
        access_token=session.access_token,
        expires_in=life,
    )


def _is_remote(request: Request) -> bool:
    """Whether a browser reaches Weft over a network: then cookies travel over TLS only."""
    host = request.headers.get("host", "")
    name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return name.lower() not in LOOPBACK
