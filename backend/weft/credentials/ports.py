"""What the inside of this context needs of the outside."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from weft.credentials.domain import Credential
from weft.engine.capabilities import OpenedCredential


class Credentials(Protocol):
    """The credentials of one workspace, within a unit of work."""

    async def add(self, credential: Credential) -> None:
        """Keep a new one."""
        ...

    async def get(self, credential_id: UUID) -> Credential:
        """Raises NotFound."""
        ...

    async def save(self, credential: Credential) -> None:
        """Keep the changes. Raises Conflict where another changed it meanwhile."""
        ...

    async def remove(self, credential: Credential) -> None:
        """Forget it, and its secret."""
        ...


class Vault(Protocol):
    """Opens sealed credentials."""

    async def open(self, credential_id: str, *, workspace: str) -> OpenedCredential:
        """NodeError `not_found`, or `unavailable` where it was sealed with a key that is gone."""
        ...


@dataclass(frozen=True, slots=True)
class Probed:
    """What a credential's server said. `models`: those it lists, where it serves models."""

    ok: bool
    message: str
    status: int | None = None
    models: list[str] | None = field(default=None)


class Probe(Protocol):
    """Tries a credential out."""

    async def probe(self, credential: OpenedCredential) -> Probed:
        """Ask the credential's own server one harmless question; a refusal is an answer, not an error."""
        ...
