"""Engine overhead a node, durable on SQLite: from accepting the run to its last commit, on a file."""

import tempfile
from pathlib import Path
from uuid import UUID

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from tests.benchmarks.figures import Figure, in_turn, median, report
from tests.benchmarks.graphs import WORKSPACE, chain, execution_id, langgraph_chain, plan_of, queued
from weft.engine.capabilities import Capabilities
from weft.engine.plan import Plan
from weft.engine.run import Run, RunContext
from weft.engine.state import fold
from weft.executions.adapters.journal import RunJournal, SqlJournal
from weft.executions.adapters.live import ProcessLiveFeed
from weft.executions.adapters.progress import Progress
from weft.executions.adapters.sql import SqlAcceptance
from weft.executions.domain import Execution
from weft.kernel.clock import SystemClock
from weft.platform.database import Database
from weft.platform.migrations import migrate

LENGTH = 100
REPETITIONS = 15
OWNER = "benchmark"


class Desk:
    """Accepts runs for this process; the benchmark itself starts them."""

    def lease(self) -> str | None:
        return OWNER

    def start(self, execution: Execution) -> None:
        """Accepted: `run_durably` goes on."""

    def doubt(self, execution_id: UUID) -> None:
        """`run_durably` fails with the refusal."""


async def run_durably(database: Database, journal: SqlJournal, plan: Plan, execution: Execution) -> None:
    """Accept a run, run it, and return when its last event is committed."""
    await SqlAcceptance(database, journal, Desk()).accept(execution, None)
    progress = Progress(execution.id, WORKSPACE, None, OWNER, 1, last_sequence=1)
    context = RunContext(str(execution.id), owner=OWNER)
    run = Run(plan, fold(execution.history), RunJournal(journal, progress), Capabilities(), SystemClock(), context)
    outcome = await run.go()
    assert outcome.status == "completed", outcome


async def measure() -> list[Figure]:
    """Weft with `async` durability against LangGraph with its SQLite checkpoints, which are `async` too."""
    graph = chain(LENGTH)
    plan = plan_of(graph)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'weft.db'}"
        await migrate(url)
        database = Database(url)
        journal = SqlJournal(database, ProcessLiveFeed(alone=True))
        async with AsyncSqliteSaver.from_conn_string(str(Path(folder) / "langgraph.db")) as saver:
            compiled = langgraph_chain(LENGTH).compile(checkpointer=saver)

            async def weft() -> None:
                await run_durably(database, journal, plan, queued(graph, {"v": 1}))

            async def langgraph() -> None:
                options = {"recursion_limit": LENGTH + 10, "configurable": {"thread_id": execution_id()}}
                assert await compiled.ainvoke({"v": 1}, options, durability="async") == {"v": 1}

            seconds = await in_turn(REPETITIONS, weft=weft, langgraph=langgraph)
        await journal.stop()
        await database.close()
    node = {name: median(values) / LENGTH * 1e6 for name, values in seconds.items()}
    return [
        Figure("Weft, a node", node["weft"], "µs", at_most=80),
        Figure("LangGraph + SQLite checkpoints, a node", node["langgraph"], "µs"),
        Figure("Weft is faster than LangGraph + SQLite", node["langgraph"] / node["weft"], "times", at_least=12),
    ]


if __name__ == "__main__":
    report(measure, REPETITIONS)
