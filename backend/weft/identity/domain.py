"""Users, workspaces, sessions, keys and variables: their rules."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from weft.identity.events import ApiKeyCreated, ApiKeyRevoked, VariableChanged, VariableDeleted
from weft.kernel import identifiers
from weft.kernel.actor import ADMIN, Actor, Role
from weft.kernel.aggregate import Aggregate
from weft.kernel.errors import FieldError, Invalid, PermissionDenied, invalid_field
from weft.kernel.ids import ApiKeyId, UserId, WorkspaceId, new_id

ACCESS_LIFE: Final = timedelta(minutes=15)
REFRESH_LIFE: Final = timedelta(days=30)
KEY_START: Final = "weft_"
SCOPES: Final = ADMIN


@dataclass(frozen=True, slots=True)
class User:
    """A person who signs in."""

    id: UserId
    email: str
    name: str
    password_hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Workspace:
    """A tenant."""

    id: WorkspaceId
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """What a user is in a workspace."""

    user: User
    workspace: Workspace
    role: Role


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """One link of a session's chain: used once, for the next. All links of a session share `family`."""

    id: UUID
    family: UUID
    user_id: UserId
    token_hash: str
    used_at: datetime | None
    revoked: bool
    expires_at: datetime
    created_at: datetime

    @classmethod
    def issue(cls, user_id: UserId, family: UUID, now: datetime) -> tuple["RefreshToken", str]:
        """A new link and the secret that only the client keeps."""
        secret = secrets.token_urlsafe(32)
        link = cls(new_id(), family, user_id, digest(secret), None, False, now + REFRESH_LIFE, now)
        return link, secret


@dataclass(frozen=True, slots=True)
class Session:
    """What a client gets when it signs in: who it is, and the secrets of its session."""

    user: User
    workspace: Workspace
    role: Role
    family: UUID
    access_token: str
    refresh_token: str
    csrf: str


class ApiKey(Aggregate):
    """A key of a workspace: its secret is shown once, then only a hash of it is kept."""

    def __init__(
        self,
        id: ApiKeyId,
        workspace_id: WorkspaceId,
        created_by: UserId,
        name: str,
        prefix: str,
        key_hash: str,
        scopes: tuple[str, ...],
        expires_at: datetime | None,
        created_at: datetime,
        last_used_at: datetime | None = None,
        revoked_at: datetime | None = None,
    ) -> None:
        super().__init__()
        self.id = id
        self.workspace_id = workspace_id
        self.created_by = created_by
        self.name = name
        self.prefix = prefix
        self.key_hash = key_hash
        self.scopes = scopes
        self.expires_at = expires_at
        self.created_at = created_at
        self.last_used_at = last_used_at
        self.revoked_at = revoked_at

    @classmethod
    def create(
        cls, actor: Actor, name: str, scopes: tuple[str, ...], expires_at: datetime | None, now: datetime
    ) -> tuple["ApiKey", str]:
        """A key and its secret. Raises Invalid, and PermissionDenied for a scope that the maker has not."""
        _check_scopes(actor, scopes)
        if expires_at is not None and expires_at <= now:
            raise invalid_field("/expires_at", "in_the_past", "expires_at must be in the future.")
        if actor.user_id is None:
            raise PermissionDenied("Only a user, or a key that a user made, can make a key.")
        secret = KEY_START + secrets.token_urlsafe(32)
        key = cls(
            ApiKeyId(new_id()), actor.workspace_id, actor.user_id, name, secret[:12], digest(secret),
            tuple(sorted(set(scopes))), expires_at, now,
        )  # fmt: skip
        key.record(
            ApiKeyCreated(
                workspace_id=actor.workspace_id,
                actor=actor.label,
                api_key_id=key.id,
                key_name=name,
                scopes=key.scopes,
            )
        )
        return key, secret

    def revoke(self, actor: Actor, now: datetime) -> None:
        """End it."""
        self.revoked_at = now
        self.record(
            ApiKeyRevoked(workspace_id=self.workspace_id, actor=actor.label, api_key_id=self.id, key_name=self.name)
        )


def _check_scopes(actor: Actor, scopes: tuple[str, ...]) -> None:
    unknown = [
        FieldError(f"/scopes/{index}", "unknown_scope", f"There is no scope '{scope[:100]}'.")
        for index, scope in enumerate(scopes)
        if scope not in SCOPES
    ]
    if unknown:
        raise Invalid(unknown[0].message, unknown)
    beyond = sorted(set(scopes) - actor.permissions)
    if beyond:
        raise PermissionDenied(f"A key cannot have more than its maker: {', '.join(beyond)}.")


class Variable(Aggregate):
    """A value that every workflow of the workspace reads as `vars.<name>`."""

    def __init__(
        self, id: UUID, workspace_id: WorkspaceId, name: str, value: Any, revision: int, updated_at: datetime
    ) -> None:
        super().__init__()
        self.id = id
        self.workspace_id = workspace_id
        self.name = name
        self.value = value
        self.revision = revision
        self.updated_at = updated_at

    @classmethod
    def create(cls, actor: Actor, name: str, value: Any, now: datetime) -> "Variable":
        """A new variable. Raises Invalid where `name` cannot be one."""
        if not is_identifier(name):
            rule = "A name is a letter, _ or $, then letters, digits, _ and $ (Unicode's normal form C)."
            raise invalid_field("/name", "invalid_name", rule)
        variable = cls(new_id(), actor.workspace_id, name, value, 1, now)
        variable._changed(actor)
        return variable

    def change(self, actor: Actor, value: Any, now: datetime) -> None:
        """Give it another value."""
        self.value, self.revision, self.updated_at = value, self.revision + 1, now
        self._changed(actor)

    def delete(self, actor: Actor) -> None:
        """Record that it goes."""
        self.record(
            VariableDeleted(workspace_id=self.workspace_id, actor=actor.label, variable_id=self.id, variable=self.name)
        )

    def _changed(self, actor: Actor) -> None:
        self.record(
            VariableChanged(workspace_id=self.workspace_id, actor=actor.label, variable_id=self.id, variable=self.name)
        )


def is_identifier(name: str) -> bool:
    """Whether `name` can be read in an expression as `vars.name`: an identifier of at most 100 characters, in
    Unicode's normal form C."""
    return len(name) <= 100 and identifiers.is_identifier(name) and name == identifiers.normal(name)


def digest(secret: str) -> str:
    """The hash under which a random secret is stored and found."""
    return hashlib.sha256(secret.encode()).hexdigest()
