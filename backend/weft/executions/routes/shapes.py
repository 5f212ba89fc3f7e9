"""The bodies of executions over HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from weft.executions.queries import ExecutionDetails
from weft.platform.web import Body

STATUSES = Literal["queued", "running", "waiting", "paused", "completed", "failed", "cancelled"]
Label = Annotated[str, Field(max_length=100)]
LabelName = Annotated[str, Field(min_length=1, max_length=100)]


def _known_form(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """One error, where each branch of the union would give its own."""
    try:
        return check(value)
    except ValidationError:
        raise PydanticCustomError("version", "Name a version by its number, 'latest' or 'draft'.") from None


Version = Annotated[
    Annotated[int, Field(ge=1, le=2**31)] | Literal["latest", "draft"] | None, WrapValidator(_known_form)
]


def _few_labels(labels: dict[LabelName, Label]) -> dict[LabelName, Label]:
    if len(labels) > 50:
        raise ValueError("at most 50 labels")
    return labels


class Strict(Body):
    """A body whose numbers are numbers, and whose booleans are no numbers."""

    model_config = ConfigDict(extra="forbid", strict=True)


class RunLimits(Strict):
    """Limits of one run; null: none."""

    max_duration_s: float | None = Field(default=None, gt=0, le=86_400 * 366)
    max_node_runs: int | None = Field(default=None, gt=0, le=2**31)
    max_tokens: int | None = Field(default=None, gt=0, le=2**53)
    max_cost_usd: float | None = Field(default=None, gt=0, le=1e9)


class RunRequest(Strict):
    """How a workflow is run."""

    inputs: dict[str, Any] = Field(default_factory=dict)
    mode: Literal["wait", "stream", "background"] = "background"
    version: Version = None
    wait_timeout_s: float = Field(default=60, ge=0, le=300)
    durability: Literal["async", "sync"] | None = None
    limits: RunLimits | None = None
    priority: int = Field(default=0, ge=-1000, le=1000)
    labels: Annotated[dict[LabelName, Label], AfterValidator(_few_labels)] = Field(default_factory=dict)
    pinned: dict[str, Any] = Field(default_factory=dict)


class NodeRunRequest(Strict):
    """What a single node is run on."""

    inputs: dict[str, Any] = Field(default_factory=dict)
    upstream: dict[str, Any] = Field(default_factory=dict)


class RetryRequest(Strict):
    """Where a retry may move to."""

    version: Version = None


class ExecutionAnswer(BaseModel):
    """An execution in its wrapper."""

    execution: ExecutionDetails


class ExpressionRequest(Body):
    """An expression or a template, and what it sees."""

    expression: str | None = Field(default=None, max_length=100_000)
    template: str | None = Field(default=None, max_length=100_000)
    scope: dict[str, Any] | None = None
    execution: UUID | None = None
    node: Annotated[str, Field(max_length=64)] | None = None


class GraphAnswer(BaseModel):
    """The graph of a run."""

    graph: dict[str, Any]
