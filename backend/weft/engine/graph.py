"""A workflow's graph as it is written: nodes, edges, policies. Shape only; meaning is in `validation`."""

import hashlib
from collections.abc import Iterator
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from weft.engine.errors import ERROR_TYPES
from weft.engine.values import encode

MAX_NODES: Final = 10_000
MAX_EDGES: Final = 50_000
MAX_DEPTH: Final = 20
MAX_ID: Final = 64
"""Characters of an id, which is an identifier (`kernel.identifiers`) in Unicode's normal form C."""
ERROR_PORT: Final = "error"
COMPENSATE_PORT: Final = "compensate"

RESERVED: Final = frozenset(
    # the names that expressions use
    "input vars env execution item index key state error now undefined NaN Infinity "
    # JavaScript's keywords
    "arguments async await break case catch class const continue debugger default delete do else enum eval export "
    "extends false finally for function get if implements import in instanceof interface let new null of package "
    "private protected public return set static super switch this throw true try typeof var void while with yield "
    # and its globals
    "globalThis Object Function Boolean Symbol Error AggregateError EvalError InternalError RangeError "
    "ReferenceError SyntaxError TypeError URIError Number BigInt Math Date String RegExp Array Int8Array "
    "Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array "
    "Float16Array Float32Array Float64Array Map Set WeakMap WeakSet WeakRef FinalizationRegistry ArrayBuffer "
    "SharedArrayBuffer DataView Atomics JSON Promise Reflect Proxy Iterator Intl escape unescape decodeURI "
    "decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt "
    "__proto__ prototype constructor".split()
) - {"get", "set", "of", "async"}
"""`get`, `set`, `of` and `async` are only words where JavaScript wants them: as identifiers they are legal.
`__proto__`, `prototype` and `constructor` are no globals: what an object has under them is not what was put there."""

Effect = Literal["pure", "read", "write"]
OnError = Literal["fail", "continue", "branch"]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Position(_Shape):
    """Where the canvas draws a node, in its own pixels."""

    x: float = 0
    y: float = 0


class Node(_Shape):
    """One step. Whether `pinned_output` was given is in `model_fields_set`: absent is not null."""

    id: str
    type: str
    name: str | None = None
    config: dict[str, Any] = Field(default_factory=dict)
    policy: dict[str, Any] = Field(default_factory=dict)
    parent: str | None = None
    disabled: bool = False
    pinned_output: Any = None
    pinned_port: str | None = None
    note: str = Field(default="", max_length=10_000)
    position: Position = Field(default_factory=Position)
    type_version: int | None = None

    @property
    def pinned(self) -> bool:
        """Whether the node has a pinned output (which may be null)."""
        return "pinned_output" in self.model_fields_set


class Edge(_Shape):
    """From a node's output port to a node."""

    source: str
    source_port: str = "out"
    target: str


class Graph(_Shape):
    """The whole drawing, in the order of its lists: the order decides ties."""

    nodes: list[Node] = Field(default_factory=list)
    edges: list[Edge] = Field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As it was written: what was left out stays out."""
        return {
            "nodes": [node.model_dump(exclude_unset=True) for node in self.nodes],
            "edges": [edge.model_dump(exclude_unset=True) for edge in self.edges],
        }

    def children(self, parent: str | None) -> Iterator[Node]:
        """The nodes directly inside `parent` (None: the top level), in the graph's order."""
        return (node for node in self.nodes if node.parent == parent)


def graph_hash(graph: dict[str, Any]) -> str:
    """The SHA-256, in hex, of a graph as text: drafts that ran and versions name it."""
    return hashlib.sha256(encode(graph)).hexdigest()


class Retry(_Shape):
    """When to try again. `on` lists error types and HTTP numbers in place of the default list."""

    max_attempts: int = Field(
        default=1, ge=1, le=100, title="Attempts in all", description="How often it is tried, the first time included."
    )
    delay_s: float = Field(
        default=1,
        ge=0,
        le=86_400,
        title="First delay, seconds",
        description="The wait before the second attempt. What the other side asks for by `Retry-After` stands in its "
        "place.",
    )
    factor: float = Field(
        default=2, ge=1, le=100, title="Each delay times", description="How many times as long each further wait is."
    )
    max_delay_s: float = Field(
        default=30, ge=0, le=86_400, title="Longest delay, seconds", description="No wait is longer than this."
    )
    jitter: float = Field(
        default=0.2,
        ge=0,
        le=1,
        title="Jitter, share of the delay",
        description="By how much a wait may be longer or shorter at random; 0.2 is a fifth.",
    )
    on: list[str | int] | None = Field(
        default=None,
        title="Only on these",
        description="Error types and HTTP numbers that are tried again. Left out: what may pass (`timeout`, `network`, "
        "`rate_limited`, 408, 425, 429, 5xx).",
        examples=[["timeout", 503]],
        json_schema_extra={"x-literal": True},
    )

    @field_validator("on")
    @classmethod
    def _known(cls, on: list[str | int] | None) -> list[str | int] | None:
        for what in on or ():
            if isinstance(what, str) and what not in ERROR_TYPES:
                raise ValueError(f"there is no error type '{what}'")
            if isinstance(what, int) and not 100 <= what <= 599:
                raise ValueError(f"{what} is no HTTP status")
        return on


class Cache(_Shape):
    """How long an equal call's result may be taken again, in seconds."""

    ttl_s: float = Field(gt=0, description="How long a result may be taken again, in seconds.")


class Policy(_Shape):
    """How one node is run, beside what it does."""

    timeout_s: float | None = Field(
        default=None,
        gt=0,
        le=86_400,
        title="Timeout, seconds",
        description="How long one attempt may take, in seconds. Beyond: error `timeout`. Left out: as long as the run.",
    )
    on_error: OnError | None = Field(
        default=None,
        description="After the last attempt: `fail` the run, `continue` with the error or the default output, or "
        "`branch` to the port `error`. Left out: `branch` where an edge leaves that port, else `fail`.",
    )
    default_output: Any = Field(
        default=None,
        description="The output under `continue`, as JSON. Left out: `{error}`.",
        examples=[{"items": []}],
        json_schema_extra={"x-literal": True},
    )
    retry: Retry = Field(
        default_factory=Retry, description="When a failed attempt is followed by another. Left out: as its type says."
    )
    effect: Effect | None = Field(
        default=None,
        description="What the node does to the world: nothing (`pure`), `read` it, or `write` to it; the start of a "
        "`write` is committed before it acts. Left out: as its type says.",
    )
    on_crash: Literal["rerun", "fail"] = Field(
        default="rerun",
        description="A node that a crash cut off: `rerun` it, or, where it cannot be repeated, `fail` it with "
        "`interrupted`.",
    )
    compensate: Literal["completed", "started"] = Field(
        default="completed",
        description="What is undone when the run fails: a `completed` node only, or with `started` also a `write` of "
        "which nobody knows whether it happened.",
    )
    cache: Cache | None = Field(
        default=None, description="Takes an equal call's result again. Not available yet: leave it out."
    )
