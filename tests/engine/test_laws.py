"""Laws of the engine, over generated graphs: a run ends, each node is decided once, and a cut loses nothing."""

import asyncio
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cost import in_time, stopwatch
from tests.engine.clocks import VirtualClock
from tests.engine.graphs import Drawing, drawings
from tests.engine.library import CATALOG
from weft.engine.capabilities import Capabilities
from weft.engine.events import NODE_ENDS, TERMINAL, Event
from weft.engine.journal import MemoryJournal
from weft.engine.plan import compile_graph
from weft.engine.run import Outcome, Run, RunContext
from weft.engine.state import RunState, fold

MANY = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
CREATED = {"inputs": {"n": 1}, "version": "draft", "seed": 7}


async def run_on(
    drawing: Drawing, journal: MemoryJournal, clock: VirtualClock, epoch: int = 1, *, keeps: bool = False
) -> Outcome:
    """Run, over every wait, as a worker would: each time from the fold of the journal. `keeps`: let no output go."""
    plan = compile_graph(drawing.graph(), CATALOG)
    for planned in plan.by_id.values():
        planned.is_kept |= keeps
    for turn in range(epoch, epoch + 100):
        run = Run(plan, fold(journal.events), journal, Capabilities(), clock, RunContext("x", epoch=turn))
        async with asyncio.timeout(60):
            outcome = await run.go("timer")
        if outcome.status != "waiting":
            return outcome
        assert outcome.due_at is not None
        await clock.sleep(max(0.0, outcome.due_at - clock.now().timestamp()))
    raise AssertionError("the run waits for ever")


def begun() -> MemoryJournal:
    journal = MemoryJournal()
    journal.append(Event(1, "execution.created", "2026-01-01T00:00:00.000Z", 1, dict(CREATED)))
    return journal


@MANY
@given(drawings())
def test_every_run_ends_and_decides_each_node_once(drawing: Drawing) -> None:
    journal = begun()
    outcome = asyncio.run(run_on(drawing, journal, VirtualClock()))
    events = journal.events
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert [event.type for event in events if event.type in TERMINAL] == [events[-1].type]
    ends = Counter(event.path for event in events if event.type in NODE_ENDS)
    assert set(ends.values()) <= {1}
    began = {event.path for event in events if event.type in ("node.started", "node.waiting")}
    assert began <= set(ends)
    if outcome.status == "completed":
        top = {node["id"] for node in drawing.nodes if node.get("parent") is None}
        assert top <= set(ends)
    check_containers_end_last(events)


def check_containers_end_last(events: list[Event]) -> None:
    """What began inside a container has its end before the container's end."""
    ended: set[str] = set()
    for event in events:
        if event.path is not None:
            inside = {path for path in ended if event.path.startswith((path + ".", path + "["))}
            assert not inside, (event.type, event.path)
        if event.type in NODE_ENDS and event.path is not None:
            ended.add(event.path)


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawings())
def test_a_cut_at_every_event_recovers_to_the_same_outputs(drawing: Drawing) -> None:
    """Nor does it matter that a run lets go what nothing may look at any more: the whole one keeps all."""
    journal = begun()
    whole = asyncio.run(run_on(drawing, journal, VirtualClock(), keeps=True))
    for cut in range(1, len(journal.events)):
        recovered = MemoryJournal()
        recovered.events = list(journal.events[:cut])
        clock = VirtualClock()
        clock._seconds = 10_000.0  # every timer of the cut run is due
        outcome = asyncio.run(run_on(drawing, recovered, clock, epoch=1000))
        assert outcome.status == whole.status
        assert comparable(outcome, drawing) == comparable(whole, drawing)
        check_nothing_ran_again(recovered.events, cut)


def comparable(outcome: Outcome, drawing: Drawing) -> object:
    """The outputs, but for which edge an early join saw first: that is decided anew where it was not committed."""
    early = {node["id"] for node in drawing.nodes if node["type"] == "join" and node["config"]["mode"] != "all"}
    return outcome.outputs and {name: value for name, value in outcome.outputs.items() if name not in early}


def check_nothing_ran_again(events: list[Event], cut: int) -> None:
    """No start and no second end for a path whose end was committed before the cut."""
    committed = {event.path for event in events[:cut] if event.type in NODE_ENDS}
    for event in events[cut:]:
        if event.type in NODE_ENDS or event.type in ("node.started", "node.waiting"):
            assert event.path not in committed, (event.type, event.path)


@MANY
@given(drawings(), st.integers(0, 40))
def test_a_snapshot_is_the_fold(drawing: Drawing, at: int) -> None:
    journal = begun()
    asyncio.run(run_on(drawing, journal, VirtualClock()))
    events = journal.events
    kept = RunState.from_json(fold(events[:at]).as_json())
    assert kept is not None
    for event in events[at:]:
        kept.apply(event)
    assert kept == fold(events)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawings(), st.integers(0, 30))
def test_a_cancel_at_any_moment_ends_what_began(drawing: Drawing, after: int) -> None:
    async def cancelled() -> tuple[Outcome, list[Event]]:
        journal, clock = begun(), VirtualClock()
        plan = compile_graph(drawing.graph(), CATALOG)
        run = Run(plan, fold(journal.events), journal, Capabilities(), clock, RunContext("x"))
        task = asyncio.create_task(run.go())
        for _ in range(after):
            await asyncio.sleep(0)
        if not task.done():
            run.cancel("somebody")
        return await task, journal.events

    outcome, events = asyncio.run(cancelled())
    if outcome.status == "waiting":
        return
    ends = Counter(event.path for event in events if event.type in NODE_ENDS)
    began = {event.path for event in events if event.type in ("node.started", "node.waiting")}
    assert began <= set(ends)
    assert set(ends.values()) <= {1}
    assert events[-1].type in TERMINAL


@pytest.mark.parametrize(("widths", "critical"), [((0.30, 0.10, 0.10, 0.10), 0.30), ((0.20, 0.05, 0.15, 0.12), 0.32)])
async def test_makespan_is_the_critical_path(widths: tuple[float, ...], critical: float) -> None:
    """a ∥ (b → c → d), or b and c after a short one: nobody waits for a neighbour."""
    drawing = Drawing([{"id": "start", "type": "start"}])
    for name, seconds in zip("abcd", widths, strict=True):
        drawing.nodes.append({"id": name, "type": "work", "config": {"sleep_s": seconds}})
    chain = [("start", "a"), ("start", "b"), ("b", "c"), ("c", "d")]
    drawing.edges = [{"source": source, "target": target} for source, target in chain]
    from weft.kernel.clock import SystemClock

    plan = compile_graph(drawing.graph(), CATALOG)
    best = 9.0
    for _ in range(3):
        journal = begun()
        run = Run(plan, fold(journal.events), journal, Capabilities(), SystemClock(), RunContext("x"))
        with stopwatch() as cost:
            assert (await run.go()).status == "completed"
        best = min(best, cost.seconds)
    in_time(best, critical * 1.05 + 0.01)
