"""What every context's routes share: who asks, the bus, ids, revisions, pages, strict JSON bodies."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Generic, TypeVar, cast
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.errors import (
    Malformed,
    NotFound,
    RevisionRequired,
    StaleRevision,
    Unauthenticated,
    UnsupportedMedia,
    invalid_field,
)
from weft.kernel.ids import parse_id
from weft.kernel.messages import Query as Ask

T = TypeVar("T")
MAX_DEPTH = 100


class Body(BaseModel):
    """The parent of every request body: an unknown field is an error that names it."""

    model_config = ConfigDict(extra="forbid")


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None = None


def current_actor(request: Request) -> Actor:
    """Who asks, as the gateway's authentication found it. Raises Unauthenticated."""
    actor = getattr(request.state, "actor", None)
    if actor is None:
        raise Unauthenticated("Sign in, or send an API key.")
    return cast(Actor, actor)


def current_bus(request: Request) -> Bus:
    """The bus of this application."""
    return cast(Bus, request.app.state.bus)


ActorDependency = Annotated[Actor, Depends(current_actor)]
BusDependency = Annotated[Bus, Depends(current_bus)]


def _known_id(value: object) -> UUID:
    found = parse_id(value) if isinstance(value, str) else None
    if found is None:
        raise NotFound("There is no such thing here.")
    return found


EntityId = Annotated[UUID, BeforeValidator(_known_id), WithJsonSchema({"type": "string", "format": "uuid"})]
"""An id in a path: what is no id is an unknown one (404), not a malformed request."""

Limit = Annotated[int, Query(ge=1, le=200)]


def etag(revision: int) -> str:
    """The ETag of a resource at `revision`."""
    return f'"{revision}"'


def expected_revision(request: Request) -> int:
    """The revision that If-Match names; -1 for one that can never match. Raises RevisionRequired."""
    given = request.headers.get("if-match")
    if given is None:
        raise RevisionRequired("Send If-Match with the ETag of what you read.")
    text = given.strip().removeprefix("W/").strip('"')
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def existing(
    query: Callable[[UUID], Ask[Any]], permission: str, parameter: str, *, revision: bool = False
) -> Any:
    """A route dependency that keeps the order of checks: 404, then 403, then 428 and 412, before the body's 422.

    `query(id)` answers the resource or raises NotFound; with `revision` its `.revision` is held against If-Match.
    """

    async def check(request: Request, actor: ActorDependency, bus: BusDependency) -> None:
        found = await bus.ask(query(_known_id(request.path_params[parameter])), actor)
        actor.require(permission)
        if revision and expected_revision(request) != found.revision:
            raise StaleRevision("It was changed since you read it.", headers={"ETag": etag(found.revision)})

    return Depends(check)


def allowed(permission: str) -> Any:
    """A route dependency for what has no resource yet: 403 comes before the body's 422."""

    def check(actor: ActorDependency) -> None:
        actor.require(permission)

    return Depends(check)


def make_cursor(actor: Actor, filters: object, *position: object) -> str:
    """An opaque cursor at `position`, bound to the workspace and the filters of the list."""
    return urlsafe_b64encode(orjson.dumps([_binding(actor, filters), *position])).decode().rstrip("=")


def read_cursor(cursor: str | None, actor: Actor, filters: object, kinds: tuple[type, ...]) -> tuple[Any, ...] | None:
    """The position in `cursor`, each part of the type in `kinds`. Raises Invalid where it is not one of ours."""
    if cursor is None:
        return None
    try:
        binding, *position = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError):
        binding, position = None, []
    fits = len(position) == len(kinds) and all(map(isinstance, position, kinds))
    if binding != _binding(actor, filters) or not fits:
        raise invalid_field("/query/cursor", "invalid_cursor", "This cursor is not from this list.")
    return tuple(position)


def _binding(actor: Actor, filters: object) -> str:
    text = orjson.dumps([actor.workspace_id, filters], default=str)
    return hashlib.sha256(text).hexdigest()[:16]


class StrictRequest(Request):
    """A request whose JSON is read by orjson, at most MAX_DEPTH deep."""

    async def json(self) -> Any:
        """The body as JSON. Raises Malformed."""
        if not hasattr(self, "_strict_json"):
            self._strict_json = parse_json(await self.body())
        return self._strict_json


def parse_json(text: bytes) -> Any:
    """JSON `text` as a value. Raises Malformed (not JSON, not UTF-8, NaN, lone surrogates, too deep)."""
    if _depth(text) > MAX_DEPTH:
        raise Malformed(f"The JSON is more than {MAX_DEPTH} levels deep.")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None


def _depth(text: bytes) -> int:
    """An upper bound of the nesting: brackets in strings are told from others only where the bound needs it."""
    if text.count(b"[") + text.count(b"{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    in_string = escaped = False
    for byte in text:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in (0x5B, 0x7B):
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                return deepest
        elif byte in (0x5D, 0x7D):
            depth -= 1
    return deepest


class StrictRoute(APIRoute):
    """A route that reads JSON strictly, and says 415 for a body of another type."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        wants_json = self.body_field is not None and not self.dependant_takes_form()

        async def strict(request: Request) -> Response:
            if wants_json and request.headers.get("content-type", "").split(";")[0].strip().lower() not in (
                "application/json",
                *((""),) * (request.headers.get("content-length", "0") == "0"),
            ):
                raise UnsupportedMedia("Send the body as application/json.")
            return await handle(StrictRequest(request.scope, request.receive))

        return strict

    def dependant_takes_form(self) -> bool:
        """Whether the body is a form or an upload."""
        from fastapi import params

        field = self.body_field
        return field is not None and isinstance(field.field_info, params.Form | params.File)


def router(prefix: str, tag: str) -> APIRouter:
    """A context's router, under /api/v1."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=StrictRoute)


