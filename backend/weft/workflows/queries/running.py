"""What a run needs of a workflow. Published versions and stored graphs never change, so they are kept at hand."""

from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import select

from weft.engine.graph import graph_hash
from weft.engine.values import decode, encode
from weft.kernel.errors import Conflict, NotFound
from weft.kernel.messages import Query
from weft.platform.cache import Cache
from weft.platform.unit_of_work import ReadScope
from weft.workflows.tables import graphs, workflow_versions, workflows

KEPT_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class RunnableVersion:
    """A version, or the draft, as it can be run. `graph` and `settings` are shared: never change them."""

    workflow_id: UUID
    version: str
    graph: dict[str, Any]
    graph_hash: str
    settings: dict[str, Any]
    published: bool
    name: str


@dataclass(frozen=True, slots=True)
class GetVersion(Query[RunnableVersion]):
    """A version by number, the latest published one, or the draft."""

    workflow_id: UUID
    version: int | Literal["latest", "draft"] = "latest"


async def get_version(query: GetVersion, scope: ReadScope, cache: Cache) -> RunnableVersion:
    """Raises NotFound (`not_found`, `version_not_found`), Conflict (`not_published`)."""
    if query.version == "draft":
        return await _draft(query.workflow_id, scope)
    table = workflows.c
    row = await scope.first(
        select(table.name, table.published_version).where(
            table.workspace_id == scope.workspace_id, table.id == query.workflow_id, table.deleted_at.is_(None)
        )
    )
    if row is None:
        raise NotFound("There is no such workflow.")
    number = query.version
    if number == "latest":
        if row.published_version is None:
            raise Conflict("This workflow has no published version.", code="not_published")
        number = int(row.published_version)
    if not 0 < number <= (row.published_version or 0):
        raise NotFound(f"There is no version {number} of this workflow.", code="version_not_found")
    key = f"workflow_version:{scope.workspace_id}:{query.workflow_id}:{number}"
    version = await cache.get(
        key, lambda: _published(query.workflow_id, number, scope), ttl_s=KEPT_S, weigh=_weight_of_version
    )
    return replace(version, name=row.name)


async def _draft(workflow_id: UUID, scope: ReadScope) -> RunnableVersion:
    table = workflows.c
    row = await scope.first(
        select(table.name, table.graph, table.settings).where(
            table.workspace_id == scope.workspace_id, table.id == workflow_id, table.deleted_at.is_(None)
        )
    )
    if row is None:
        raise NotFound("There is no such workflow.")
    graph = decode(row.graph)
    settings = decode(row.settings)
    return RunnableVersion(workflow_id, "draft", graph, graph_hash(graph), settings, published=False, name=row.name)


async def _published(workflow_id: UUID, number: int, scope: ReadScope) -> RunnableVersion:
    table = workflow_versions.c
    kept = (graphs.c.workspace_id == table.workspace_id) & (graphs.c.hash == table.graph_hash)
    row = await scope.first(
        select(table.graph_hash, table.settings, graphs.c.body)
        .join(graphs, kept)
        .where(table.workspace_id == scope.workspace_id, table.workflow_id == workflow_id, table.version == number)
    )
    if row is None:
        raise NotFound(f"There is no version {number} of this workflow.", code="version_not_found")
    graph, settings = decode(row.body), decode(row.settings)
    return RunnableVersion(workflow_id, str(number), graph, row.graph_hash, settings, published=True, name="")


@dataclass(frozen=True, slots=True)
class GetGraph(Query[dict[str, Any]]):
    """A stored graph by its hash: what an execution runs on."""

    graph_hash: str


async def get_graph(query: GetGraph, scope: ReadScope, cache: Cache) -> dict[str, Any]:
    """Raises NotFound. The graph is shared: never change it."""
    key = f"graph:{scope.workspace_id}:{query.graph_hash}"
    return await cache.get(key, lambda: _stored(query.graph_hash, scope), ttl_s=KEPT_S, weigh=_weight)


async def _stored(name: str, scope: ReadScope) -> dict[str, Any]:
    table = graphs.c
    row = await scope.first(select(table.body).where(table.workspace_id == scope.workspace_id, table.hash == name))
    if row is None:
        raise NotFound("There is no such graph.")
    graph: dict[str, Any] = decode(row.body)
    return graph


def _weight(graph: dict[str, Any]) -> int:
    """In units of 8 KiB: as text, which is about half of what it takes in memory."""
    return 1 + len(encode(graph)) // 4096


def _weight_of_version(version: RunnableVersion) -> int:
    return _weight(version.graph)
