"""What a public link shows, and the link itself for those who may share."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from weft.engine.catalog import Catalog
from weft.engine.node import NodeType
from weft.engine.values import decode, encode
from weft.kernel.errors import NotFound
from weft.kernel.messages import Query
from weft.platform.cache import Cache
from weft.platform.unit_of_work import ReadScope
from weft.workflows.domain import share_hash, shown_graph
from weft.workflows.ports import ShareTokens
from weft.workflows.tables import graphs, workflow_versions, workflows

KEPT_S: Final = 600.0
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_GONE: Final = "This link is not shared, or no longer."


@dataclass(frozen=True, slots=True)
class ShareLink:
    """The token of a shared workflow's link, when it was made, and the version that it shows."""

    token: str
    at: datetime
    version: int | None


@dataclass(frozen=True, slots=True)
class GetShare(Query[ShareLink]):
    """The link of a workflow that is shared."""

    workflow_id: UUID


async def get_share(query: GetShare, scope: ReadScope, tokens: ShareTokens) -> ShareLink:
    """Raises NotFound (`not_shared` where the workflow is there, and has no link)."""
    table = workflows.c
    statement = select(table.share_sealed, table.shared_at, table.published_version)
    row = await scope.first(
        statement.where(
            table.workspace_id == scope.workspace_id, table.id == query.workflow_id, table.deleted_at.is_(None)
        )
    )
    if row is None:
        raise NotFound("There is no such workflow.")
    token = tokens.open(row.share_sealed) if row.share_sealed is not None else None
    if token is None:
        raise NotFound("This workflow is not shared.", code="not_shared")
    return ShareLink(token, row.shared_at, row.published_version)


@dataclass(frozen=True, slots=True)
class SharedWorkflow:
    """What strangers see of a workflow. `graph` is kept at hand: never change it."""

    name: str
    description: str
    tags: list[str]
    graph: dict[str, Any]
    node_types: list[NodeType]


@dataclass(frozen=True, slots=True)
class GetShared(Query[SharedWorkflow]):
    """The workflow behind a public link, whichever workspace it is of."""

    token: str


async def get_shared(query: GetShared, scope: ReadScope, cache: Cache, catalog: Catalog) -> SharedWorkflow:
    """The published version, or the draft as it was when it was shared. Raises NotFound, the same for all reasons."""
    row = await scope.first(_behind(query.token)) if _TOKEN.fullmatch(query.token) else None
    if row is None:
        raise NotFound(_GONE)
    key = f"shared_graph:{row.workspace_id}:{row.graph_hash}"

    async def load() -> dict[str, Any]:
        return await _shown(row.workspace_id, row.graph_hash, scope, catalog)

    graph = await cache.get(key, load, ttl_s=KEPT_S, weigh=lambda found: 1 + len(encode(found)) // 4096)
    used = {node["type"] for node in graph["nodes"]}
    types = [node_type for node_type in catalog if node_type.type in used]
    return SharedWorkflow(row.name, row.description, decode(row.tags), graph, types)


def _behind(token: str) -> Select[Any]:
    table, version = workflows.c, workflow_versions.c
    latest = (
        (version.workspace_id == table.workspace_id)
        & (version.workflow_id == table.id)
        & (version.version == table.published_version)
    )
    return (
        select(
            table.workspace_id, table.name, table.description, table.tags,
            func.coalesce(version.graph_hash, table.share_graph_hash).label("graph_hash"),
        )
        .select_from(workflows.outerjoin(workflow_versions, latest))
        .where(table.share_hash == share_hash(token), table.deleted_at.is_(None))
    )  # fmt: skip


async def _shown(workspace_id: UUID, name: str, scope: ReadScope, catalog: Catalog) -> dict[str, Any]:
    statement = select(graphs.c.body).where(graphs.c.workspace_id == workspace_id, graphs.c.hash == name)
    row = await scope.first(statement)
    if row is None:
        raise NotFound(_GONE)
    return await asyncio.to_thread(lambda: shown_graph(decode(row.body), catalog))
