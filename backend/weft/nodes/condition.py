"""condition: takes the port of what holds."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, field_validator

from weft.engine.errors import NodeError
from weft.engine.expressions import truthy
from weft.engine.node import Expression, NodeConfig, NodeRun, OneOf, Result, node
from weft.engine.ports import ELSE, CaseId, case_ports, distinct_cases, is_case
from weft.engine.values import JSON


class Case(NodeConfig):
    """`id` names the port that is taken when `expression` holds."""

    id: CaseId = Field(
        description="The name of the port that this case takes, and of the case in the output.", examples=["large"]
    )
    expression: Expression = Field(
        description="JavaScript; the case is taken when it is truthy and no case above it was.",
        examples=["input.total > 1000"],
    )


class Condition(OneOf):
    """Either `expression`, or `cases`: the first that holds."""

    one_of = (("expression",), ("cases",))

    expression: Expression | None = Field(
        default=None,
        description="JavaScript over the outputs of earlier nodes: truthy takes the port `true`, all else `false`.",
        examples=["fetch.status === 200"],
    )
    cases: list[Case] | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="Asked from the top: the first that holds is taken, and `else` where none does.",
    )

    @field_validator("cases")
    @classmethod
    def _distinct(cls, cases: list[Case] | None) -> list[Case] | None:
        distinct_cases(case.id for case in cases or ())
        return cases


def ports_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """`true` and `false`, or one for each case and `else`."""
    return case_ports(config) if config.get("cases") is not None else ("true", "false")


def schema_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """`{result}`, or `{case}` where there are cases."""
    name, kind, about = (
        ("case", "string", "The id of the case that was taken, or `else`.")
        if config.get("cases") is not None
        else ("result", "boolean", "Whether the expression held.")
    )
    return {
        "type": "object",
        "properties": {name: {"type": kind, "description": about}},
        "required": [name],
        "additionalProperties": False,
    }


def port_of(output: JSON) -> str | None:
    """The port that an output takes."""
    if not isinstance(output, dict):
        return None
    if isinstance(output.get("result"), bool):
        return "true" if output["result"] else "false"
    return is_case(output.get("case"))


@node(
    "condition", title="Condition", category="control", icon="split", effect="pure", output=dict[str, Any],
    ports=ports_of, port_of=port_of, output_schema_of=schema_of,
)  # fmt: skip
async def condition(config: Condition, run: NodeRun) -> Result:
    """If and else: takes the port `true` or `false` by an expression, or the port of the first case that holds."""
    if config.expression is not None:
        holds = truthy(await run.evaluate(config.expression))
        return Result({"result": holds}, port="true" if holds else "false")
    case = await _first(config.cases or [], run)
    return Result({"case": case}, port=case)


async def _first(cases: list[Case], run: NodeRun) -> str:
    """The first case that holds, asked in one message. Where any fails, one by one: a case behind the first that
    holds is not asked, so its failure is none."""
    try:
        values = await run.evaluate_all([case.expression for case in cases])
    except NodeError:
        for case in cases:
            if truthy(await run.evaluate(case.expression)):
                return case.id
        return ELSE
    return next((case.id for case, value in zip(cases, values, strict=True) if truthy(value)), ELSE)
