"""The node library, as this process has it."""

from dataclasses import dataclass

from weft.engine.catalog import Catalog
from weft.kernel.messages import Query


@dataclass(frozen=True, slots=True)
class ListNodeTypes(Query[Catalog]):
    """Every node type."""


async def list_node_types(_query: ListNodeTypes, catalog: Catalog) -> Catalog:
    """The catalog: frozen once built."""
    return catalog
