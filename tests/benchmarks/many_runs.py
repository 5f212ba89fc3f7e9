"""1,000 small runs at once, in memory: runs a second, and the memory of a run in progress."""

import asyncio
import gc
import tracemalloc
from typing import Any

from tests.benchmarks.figures import Figure, in_turn, median, report
from tests.benchmarks.graphs import chain, execution_id, langgraph_chain, plan_of, queued
from weft.engine.capabilities import Capabilities
from weft.engine.journal import MemoryJournal
from weft.engine.plan import Plan
from weft.engine.run import Outcome, Run, RunContext
from weft.engine.state import fold
from weft.kernel.clock import SystemClock

RUNS = 1_000
LENGTH = 5
REPETITIONS = 7


async def one_run(graph: dict[str, Any], plan: Plan) -> Outcome:
    """A run on a journal of its own."""
    journal = MemoryJournal()
    journal.append(queued(graph, {"v": 1}).history[0])
    return await Run(
        plan, fold(journal.events), journal, Capabilities(), SystemClock(), RunContext(execution_id())
    ).go()


def paused_chain() -> dict[str, Any]:
    """The chain with its middle node slow, so that all runs can be in progress at one moment."""
    graph = chain(LENGTH)
    middle = graph["nodes"][LENGTH // 2]
    middle |= {"type": "delay", "config": {"seconds": 4}}
    graph["nodes"][-1]["config"] = {"outputs": {"v": "{{ n1.v }}"}}
    graph["nodes"][-2]["config"] = {"values": {"v": "{{ n1.v }}"}}
    return graph


async def memory_of_a_run() -> float:
    """KB of memory that a run holds while it is in progress, its events in memory included."""
    graph = paused_chain()
    plan = plan_of(graph)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tasks = [asyncio.create_task(one_run(graph, plan)) for _ in range(RUNS)]
    await asyncio.sleep(1.5)
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert not any(task.done() for task in tasks)
    assert {outcome.status for outcome in await asyncio.gather(*tasks)} == {"completed"}
    return held / RUNS / 1_000


async def measure() -> list[Figure]:
    """Weft against LangGraph."""
    graph = chain(LENGTH)
    plan = plan_of(graph)
    compiled = langgraph_chain(LENGTH).compile()

    async def weft() -> None:
        outcomes = await asyncio.gather(*(one_run(graph, plan) for _ in range(RUNS)))
        assert all(outcome.outputs == {"v": 1} for outcome in outcomes)

    async def langgraph() -> None:
        await asyncio.gather(*(compiled.ainvoke({"v": 1}) for _ in range(RUNS)))

    seconds = await in_turn(REPETITIONS, weft=weft, langgraph=langgraph)
    rate = {name: RUNS / median(values) for name, values in seconds.items()}
    return [
        Figure("Weft, runs of 5 nodes", rate["weft"], "a second", at_least=3_000),
        Figure("LangGraph, runs of 5 nodes", rate["langgraph"], "a second"),
        Figure("Weft, memory of a run in progress", await memory_of_a_run(), "KB", at_most=20),
    ]


if __name__ == "__main__":
    report(measure, REPETITIONS)
