"""The value of an expression or template, for who writes one: on a scope of their own, or on a run's data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from weft.engine.capabilities import JavaScript, Moment
from weft.engine.errors import NodeError
from weft.engine.expressions import ExpressionSyntax, parse_expression, plain_value, text_of
from weft.engine.templates import parse_template, whole
from weft.engine.values import JSON, UNDEFINED
from weft.executions.queries.scopes import values_at
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.clock import Clock
from weft.kernel.errors import invalid_field
from weft.kernel.messages import Query
from weft.platform.unit_of_work import ReadScope


class Preview(BaseModel):
    """A value; `undefined` tells it from null."""

    value: Any = None
    undefined: bool = False


@dataclass(frozen=True, slots=True)
class EvaluateExpression(Query[Preview]):
    """`text` as an expression or as a template, in `scope`, or as a node of an execution would see it (`place`)."""

    text: str
    is_template: bool = False
    scope: Mapping[str, JSON] = field(default_factory=dict)
    place: tuple[UUID, str] | None = None


async def evaluate_expression(
    query: EvaluateExpression, scope: ReadScope, actor: Actor, bus: Bus, javascript: JavaScript, clock: Clock
) -> Preview:
    """Raises Invalid (with the place in the text), NotFound (the execution), PermissionDenied."""
    actor.require("workflows:write")
    if query.place is not None:
        actor.require("executions:read")  # an expression shows whatever the run holds
    values = dict(query.scope)
    if query.place is not None:
        values = await values_at(scope, bus, actor, *query.place, query.text)
    moment = Moment(int(clock.now().timestamp() * 1000), 0)
    pointer = "/template" if query.is_template else "/expression"
    try:
        value = await _evaluate(query, values, javascript, str(actor.workspace_id), moment)
    except ExpressionSyntax as error:
        raise invalid_field(pointer, "expression_syntax", str(error)) from None
    except NodeError as error:
        raise invalid_field(pointer, error.type, error.message) from None
    return Preview(undefined=True) if value is UNDEFINED else Preview(value=value)


async def _evaluate(
    query: EvaluateExpression, values: Mapping[str, JSON], javascript: JavaScript, workspace: str, moment: Moment
) -> JSON:
    parts = parse_template(query.text) if query.is_template else (parse_expression(query.text),)
    found: list[JSON] = []
    for part in parts:
        if isinstance(part, str):
            found.append(part)
        elif (part.path is None or part.path[0] in values) and (plain := plain_value(part, values)) is not None:
            found.append(plain[0])
        else:
            found += await javascript.evaluate([part.source], values, workspace=workspace, moment=moment)
    if not query.is_template:
        return found[0]
    single = whole(parts)
    return found[parts.index(single)] if single is not None else "".join(text_of(value) for value in found)
