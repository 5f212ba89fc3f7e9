"""HEAD for whatever has GET, and 405 for what is there only."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weft.kernel.errors import NotFound
from weft.kernel.ids import parse_id
from weft.kernel.messages import Query

Find = Callable[[UUID], Query[Any]]
PREFIX: Final = "/api/v1"
_RESOURCE: Final = re.compile(PREFIX + r"/([a-z-]+)/([^/]+)(?:/.*)?")


class _Answered(Exception):
    """The headers are sent, which is all that was asked for."""


class HeadRequests:
    """HEAD is GET without the body; a stream ends at its headers. Paths outside `pattern` know HEAD themselves."""

    def __init__(self, app: ASGIApp, pattern: re.Pattern[str]) -> None:
        self._app = app
        self._pattern = pattern

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD" or not self._pattern.match(scope["path"]):
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                await send({"type": "http.response.body", "body": b""})
                raise _Answered

        inner = {**scope, "method": "GET"}  # the server itself must go on seeing HEAD: it counts the body by it
        try:
            await self._app(inner, receive, send_head)
        except _Answered:
            pass
        finally:
            if "route" in inner:
                scope["route"] = inner["route"]


class Methods:
    """What the routers of the API can do at a path, and whether the resource it names is there."""

    def __init__(self, routers: Sequence[APIRouter], resources: Mapping[str, Find]) -> None:
        self._routes = [route for router in routers for route in router.routes if isinstance(route, Route)]
        self._resources = resources

    def of(self, path: str) -> frozenset[str]:
        """The methods of `path`; none where it is not in the API."""
        if not path.startswith(f"{PREFIX}/"):
            return frozenset()
        scope = {"type": "http", "method": "", "path": path.removeprefix(PREFIX), "root_path": "", "headers": []}
        found = {
            method
            for route in self._routes
            if route.matches(scope)[0] is not Match.NONE
            for method in route.methods or ()
        }
        return frozenset(found | {"HEAD"} if "GET" in found else found)

    async def check_exists(self, request: Request) -> None:
        """Raise NotFound where the path names a resource that is not there: 404 comes before 405."""
        named = _RESOURCE.fullmatch(request.url.path)
        find = self._resources.get(named[1]) if named else None
        if named is None or find is None or not request.path_params:
            return
        resource_id = parse_id(named[2])
        if resource_id is None:
            raise NotFound("There is no such thing here.")
        await request.app.state.bus.ask(find(resource_id), request.state.actor)
