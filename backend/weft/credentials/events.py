"""What the other contexts may know of credentials. Never a secret."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from weft.kernel.messages import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialChanged(Event):
    """A credential was created, changed or deleted; `revision` is the one it has now (or had last)."""

    credential_id: UUID
    credential_type: str
    change: Literal["created", "updated", "deleted"]
    revision: int
