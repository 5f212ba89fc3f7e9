"""Engine overhead a node: a chain of 100, in memory, with events."""

from tests.benchmarks.figures import Figure, in_turn, median, report
from tests.benchmarks.graphs import chain, execution_id, langgraph_chain, plan_of, queued
from weft.engine.capabilities import Capabilities
from weft.engine.journal import MemoryJournal
from weft.engine.run import Run, RunContext
from weft.engine.state import fold
from weft.kernel.clock import SystemClock

LENGTH = 100
REPETITIONS = 15


async def measure() -> list[Figure]:
    """Weft against LangGraph, which is asked for the outputs alone, and for its events."""
    graph = chain(LENGTH)
    plan, clock, capabilities = plan_of(graph), SystemClock(), Capabilities()
    compiled = langgraph_chain(LENGTH).compile()
    options = {"recursion_limit": LENGTH + 10}

    async def weft() -> None:
        journal = MemoryJournal()
        journal.append(queued(graph, {"v": 1}).history[0])
        outcome = await Run(plan, fold(journal.events), journal, capabilities, clock, RunContext(execution_id())).go()
        assert outcome.outputs == {"v": 1}, outcome
        assert len(journal.events) == LENGTH + 3

    async def langgraph() -> None:
        assert await compiled.ainvoke({"v": 1}, options) == {"v": 1}

    async def langgraph_events() -> None:
        assert len([event async for event in compiled.astream({"v": 1}, options, stream_mode="tasks")]) == 2 * LENGTH

    seconds = await in_turn(REPETITIONS, weft=weft, langgraph=langgraph, langgraph_events=langgraph_events)
    node = {name: median(values) / LENGTH * 1e6 for name, values in seconds.items()}
    return [
        Figure("Weft, a node", node["weft"], "µs", at_most=25),
        Figure("LangGraph, a node", node["langgraph"], "µs"),
        Figure("LangGraph with its events, a node", node["langgraph_events"], "µs"),
        Figure("Weft is faster than LangGraph", node["langgraph"] / node["weft"], "times", at_least=6),
    ]


if __name__ == "__main__":
    report(measure, REPETITIONS)
