"""Workflows and versions as clients see them: one SELECT each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Select, cast, exists, func, literal, or_, select, tuple_

from weft.engine.values import decode
from weft.kernel.errors import NotFound
from weft.kernel.messages import Query
from weft.platform.unit_of_work import ReadScope
from weft.workflows.tables import graphs, workflow_versions, workflows


@dataclass(frozen=True, slots=True)
class Head:
    """Just enough of a workflow to check a request against."""

    id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class WorkflowSummary:
    """A workflow in a list, without its graph."""

    id: UUID
    name: str
    description: str
    tags: list[str]
    settings: dict[str, Any]
    revision: int
    published_version: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class WorkflowDetails(WorkflowSummary):
    """A workflow with the graph of its draft."""

    graph: dict[str, Any]


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A version in a list, without its graph."""

    id: UUID
    workflow_id: UUID
    version: int
    note: str
    warnings: list[dict[str, Any]]
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class VersionDetails(VersionSummary):
    """A version with its graph."""

    graph: dict[str, Any]


@dataclass(frozen=True, slots=True)
class GetHead(Query[Head]):
    """Is there such a workflow? A deleted one only where `deleted`."""

    workflow_id: UUID
    deleted: bool = False


async def get_head(query: GetHead, scope: ReadScope) -> Head:
    """Raises NotFound."""
    statement = _of(scope, select(workflows.c.id, workflows.c.revision), query.workflow_id)
    if not query.deleted:
        statement = statement.where(workflows.c.deleted_at.is_(None))
    row = await scope.first(statement)
    if row is None:
        raise NotFound("There is no such workflow.")
    return Head(row.id, row.revision)


@dataclass(frozen=True, slots=True)
class GetWorkflow(Query[WorkflowDetails]):
    """The workflow with its draft."""

    workflow_id: UUID


async def get_workflow(query: GetWorkflow, scope: ReadScope) -> WorkflowDetails:
    """Raises NotFound."""
    statement = _of(scope, select(*_SUMMARY, workflows.c.graph), query.workflow_id)
    row = await scope.first(statement.where(workflows.c.deleted_at.is_(None)))
    if row is None:
        raise NotFound("There is no such workflow.")
    return WorkflowDetails(**_decoded(row, "tags", "settings", "graph"))


@dataclass(frozen=True, slots=True)
class ListWorkflows(Query[list[WorkflowSummary]]):
    """The latest changed first; `text` is looked for in name, description and tags. `after`: the last one seen."""

    limit: int
    text: str | None = None
    tag: str | None = None
    after: tuple[datetime, UUID] | None = None


async def list_workflows(query: ListWorkflows, scope: ReadScope) -> list[WorkflowSummary]:
    """At most `limit` of them."""
    table = workflows.c
    statement = select(*_SUMMARY).where(table.workspace_id == scope.workspace_id, table.deleted_at.is_(None))
    function = func.json_each if scope.database.is_sqlite else func.json_array_elements_text
    tag = function(table.tags if scope.database.is_sqlite else cast(table.tags, JSON)).table_valued("value").c.value
    if query.tag is not None:
        statement = statement.where(exists(select(1).where(tag == query.tag)))
    if query.text:
        text = query.text
        statement = statement.where(
            or_(
                table.name.icontains(text, autoescape=True),
                table.description.icontains(text, autoescape=True),
                exists(select(1).where(tag.icontains(text, autoescape=True))),
            )
        )
    if query.after is not None:
        last = tuple_(literal(query.after[0], table.updated_at.type), literal(query.after[1], table.id.type))
        statement = statement.where(tuple_(table.updated_at, table.id) < last)
    statement = statement.order_by(table.updated_at.desc(), table.id.desc()).limit(query.limit)
    return [WorkflowSummary(**_decoded(row, "tags", "settings")) for row in await scope.rows(statement)]


@dataclass(frozen=True, slots=True)
class ListVersions(Query[list[VersionSummary]]):
    """The latest first, below the number `before`."""

    workflow_id: UUID
    limit: int
    before: int | None = None


async def list_versions(query: ListVersions, scope: ReadScope) -> list[VersionSummary]:
    """At most `limit` of them; none where there is no such workflow."""
    table = workflow_versions.c
    statement = select(*_VERSION).where(
        table.workspace_id == scope.workspace_id, table.workflow_id == query.workflow_id
    )
    if query.before is not None:
        statement = statement.where(table.version < query.before)
    statement = statement.order_by(table.version.desc()).limit(query.limit)
    return [VersionSummary(**_decoded(row, "warnings")) for row in await scope.rows(statement)]


@dataclass(frozen=True, slots=True)
class GetVersionDetails(Query[VersionDetails]):
    """Version `number` with its graph."""

    workflow_id: UUID
    number: int


async def get_version_details(query: GetVersionDetails, scope: ReadScope) -> VersionDetails:
    """Raises NotFound (`version_not_found`)."""
    table = workflow_versions.c
    kept = (graphs.c.workspace_id == table.workspace_id) & (graphs.c.hash == table.graph_hash)
    statement = select(*_VERSION, graphs.c.body.label("graph")).join(graphs, kept)
    statement = statement.where(
        table.workspace_id == scope.workspace_id,
        table.workflow_id == query.workflow_id,
        table.version == query.number,
    )
    row = await scope.first(statement) if 0 < query.number < 2**31 else None
    if row is None:
        raise NotFound(f"There is no version {query.number} of this workflow.", code="version_not_found")
    return VersionDetails(**_decoded(row, "warnings", "graph"))


_SUMMARY = [workflows.c[name] for name in WorkflowSummary.__slots__]
_VERSION = [workflow_versions.c[name] for name in VersionSummary.__slots__]


def _of(scope: ReadScope, statement: Select[Any], workflow_id: UUID) -> Select[Any]:
    return statement.where(workflows.c.workspace_id == scope.workspace_id, workflows.c.id == workflow_id)


def _decoded(row: Any, *names: str) -> dict[str, Any]:
    fields = dict(row._mapping)
    return fields | {name: decode(fields[name]) for name in names}
