"""Who acts, in which workspace, and what they may do."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from weft.kernel.errors import PermissionDenied
from weft.kernel.ids import ApiKeyId, UserId, WorkspaceId


class Role(StrEnum):
    """What a member is in a workspace, from most to least."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    OPERATOR = "operator"
    VIEWER = "viewer"


READ: Final = frozenset(
    {"workflows:read", "executions:read", "credentials:read", "models:read", "agents:read", "knowledge:read"}
)
OPERATE: Final = READ | {"workflows:run", "executions:write", "agents:run"}
EDIT: Final = OPERATE | {"workflows:write", "credentials:write", "agents:write", "knowledge:write"}
ADMIN: Final = EDIT | {"admin"}

PERMISSIONS: Final[dict[Role, frozenset[str]]] = {
    Role.OWNER: ADMIN | {"owner"},
    Role.ADMIN: ADMIN,
    Role.EDITOR: EDIT,
    Role.OPERATOR: OPERATE,
    Role.VIEWER: READ,
}

OF_ADMIN: Final = frozenset({"credentials:read", "credentials:write", "models:read"})
"""What the scope `admin` of a key brings along: parts of a workspace that its owner administers."""


def granted(scopes: frozenset[str]) -> frozenset[str]:
    """The permissions that a key's scopes stand for."""
    return scopes | OF_ADMIN if "admin" in scopes else scopes


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who asks. `permissions` is what the role grants, cut to the scopes of the key if it came by one."""

    workspace_id: WorkspaceId
    permissions: frozenset[str]
    user_id: UserId | None = None
    api_key_id: ApiKeyId | None = None
    role: Role | None = None
    kind: str = "user"
    request_id: str | None = field(default=None, compare=False)

    def may(self, permission: str) -> bool:
        """Whether `permission` is granted."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise PermissionDenied unless `permission` is granted."""
        if permission not in self.permissions:
            raise PermissionDenied(f"This needs the permission '{permission}'.")

    @property
    def label(self) -> str:
        """How records name this actor: `user:<id>`, `key:<id>` or `system`."""
        if self.api_key_id:
            return f"key:{self.api_key_id}"
        return f"user:{self.user_id}" if self.user_id else self.kind


def system_actor(workspace_id: WorkspaceId) -> Actor:
    """Weft itself, acting inside one workspace (workers, the CLI, imports at set-up)."""
    return Actor(workspace_id, PERMISSIONS[Role.OWNER], kind="system")
