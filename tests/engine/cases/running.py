"""Runs of the real node types on a journal in memory, and a few node types with knobs for what needs them."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import Field

import weft.nodes
from tests.engine.clocks import VirtualClock
from tests.engine.drawing import draw
from weft.engine.capabilities import Capabilities, OpenedCredential, Usage
from weft.engine.catalog import Catalog, load_catalog
from weft.engine.errors import NodeError
from weft.engine.events import NODE_ENDS, TERMINAL, Event
from weft.engine.graph import Effect, Graph
from weft.engine.journal import MemoryJournal
from weft.engine.node import NodeConfig, NodeRun, node
from weft.engine.plan import compile_graph
from weft.engine.run import Outcome, Run, RunContext
from weft.engine.state import fold
from weft.kernel.clock import Clock, SystemClock


class Probe(NodeConfig):
    """What the probe does, in this order: steps, stream, sleep, wait (once), use, fail, give."""

    give: Any = None
    fail: str | None = None
    fails: int = 100
    sleep_s: float = 0
    stubborn_s: float = 0
    wait_s: float = 0
    stream: list[str] = Field(default_factory=list)
    tokens: int = 0
    reserve: float | None = None
    uses: float | None = None
    credential: str | None = Field(default=None, json_schema_extra={"x-literal": True, "x-reference": "credential"})
    steps: int = 0
    status: int | None = None
    retry_after_s: float | None = None
    note: str = ""


@dataclass
class Seen:
    """What probes saw: the notes in the order of their calls."""

    notes: list[str] = field(default_factory=list)
    steps: Counter[str] = field(default_factory=Counter)


SEEN = Seen()
RAW: dict[str, Any] = {}
"""Outputs that no graph can spell: a probe that gives {"raw": name} gives these."""


async def _work(config: Probe, run: NodeRun) -> Any:
    SEEN.notes.append(config.note or run.path)
    if config.credential:
        await run.credential(config.credential)
    for number in range(config.steps):
        await run.step("s", lambda path=f"{run.path}:{number}": _count(path))  # type: ignore[misc]
    for text in config.stream:
        await run.emit(text)
    if config.reserve is not None:
        await run.reserve(Usage(1, 0, config.reserve))
    await _sleep(config)
    if config.wait_s and run.woken is None:
        run.suspend(until=run.started_at + timedelta(seconds=config.wait_s))
    if config.tokens:
        run.book(Usage(config.tokens, 0, config.reserve if config.uses is None else config.uses))
    if config.fail and run.attempt <= config.fails:
        details = {} if config.status is None else {"status": config.status}
        raise NodeError(config.fail, "as told", details=details, retry_after_s=config.retry_after_s)
    if isinstance(config.give, dict) and "raw" in config.give:
        return RAW[config.give["raw"]]
    return config.give


async def _count(path: str) -> str:
    SEEN.steps[path] += 1
    return path


async def _sleep(config: Probe) -> None:
    try:
        if config.sleep_s:
            await asyncio.sleep(config.sleep_s)
    except asyncio.CancelledError:
        if not config.stubborn_s:
            raise
        await asyncio.sleep(config.stubborn_s)


def _probe(effect: Effect) -> Any:
    @node(f"probe_{effect}", title="Probe", category="data", effect=effect, output=Any)
    async def probe(config: Probe, run: NodeRun) -> Any:
        return await _work(config, run)

    return probe.node_type  # type: ignore[attr-defined]


CATALOG = Catalog([*load_catalog(weft.nodes), _probe("pure"), _probe("read"), _probe("write")])


class Vault:
    """Opens what the test put in."""

    def __init__(self, **secrets: str) -> None:
        self.secrets = secrets

    async def open(self, credential_id: str, *, workspace: str) -> OpenedCredential:
        return OpenedCredential(credential_id, "bearer", {"token": self.secrets[credential_id]})


class HeldJournal(MemoryJournal):
    """A journal whose commits the test lets through; remembers what was streamed."""

    def __init__(self) -> None:
        super().__init__()
        self.streamed: list[Event] = []
        self.held: asyncio.Semaphore | None = None
        """Each release lets one commit through."""
        self.waiting = 0

    def stream(self, event: Event) -> None:
        self.streamed.append(event)

    async def committed(self) -> None:
        self.waiting += 1
        try:
            await asyncio.sleep(0)
            if self.held is not None:
                await self.held.acquire()
        finally:
            self.waiting -= 1


class ForgetfulJournal(HeldJournal):
    """Remembers how the run began and what came last: what a run keeps in memory is its own."""

    def append(self, event: Event) -> None:
        self.events[1:] = [event]

    async def committed(self) -> None:
        return

    async def keep(self, sha256: str, text: bytes) -> None:
        return


@dataclass
class Case:
    """One graph with its journal: may be run, cut and run again."""

    graph: dict[str, Any]
    inputs: Any = None
    created: dict[str, Any] = field(default_factory=dict)
    durability: Any = "async"
    capabilities: Capabilities = field(default_factory=Capabilities)
    clock: Clock = field(default_factory=VirtualClock)
    journal: HeldJournal = field(default_factory=HeldJournal)
    epoch: int = 0
    current: Run | None = None

    def __post_init__(self) -> None:
        self.plan = compile_graph(Graph.model_validate(self.graph), CATALOG)
        data = {"inputs": self.inputs or {}, "version": "draft", "seed": 7, **self.created}
        if not self.journal.events:
            self.journal.append(Event(1, "execution.created", "2026-01-01T00:00:00.000Z", 1, data))

    def begin(self) -> Run:
        """A run from the fold of the journal, as a new owner."""
        self.epoch += 1
        context = RunContext("x", epoch=self.epoch, durability=self.durability)
        state = fold(self.journal.events)
        self.current = Run(self.plan, state, self.journal, self.capabilities, self.clock, context)
        return self.current

    async def once(self) -> Outcome:
        """Until the end, or until everything waits."""
        async with asyncio.timeout(60):
            return await self.begin().go("timer")

    async def reached(self, type: str, path: str | None = None) -> Run:
        """The run that goes on, once it has written an event of that type and path."""
        async with asyncio.timeout(60):
            while not self.events(type, path):
                await asyncio.sleep(0.001)
        assert self.current is not None
        return self.current

    async def whole(self) -> Outcome:
        """To the end, over every wait."""
        for _ in range(50):
            outcome = await self.once()
            if outcome.status != "waiting":
                check(self.journal.events)
                return outcome
            assert outcome.due_at is not None
            await self.clock.sleep(max(0.0, outcome.due_at - self.clock.now().timestamp()))
        raise AssertionError("it waits for ever")

    def cut(self, at: int) -> "Case":
        """The same run by another owner, that has only the first `at` events; every timer is due."""
        journal = HeldJournal()
        journal.events = list(self.journal.events[:at])
        journal.blobs = dict(self.journal.blobs)
        clock = VirtualClock()
        clock._seconds = 100_000
        return Case(
            self.graph, self.inputs, self.created, self.durability, self.capabilities, clock, journal, self.epoch + 1
        )

    def events(self, type: str = "", path: str | None = None) -> list[Event]:
        """The events of that type (or of types that begin so) and path."""
        found = [event for event in self.journal.events if event.type.startswith(type)]
        return [event for event in found if path is None or event.path == path]

    def told(self, path: str) -> list[str]:
        """The types of the events of a path."""
        return [event.type for event in self.events(path=path)]

    def data(self, type: str, path: str | None = None) -> dict[str, Any]:
        """The data of the one event of that type and path."""
        (event,) = self.events(type, path)
        return event.data


def case(nodes: dict[str, dict[str, Any]], edges: str = "", inputs: Any = None, **more: Any) -> Case:
    """A case behind a `start` named `s`."""
    return Case(draw({"s": {"type": "start"}, **nodes}, edges), inputs, **more)


async def ended(nodes: dict[str, dict[str, Any]], edges: str = "", inputs: Any = None, **more: Any) -> Case:
    """A case that was run to its end, with its outcome in `outcome`."""
    one = case(nodes, edges, inputs, **more)
    await one.whole()
    return one


def outputs(one: Case) -> Any:
    """The outputs of a completed run."""
    return one.data("execution.completed")["outputs"]


def error(one: Case) -> Any:
    """The error of a failed run."""
    return one.data("execution.failed")["error"]


def probe(effect: str = "pure", policy: dict[str, Any] | None = None, parent: str | None = None, **config: Any) -> Any:
    """A probe node."""
    body: dict[str, Any] = {"type": f"probe_{effect}", "config": config, "policy": policy or {}}
    return body | ({"parent": parent} if parent else {})


def check(events: list[Event]) -> None:
    """What holds of every journal of an ended run."""
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert [event.type for event in events if event.type in TERMINAL] == [events[-1].type]
    ends = Counter(event.path for event in events if event.type in NODE_ENDS)
    assert set(ends.values()) <= {1}, ends
    begun = {event.path for event in events if event.type in ("node.started", "node.waiting", "node.retrying")}
    assert begun <= set(ends), begun - set(ends)
    over: set[str] = set()
    for event in events:
        assert event.epoch >= 1
        if event.path is not None and not event.type.startswith("compensation."):
            assert not any(event.path.startswith((f"{path}.", f"{path}[")) for path in over), event
        if event.type in NODE_ENDS and event.path is not None:
            over.add(event.path)


__all__ = ["RAW", "SEEN", "Case", "SystemClock", "Vault", "case", "check", "ended", "error", "outputs", "probe"]
