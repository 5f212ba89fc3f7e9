"""Executions over HTTP: the routers, in the order in which they are mounted."""

from weft.executions.routes import expressions, resources, running

routers = (running.routes, resources.routes, expressions.routes)

__all__ = ["routers"]
