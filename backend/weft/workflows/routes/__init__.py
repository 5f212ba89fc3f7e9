"""Workflows over HTTP: the routers, in the order in which bootstrap mounts them."""

from weft.workflows.routes import drafts, files, versions
from weft.workflows.routes.resources import WorkflowResource

routers = (files.routes, drafts.routes, versions.routes)

__all__ = ["WorkflowResource", "routers"]
