"""API keys."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from weft.identity.domain import ApiKey
from weft.identity.ports import ApiKeys
from weft.kernel.actor import Actor
from weft.kernel.clock import Clock
from weft.kernel.messages import Command
from weft.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class CreatedApiKey:
    """A new key with its secret, which is kept nowhere else."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class CreateApiKey(Command[CreatedApiKey]):
    """Make a key of the workspace."""

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None


async def create_api_key(
    command: CreateApiKey, keys: ApiKeys, clock: Clock, work: UnitOfWork, actor: Actor
) -> CreatedApiKey:
    """Raises Invalid, PermissionDenied."""
    actor.require("admin")
    key, secret = ApiKey.create(actor, command.name, command.scopes, command.expires_at, clock.now())
    await keys.add(key)
    work.record(*key.take_events())
    return CreatedApiKey(key, secret)


@dataclass(frozen=True, slots=True)
class RevokeApiKey(Command[None]):
    """End a key."""

    id: UUID


async def revoke_api_key(command: RevokeApiKey, keys: ApiKeys, clock: Clock, work: UnitOfWork, actor: Actor) -> None:
    """Raises NotFound."""
    key = await keys.get(command.id)
    actor.require("admin")
    key.revoke(actor, clock.now())
    await keys.save(key)
    work.record(*key.take_events())


@dataclass(frozen=True, slots=True)
class TouchApiKey(Command[None]):
    """Note that a key was used now."""

    id: UUID


async def touch_api_key(command: TouchApiKey, keys: ApiKeys, clock: Clock) -> None:
    """Does nothing where the key is gone."""
    await keys.touch(command.id, clock.now())
