"""Makespan of an uneven graph over its critical path."""

import asyncio
import random
from typing import Any

from tests.benchmarks.figures import Figure, in_turn, median, report
from tests.benchmarks.graphs import Edges, execution_id, langgraph_of, plan_of, queued
from weft.engine.capabilities import Capabilities
from weft.engine.journal import MemoryJournal
from weft.engine.run import Run, RunContext
from weft.engine.state import fold
from weft.kernel.clock import SystemClock

LANES, DEPTH = 6, 6
REPETITIONS = 5
SHORT_S, LONG_S = 0.02, 0.3


def uneven_graph(seed: int) -> tuple[dict[str, float], Edges]:
    """Lanes of nodes, one slow among quick ones at each depth, with a cross edge to the next lane here and there."""
    draw = random.Random(seed)
    seconds, edges = {}, []
    for depth in range(DEPTH):
        slow = draw.randrange(LANES)
        for lane in range(LANES):
            name = f"n{depth}_{lane}"
            seconds[name] = LONG_S if lane == slow else draw.uniform(SHORT_S, 2 * SHORT_S)
            if depth:
                edges.append((f"n{depth - 1}_{lane}", name))
                if draw.random() < 0.2:
                    edges.append((f"n{depth - 1}_{(lane + 1) % LANES}", name))
    return seconds, edges


def critical_path(seconds: dict[str, float], edges: Edges) -> float:
    """How long the graph takes where nothing waits but for what it needs."""
    ends: dict[str, float] = {}
    for name, duration in seconds.items():
        ends[name] = duration + max((ends[source] for source, target in edges if target == name), default=0.0)
    return max(ends.values())


def as_workflow(seconds: dict[str, float], edges: Edges) -> dict[str, Any]:
    """The graph with `delay` nodes."""
    nodes: list[dict[str, Any]] = [{"id": "start", "type": "start"}]
    nodes += [{"id": name, "type": "delay", "config": {"seconds": value}} for name, value in seconds.items()]
    first = [("start", name) for name in seconds if name.startswith("n0_")]
    return {"nodes": nodes, "edges": [{"source": source, "target": target} for source, target in first + edges]}


async def measure() -> list[Figure]:
    """Weft, LangGraph, and tasks of asyncio that wait for each other."""
    seconds, edges = uneven_graph(seed=7)
    graph = as_workflow(seconds, edges)
    plan, ideal = plan_of(graph), critical_path(seconds, edges)
    compiled = langgraph_of(seconds, edges, asyncio.sleep)

    async def weft() -> None:
        journal = MemoryJournal()
        journal.append(queued(graph, {}).history[0])
        context = RunContext(execution_id())
        outcome = await Run(plan, fold(journal.events), journal, Capabilities(), SystemClock(), context).go()
        assert outcome.status == "completed", outcome

    async def langgraph() -> None:
        await compiled.ainvoke({"v": 0})

    async def bare() -> None:
        tasks: dict[str, asyncio.Task[None]] = {}

        async def act(name: str) -> None:
            await asyncio.gather(*(tasks[source] for source, target in edges if target == name))
            await asyncio.sleep(seconds[name])

        for name in seconds:
            tasks[name] = asyncio.create_task(act(name))
        await asyncio.gather(*tasks.values())

    found = await in_turn(REPETITIONS, weft=weft, langgraph=langgraph, bare=bare)
    ratio = {name: median(values) / ideal for name, values in found.items()}
    return [
        Figure("Weft, over the critical path", ratio["weft"], "times", at_most=1.03),
        Figure("LangGraph, over the critical path", ratio["langgraph"], "times"),
        Figure("asyncio, over the critical path", ratio["bare"], "times"),
        Figure("critical path", ideal, "s"),
    ]


if __name__ == "__main__":
    report(measure, REPETITIONS)
