"""Workspace variables."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from weft.identity.domain import Variable
from weft.identity.ports import Variables
from weft.kernel.actor import Actor
from weft.kernel.clock import Clock
from weft.kernel.messages import Command
from weft.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class CreateVariable(Command[Variable]):
    """Make a variable; `value` is any JSON."""

    name: str
    value: Any


async def create_variable(
    command: CreateVariable, variables: Variables, clock: Clock, work: UnitOfWork, actor: Actor
) -> Variable:
    """Raises Invalid, Conflict."""
    actor.require("workflows:write")
    variable = Variable.create(actor, command.name, command.value, clock.now())
    await variables.add(variable)
    work.record(*variable.take_events())
    return variable


@dataclass(frozen=True, slots=True)
class ChangeVariable(Command[Variable]):
    """Give a variable another value."""

    id: UUID
    value: Any


async def change_variable(
    command: ChangeVariable, variables: Variables, clock: Clock, work: UnitOfWork, actor: Actor
) -> Variable:
    """Raises NotFound."""
    variable = await variables.get(command.id)
    actor.require("workflows:write")
    variable.change(actor, command.value, clock.now())
    await variables.save(variable)
    work.record(*variable.take_events())
    return variable


@dataclass(frozen=True, slots=True)
class DeleteVariable(Command[None]):
    """Delete a variable."""

    id: UUID


async def delete_variable(command: DeleteVariable, variables: Variables, work: UnitOfWork, actor: Actor) -> None:
    """Raises NotFound."""
    variable = await variables.get(command.id)
    actor.require("workflows:write")
    variable.delete(actor)
    await variables.remove(variable)
    work.record(*variable.take_events())
