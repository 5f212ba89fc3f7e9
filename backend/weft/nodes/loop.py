"""loop: a container that repeats what it holds."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, NotRequired

from pydantic import Field, ValidationInfo, field_validator, model_validator
from typing_extensions import TypedDict

from weft.engine.errors import NodeError
from weft.engine.node import NodeConfig, NodeRun, json_schema, node

ROUND: Final = {"x-expression": True, "x-round": True, "x-scope": ["item", "index", "key", "state"]}
RoundExpression = Annotated[str, Field(json_schema_extra=ROUND)]
"""An expression that sees the children of the round."""

_KINDS: Final = ("over", "times", "while")


class Loop(NodeConfig):
    """One of `over` (array or object), `times` and `while`. `update` makes the next state, then `break_if` ends it."""

    over: Any = None
    while_: RoundExpression | None = Field(default=None, alias="while")
    times: int | None = Field(default=None, ge=0)
    break_if: RoundExpression | None = None
    state: dict[str, Any] = Field(default_factory=dict)
    update: dict[str, RoundExpression] = Field(default_factory=dict)
    result: RoundExpression | None = None
    parallelism: int = Field(default=1, ge=1, le=1000)
    max_iterations: int = Field(default=1000, ge=1, le=1_000_000)
    on_item_error: Literal["fail", "collect", "skip"] = "fail"

    @model_validator(mode="before")
    @classmethod
    def _one_kind(cls, value: Any) -> Any:
        if isinstance(value, dict):
            given = [kind for kind in _KINDS if value.get(kind) is not None]
            if len(given) > 1 or not (given or "over" in value):
                raise ValueError("give exactly one of 'over', 'times' and 'while'")
        return value

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

    index: int
    key: NotRequired[str]
    error: dict[str, Any]


class LoopOutput(TypedDict):
    """`results` in the order of the items; `count`: rounds that ended; `state`: the last."""

    results: list[Any]
    errors: list[RoundError]
    count: int
    state: dict[str, Any]


def schema_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The output, with the names of the state that the config declares."""
    schema = json_schema(LoopOutput)
    schema["additionalProperties"] = False
    names = [name for part in ("state", "update") if isinstance(config.get(part), dict) for name in config[part]]
    schema["properties"]["state"] = {
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
    """Repeats what it holds: over items, so many times, or while something holds."""
    raise NodeError("internal", "a container is run by the engine")
