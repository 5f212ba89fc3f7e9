"""stop: fails the run on purpose."""

from pydantic import Field

from weft.engine.errors import NodeError, RunFailed, error_value
from weft.engine.node import NodeConfig, NodeRun, node
from weft.engine.values import JSON


class Stop(NodeConfig):
    """`type` and `message` of the run's error."""

    message: str = Field(
        default="The workflow stopped.",
        description="What the run's error says.",
        examples=["No order {{ input.id }}"],
    )
    type: str = Field(
        default="stopped",
        min_length=1,
        max_length=100,
        title="Error type",
        description="The type of the run's error, a name of your own.",
        examples=["order_missing"],
    )


@node("stop", title="Stop", category="control", icon="octagon", effect="pure", ports=(), output=dict[str, str])
async def stop(config: Stop, run: NodeRun) -> JSON:
    """Fails the run at once, wherever it stands, with an error of your own."""
    error = NodeError(config.type, config.message)
    raise RunFailed(error_value(error, node=run.node, path=run.path, attempt=run.attempt) | {"retryable": False})
