"""Making users and workspaces, and setting passwords."""

from dataclasses import dataclass
from typing import Final

from weft.identity.commands.sessions import begin_session
from weft.identity.domain import Session, User, Workspace
from weft.identity.events import MemberAdded, PasswordChanged, WorkspaceCreated
from weft.identity.ports import Accounts, Passwords, Sessions, Tokens
from weft.kernel.actor import Role
from weft.kernel.clock import Clock
from weft.kernel.errors import Conflict, NotFound, PermissionDenied, invalid_field
from weft.kernel.ids import UserId, WorkspaceId, new_id
from weft.kernel.messages import Command
from weft.kernel.unit_of_work import UnitOfWork
from weft.platform.settings import Settings

PASSWORD_LENGTH: Final = range(8, 1025)


@dataclass(frozen=True, slots=True)
class SetUp(Command[Session]):
    """Make the first user and the workspace it owns. Only while there is no user."""

    email: str
    password: str
    name: str


async def set_up(
    command: SetUp, accounts: Accounts, sessions: Sessions, passwords: Passwords, tokens: Tokens, clock: Clock,
    work: UnitOfWork,
) -> Session:  # fmt: skip
    """Raises Conflict `already_set_up`. The workspace is that of the unit of work."""
    if await accounts.any_user():
        raise Conflict("Weft is set up already: sign in.", code="already_set_up")
    password_hash = await passwords.hash(command.password)
    await accounts.lock_setup()
    if await accounts.any_user():
        raise Conflict("Weft is set up already: sign in.", code="already_set_up")
    user, workspace = await _found(command.email, command.name, password_hash, accounts, clock, work)
    return await begin_session(user, workspace, Role.OWNER, sessions, tokens, clock, work)


@dataclass(frozen=True, slots=True)
class SignUp(Command[Session]):
    """Make a user with a workspace of its own, where the operator allows it."""

    email: str
    password: str
    name: str


async def sign_up(
    command: SignUp, accounts: Accounts, sessions: Sessions, passwords: Passwords, tokens: Tokens, clock: Clock,
    work: UnitOfWork, settings: Settings,
) -> Session:  # fmt: skip
    """Raises PermissionDenied `signup_closed`, Conflict. The workspace is that of the unit of work."""
    if settings.signup != "open":
        raise PermissionDenied("Sign-up is closed here: ask an owner for an account.", code="signup_closed")
    if not await accounts.any_user():
        raise Conflict("Weft is not set up yet.", code="setup_required")
    password_hash = await passwords.hash(command.password)
    user, workspace = await _found(command.email, command.name, password_hash, accounts, clock, work)
    return await begin_session(user, workspace, Role.OWNER, sessions, tokens, clock, work)


@dataclass(frozen=True, slots=True)
class CreateUser(Command[UserId]):
    """Make a user: the first one owns a new workspace, others join the oldest with `role`."""

    email: str
    password: str
    name: str
    role: Role = Role.EDITOR


async def create_user(
    command: CreateUser, accounts: Accounts, passwords: Passwords, clock: Clock, work: UnitOfWork
) -> UserId:
    """Raises Conflict where the email is taken, Invalid for a password of the wrong length."""
    password_hash = await passwords.hash(_checked(command.password))
    await accounts.lock_setup()
    workspace = await accounts.first_workspace()
    if workspace is None:
        user, _ = await _found(command.email, command.name, password_hash, accounts, clock, work)
        return user.id
    user = User(UserId(new_id()), command.email.lower(), command.name, password_hash, clock.now())
    await accounts.add_user(user)
    await accounts.add_member(workspace.id, user.id, command.role, clock.now())
    work.record(MemberAdded(workspace_id=workspace.id, user_id=user.id, role=command.role))
    return user.id


@dataclass(frozen=True, slots=True)
class ResetPassword(Command[None]):
    """Give a user another password; all its sessions end."""

    email: str
    password: str


async def reset_password(
    command: ResetPassword, accounts: Accounts, sessions: Sessions, passwords: Passwords, work: UnitOfWork
) -> None:
    """Raises NotFound, and Invalid for a password of the wrong length."""
    password_hash = await passwords.hash(_checked(command.password))
    user = await accounts.by_email(command.email.lower())
    if user is None:
        raise NotFound("There is no user with this email.")
    await accounts.set_password(user.id, password_hash)
    await sessions.revoke_user(user.id)
    membership = await accounts.membership(user.id)
    if membership is not None:
        work.record(PasswordChanged(workspace_id=membership.workspace.id, user_id=user.id))


async def _found(
    email: str, name: str, password_hash: str, accounts: Accounts, clock: Clock, work: UnitOfWork
) -> tuple[User, Workspace]:
    """A user and the workspace it owns, both new."""
    now = clock.now()
    user = User(UserId(new_id()), email.lower(), name, password_hash, now)
    workspace = Workspace(WorkspaceId(work.workspace_id), f"{name}'s workspace"[:200], now)
    await accounts.add_user(user)
    await accounts.add_workspace(workspace)
    await accounts.add_member(workspace.id, user.id, Role.OWNER, now)
    label = f"user:{user.id}"
    work.record(
        WorkspaceCreated(workspace_id=workspace.id, actor=label, workspace=workspace.name, owner_id=user.id),
        MemberAdded(workspace_id=workspace.id, actor=label, user_id=user.id, role=Role.OWNER),
    )
    return user, workspace


def _checked(password: str) -> str:
    if len(password) not in PASSWORD_LENGTH:
        raise invalid_field("/password", "length", "A password has 8 to 1,024 characters.")
    return password
