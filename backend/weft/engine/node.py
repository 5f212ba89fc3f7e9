"""What a node type is, and how one is written: a config model, an output shape, one async function.

class Greet(NodeConfig):
    name: str

class Greeting(TypedDict):
    text: str

@node("greet", title="Greet", category="data", effect="pure", output=Greeting)
async def greet(config: Greet, run: NodeRun) -> Greeting:
    return {"text": f"Hello {config.name}"}
"""

import builtins
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, NoReturn, Protocol, TypeAlias, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, TypeAdapter, model_validator
from pydantic_core import CoreSchema

from weft.engine.capabilities import Http, JavaScript, Models, Moment, OpenedCredential, Parser, Python, Usage
from weft.engine.graph import Effect, Retry
from weft.engine.values import JSON

T = TypeVar("T")


class NodeConfig(BaseModel):
    """The parent of every config model: strict (numbers take numbers only), and closed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class OneOf(NodeConfig):
    """The parent of a config that wants exactly one of several alternatives: `one_of` lists them, each as the names
    of its fields in the schema. It is both checked and told to clients, as `x-one-of`.

    A field that takes any value may be given as null; elsewhere null is as good as left out.
    """

    one_of: ClassVar[tuple[tuple[str, ...], ...]]

    @model_validator(mode="before")
    @classmethod
    def _exactly_one(cls, value: Any) -> Any:
        if isinstance(value, dict):
            given = [names for names in cls.one_of if any(value.get(name) is not None for name in names)]
            if len(given) > 1 or not (given or any(name in value for name in cls._may_be_null())):
                named = [" with ".join(f"'{name}'" for name in names) for names in cls.one_of]
                raise ValueError(f"give exactly one of {', '.join(named[:-1])} and {named[-1]}")
        return value

    @classmethod
    def _may_be_null(cls) -> list[str]:
        fields = cls.model_fields.items()
        listed = {name for names in cls.one_of for name in names}
        return [named for name, field in fields if field.annotation is Any and (named := field.alias or name) in listed]

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        written = handler.resolve_ref_schema(handler(schema))
        unknown = {name for names in cls.one_of for name in names} - written["properties"].keys()
        if unknown:
            raise TypeError(f"{cls.__name__}.one_of names no field of it: {', '.join(sorted(unknown))}")
        written["x-one-of"] = [list(names) for names in cls.one_of]
        return written


Expression: TypeAlias = Annotated[str, Field(json_schema_extra={"x-expression": True})]
"""A field that holds a JavaScript expression (`X` in nodes.md): handed to the node as text, evaluated by it."""

Literal: TypeAlias = Annotated[str, Field(json_schema_extra={"x-literal": True})]
"""A field taken as it is, with no templates: code, statements, ids. For other types use LITERAL."""

LITERAL: Final = {"x-literal": True}
"""For `Field(json_schema_extra=LITERAL)`: nothing inside this field is a template."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a node gives when more than its output is to be said: the port it takes, what it used."""

    output: JSON
    port: str | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Woken:
    """Why a suspended node is called anew: `timer`, or a signal's `kind` with its data."""

    kind: str
    data: JSON = None
    by: str | None = None
    at: datetime | None = None


class NodeRun(Protocol):
    """One attempt of one node: who it is, and what it may touch."""

    @property
    def execution_id(self) -> str: ...
    @property
    def workspace(self) -> str: ...
    @property
    def node(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def idempotency_key(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def moment(self) -> Moment: ...
    @property
    def woken(self) -> Woken | None: ...
    @property
    def taken(self) -> tuple[str, ...]:
        """The sources of the taken edges, in the order of the edge list, when the node was decided."""
        ...

    @property
    def inputs(self) -> JSON:
        """The run's inputs."""
        ...

    @property
    def deadline(self) -> float | None:
        """Seconds left until the policy's timeout, or None."""
        ...

    @property
    def javascript(self) -> JavaScript: ...
    @property
    def python(self) -> Python: ...
    @property
    def parser(self) -> Parser: ...
    @property
    def http(self) -> Http: ...
    @property
    def models(self) -> Models: ...

    async def evaluate(self, expression: str, scope: Mapping[str, JSON] | None = None) -> JSON:
        """The value of a JavaScript expression in the node's own scope, widened by `scope`."""
        ...

    async def evaluate_all(self, expressions: list[str], scope: Mapping[str, JSON] | None = None) -> list[JSON]:
        """The values of all `expressions`, in one message; the first that fails fails the call."""
        ...

    async def evaluate_each(self, expressions: list[str], scopes: list[Mapping[str, JSON]]) -> list[list[JSON]]:
        """For each scope, the values of all `expressions`: for `filter` and `aggregate`, in few messages."""
        ...

    async def credential(self, credential_id: str) -> OpenedCredential:
        """Open a credential; its values are masked from then on in everything the run writes."""
        ...

    async def emit(self, text: str) -> None:
        """Stream a piece of text to whoever watches (`node.delta`); not journaled."""
        ...

    def log(self, message: str, **fields: JSON) -> None:
        """A line for the operator's log, tied to this execution and path."""
        ...

    async def step(self, name: str, function: Callable[[], Awaitable[T]]) -> T:
        """A durable sub-step: run once, journaled, and replayed from the journal after a crash."""
        ...

    def suspend(self, *, until: datetime | None = None, kind: str = "timer", message: str | None = None) -> NoReturn:
        """End this call without a result; the function is called anew with `woken` when the time has come."""
        ...

    async def reserve(self, usage: Usage) -> None:
        """Hold `usage` against the run's limits before a paid call, in place of what this attempt held before; waits
        while other calls hold what it takes. RunFailed `limit_exceeded` where nothing is left."""
        ...

    def book(self, usage: Usage) -> None:
        """Book what a call really used, also when the attempt fails after it; releases what was reserved."""
        ...


NodeFunction = Callable[[Any, NodeRun], Awaitable[JSON | Result]]


@dataclass(frozen=True, slots=True)
class NodeType:
    """A node type as the catalog holds it."""

    type: str
    title: str
    description: str
    category: str
    icon: str
    config: builtins.type[NodeConfig]
    output: Any
    function: NodeFunction
    effect: Effect | Callable[[Mapping[str, Any]], Effect]
    ports: tuple[str, ...] | Callable[[Mapping[str, Any]], tuple[str, ...]]
    port_of: Callable[[JSON], str | None]
    output_schema_of: Callable[[Mapping[str, Any]], dict[str, Any]] | None
    container: bool
    version: int
    retry: Retry
    ui: Mapping[str, Any]
    config_schema: dict[str, Any] = field(repr=False)

    def ports_for(self, config: Mapping[str, Any]) -> tuple[str, ...]:
        """The output ports of a node with this raw config, without `error` and `compensate`."""
        return self.ports(config) if callable(self.ports) else self.ports

    def effect_for(self, config: Mapping[str, Any]) -> Effect:
        """Whether a node with this raw config is pure, reads or writes."""
        return self.effect(config) if callable(self.effect) else self.effect

    def output_schema_for(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON Schema of the output of a node with this raw config; `{}` where it is open."""
        if self.output_schema_of is not None:
            return self.output_schema_of(config)
        return json_schema(self.output)


def json_schema(shape: Any) -> dict[str, Any]:
    """The JSON Schema 2020-12 of a model, TypedDict or other annotation."""
    return TypeAdapter(shape).json_schema(mode="serialization")


def node(
    type: str,
    *,
    title: str,
    category: str,
    effect: Effect | Callable[[Mapping[str, Any]], Effect],
    output: Any,
    description: str = "",
    icon: str = "box",
    ports: tuple[str, ...] | Callable[[Mapping[str, Any]], tuple[str, ...]] = ("out",),
    port_of: Callable[[JSON], str | None] = lambda _output: None,
    output_schema_of: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None,
    container: bool = False,
    version: int = 1,
    retry: Retry | None = None,
    ui: Mapping[str, Any] | None = None,
) -> Callable[[NodeFunction], NodeFunction]:
    """Declare `function` as the node type `type`. `description` defaults to the function's docstring.

    `ports` and `effect` may follow from the raw config; `port_of` tells which port a pinned output takes;
    `output_schema_of` gives the output's schema where it follows from the config (`set`, `start`).
    """

    def declare(function: NodeFunction) -> NodeFunction:
        config = next(iter(get_type_hints(function).values()))
        function.node_type = NodeType(  # type: ignore[attr-defined]
            type=type,
            title=title,
            description=description or (function.__doc__ or "").strip(),
            category=category,
            icon=icon,
            config=config,
            output=output,
            function=function,
            effect=effect,
            ports=ports,
            port_of=port_of,
            output_schema_of=output_schema_of,
            container=container,
            version=version,
            retry=retry or Retry(),
            ui=ui or {},
            config_schema=config.model_json_schema(),
        )
        return function

    return declare
