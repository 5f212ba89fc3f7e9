"""What identity needs from outside."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from weft.identity.domain import ApiKey, Membership, RefreshToken, User, Variable, Workspace
from weft.kernel.actor import Role
from weft.kernel.ids import UserId, WorkspaceId


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a valid access token says."""

    user_id: UserId
    workspace_id: WorkspaceId
    session: UUID
    expires_at: datetime


class Accounts(Protocol):
    """Users, workspaces and who belongs where."""

    async def lock_setup(self) -> None:
        """Wait until no other transaction sets up, and keep others out until this one ends."""
        ...

    async def any_user(self) -> bool:
        """Whether there is a user."""
        ...

    async def by_email(self, email: str) -> User | None:
        """The user who signs in with `email`."""
        ...

    async def membership(self, user_id: UserId) -> Membership | None:
        """The user's first membership of a workspace that still exists."""
        ...

    async def first_workspace(self) -> Workspace | None:
        """The oldest workspace."""
        ...

    async def add_user(self, user: User) -> None:
        """Store a new user. Raises Conflict where the email is taken."""
        ...

    async def add_workspace(self, workspace: Workspace) -> None:
        """Store a new workspace."""
        ...

    async def add_member(self, workspace_id: WorkspaceId, user_id: UserId, role: Role, now: datetime) -> None:
        """Make a user a member."""
        ...

    async def set_password(self, user_id: UserId, password_hash: str) -> None:
        """Store another password."""
        ...


class Sessions(Protocol):
    """Chains of refresh tokens."""

    async def add(self, link: RefreshToken) -> None:
        """Store a new link."""
        ...

    async def take(self, token_hash: str) -> RefreshToken | None:
        """The link with this hash, locked until the unit of work ends."""
        ...

    async def mark_used(self, link: RefreshToken, now: datetime) -> None:
        """This link was used for the next."""
        ...

    async def revoke_family(self, family: UUID) -> None:
        """End one session."""
        ...

    async def revoke_user(self, user_id: UserId) -> None:
        """End all sessions of a user."""
        ...


class ApiKeys(Protocol):
    """The workspace's keys."""

    async def add(self, key: ApiKey) -> None:
        """Store a new key."""
        ...

    async def get(self, id: UUID) -> ApiKey:
        """A key that is not revoked. Raises NotFound."""
        ...

    async def save(self, key: ApiKey) -> None:
        """Store that it was revoked."""
        ...

    async def touch(self, id: UUID, now: datetime) -> None:
        """Store when it was last used."""
        ...


class Variables(Protocol):
    """The workspace's variables."""

    async def add(self, variable: Variable) -> None:
        """Store a new one. Raises Conflict where the name is taken."""
        ...

    async def get(self, id: UUID) -> Variable:
        """One of them, locked. Raises NotFound."""
        ...

    async def save(self, variable: Variable) -> None:
        """Store its value."""
        ...

    async def remove(self, variable: Variable) -> None:
        """Delete it."""
        ...


class Passwords(Protocol):
    """Slow hashes, off the event loop."""

    async def hash(self, password: str) -> str:
        """A salted hash."""
        ...

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether they fit; for None (nobody has this account) false, after the same time."""
        ...


class Tokens(Protocol):
    """Signed tokens."""

    def access(self, user_id: UserId, workspace_id: WorkspaceId, session: UUID, now: datetime) -> str:
        """An access token for ACCESS_LIFE."""
        ...

    def read_access(self, token: str) -> AccessClaims:
        """What an access token says. Raises Unauthenticated unless it is ours, of this type and in its time."""
        ...

    def csrf(self, session: UUID) -> str:
        """The value that a browser of this session must send with unsafe requests."""
        ...
