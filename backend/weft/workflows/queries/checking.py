"""Validation and diff: what is wrong with a graph, what changed between two."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import literal, select

from weft.engine.catalog import Catalog
from weft.engine.validation import Report
from weft.engine.values import decode
from weft.kernel.errors import NotFound
from weft.kernel.messages import Query
from weft.platform.unit_of_work import ReadScope
from weft.workflows.domain import diff_graphs, value_changes
from weft.workflows.domain.validation import apart, validate
from weft.workflows.ports import References
from weft.workflows.tables import graphs, workflow_versions, workflows

VersionName = int | Literal["draft"]


@dataclass(frozen=True, slots=True)
class ValidateGraph(Query[Report]):
    """What is wrong with `graph`, whatever it is; references are looked for in the actor's workspace."""

    graph: Any


async def validate_graph(query: ValidateGraph, catalog: Catalog, references: References) -> Report:
    """Errors and warnings with pointers that begin at `/graph`."""
    return await validate(query.graph, catalog, references.unknown)


@dataclass(frozen=True, slots=True)
class DiffVersions(Query[dict[str, Any]]):
    """The way from one version to another; `draft` is the draft."""

    workflow_id: UUID
    before: VersionName
    after: VersionName


async def diff_versions(query: DiffVersions, scope: ReadScope) -> dict[str, Any]:
    """Raises NotFound (`version_not_found`)."""
    versions, table = workflow_versions.c, workflows.c
    numbers = [version for version in (query.before, query.after) if version != "draft"]
    kept = (graphs.c.workspace_id == versions.workspace_id) & (graphs.c.hash == versions.graph_hash)
    published = (
        select(versions.version, graphs.c.body, versions.settings)
        .join(graphs, kept)
        .where(
            versions.workspace_id == scope.workspace_id,
            versions.workflow_id == query.workflow_id,
            versions.version.in_([number for number in numbers if 0 < number < 2**31]),
        )
    )
    draft = select(literal(0), table.graph, table.settings).where(
        table.workspace_id == scope.workspace_id, table.id == query.workflow_id, table.deleted_at.is_(None)
    )
    found = {
        row[0] or "draft": (decode(row[1]), decode(row[2])) for row in await scope.rows(published.union_all(draft))
    }
    for version in (query.before, query.after):
        if version not in found:
            raise NotFound(f"There is no version {version} of this workflow.", code="version_not_found")
    (old, old_settings), (fresh, fresh_settings) = found[query.before], found[query.after]
    return {
        "from": query.before,
        "to": query.after,
        **await apart(diff_graphs, old, fresh),
        "settings": list(value_changes(old_settings, fresh_settings)),
    }
