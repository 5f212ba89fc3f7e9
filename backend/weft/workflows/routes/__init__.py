"""Workflows over HTTP: the routers, in the order in which bootstrap mounts them."""

from weft.workflows.routes import catalog, drafts, files, sharing, templates, versions
from weft.workflows.routes.resources import WorkflowResource

routers = (
    catalog.routes, templates.routes, files.routes, drafts.routes, versions.routes, sharing.routes, sharing.public,
)  # fmt: skip

__all__ = ["WorkflowResource", "routers"]
