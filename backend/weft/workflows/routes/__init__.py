"""Workflows over HTTP: the routers, in the order in which bootstrap mounts them."""

from weft.workflows.routes import catalog, drafts, files, versions
from weft.workflows.routes.resources import WorkflowResource

routers = (catalog.routes, files.routes, drafts.routes, versions.routes)

__all__ = ["WorkflowResource", "routers"]
