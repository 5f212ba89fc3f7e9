"""join: brings branches together, and need not wait for all of them."""

from typing import Any, Literal

from pydantic import Field, model_validator
from typing_extensions import TypedDict

from weft.engine.node import LITERAL, NodeConfig, NodeRun, node


class Join(NodeConfig):
    """`mode` counts incoming edges: `all` waits for every one, `any` for one, `count` for `count` of them.
    Both decide when the node runs, before anything could be evaluated: no templates in them."""

    mode: Literal["all", "any", "count"] = Field(default="all", json_schema_extra={**LITERAL})
    count: int | None = Field(default=None, ge=1, json_schema_extra={**LITERAL})

    @model_validator(mode="before")
    @classmethod
    def _count_goes_with_its_mode(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("mode", "all") not in ("all", "any", "count"):
            return value
        if isinstance(value, dict) and (value.get("mode") == "count") != (value.get("count") is not None):
            raise ValueError("'count' goes with the mode 'count', and the mode 'count' with 'count'")
        return value


class JoinOutput(TypedDict):
    """The sources of the edges taken when it was decided, in the order of the edge list."""

    taken: list[str]


@node("join", title="Join", category="control", icon="merge", effect="pure", output=JoinOutput)
async def join(config: Join, run: NodeRun) -> JoinOutput:
    """Goes on when all, any or so many of its incoming edges are taken."""
    return {"taken": list(run.taken)}
