"""The engine's side of `NodeRun`: one attempt of one node, with what it may see and touch."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from copy import copy
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import structlog

from weft.engine.capabilities import Http, Models, Moment, OpenedCredential, Parser, Python, Usage
from weft.engine.errors import NodeError, error_value
from weft.engine.events import Event
from weft.engine.journal import restore, store
from weft.engine.node import NodeConfig, Woken
from weft.engine.readiness import Decision
from weft.engine.scope import NodeScope, available
from weft.engine.state import NodeState, add_usage
from weft.engine.values import JSON, encode, json_value
from weft.engine.waits import Wait

if TYPE_CHECKING:
    from weft.engine.frame import Frame

log = structlog.get_logger()
T = TypeVar("T")


class Suspended(BaseException):
    """Ends the call of a node's function: it waits. Not an Exception, so that no node's code swallows it."""

    def __init__(self, kind: str, due_at: float | None, message: str | None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.due_at = due_at
        self.message = message


class NodeContext(NodeScope):
    """See `NodeRun`. Made anew for each attempt."""

    def __init__(
        self,
        frame: "Frame",
        decision: Decision,
        path: str,
        attempt: int,
        record: NodeState | None = None,
        wait: Wait | None = None,
    ) -> None:
        run = frame.run
        self.frame = self.level = frame
        self.run = run
        self.decision = decision
        self.plan = decision.node
        self.path = path
        self.attempt = attempt
        self.rerun = record is not None and decision.node.frame is None
        """A lost owner began this very attempt; a container goes on instead."""
        self.node = decision.node.id
        self.woken: Woken | None = None
        self.announced = wait is not None or (record is not None and not self.rerun)
        self.limit: asyncio.Timeout | None = None
        """The time that the policy gives this attempt."""
        self.rendered: dict[str, Any] | None = None
        self.child_error = record.ending if record is not None else None
        """Of a container: why it is about to fail, while what it holds is being cancelled."""
        self.visible = decision.visible
        known = wait or record
        self.started = known.started_at if known is not None and known.started_at else run.now()
        self.spent_s = 0.0
        """What of the policy's time had passed before this call, waiting left out: of a container's, while a lost owner
        had it."""
        if record is not None and not self.rerun:
            self.spent_s = max(0.0, run.state.active_until_now - record.active_at)
        self._began = run.clock.monotonic()
        self._usage: dict[str, Any] | None = None
        self._reserved: list[Usage] = []
        self._steps = 0
        self._stream = ""
        self._chance = path
        self.ended = False
        """The event that ends this path is written."""
        if self.announced:
            frame.begin(self.plan, self)

    # -- who it is ---------------------------------------------------------------------------------------------

    @property
    def idempotency_key(self) -> str:
        return f"{self.execution_id}:{self.path}"

    @property
    def inputs(self) -> JSON:
        return self.run.inputs

    @property
    def taken(self) -> tuple[str, ...]:
        return self.decision.sources

    @property
    def started_at(self) -> datetime:
        return datetime.fromisoformat(self.started)

    @property
    def moment(self) -> Moment:
        chance = int.from_bytes(blake2b(f"{self.run.seed}:{self._chance}".encode(), digest_size=8).digest())
        return Moment(int(self.started_at.timestamp() * 1000), chance)

    @property
    def jitter(self) -> float:
        """A number in [0, 1) that is this attempt's own, the same in every recovery."""
        return random.Random(f"{self.run.seed}:{self.path}:{self.attempt}").random()  # noqa: S311 - not a secret

    @property
    def deadline(self) -> float | None:
        when = None if self.limit is None else self.limit.when()
        return None if when is None else when - asyncio.get_running_loop().time()

    @property
    def timed_out(self) -> NodeError | None:
        """The failure of an attempt whose time is over."""
        if self.limit is None or not self.limit.expired():
            return None
        return NodeError("timeout", f"The node took longer than {self.plan.policy.timeout_s:g} s.")

    @property
    def ending(self) -> dict[str, Any] | None:
        """The error that a container is about to end with."""
        if self.child_error is None and self.timed_out is not None:
            return self.error(self.timed_out)
        return self.child_error

    @property
    def elapsed_s(self) -> float:
        """Seconds since this attempt began."""
        return self.run.clock.monotonic() - self._began

    @property
    def elapsed_ms(self) -> float:
        """Milliseconds since this attempt began, to the microsecond."""
        return round(self.elapsed_s * 1_000_000) / 1000

    def inside(self, frame: "Frame") -> "NodeContext":
        """This container as it sees its own round: the children of `frame`, the round, and all that is outside."""
        inner = copy(self)
        inner.frame, inner.visible, inner._chance = frame, None, frame.prefix
        return inner

    # -- its config --------------------------------------------------------------------------------------------

    async def render(self) -> dict[str, Any]:
        """The config with its templates filled in."""
        config = self.plan.config
        if config.static:
            return config.value
        scope = self.scope(config.roots)
        rendered = config.render_here(scope)
        return rendered if rendered is not None else await config.render(scope, self._evaluate_in(scope))

    def _evaluate_in(self, scope: Mapping[str, JSON]) -> Callable[[list[str]], Awaitable[list[JSON]]]:
        async def evaluate(sources: list[str]) -> list[JSON]:
            return await self.javascript.evaluate(sources, scope, workspace=self.workspace, moment=self.moment)

        return evaluate

    def validate(self, rendered: dict[str, Any]) -> NodeConfig:
        """The rendered config as the type's model. Raises NodeError `validation`."""
        config = self.plan.config
        return config.model if config.static else config.validate(rendered)

    # -- what it tells -----------------------------------------------------------------------------------------

    async def tell_start(self, **more: JSON) -> None:
        """Write node.started, once for each attempt, with its config: as rendered, or as written where that failed.
        A long one is kept as a blob. Raises CancelledError where the level has ended meanwhile."""
        if self.announced:
            return
        config = self.plan.node.config if self.rendered is None else self.rendered
        data: dict[str, Any] = {"config": config, **more}
        await store(self.run.journal, data, "config", encode(self.run.masks.value(config)))
        self._announce(data)
        self.check_open()

    def _announce(self, data: dict[str, Any]) -> None:
        if self.announced or self.frame.closed:
            return
        self.announced = True
        data = {"attempt": self.attempt, "rerun": self.rerun, **data}
        if self.visible is not None:
            data["visible"] = sorted(self.visible)
        self.frame.begin(self.plan, self)
        self.run.emit("node.started", data, self.node, self.path)

    def error(self, error: NodeError) -> dict[str, Any]:
        """`error` as this node's."""
        value = error_value(error, node=self.node, path=self.path, attempt=self.attempt)
        inner = getattr(error, "inner", None)
        return {**value, **inner} if inner else value

    async def emit(self, text: str) -> None:
        text = self._stream + text
        held = self.run.masks.held_back(text) if self.run.masks else 0
        self._stream = text[len(text) - held :] if held else ""
        self._show(text[: len(text) - held] if held else text)

    def flush(self) -> None:
        """Show what was held back of the stream: no secret came of it."""
        text, self._stream = self._stream, ""
        self._show(text)

    def _show(self, text: str) -> None:
        if text and not self.run.silent and not self.frame.closed:
            data = {"attempt": self.attempt, "text": self.run.masks.text(text)}
            self.run.journal.stream(
                Event(0, "node.delta", self.run.now(), self.run.context.epoch, data, self.node, self.path)
            )

    def log(self, message: str, **fields: JSON) -> None:
        known = {"execution_id": self.execution_id, "path": self.path}
        log.info(self.run.masks.text(message), **known, **self.run.masks.value(fields))

    # -- what it may touch -------------------------------------------------------------------------------------

    @property
    def python(self) -> Python:
        return available(self.run.capabilities.python, "Python")

    @property
    def parser(self) -> Parser:
        return available(self.run.capabilities.parser, "Parsing")

    @property
    def http(self) -> Http:
        return available(self.run.capabilities.http, "Outgoing HTTP")

    @property
    def models(self) -> Models:
        return available(self.run.capabilities.models, "Models (pip install 'weft[ai]')")

    async def credential(self, credential_id: str) -> OpenedCredential:
        vault = available(self.run.capabilities.credentials, "The credentials vault")
        opened = await vault.open(credential_id, workspace=self.workspace)
        self.run.masks.add(*opened.secrets())
        return opened

    async def step(self, name: str, function: Callable[[], Awaitable[T]]) -> T:
        path = f"{self.path}.step[{self._steps}]"
        self._steps += 1
        known = self.run.state.steps.get(path)
        if known is not None:
            return await restore(self.run.journal, known, "result")  # type: ignore[no-any-return]
        result = await function()
        self.check_open()
        await self.tell_start()
        data: dict[str, Any] = {"name": name, "result": self.run.masks.value(json_value(result))}
        await store(self.run.journal, data, "result", encode(data["result"]))
        self.check_open()
        self.run.emit("step.completed", data, self.node, path)
        self.run.state.steps[path] = data
        await self.run.journal.committed()
        return result

    def tell_ended(self) -> None:
        """The event that ends this path is written: nothing more is owed."""
        self.ended = True
        self.frame.told(self.plan)
        if self._steps:
            self._forget_steps()

    def check_open(self) -> None:
        """Raise CancelledError where the end of this node was told without it: it outlived its grace."""
        if self.frame.closed:
            raise asyncio.CancelledError

    def _forget_steps(self) -> None:
        for number in range(self._steps):
            self.run.state.steps.pop(f"{self.path}.step[{number}]", None)

    def suspend(self, *, until: datetime | None = None, kind: str = "timer", message: str | None = None) -> NoReturn:
        raise Suspended(kind, until.timestamp() if until is not None else None, message)

    async def reserve(self, usage: Usage) -> None:
        self.release()  # the call before this one is over: it must not keep this one waiting
        await self.run.ledger.reserve(usage)
        self._reserved.append(usage)

    def book(self, usage: Usage) -> None:
        self.release()
        self.run.ledger.book(usage)
        self._usage = add_usage(self._usage, usage.as_json())

    def take_usage(self) -> dict[str, Any] | None:
        """What this attempt used, for its event; gives back what it reserved and did not use."""
        self.release()
        usage, self._usage = self._usage, None
        return usage

    def release(self) -> None:
        """Give back what was reserved and not used."""
        for usage in self._reserved:
            self.run.ledger.release(usage)
        self._reserved.clear()
