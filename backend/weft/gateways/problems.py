"""Every error as one application/problem+json answer (RFC 9457): the only table from errors to status codes."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from weft.gateways.methods import Methods
from weft.kernel.errors import (
    Conflict,
    FieldError,
    Invalid,
    Malformed,
    NotFound,
    PermissionDenied,
    RateLimited,
    RevisionRequired,
    StaleRevision,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
    WeftError,
)
from weft.platform.database import is_outage
from weft.platform.strict_json import pointer

TYPE: Final = "https://weft.dev/problems/"
STATUS: Final[Mapping[type[WeftError], int]] = {
    Malformed: 400,
    Unauthenticated: 401,
    PermissionDenied: 403,
    NotFound: 404,
    Conflict: 409,
    StaleRevision: 412,
    TooLarge: 413,
    UnsupportedMedia: 415,
    Invalid: 422,
    RevisionRequired: 428,
    RateLimited: 429,
    Unavailable: 503,
}
CODES: Final[Mapping[int, str]] = {status: error.code for error, status in STATUS.items()} | {
    405: "method_not_allowed",
    500: "internal",
}
_FIELD_CODES: Final = {"missing": "required", "extra_forbidden": "unknown_field"}
_MESSAGES: Final = {"missing": "This field is required.", "extra_forbidden": "There is no such field."}
MAX_ERRORS: Final = 100


def status_of(error: WeftError) -> int:
    """The status code of `error`'s kind."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def body_of(
    status: int, code: str, detail: str, request_id: str | None, errors: Sequence[FieldError] = ()
) -> dict[str, Any]:
    """The JSON of a problem."""
    body: dict[str, Any] = {
        "type": f"{TYPE}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }
    if errors:
        body["errors"] = [error.as_json() for error in errors[:MAX_ERRORS]]
    return body


def problem(
    status: int,
    code: str,
    detail: str,
    request_id: str | None,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem as a response."""
    content = orjson.dumps(body_of(status, code, detail, request_id, errors))
    return Response(content, status, {"Cache-Control": "no-store", **(headers or {})}, "application/problem+json")


def answer(error: WeftError, request_id: str | None) -> Response:
    """The response to `error`."""
    status = status_of(error)
    headers = dict(error.headers)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    elif status == 413:
        headers["Connection"] = "close"
    elif status == 503:
        headers.setdefault("Retry-After", "5")
    errors = error.errors if isinstance(error, Invalid) else ()
    return problem(status, error.problem_code, error.message, request_id, errors, headers)


def unavailable(error: BaseException) -> Unavailable | None:
    """`error` as Unavailable, where it says that a part Weft needs does not answer."""
    if isinstance(error, SQLAlchemyError | OSError | TimeoutError) and is_outage(error):
        return Unavailable("The database does not answer. Try again.")
    return None


async def on_weft_error(request: Request, error: Exception) -> Response:
    """Handler of expected refusals."""
    assert isinstance(error, WeftError)
    return answer(error, request.state.request_id)


async def on_validation_error(request: Request, error: Exception) -> Response:
    """Handler of what FastAPI found wrong in body, query and headers."""
    assert isinstance(error, RequestValidationError)
    found = [_field_error(item, error.body) for item in error.errors()[:MAX_ERRORS]]
    detail = "; ".join(f"{item.path or 'body'}: {item.message}" for item in found[:3])
    return problem(422, "invalid", detail, request.state.request_id, found)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Handler of what the router and the form parser say; 401 and `csrf` come before 404 and 405."""
    assert isinstance(error, HTTPException)
    cause = error.__cause__
    if isinstance(cause, WeftError):
        return answer(cause, request.state.request_id)
    refusal = getattr(request.state, "refusal", None)
    if error.status_code in (404, 405) and isinstance(refusal, WeftError):
        return answer(refusal, request.state.request_id)
    if error.status_code == 405:
        return await _wrong_method(request)
    code = CODES.get(error.status_code, "error")
    detail = "There is no such thing here." if error.status_code == 404 else str(error.detail)
    return problem(error.status_code, code, detail, request.state.request_id)


async def _wrong_method(request: Request) -> Response:
    methods: Methods = request.app.state.methods
    try:
        await methods.check_exists(request)
    except WeftError as missing:
        return answer(missing, request.state.request_id)
    detail = f"{request.method} is not possible here."
    headers = {"Allow": ", ".join(sorted(methods.of(request.url.path)) or ("GET", "HEAD"))}
    return problem(405, "method_not_allowed", detail, request.state.request_id, headers=headers)


def _field_error(item: Mapping[str, Any], body: Any) -> FieldError:
    where, *parts = item["loc"]
    kind = str(item["type"])
    path = pointer(*_inside(body, parts, kind)) if where == "body" else pointer(where, *parts)
    message = _MESSAGES.get(kind) or str(item["msg"]).removeprefix("Value error, ")[:500]
    return FieldError(path, _FIELD_CODES.get(kind, kind), message)


def _inside(body: Any, parts: Sequence[Any], kind: str) -> list[Any]:
    """Those of pydantic's `parts` that lead through `body`: it also names the branches of a union, and `[key]`."""
    found = []
    for position, part in enumerate(parts, 1):
        if (isinstance(body, dict) and part in body) or (isinstance(body, list) and part in range(len(body))):
            body = body[part]
            found.append(part)
        elif kind == "missing" and position == len(parts):
            found.append(part)
    return found
