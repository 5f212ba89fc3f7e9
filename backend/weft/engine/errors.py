"""What goes wrong inside a run: an error is a value with a type, a message and a place."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

ERROR_TYPES: Final = frozenset(
    {
        "validation", "expression", "timeout", "network", "http_status", "blocked_host", "blocked_scheme",
        "too_many_redirects", "circuit_open", "rate_limited", "provider", "limit_exceeded", "output_too_large",
        "memory", "code", "not_found", "permission", "interrupted", "worker_lost", "unavailable", "cancelled",
        "stopped", "internal",
    }
)  # fmt: skip
"""The types of nodes.md. A `stop` node may add its own."""

_PASSING: Final = frozenset({"timeout", "network", "circuit_open", "rate_limited"})
_PASSING_STATUS: Final = frozenset({408, 425, 429})


class NodeError(Exception):
    """Raised by a node, a capability or the engine: this attempt failed. Goes through the node's policy.

    `details` is JSON for the person who reads it, of `validation` always with `errors: [{path, message}]`;
    `retry_after_s` is what the other side asked for, in seconds.
    """

    def __init__(
        self,
        type: str,
        message: str,
        *,
        details: dict[str, Any] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.type = type
        self.message = message
        self.details = details or {}
        if type == "validation" and "errors" not in self.details:
            self.details = {**self.details, "errors": [{"path": "", "message": message}]}
        self.retry_after_s = retry_after_s

    @property
    def status(self) -> int | None:
        """The HTTP status behind it, where there is one."""
        status = self.details.get("status")
        return status if isinstance(status, int) else None

    @property
    def may_pass(self) -> bool:
        """Whether trying again could help: the default list of what is retried."""
        if self.type in _PASSING:
            return True
        status = self.status
        return status is not None and (status in _PASSING_STATUS or 500 <= status <= 599)


class RunFailed(Exception):
    """The whole run fails, past every node's policy: the run's own limits, `stop`, a lost worker."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error.get("message", ""))
        self.error = error


def error_value(
    error: NodeError, *, node: str | None = None, path: str | None = None, attempt: int = 1
) -> dict[str, Any]:
    """`error` as events, outputs and answers carry it."""
    return {
        "type": error.type,
        "message": error.message,
        "node": node,
        "path": path,
        "attempt": attempt,
        "retryable": error.may_pass,
        "details": error.details,
    }


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """What a Retry-After header (seconds, or a date) asks for, in seconds from `now`; None where it says nothing."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter for a year with more digits than a machine's integer
        return None
    return max(0.0, ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds())


def may_have_happened(error: dict[str, Any] | None) -> bool:
    """Whether a node that failed so may have done what it was to do."""
    return (error or {}).get("type") in ("timeout", "network", "interrupted", "cancelled")


class NodeFailure(Exception):
    """A node failed, and its policy says that the level which holds it fails too."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error.get("message", ""))
        self.error = error
