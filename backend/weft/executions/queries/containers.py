"""How far the containers of a run have come."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, func, select

from weft.engine.events import NODE_ENDS
from weft.executions.tables import execution_events, path_begins
from weft.platform.unit_of_work import ReadScope

_ENDS: Final = tuple(sorted(NODE_ENDS))


class NodeProgress(BaseModel):
    """How far a container has come: rounds of a loop, children of a `parallel`. `total` is null where it cannot be
    known."""

    done: int
    total: int | None


def is_inside(path: str) -> ColumnElement[bool]:
    """Whether an event's path is inside the container `path`, at any depth."""
    return path_begins(path + ".") | path_begins(path + "[")


async def done_inside(
    scope: ReadScope, execution_id: UUID, graph: Mapping[str, Any], paths: Collection[str]
) -> dict[str, int]:
    """For each of `paths` that is a container's, how many of its rounds or children have ended."""
    types = {node["id"]: node["type"] for node in graph["nodes"]}
    loops = [path for path in paths if types.get(_name(path)) == "loop"]
    parallels = [path for path in paths if types.get(_name(path)) == "parallel"]
    table = execution_events.c
    mine = table.execution_id == execution_id
    done = dict.fromkeys([*loops, *parallels], 0)
    if loops:
        round_of = func.rtrim(func.rtrim(table.path, "]"), "0123456789")
        done |= await _counted(scope, mine & (table.type == "iteration.completed"), round_of, loops, "[")
    if parallels:
        child_of = func.substr(table.path, 1, func.length(table.path) - func.length(table.node))
        done |= await _counted(scope, mine & table.type.in_(_ENDS), child_of, parallels, ".")
    return done


def _name(path: str) -> str:
    return path.rpartition(".")[2]


async def _counted(
    scope: ReadScope, wanted: ColumnElement[bool], holder: ColumnElement[str], paths: list[str], mark: str
) -> dict[str, int]:
    """How many `wanted` events there are for each of `paths`; `holder` gives an event's, with `mark` behind it."""
    among = holder.in_([path + mark for path in paths])
    rows = await scope.rows(select(holder, func.count()).where(wanted, among).group_by(holder))
    return {row[0].removesuffix(mark): row[1] for row in rows}
