"""aggregate: counts, sums and lists, whole or by group."""

import math
from collections.abc import Callable, Hashable, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from weft.engine.errors import NodeError
from weft.engine.large import let_others
from weft.engine.node import NodeConfig, NodeRun, node
from weft.engine.numbers import written
from weft.engine.schemas import pointer
from weft.engine.values import JSON, UNDEFINED, identity

ItemExpression = Annotated[str, Field(json_schema_extra={"x-expression": True, "x-scope": ["item", "index"]})]
Operation = Literal["count", "sum", "avg", "min", "max", "first", "last", "list"]


class Metric(NodeConfig):
    """`value` is asked for each item; `count` without one counts the items."""

    op: Operation = Field(
        title="Operation",
        description="What is worked out of the values. Null values are left out; of nothing, `count` and `sum` give 0, "
        "`list` gives `[]`, the others null.",
    )
    value: ItemExpression | None = Field(
        default=None,
        description="JavaScript asked for each item; sees `item` and `index`. `count` may leave it out, and counts "
        "the items then.",
        examples=["item.price * item.quantity"],
    )

    @model_validator(mode="before")
    @classmethod
    def _value_is_there(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("value") is None and value.get("op") not in ("count", None):
            raise ValueError("'value' is needed for every operation but count")
        return value


class Aggregate(NodeConfig):
    """`group_by` and the metrics' values see `item` and `index`."""

    items: list[Any] = Field(
        description="The items to work on, mostly one whole `{{ }}` that gives a list.", examples=["{{ orders.items }}"]
    )
    group_by: ItemExpression | None = Field(
        default=None,
        description="JavaScript for an item's group; sees `item` and `index`. Left out: all items are one group.",
        examples=["item.country"],
    )
    metrics: dict[str, Metric] = Field(
        default_factory=dict,
        description="What is worked out, by the name it has in the output; beside `group_by` none can be named `key`.",
    )

    @model_validator(mode="before")
    @classmethod
    def _key_is_taken(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("group_by") is not None and "key" in (value.get("metrics") or ()):
            raise ValueError("with 'group_by' a metric cannot be named 'key'")
        return value


def schema_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The metrics by name; with `group_by` a list of them, each with its `key`."""
    metrics = config.get("metrics")
    names = list(metrics) if isinstance(metrics, dict) else []
    row: dict[str, Any] = {
        "type": "object",
        "properties": {name: {"description": f"The metric `{name}`."} for name in names},
        "additionalProperties": False,
    }
    if config.get("group_by") is None:
        return row
    row["properties"] = {"key": {"description": "What `group_by` gave for these items."}, **row["properties"]}
    return {
        "type": "object",
        "properties": {
            "groups": {
                "type": "array",
                "items": row,
                "description": "One entry for each group, in order of first appearance.",
            }
        },
        "additionalProperties": False,
    }


def _numbers(name: str, values: list[JSON]) -> list[int | float]:
    for value in values:
        if type(value) not in (int, float):
            raise _refused(name, f"needs numbers, and found {_kind(value)}")
    return values


def _refused(name: str, message: str) -> NodeError:
    faults = [{"path": pointer("/metrics", (name,)), "message": message}]
    return NodeError("validation", f"metric '{name}' {message}", details={"errors": faults})


def _kind(value: JSON) -> str:
    kinds = {bool: "a boolean", str: "a text", list: "a list", dict: "an object"}
    return kinds.get(type(value), "a number")


def _total(name: str, values: list[JSON]) -> int | float:
    numbers = _numbers(name, values)
    if all(type(number) is int for number in numbers):
        return written(sum(numbers))
    try:
        total = math.fsum(numbers)
    except OverflowError:
        raise _refused(name, "is too large a number") from None
    return int(total) if total.is_integer() and abs(total) < 2**53 else total


def _average(name: str, values: list[JSON]) -> int | float:
    mean = _total(name, values) / len(values)
    return int(mean) if mean.is_integer() and abs(mean) < 2**53 else mean


def _ordered(name: str, values: list[JSON]) -> list[JSON]:
    if len({_kind(value) for value in values}) > 1 or type(values[0]) not in (int, float, str):
        raise _refused(name, "needs numbers only or texts only")
    return values


OPERATIONS: Final[dict[str, Callable[[str, list[JSON]], JSON]]] = {
    "avg": _average,
    "min": lambda name, values: min(_ordered(name, values)),
    "max": lambda name, values: max(_ordered(name, values)),
    "first": lambda _name, values: values[0],
    "last": lambda _name, values: values[-1],
}


def measure(name: str, operation: str, values: list[JSON]) -> JSON:
    """One metric of `values`, which hold no null."""
    if operation == "count":
        return len(values)
    if operation == "list":
        return values
    if operation == "sum":
        return _total(name, values)
    return OPERATIONS[operation](name, values) if values else None


def _measure_all(config: Aggregate, rows: list[dict[str, JSON]]) -> dict[str, JSON]:
    return {
        name: measure(
            name, metric.op, [row[name] for row in rows if row[name] is not None and row[name] is not UNDEFINED]
        )
        for name, metric in config.metrics.items()
    }


async def _rows(config: Aggregate, run: NodeRun) -> list[tuple[JSON, dict[str, JSON]]]:
    """For each item the key of its group, and the value of each metric. `1` is counted where none is asked."""
    expressions = ["null" if config.group_by is None else config.group_by]
    expressions += ["1" if metric.value is None else metric.value for metric in config.metrics.values()]
    scopes: list[Mapping[str, JSON]] = [{"item": item, "index": index} for index, item in enumerate(config.items)]
    found = await run.evaluate_each(expressions, scopes)
    rows: list[tuple[JSON, dict[str, JSON]]] = []
    for key, *values in found:
        rows.append((key, dict(zip(config.metrics, values, strict=True))))
        await let_others(len(rows))
    return rows


@node(
    "aggregate", title="Aggregate", category="data", icon="sigma", effect="pure", output=dict[str, Any],
    output_schema_of=schema_of,
)  # fmt: skip
async def aggregate(config: Aggregate, run: NodeRun) -> JSON:
    """Counts, adds up, averages or lists what the items have, over all of them or by group."""
    rows = await _rows(config, run)
    if config.group_by is None:
        return _measure_all(config, [values for _, values in rows])
    groups: dict[Hashable, tuple[JSON, list[dict[str, JSON]]]] = {}
    for done, (key, values) in enumerate(rows, 1):
        await let_others(done)
        key = None if key is UNDEFINED else key
        groups.setdefault(identity(key), (key, []))[1].append(values)
    measured: list[JSON] = []
    for key, members in groups.values():
        measured.append({"key": key, **_measure_all(config, members)})
        await let_others(len(measured))
    return {"groups": measured}
