"""The OpenAPI document: every operation with its problems and its security."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from weft import __version__
from weft.gateways.authentication import is_guarded
from weft.gateways.problems import CODES

_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": ["string", "null"]},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
    },
}
_FIELD_ERROR: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["path", "code", "message"],
    "properties": {name: {"type": "string"} for name in ("path", "code", "message", "node", "suggestion")},
}
_SECURITY: Final[dict[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An access token, or an API key (weft_…)."},
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "weft_access",
        "description": "With header X-CSRF-Token (the value of cookie weft_csrf) on unsafe methods.",
    },
}
_METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch"})
_TITLES: Final = {
    400: "Cannot be read",
    401: "Nobody known is asking",
    403: "Known, but not allowed",
    404: "There is no such thing",
    405: "Not this method",
    409: "Does not go with the state of things",
    412: "Changed since it was read",
    413: "Too large",
    415: "Not this content type",
    422: "Readable, but wrong",
    428: "If-Match is missing",
    429: "Too many requests",
    503: "A needed part does not answer",
}


def document(app: FastAPI) -> dict[str, Any]:
    """The document of `app`, made once."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title="Weft",
            version=__version__,
            summary="Draw, run and watch AI workflows.",
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
            routes=app.routes,
        )
        components = schema.setdefault("components", {})
        components.setdefault("schemas", {}).update({"Problem": _PROBLEM, "FieldError": _FIELD_ERROR})
        for name in ("HTTPValidationError", "ValidationError"):
            components["schemas"].pop(name, None)
        components["securitySchemes"] = _SECURITY
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                if method in _METHODS:
                    _complete(path, method, operation)
        app.openapi_schema = schema
    return app.openapi_schema


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Security, If-Match and the problems that this operation can answer: those that all do, and those that its
    route names without a content of their own."""
    named = [code for code, told in operation["responses"].items() if code >= "400" and "content" not in told]
    statuses = {400, 405, 413, 415, 429, 503, *map(int, named)}
    for code in named:
        del operation["responses"][code]
    if is_guarded(path):
        operation["security"] = [{"bearer": []}, {"cookie": []}]
        statuses |= {401, 403}
    else:
        operation["security"] = []
    if path.startswith("/api/v1/auth/"):
        statuses |= {401, 403, 409}
    if "{" in path:
        statuses |= {404}
    if operation.get("parameters") or "requestBody" in operation:
        statuses |= {422}
    if method != "get":
        statuses |= {409}
    if method in ("put", "patch", "delete"):
        statuses |= {412, 428}
    operation["responses"].pop("422", None)  # FastAPI's own shape of it, which is not ours
    for status in sorted(statuses):
        answer = {
            "description": f"{_TITLES[status]} (`{CODES[status]}`, or a closer code).",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        operation["responses"].setdefault(str(status), answer)
