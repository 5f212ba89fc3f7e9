"""Workspace variables."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, StringConstraints

from weft.identity.commands import ChangeVariable, CreateVariable, DeleteVariable
from weft.identity.queries import GetVariable, ListVariables
from weft.platform.web import (
    ActorDependency,
    Body,
    BusDependency,
    Cursor,
    EntityId,
    Limit,
    Page,
    allowed,
    etag,
    existing,
    make_cursor,
    read_cursor,
    router,
)

routes = router("/variables", "identity")


class VariableBody(Body):
    """A variable to be made: `value` is any JSON."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    value: Any


class ValueBody(Body):
    """Another value."""

    value: Any


class VariableOut(BaseModel):
    """A variable: workflows read it as `vars.<name>`."""

    id: UUID
    name: str
    value: Any
    revision: int
    updated_at: datetime


@routes.post("", status_code=201, dependencies=[allowed("workflows:write")])
async def create_variable(
    body: VariableBody, response: Response, actor: ActorDependency, bus: BusDependency
) -> VariableOut:
    """Make a variable."""
    variable = await bus.execute(CreateVariable(body.name, body.value), actor)
    response.headers["Location"] = f"/api/v1/variables/{variable.id}"
    return _out(variable, response)


@routes.get("", dependencies=[allowed("workflows:read")])
async def list_variables(
    actor: ActorDependency,
    bus: BusDependency,
    limit: Limit = 50,
    cursor: Cursor = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[VariableOut]:
    """The workspace's variables, by name."""
    position = read_cursor(cursor, actor, ["variables", q], (str,))
    found = await bus.ask(ListVariables(limit + 1, position[0] if position else None, q), actor)
    more = make_cursor(actor, ["variables", q], found[limit - 1].name) if len(found) > limit else None
    return Page(
        items=[VariableOut.model_validate(one, from_attributes=True) for one in found[:limit]], next_cursor=more
    )


@routes.get("/{id}", dependencies=[existing(GetVariable, "workflows:read", "id")])
async def get_variable(id: EntityId, response: Response, actor: ActorDependency, bus: BusDependency) -> VariableOut:
    """One variable."""
    return _out(await bus.ask(GetVariable(id), actor), response)


@routes.patch("/{id}", dependencies=[existing(GetVariable, "workflows:write", "id")])
@routes.put("/{id}", dependencies=[existing(GetVariable, "workflows:write", "id")])
async def change_variable(
    id: EntityId, body: ValueBody, response: Response, actor: ActorDependency, bus: BusDependency
) -> VariableOut:
    """Give it another value; it keeps its name."""
    return _out(await bus.execute(ChangeVariable(id, body.value), actor), response)


@routes.delete("/{id}", status_code=204, dependencies=[existing(GetVariable, "workflows:write", "id")])
async def delete_variable(id: EntityId, actor: ActorDependency, bus: BusDependency) -> None:
    """Delete it."""
    await bus.execute(DeleteVariable(id), actor)


def _out(variable: object, response: Response) -> VariableOut:
    out = VariableOut.model_validate(variable, from_attributes=True)
    response.headers["ETag"] = etag(out.revision)
    return out
