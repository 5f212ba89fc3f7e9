"""The node library over HTTP: what the canvas draws its palette and forms from."""

from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from weft.engine.catalog import Catalog
from weft.engine.node import NodeType
from weft.engine.policies import policy_schema
from weft.platform.web import ActorDependency, BusDependency, Page, allowed, router
from weft.workflows.queries import ListNodeTypes

routes = router("/node-types", "workflows")


class NodeTypeResource(BaseModel):
    """A node type. `ports` are those of a node with its default config; `policy_schema` has its own retry defaults."""

    type: str
    title: str
    description: str
    category: str
    icon: str
    version: int
    effect: str
    ports: list[str]
    container: bool
    config_schema: dict[str, Any]
    output_schema: dict[str, Any]
    policy_schema: dict[str, Any]
    ui: dict[str, Any]
    retry_defaults: dict[str, Any]


def node_type_resource(node_type: NodeType) -> NodeTypeResource:
    """`node_type` as clients see it."""
    return NodeTypeResource(
        type=node_type.type,
        title=node_type.title,
        description=node_type.description,
        category=node_type.category,
        icon=node_type.icon,
        version=node_type.version,
        effect=node_type.effect_for({}),
        ports=list(node_type.ports_for({})),
        container=node_type.container,
        config_schema=node_type.config_schema,
        output_schema=node_type.output_schema_for({}),
        policy_schema=policy_schema(node_type),
        ui=dict(node_type.ui),
        retry_defaults=node_type.retry.model_dump(),
    )


@lru_cache(maxsize=4)
def _library(catalog: Catalog) -> tuple[NodeTypeResource, ...]:
    return tuple(node_type_resource(node_type) for node_type in catalog)


@routes.get("", dependencies=[allowed("workflows:read")])
async def list_node_types(actor: ActorDependency, bus: BusDependency) -> Page[NodeTypeResource]:
    """Every node type that this server knows."""
    return Page(items=list(_library(await bus.ask(ListNodeTypes(), actor))))
