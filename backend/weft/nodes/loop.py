"""loop: a container that repeats what it holds."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, NotRequired

from pydantic import Field, ValidationInfo, field_validator
from typing_extensions import TypedDict

from weft.engine.errors import NodeError
from weft.engine.node import NodeRun, OneOf, json_schema, node

ROUND: Final = {"x-expression": True, "x-round": True, "x-scope": ["item", "index", "key", "state"]}
RoundExpression = Annotated[str, Field(json_schema_extra=ROUND)]
"""An expression that sees the children of the round."""


class Loop(OneOf):
    """One of `over` (array or object), `times` and `while`. `update` makes the next state, then `break_if` ends it."""

    one_of = (("over",), ("times",), ("while",))

    over: Any = Field(
        default=None,
        description="What to go through: an array, or an object by its keys. Each round has its `item`, its `index` "
        "and, of an object, its `key`.",
        examples=["{{ fetch.body.orders }}"],
    )
    while_: RoundExpression | None = Field(
        default=None,
        alias="while",
        description="JavaScript asked before each round but the first: the loop goes on while it is truthy. "
        "Sees `index`, `state` and the nodes of the round before.",
        examples=["page.body.next !== null"],
    )
    times: int | None = Field(default=None, ge=0, description="How many rounds to run.", examples=[10])
    break_if: RoundExpression | None = Field(
        default=None,
        description="JavaScript asked after each round: truthy ends the loop. Sees `item`, `index`, `state` and the "
        "round's nodes. Left out: it runs to its end.",
        examples=["check.result"],
    )
    state: dict[str, Any] = Field(
        default_factory=dict,
        description="Values handed from round to round, as they are before the first; nodes inside read them as "
        "`state.<name>`. Rounds run one after another then.",
    )
    update: dict[str, RoundExpression] = Field(
        default_factory=dict,
        description="JavaScript, after each round, for the new values of the state by name; sees `item`, `index`, "
        "the old `state` and the round's nodes.",
        examples=[{"total": "state.total + item.price"}],
    )
    result: RoundExpression | None = Field(
        default=None,
        description="JavaScript for what a round adds to `results`; sees `item`, `index`, `state` and the round's "
        "nodes. Left out: the output of its last node, or of several by id. `null` keeps nothing.",
        examples=["fetch.body.id"],
    )
    parallelism: int = Field(
        default=1,
        ge=1,
        le=1000,
        description="How many rounds run at the same time. Must be 1 with `while`, `break_if` or `state`.",
    )
    max_iterations: int = Field(
        default=1000,
        ge=1,
        le=1_000_000,
        description="The most rounds that may run. Beyond: error `limit_exceeded`; `over` and `times` fail before the "
        "first round.",
    )
    on_item_error: Literal["fail", "collect", "skip"] = Field(
        default="fail",
        title="When a round fails",
        description="`fail`: the loop fails. `collect`: its result is null, and its error stands in `errors`. "
        "`skip`: it is left out.",
    )

    @field_validator("over")
    @classmethod
    def _of_many(cls, over: Any) -> Any:
        if not isinstance(over, list | dict):
            raise ValueError("should be an array or an object")
        return over

    @field_validator("parallelism")
    @classmethod
    def _in_turn(cls, parallelism: int, info: ValidationInfo) -> int:
        reasons = [n for n in ("while_", "break_if", "state") if info.data.get(n)]
        if parallelism > 1 and reasons:
            named = ", ".join(f"'{reason.rstrip('_')}'" for reason in reasons)
            raise ValueError(f"rounds depend on each other through {named}: parallelism must be 1")
        return parallelism


class RoundError(TypedDict):
    """A round that failed under `on_item_error: collect`."""

    index: Annotated[int, Field(description="Which round it was, from 0.")]
    key: NotRequired[Annotated[str, Field(description="Its key, where the loop goes over an object.")]]
    error: Annotated[dict[str, Any], Field(description="The error, with its `type` and `message`.")]


class LoopOutput(TypedDict):
    """`results` in the order of the items; `count`: rounds that ended; `state`: the last."""

    results: Annotated[list[Any], Field(description="What the rounds gave, in the order of the items.")]
    errors: Annotated[list[RoundError], Field(description="The rounds that failed, where they are collected.")]
    count: Annotated[int, Field(description="How many rounds ended.")]
    state: Annotated[dict[str, Any], Field(description="The state after the last round, by name.")]


def schema_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The output, with the names of the state that the config declares."""
    schema = json_schema(LoopOutput)
    schema["additionalProperties"] = False
    names = [name for part in ("state", "update") if isinstance(config.get(part), dict) for name in config[part]]
    schema["properties"]["state"] |= {
        "type": "object",
        "properties": {name: {} for name in names},
        "additionalProperties": False,
    }
    return schema


@node(
    "loop", title="Loop", category="control", icon="repeat", effect="pure", output=LoopOutput, container=True,
    output_schema_of=schema_of,
)  # fmt: skip
async def loop(config: Loop, run: NodeRun) -> LoopOutput:
    """Repeats the nodes inside it: for each item, a number of times, or while something holds."""
    raise NodeError("internal", "a container is run by the engine")
