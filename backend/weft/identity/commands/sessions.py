"""Signing in, going on, signing out."""

from dataclasses import dataclass
from uuid import UUID

from weft.identity.domain import RefreshToken, Session, User, Workspace, digest
from weft.identity.events import SessionEnded, SessionStarted
from weft.identity.ports import Accounts, Passwords, Sessions, Tokens
from weft.kernel.actor import Role
from weft.kernel.clock import Clock
from weft.kernel.errors import Unauthenticated
from weft.kernel.ids import UserId, new_id
from weft.kernel.messages import Command
from weft.kernel.unit_of_work import UnitOfWork
from weft.platform.limits import LoginLimits


@dataclass(frozen=True, slots=True)
class LogIn(Command[Session]):
    """Start a session. `address` is the client's, for the limits."""

    email: str
    password: str
    address: str


async def log_in(
    command: LogIn, accounts: Accounts, sessions: Sessions, passwords: Passwords, tokens: Tokens, clock: Clock,
    work: UnitOfWork, limits: LoginLimits,
) -> Session:  # fmt: skip
    """Raises Unauthenticated, with the same words and after the same time whatever was wrong; RateLimited."""
    email = command.email.lower()
    with limits.attempt(email, command.address):
        user = await accounts.by_email(email)
        fits = await passwords.verify(command.password, user.password_hash if user else None)
        membership = await accounts.membership(user.id) if user and fits else None
        if user is None or membership is None:
            raise Unauthenticated("The email or the password is wrong.", code="wrong_credentials")
    return await begin_session(user, membership.workspace, membership.role, sessions, tokens, clock, work)


@dataclass(frozen=True, slots=True)
class RefreshSession(Command[Session | None]):
    """Change a refresh token for the next one. None: it is not good (any more), and its session has ended."""

    refresh_token: str


async def refresh_session(
    command: RefreshSession, accounts: Accounts, sessions: Sessions, tokens: Tokens, clock: Clock, work: UnitOfWork
) -> Session | None:
    """A refusal is an answer, not an error: the end of a stolen session must be committed."""
    link = await sessions.take(digest(command.refresh_token))
    now = clock.now()
    if link is None or link.revoked or link.expires_at <= now:
        return None
    membership = await accounts.membership(link.user_id)
    if link.used_at is not None or membership is None:
        await sessions.revoke_family(link.family)
        if membership is not None:
            work.record(SessionEnded(workspace_id=membership.workspace.id, user_id=link.user_id, reason="reuse"))
        return None
    await sessions.mark_used(link, now)
    return await _extend(membership.user, membership.workspace, membership.role, link.family, sessions, tokens, clock)


@dataclass(frozen=True, slots=True)
class LogOut(Command[None]):
    """End a session."""

    session: UUID
    user_id: UserId


async def log_out(command: LogOut, sessions: Sessions, work: UnitOfWork) -> None:
    """Ends the whole chain; what was ended before stays so."""
    await sessions.revoke_family(command.session)
    work.record(
        SessionEnded(
            workspace_id=work.workspace_id,
            actor=f"user:{command.user_id}",
            user_id=command.user_id,
            reason="logout",
        )
    )


async def begin_session(
    user: User, workspace: Workspace, role: Role, sessions: Sessions, tokens: Tokens, clock: Clock, work: UnitOfWork
) -> Session:
    """A session of its own for `user`, in a new family."""
    work.record(SessionStarted(workspace_id=workspace.id, actor=f"user:{user.id}", user_id=user.id))
    return await _extend(user, workspace, role, new_id(), sessions, tokens, clock)


async def _extend(
    user: User, workspace: Workspace, role: Role, family: UUID, sessions: Sessions, tokens: Tokens, clock: Clock
) -> Session:
    now = clock.now()
    link, secret = RefreshToken.issue(user.id, family, now)
    await sessions.add(link)
    access = tokens.access(user.id, workspace.id, family, now)
    return Session(user, workspace, role, family, access, secret, tokens.csrf(family))
