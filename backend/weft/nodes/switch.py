"""switch: compares a value with constants."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, field_validator
from typing_extensions import TypedDict

from weft.engine.node import NodeConfig, NodeRun, Result, node
from weft.engine.ports import ELSE, CaseId, case_ports, distinct_cases, is_case
from weft.engine.values import JSON, identity


class Case(NodeConfig):
    """`id` names the port that is taken when the value is `equals`, as JSON: types too."""

    id: CaseId = Field(
        description="The name of the port that this case takes, and of the case in the output.", examples=["paid"]
    )
    equals: Any = Field(
        description="What the value must be, as JSON and of the same type: the text `1` is not the number 1.",
        examples=["paid"],
    )


class Switch(NodeConfig):
    """`value` is compared with each case in turn."""

    value: Any = Field(
        description="The value to compare; one whole `{{ }}` keeps its type.", examples=["{{ fetch.body.state }}"]
    )
    cases: list[Case] = Field(
        min_length=1,
        max_length=100,
        description="Compared from the top: the first that equals the value is taken, and `else` where none does.",
    )

    @field_validator("cases")
    @classmethod
    def _distinct(cls, cases: list[Case]) -> list[Case]:
        distinct_cases(case.id for case in cases)
        return cases


class SwitchOutput(TypedDict):
    """Which case it was, or `else`."""

    case: Annotated[str, Field(description="The id of the case that was taken, or `else`.")]


def ports_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """One for each case, and `else`."""
    return case_ports(config)


def port_of(output: JSON) -> str | None:
    """The port that an output takes."""
    return is_case(output.get("case")) if isinstance(output, dict) else None


@node(
    "switch", title="Switch", category="control", icon="route", effect="pure", output=SwitchOutput,
    ports=ports_of, port_of=port_of,
)  # fmt: skip
async def switch(config: Switch, run: NodeRun) -> Result:
    """Compares a value with constants and takes the port of the case that it equals."""
    value = identity(config.value)
    case = next((case.id for case in config.cases if identity(case.equals) == value), ELSE)
    return Result({"case": case}, port=case)
