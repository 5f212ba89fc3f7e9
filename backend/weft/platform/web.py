"""What every context's routes share: who asks, the bus, ids, revisions, pages, strict JSON bodies."""

import asyncio
import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Generic, TypeVar, cast
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request, Response, params
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.errors import (
    NotFound,
    RevisionRequired,
    StaleRevision,
    Unauthenticated,
    UnsupportedMedia,
    invalid_field,
)
from weft.kernel.ids import parse_id
from weft.kernel.messages import Query as Ask
from weft.platform.strict_json import parse_json

T = TypeVar("T")
MAX_FIELDS: Final = 1_000
_ETAG: Final = re.compile(r'(?:W/)?"([0-9]{1,9})"|([0-9]{1,9})')
IN_A_THREAD: Final = 256 * 1024
FRESH: Final = frozenset({"admin", "owner"})
"""Permissions that are looked up anew at each use: a right that was taken away ends at once."""


class Body(BaseModel):
    """The parent of every request body: an unknown field is an error that names it."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _bounded(cls, data: Any) -> Any:
        if isinstance(data, dict) and len(data) > MAX_FIELDS:
            raise PydanticCustomError("too_many_fields", "This object has more than 1000 fields.")
        return data


class NoFields(Body):
    """The body of what takes none: `{}`, if anything."""


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None = None


def current_actor(request: Request) -> Actor:
    """Who asks, as the gateway's authentication found it. Raises Unauthenticated."""
    actor = getattr(request.state, "actor", None)
    if actor is None:
        raise getattr(request.state, "refusal", None) or Unauthenticated("Sign in, or send an API key.")
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


def in_utc(moment: datetime) -> datetime:
    """`moment` in UTC, which it is taken to be in where it names no zone."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise ValueError("a time between the years 1 and 9999") from None


Moment = Annotated[datetime, AfterValidator(in_utc)]
"""A time, in UTC."""

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=1_000)]
IfMatch = Annotated[str | None, Header(description="The ETag of what was read. Without it: 428.")]


def etag(revision: int) -> str:
    """The ETag of a resource at `revision`."""
    return f'"{revision}"'


def matched_revision(given: str | None, current: int) -> int | None:
    """`current`, where If-Match (an ETag, or a list of them) names it; None for `*`, which is any.

    `W/` is read over: a proxy that compresses puts it there, and a revision is exact. Raises RevisionRequired,
    StaleRevision.
    """
    if given is None:
        raise RevisionRequired("Send If-Match with the ETag of what you read.")
    if given.strip() == "*":
        return None
    if any(_names(tag.strip(), current) for tag in given.split(",")):
        return current
    raise StaleRevision("It was changed since you read it.", headers={"ETag": etag(current)})


def _names(tag: str, revision: int) -> bool:
    found = _ETAG.fullmatch(tag)
    return found is not None and (found[1] or found[2]) == str(revision)


async def _require(request: Request, actor: Actor, permission: str) -> None:
    actor.require(permission)
    if permission in FRESH:
        (await request.state.recheck()).require(permission)


def existing(query: Callable[[UUID], Ask[Any]], permission: str, parameter: str, *, revision: bool = False) -> Any:
    """A route dependency that keeps the order of checks: 404, then 403, then 428 and 412, before the body's 422.

    `query(id)` answers the resource or raises NotFound; with `revision` its `.revision` is held against If-Match,
    and the dependency's value is what `matched_revision` gives.
    """

    async def check(request: Request, actor: ActorDependency, bus: BusDependency) -> Any:
        found = await bus.ask(query(_known_id(request.path_params[parameter])), actor)
        await _require(request, actor, permission)
        return found

    async def check_revision(
        request: Request, actor: ActorDependency, bus: BusDependency, if_match: IfMatch = None
    ) -> int | None:
        found = await check(request, actor, bus)
        return matched_revision(if_match, found.revision)

    return Depends(check_revision if revision else check)


def allowed(permission: str) -> Any:
    """A route dependency for what has no resource yet: 403 comes before the body's 422."""

    async def check(request: Request, actor: ActorDependency) -> None:
        await _require(request, actor, permission)

    return Depends(check)


def make_cursor(actor: Actor, filters: object, *position: object) -> str:
    """An opaque cursor at `position`, bound to the workspace and the filters of the list."""
    return urlsafe_b64encode(orjson.dumps([_binding(actor, filters), *position])).decode().rstrip("=")


def read_cursor(cursor: str | None, actor: Actor, filters: object, kinds: tuple[type, ...]) -> tuple[Any, ...] | None:
    """The position in `cursor`, each part of the type in `kinds` (str, int, float, UUID or datetime).

    Raises Invalid where it is not one of ours.
    """
    if cursor is None:
        return None
    try:
        binding, *position = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if binding == _binding(actor, filters) and len(position) == len(kinds):
            return tuple(map(_position, kinds, position))
    except (ValueError, TypeError, OverflowError):
        pass
    raise invalid_field("/query/cursor", "invalid_cursor", "This cursor is not from this list.")


def _position(kind: type, part: object) -> object:
    if kind in (UUID, datetime) and not isinstance(part, str):
        raise TypeError("a part that is no text")
    if kind is UUID:
        return UUID(part)  # type: ignore[arg-type]
    if kind is datetime:
        moment = datetime.fromisoformat(part)  # type: ignore[arg-type]
        if moment.tzinfo is None:
            raise ValueError("a time without a zone")
        return moment.astimezone(UTC)
    if not isinstance(part, kind) or isinstance(part, bool):
        raise TypeError("a part of another kind")
    if isinstance(part, int) and not 0 <= part < 2**31:
        raise ValueError("a number out of bounds")
    if isinstance(part, str) and "\0" in part:
        raise ValueError("a character that PostgreSQL refuses")
    return part


def _binding(actor: Actor, filters: object) -> str:
    text = orjson.dumps([actor.workspace_id, filters], default=str)
    return hashlib.sha256(text).hexdigest()[:16]


class StrictRequest(Request):
    """A request whose JSON is read by `parse_json`."""

    async def json(self) -> Any:
        """The body as JSON. Raises Malformed and Invalid."""
        if not hasattr(self, "_strict_json"):
            body = await self.body()
            strict = parse_json(body) if len(body) < IN_A_THREAD else await asyncio.to_thread(parse_json, body)
            self._strict_json = strict
        return self._strict_json


class StrictRoute(APIRoute):
    """A route that reads JSON strictly, and says 415 for a body of another type."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        field = self.body_field
        wants_json = field is not None and not isinstance(field.field_info, params.Form)

        async def strict(request: Request) -> Response:
            strict_request = StrictRequest(request.scope, request.receive)
            if wants_json and has_body(request):
                if not _is_json(request.headers.get("content-type", "")):
                    raise UnsupportedMedia("Send the body as application/json.")
                await strict_request.json()  # here, since what fails inside FastAPI's own reading loses its error
            return await handle(strict_request)

        return strict


def has_body(request: Request) -> bool:
    """Whether the request says that it brings a body."""
    return "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def router(prefix: str, tag: str) -> APIRouter:
    """A context's router, under /api/v1."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=StrictRoute)
