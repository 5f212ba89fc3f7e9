"""One attempt of one node, apart from an engine: what a node function is given when it is tested alone."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError

from weft.engine.capabilities import (
    Capabilities,
    Http,
    JavaScript,
    Models,
    Moment,
    OpenedCredential,
    Parser,
    Python,
    Usage,
)
from weft.engine.errors import NodeError
from weft.engine.node import NodeType, Woken
from weft.engine.values import JSON

T = TypeVar("T")


@dataclass
class Attempt:
    """Implements NodeRun: remembers what was emitted, logged, reserved and booked."""

    capabilities: Capabilities
    execution_id: str = "0192f6a0-0000-7000-8000-000000000001"
    workspace: str = "0192f6a0-0000-7000-8000-000000000002"
    node: str = "n"
    path: str = "n"
    attempt: int = 1
    deadline: float | None = None
    moment: Moment = field(default_factory=lambda: Moment(0, 1))
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    woken: Woken | None = None
    taken: tuple[str, ...] = ()
    inputs: JSON = None
    emitted: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    reserved: list[Usage] = field(default_factory=list)
    booked: list[Usage] = field(default_factory=list)
    on_emit: Callable[[str], None] | None = None

    @property
    def idempotency_key(self) -> str:
        return f"{self.execution_id}:{self.path}"

    @property
    def javascript(self) -> JavaScript:
        return _available(self.capabilities.javascript)

    @property
    def python(self) -> Python:
        return _available(self.capabilities.python)

    @property
    def parser(self) -> Parser:
        return _available(self.capabilities.parser)

    @property
    def http(self) -> Http:
        return _available(self.capabilities.http)

    @property
    def models(self) -> Models:
        return _available(self.capabilities.models)

    async def evaluate(self, expression: str, scope: Mapping[str, JSON] | None = None) -> JSON:
        values = await self.javascript.evaluate([expression], scope or {}, workspace=self.workspace, moment=self.moment)
        return values[0]

    async def evaluate_all(self, expressions: list[str], scope: Mapping[str, JSON] | None = None) -> list[JSON]:
        return await self.javascript.evaluate(expressions, scope or {}, workspace=self.workspace, moment=self.moment)

    async def evaluate_each(self, expressions: list[str], scopes: list[Mapping[str, JSON]]) -> list[list[JSON]]:
        return [[await self.evaluate(expression, scope) for expression in expressions] for scope in scopes]

    async def credential(self, credential_id: str) -> OpenedCredential:
        vault = _available(self.capabilities.credentials)
        return await vault.open(credential_id, workspace=self.workspace)

    async def emit(self, text: str) -> None:
        self.emitted.append(text)
        if self.on_emit is not None:
            self.on_emit(text)

    def log(self, message: str, **fields: JSON) -> None:
        self.logged.append(message)

    async def step(self, name: str, function: Callable[[], Awaitable[T]]) -> T:
        return await function()

    def suspend(self, *, until: datetime | None = None, kind: str = "timer", message: str | None = None) -> NoReturn:
        raise AssertionError(f"suspended until {until}, {kind}")

    async def reserve(self, usage: Usage) -> None:
        self.reserved.append(usage)

    def book(self, usage: Usage) -> None:
        self.booked.append(usage)


def _available(capability: T | None) -> T:
    if capability is None:
        raise NodeError("unavailable", "This is not available here.")
    return capability


async def call(function: Any, run: Attempt, **config: JSON) -> Any:
    """The output of the node for this rendered config; NodeError `validation` where the config does not fit."""
    node_type: NodeType = function.node_type
    try:
        checked = node_type.config.model_validate(config)
    except ValidationError as error:
        raise NodeError("validation", str(error)) from None
    return await function(checked, run)
