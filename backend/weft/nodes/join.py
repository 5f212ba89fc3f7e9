"""join: brings branches together, and need not wait for all of them."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from typing_extensions import TypedDict

from weft.engine.node import LITERAL, NodeConfig, NodeRun, node


class Join(NodeConfig):
    """`mode` counts incoming edges: `all` waits for every one, `any` for one, `count` for `count` of them.
    Both decide when the node runs, before anything could be evaluated: no templates in them."""

    mode: Literal["all", "any", "count"] = Field(
        default="all",
        description="Which incoming edges it waits for: `all` of them, `any` one, or `count` of them. No templates: "
        "it is read before anything could be evaluated.",
        json_schema_extra={**LITERAL},
    )
    count: int | None = Field(
        default=None,
        ge=1,
        description="With the mode `count`, and only then: how many edges must be taken. No templates.",
        json_schema_extra={**LITERAL},
    )

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

    taken: Annotated[
        list[str],
        Field(description="The ids of the nodes whose edges were taken by then, in the order of the edge list."),
    ]


@node("join", title="Join", category="control", icon="merge", effect="pure", output=JoinOutput)
async def join(config: Join, run: NodeRun) -> JoinOutput:
    """Brings branches together: goes on when all, any or a number of its incoming edges are taken."""
    return {"taken": list(run.taken)}
