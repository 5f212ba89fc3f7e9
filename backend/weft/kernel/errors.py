"""The error tree. `gateways/problems.py` turns each into one problem+json answer, the CLI into one line.

A message is for the person who made the request: it names the field, and never carries a secret,
a path of the machine or a stack trace.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with what was sent. `path` is a JSON pointer into the body, or `/query/limit`."""

    path: str
    code: str
    message: str
    node: str | None = None
    suggestion: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Only what is there."""
        return {key: value for key, value in asdict(self).items() if value is not None}


class WeftError(Exception):
    """The root: an expected refusal with a machine-readable `code`."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, code: str | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.problem_code = code or self.code
        self.headers = headers or {}


class Malformed(WeftError):
    """The request cannot be read at all (400)."""

    code = "malformed"


class Unauthenticated(WeftError):
    """Nobody known is asking (401)."""

    code = "unauthenticated"


class PermissionDenied(WeftError):
    """Known, but not allowed (403)."""

    code = "permission_denied"


class NotFound(WeftError):
    """There is no such thing in this workspace (404)."""

    code = "not_found"


class Conflict(WeftError):
    """What is asked for does not go with the state of things (409)."""

    code = "conflict"


class StaleRevision(WeftError):
    """Somebody else changed it since it was read (412)."""

    code = "stale"


class TooLarge(WeftError):
    """Over a limit of size (413)."""

    code = "too_large"


class UnsupportedMedia(WeftError):
    """A content type that is not read here (415)."""

    code = "unsupported_media_type"


class Invalid(WeftError):
    """Readable, but wrong (422); `errors` says where."""

    code = "invalid"

    def __init__(self, message: str, errors: Sequence[FieldError] = (), *, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.errors = tuple(errors)


class RevisionRequired(WeftError):
    """A change needs If-Match (428)."""

    code = "if_match_required"


class RateLimited(WeftError):
    """Too many requests (429); `retry_after_s` says when to come back."""

    code = "rate_limited"

    def __init__(self, message: str, retry_after_s: int, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after_s), **(headers or {})})
        self.retry_after_s = retry_after_s


class Unavailable(WeftError):
    """A part that is needed does not answer (503)."""

    code = "unavailable"


def invalid_field(path: str, code: str, message: str, suggestion: str | None = None) -> Invalid:
    """An `Invalid` with a single located error."""
    return Invalid(message, [FieldError(path, code, message, suggestion=suggestion)])
