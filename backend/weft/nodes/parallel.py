"""parallel: a container whose children start together."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from typing_extensions import TypedDict

from weft.engine.errors import NodeError
from weft.engine.node import NodeConfig, NodeRun, node


class Parallel(NodeConfig):
    """`wait: any|count` goes on after one, or `count`, of the leaves; the rest is cancelled."""

    max_concurrency: int = Field(
        default=16, ge=1, le=1000, description="How many of the nodes inside may run at the same time."
    )
    wait: Literal["all", "any", "count"] = Field(
        default="all",
        title="Wait for",
        description="Which of the last nodes inside must end: `all`, `any` one, or `count`. The rest is cancelled.",
    )
    count: int | None = Field(
        default=None, ge=1, description="With wait `count`, and only then: how many of the last nodes must end."
    )

    @model_validator(mode="before")
    @classmethod
    def _count_goes_with_its_wait(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("wait", "all") not in ("all", "any", "count"):
            return value
        if isinstance(value, dict) and (value.get("wait") == "count") != (value.get("count") is not None):
            raise ValueError("'count' goes with the wait 'count', and the wait 'count' with 'count'")
        return value


class ParallelOutput(TypedDict):
    """The output of each leaf by its id."""

    results: Annotated[dict[str, Any], Field(description="The outputs of the last nodes inside, by their ids.")]


@node(
    "parallel", title="Parallel", category="control", icon="columns", effect="pure", output=ParallelOutput,
    container=True,
)  # fmt: skip
async def parallel(config: Parallel, run: NodeRun) -> ParallelOutput:
    """Runs the nodes inside it side by side and gives what the last of them gave, by id."""
    raise NodeError("internal", "a container is run by the engine")
