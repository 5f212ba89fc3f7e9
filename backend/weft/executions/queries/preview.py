"""The value of an expression or template, for who writes one: on a scope of their own, or on a run's data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from weft.engine.capabilities import JavaScript, Moment
from weft.engine.errors import NodeError
from weft.engine.expressions import ExpressionSyntax, parse_expression, resolve, text_of
from weft.engine.state import RunState
from weft.engine.templates import parse_template, whole
from weft.engine.values import JSON, UNDEFINED, decode
from weft.executions.tables import blobs, event_of, execution_events, executions
from weft.kernel.actor import Actor
from weft.kernel.clock import Clock
from weft.kernel.errors import Invalid, NotFound, invalid_field
from weft.kernel.messages import Query
from weft.platform.unit_of_work import ReadScope


class Preview(BaseModel):
    """A value; `undefined` tells it from null."""

    value: Any = None
    undefined: bool = False


@dataclass(frozen=True, slots=True)
class EvaluateExpression(Query[Preview]):
    """`text` as an expression or as a template, in `scope`, or as `node` of `execution_id` would see it."""

    text: str
    is_template: bool = False
    scope: Mapping[str, JSON] = field(default_factory=dict)
    execution_id: UUID | None = None


async def evaluate_expression(
    query: EvaluateExpression, scope: ReadScope, actor: Actor, javascript: JavaScript, clock: Clock
) -> Preview:
    """Raises Invalid (`expression`), NotFound (the execution), PermissionDenied."""
    actor.require("workflows:write")
    values = dict(query.scope)
    if query.execution_id is not None:
        values = {**await _values_of(scope, query.execution_id), **values}
    moment = Moment(int(clock.now().timestamp() * 1000), 0)
    pointer = "/template" if query.is_template else "/expression"
    try:
        value = await _evaluate(query, values, javascript, str(actor.workspace_id), moment)
    except ExpressionSyntax as error:
        raise invalid_field(pointer, "expression_syntax", str(error)) from None
    except NodeError as error:
        raise Invalid(error.message, code=error.type) from None
    return Preview(undefined=True) if value is UNDEFINED else Preview(value=value)


async def _evaluate(
    query: EvaluateExpression, values: Mapping[str, JSON], javascript: JavaScript, workspace: str, moment: Moment
) -> JSON:
    parts = parse_template(query.text) if query.is_template else (parse_expression(query.text),)
    found: list[JSON] = []
    for part in parts:
        if isinstance(part, str):
            found.append(part)
        elif part.literal is not None:
            found.append(part.literal[0])
        elif part.path is not None and part.path[0] in values:
            found.append(resolve(part.path, values))
        else:
            found += await javascript.evaluate([part.source], values, workspace=workspace, moment=moment)
    if not query.is_template:
        return found[0]
    single = whole(parts)
    return found[parts.index(single)] if single is not None else "".join(text_of(value) for value in found)


async def _values_of(scope: ReadScope, execution_id: UUID) -> dict[str, JSON]:
    """The inputs and the outputs of the top-level nodes of a run, by name."""
    runs, table = executions.c, execution_events.c
    row = await scope.first(select(runs.inputs).where(runs.workspace_id == scope.workspace_id, runs.id == execution_id))
    if row is None:
        raise NotFound("There is no such execution.")
    rows = await scope.rows(
        select(execution_events).where(table.execution_id == execution_id, table.depth == 0).order_by(table.sequence)
    )
    state = RunState()
    for each in rows:
        state.apply(event_of(each))
    values: dict[str, JSON] = {"input": decode(row.inputs)}
    for path, node in state.nodes.items():
        if node.has_output:
            values[path] = await _whole(scope, node.output) if node.blobs else node.output
    return values


async def _whole(scope: ReadScope, reference: Any) -> JSON:
    kept = select(blobs.c.body).where(blobs.c.workspace_id == scope.workspace_id, blobs.c.sha256 == reference["$blob"])
    row = await scope.first(kept)
    return decode(row.body) if row is not None else None
