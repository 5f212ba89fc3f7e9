"""What a list or a check reads of a run: inputs and outputs may have 100 MiB each, and stay in the database."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import event

from tests.server import make_workflow, run_workflow
from weft.bootstrap import load_tables
from weft.executions.queries import GetExecutionHead, ListExecutions, get_execution_head, list_executions
from weft.executions.queries.scopes import values_at
from weft.executions.tables import blobs, execution_events, executions
from weft.kernel.actor import Actor
from weft.kernel.ids import WorkspaceId, new_id
from weft.platform.database import Database
from weft.platform.migrations import migrate
from weft.platform.unit_of_work import ReadScope
from weft.workflows.queries import GetGraph

READER = Actor(WorkspaceId(UUID(int=1)), frozenset({"executions:read"}))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty one."""
    load_tables()
    url = f"sqlite+aiosqlite:///{tmp_path}/weft.db"
    await migrate(url, change=True)
    opened = Database(url)
    yield opened
    await opened.close()


async def test_lists_and_checks_leave_the_values_of_runs_in_the_database(database: Database) -> None:
    row = {
        "id": new_id(), "workspace_id": READER.workspace_id, "version": "1", "graph_hash": "0" * 64,
        "status": "completed", "durability": "async", "trigger": "{}", "limits": "{}", "inputs": '{"in": 1}',
        "outputs": '{"out": 1}', "epoch": 1, "last_sequence": 0, "created_at": datetime.now(UTC),
    }  # fmt: skip
    async with database.write() as connection:
        await connection.execute(executions.insert().values(row))
    asked: list[str] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    scope = ReadScope(database, READER)
    (listed,) = await list_executions(ListExecutions(10), scope, READER)
    head = await get_execution_head(GetExecutionHead(row["id"]), scope)
    assert (listed.id, head.id) == (row["id"], row["id"])
    reading = [statement for statement in asked if "FROM executions" in statement]
    assert len(reading) == 2
    assert not [statement for statement in reading if "executions.inputs" in statement or "outputs" in statement]


class Known:
    """A bus that knows one graph."""

    async def ask(self, query: object, _actor: Actor) -> Any:
        """The graph, or the variables of a workspace that has none."""
        return CHAIN if isinstance(query, GetGraph) else {}


CHAIN = {
    "nodes": [{"id": name, "type": "set"} for name in ("a", "b", "c")],
    "edges": [{"source": "a", "target": "b"}, {"source": "b", "target": "c"}],
}


async def test_a_preview_reads_of_what_is_upstream_only_what_it_names(database: Database) -> None:
    run = {
        "id": new_id(), "workspace_id": READER.workspace_id, "version": "1", "graph_hash": "0" * 64,
        "status": "completed", "durability": "async", "trigger": "{}", "limits": "{}", "inputs": "{}",
        "epoch": 1, "last_sequence": 2, "created_at": datetime.now(UTC),
    }  # fmt: skip
    async with database.write() as connection:
        await connection.execute(executions.insert().values(run))
        for number, name in enumerate("ab", 1):
            data = {"output": {"$blob": name * 64, "size": 3}, "blobs": ["output"], "port": "out"}
            row = {
                "workspace_id": READER.workspace_id, "execution_id": run["id"], "sequence": number, "depth": 0,
                "type": "node.completed", "node": name, "path": name, "epoch": 1, "at": "2026-01-01T00:00:00.000Z",
                "data": json.dumps(data),
            }  # fmt: skip
            await connection.execute(execution_events.insert().values(row))
            kept = {"sha256": name * 64, "size": 3, "body": f'"{name}"'.encode(), "last_used_at": datetime.now(UTC)}
            await connection.execute(blobs.insert().values(workspace_id=READER.workspace_id, **kept))
    asked: list[str] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    async def seen(text: str) -> dict[str, Any]:
        asked.clear()
        known: Any = Known()
        values = await values_at(ReadScope(database, READER), known, READER, run["id"], "c", text)
        return {name: value for name, value in values.items() if name in "abc"}

    assert await seen("1 + 1") == {}
    assert not [statement for statement in asked if "blobs" in statement]
    assert await seen("b.x") == {"b": "b"}
    assert await seen("\\u0061.x") == {"a": "a", "b": "b"}


def test_outputs_are_whole_up_to_a_mebibyte_of_bytes(owner: httpx.Client) -> None:
    nodes = [
        {"id": "start", "type": "start"},
        {"id": "end", "type": "end", "config": {"outputs": {"t": "{{ input.t }}"}}},
    ]
    workflow = make_workflow(owner, {"nodes": nodes, "edges": [{"source": "start", "target": "end"}]})
    for count, is_whole in ((500_000, True), (600_000, False)):
        started = run_workflow(owner, workflow, inputs={"t": "ä" * count})
        outputs = owner.get(f"/executions/{started['id']}").json()["outputs"]
        if is_whole:
            assert outputs == {"t": "ä" * count}
        else:
            assert outputs["size"] == 2 * count + len('{"t":""}')
            kept = owner.get(f"/executions/{started['id']}/blobs/{outputs['$blob']}")
            assert kept.json() == {"t": "ä" * count}
