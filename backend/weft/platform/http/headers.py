"""Headers of outgoing requests: what may be set, and what must not follow a redirect to somewhere else."""

import re
from collections.abc import Mapping
from typing import Final

from weft.engine.capabilities import Authorization
from weft.engine.errors import NodeError
from weft.platform.http.urls import Target, parse_host, split_port

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_OURS: Final = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "trailer",
     "expect", "proxy-connection", "accept-encoding"}
)  # fmt: skip
_SECRETIVE: Final = re.compile("auth|cookie|credential|key|passw|secret|session|signature|token")


def checked(headers: Mapping[str, str]) -> dict[str, str]:
    """`headers` with lower-case names. NodeError `validation` for line breaks, NUL, names that are none, and
    headers that belong to the connection."""
    result: dict[str, str] = {}
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name):
            raise _refused("", "a header's name is made of letters, digits and -")
        if _CONTROL.search(value):
            raise _refused(name, "a header's value must not contain line breaks or control characters")
        if name.lower() in _OURS:
            raise _refused(name, "this header is set by the connection itself")
        result[name.lower()] = value.strip(" \t")
    return result


def may_be_set(name: str) -> bool:
    """Whether `name` is the name of a header that is not the connection's own."""
    return _TOKEN.fullmatch(name) is not None and name.lower() not in _OURS


def is_secretive(name: str) -> bool:
    """Whether a header of this lower-case name usually carries a secret. `idempotency-key` carries none."""
    return _SECRETIVE.search(name) is not None and name != "idempotency-key"


def permits(authorization: Authorization, target: Target) -> bool:
    """Whether the secret may be sent to `target`: its host stands in `hosts`, with that port or with none."""
    for entry in authorization.hosts:
        try:
            text, port = split_port(entry)
            host, _ = parse_host(text)
        except ValueError:
            continue
        if host == target.host and port in (None, target.port):
            return True
    return False


def keeps_secrets(before: Target, after: Target) -> bool:
    """Whether a redirect stays where secrets may follow: the same origin, or its upgrade from http to https."""
    upgrade = (before.scheme, before.port, after.scheme, after.port) == ("http", 80, "https", 443)
    return before.origin == after.origin or (upgrade and before.host == after.host)


def _refused(name: str, message: str) -> NodeError:
    path = f"/headers/{name}".rstrip("/") if _TOKEN.fullmatch(name or "-") else "/headers"
    return NodeError("validation", f"headers: {message}", details={"errors": [{"path": path, "message": message}]})
