"""Small graphs run by the real engine, over a real pool of JavaScript children."""

from dataclasses import dataclass
from typing import Any

from tests.engine.drawing import PURE, draw

from weft.engine.capabilities import Capabilities
from weft.engine.graph import Graph
from weft.engine.journal import MemoryJournal
from weft.engine.run import Outcome, run
from weft.engine.validation import validate_graph
from weft.kernel.clock import SystemClock
from weft.platform.sandbox.javascript import JavaScriptPool
from weft.platform.sandbox.parser import ParserPool


@dataclass
class Engine:
    """Runs graphs."""

    javascript: JavaScriptPool
    parser: ParserPool | None = None

    async def run(self, nodes: dict[str, dict[str, Any]], edges: str = "", inputs: Any = None) -> Outcome:
        """How the graph ends."""
        graph = draw(nodes, edges)
        assert validate_graph(graph, PURE).errors == []
        capabilities = Capabilities(javascript=self.javascript, parser=self.parser)
        return await run(
            Graph.model_validate(graph), inputs or {}, MemoryJournal(), PURE, SystemClock(), capabilities=capabilities
        )

    async def output(self, node: dict[str, Any], inputs: Any = None) -> Any:
        """The output of one node behind a start."""
        outcome = await self.run({"s": {"type": "start"}, "n": node}, "s>n", inputs)
        assert outcome.status == "completed", outcome.error
        assert outcome.outputs is not None
        return outcome.outputs["n"]

    async def error(self, node: dict[str, Any], inputs: Any = None) -> dict[str, Any]:
        """The error of one node behind a start."""
        outcome = await self.run({"s": {"type": "start"}, "n": node}, "s>n", inputs)
        assert outcome.status == "failed"
        assert outcome.error is not None
        return outcome.error
