"""The workflows of one workspace, in its unit of work."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from weft.engine.graph import graph_hash
from weft.engine.values import decode, encode
from weft.kernel.errors import NotFound
from weft.platform.unit_of_work import SqlUnitOfWork
from weft.workflows.domain import Share, Workflow, WorkflowVersion
from weft.workflows.tables import graphs, workflow_versions, workflows


class SqlWorkflows:
    """The port `Workflows` on SQLAlchemy."""

    def __init__(self, work: SqlUnitOfWork) -> None:
        self._work = work

    async def get(self, workflow_id: UUID, *, deleted: bool = False) -> Workflow:
        found = await self.find(workflow_id)
        if found is None or (found.deleted_at is not None and not deleted):
            raise NotFound("There is no such workflow.")
        return found

    async def find(self, workflow_id: UUID) -> Workflow | None:
        statement: Select[Any] = (
            select(workflows)
            .where(workflows.c.workspace_id == self._work.workspace_id, workflows.c.id == workflow_id)
            .with_for_update()
        )
        row = (await (await self._work.connection()).execute(statement)).first()
        if row is None:
            return None
        fields = dict(row._mapping)
        share = [fields.pop(name) for name in _SHARE]
        if share[0] is not None:
            fields["share"] = Share(*share)
        return Workflow(**fields | {name: decode(fields[name]) for name in ("tags", "graph", "settings")})

    async def add(self, workflow: Workflow) -> bool:
        row = {"id": workflow.id, "workspace_id": workflow.workspace_id, **_draft(workflow)}
        row["created_at"] = workflow.created_at
        if not await self._insert_new(workflows, row):
            return False
        self._work.record(*workflow.take_events())
        return True

    async def save(self, workflow: Workflow) -> None:
        statement = (
            update(workflows)
            .where(workflows.c.workspace_id == self._work.workspace_id, workflows.c.id == workflow.id)
            .values(**_draft(workflow))
        )
        await (await self._work.connection()).execute(statement)
        self._work.record(*workflow.take_events())

    async def add_version(self, version: WorkflowVersion) -> None:
        await self.keep_graph(version.graph, version.created_at)
        row = {
            "id": version.id,
            "workspace_id": self._work.workspace_id,
            "workflow_id": version.workflow_id,
            "version": version.version,
            "note": version.note,
            "graph_hash": version.graph_hash,
            "settings": encode(version.settings).decode(),
            "warnings": encode(version.warnings).decode(),
            "created_by": version.created_by,
            "created_at": version.created_at,
        }
        await (await self._work.connection()).execute(insert(workflow_versions).values(row))

    async def keep_graph(self, graph: dict[str, Any], at: datetime) -> str:
        name = graph_hash(graph)
        row = {
            "workspace_id": self._work.workspace_id,
            "hash": name,
            "body": encode(graph).decode(),
            "created_at": at,
        }
        await self._insert_new(graphs, row)
        return name

    async def _insert_new(self, table: Table, row: dict[str, Any]) -> bool:
        """Insert `row` unless its key is taken, also by a row that this workspace cannot see."""
        dialect = sqlite if self._work.database.is_sqlite else postgresql
        statement = dialect.insert(table).values(row).on_conflict_do_nothing()
        result = await (await self._work.connection()).execute(statement)
        return result.rowcount == 1


_SHARE = ("share_hash", "share_sealed", "share_graph_hash", "shared_at")


def _draft(workflow: Workflow) -> dict[str, Any]:
    share = workflow.share
    shared = (share.token_hash, share.sealed, share.graph_hash, share.at) if share else (None,) * len(_SHARE)
    return {
        "name": workflow.name,
        "description": workflow.description,
        "tags": encode(workflow.tags).decode(),
        "graph": encode(workflow.graph).decode(),
        "settings": encode(workflow.settings).decode(),
        "revision": workflow.revision,
        "published_version": workflow.published_version,
        "updated_at": workflow.updated_at,
        "deleted_at": workflow.deleted_at,
        **dict(zip(_SHARE, shared, strict=True)),
    }
