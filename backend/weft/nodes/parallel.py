"""parallel: a container whose children start together."""

from typing import Any, Literal

from pydantic import Field, model_validator
from typing_extensions import TypedDict

from weft.engine.errors import NodeError
from weft.engine.node import NodeConfig, NodeRun, node


class Parallel(NodeConfig):
    """`wait: any|count` goes on after one, or `count`, of the leaves; the rest is cancelled."""

    max_concurrency: int = Field(default=16, ge=1, le=1000)
    wait: Literal["all", "any", "count"] = "all"
    count: int | None = Field(default=None, ge=1)

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

    results: dict[str, Any]


@node(
    "parallel", title="Parallel", category="control", icon="columns", effect="pure", output=ParallelOutput,
    container=True,
)  # fmt: skip
async def parallel(config: Parallel, run: NodeRun) -> ParallelOutput:
    """Runs what it holds side by side and gives the results by id."""
    raise NodeError("internal", "a container is run by the engine")
