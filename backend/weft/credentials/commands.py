"""Changing credentials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from weft.credentials.domain import Credential
from weft.credentials.ports import Credentials
from weft.kernel.actor import Actor
from weft.kernel.clock import Clock
from weft.kernel.messages import Command

WRITE = "credentials:write"


@dataclass(frozen=True, slots=True, repr=False)
class CreateCredential(Command[UUID]):
    """Keep a new secret. Without `allowed_hosts` it goes to the host of its own URL."""

    name: str
    type: str
    data: Mapping[str, str]
    allowed_hosts: Sequence[str] | None = None


async def create_credential(command: CreateCredential, actor: Actor, credentials: Credentials, clock: Clock) -> UUID:
    actor.require(WRITE)
    credential = Credential.create(actor, command.name, command.type, command.data, command.allowed_hosts, clock.now())
    await credentials.add(credential)
    return credential.id


@dataclass(frozen=True, slots=True, repr=False)
class ChangeCredential(Command[None]):
    """Change what is not None; `data` is merged, `default_hosts` forgets the hosts that were named."""

    credential_id: UUID
    name: str | None = None
    data: Mapping[str, str | None] | None = None
    allowed_hosts: Sequence[str] | None = None
    default_hosts: bool = False


async def change_credential(command: ChangeCredential, actor: Actor, credentials: Credentials, clock: Clock) -> None:
    credential = await credentials.get(command.credential_id)
    actor.require(WRITE)
    credential.change(
        actor,
        clock.now(),
        name=command.name,
        data=command.data,
        allowed_hosts=command.allowed_hosts,
        default_hosts=command.default_hosts,
    )
    await credentials.save(credential)


@dataclass(frozen=True, slots=True)
class DeleteCredential(Command[None]):
    """Forget a secret for good."""

    credential_id: UUID


async def delete_credential(command: DeleteCredential, actor: Actor, credentials: Credentials) -> None:
    credential = await credentials.get(command.credential_id)
    actor.require(WRITE)
    credential.delete(actor)
    await credentials.remove(credential)
