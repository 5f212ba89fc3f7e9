"""What the others may know about users, workspaces, keys and variables."""

from dataclasses import dataclass
from uuid import UUID

from weft.kernel.messages import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceCreated(Event):
    """A workspace was made, with its owner."""

    workspace: str
    owner_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAdded(Event):
    """A user became a member."""

    user_id: UUID
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Event):
    """A password was set anew; all sessions of the user ended."""

    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted(Event):
    """Somebody signed in."""

    user_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(Event):
    """A session is over: `reason` is logout or reuse."""

    user_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyCreated(Event):
    """A key was made; never the key itself."""

    api_key_id: UUID
    key_name: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRevoked(Event):
    """A key opens nothing any more."""

    api_key_id: UUID
    key_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableChanged(Event):
    """A workspace variable was made or got another value."""

    variable_id: UUID
    variable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableDeleted(Event):
    """A workspace variable is gone."""

    variable_id: UUID
    variable: str
