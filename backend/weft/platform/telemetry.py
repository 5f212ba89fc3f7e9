"""Logs and metrics. One line a record, control characters escaped, keys and tokens cut to a prefix."""

import asyncio
import contextlib
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Gauge, Histogram, generate_latest
from structlog.typing import Processor

from weft.platform.settings import Settings

REQUESTS: Final = Counter("weft_http_requests", "HTTP requests", ["method", "route", "status"])
LATENCY: Final = Histogram(
    "weft_http_request_duration_seconds",
    "Time to the end of the answer; event streams are left out",
    ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
LOOP_LAG: Final = Gauge("weft_event_loop_lag_seconds", "How late the event loop woke at the last look")

QUIET: Final = (
    "uvicorn",
    "httpx",
    "httpcore",
    "aiosqlite",
    "asyncio",
    "sqlalchemy",
    "LiteLLM",
    "openai",
    "multipart",
    "alembic",
)
"""Libraries that log addresses, headers or statements below WARNING, which hold secrets, or mere chatter."""

_CONTROLS: Final = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {
    0x0A: "\\n",
    0x0D: "\\r",
    0x09: "\\t",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
_KEY: Final = re.compile(r"\b(weft_[A-Za-z0-9_-]{7})[A-Za-z0-9_-]+")
_TOKEN: Final = re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]+")


def clean(text: str) -> str:
    """`text` on one line, with control characters escaped and keys and tokens cut."""
    return _TOKEN.sub("eyJ•••", _KEY.sub(r"\1•••", text)).translate(_CONTROLS)


def _clean_value(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping) and depth < 5:
        return {clean(str(key)): _clean_value(part, depth + 1) for key, part in value.items()}
    if isinstance(value, list | tuple) and depth < 5:
        return [_clean_value(part, depth + 1) for part in value]
    return value if isinstance(value, bool | int | float) or value is None else clean(str(value))


def clean_record(_logger: Any, _method: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor that applies `clean` to every part of a record."""
    if "exception" in record:
        record["trace"] = record.pop("exception")  # renderers print an `exception` over many lines
    return {key: value if key.startswith("_") else _clean_value(value) for key, value in record.items()}


class _Stderr(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to whatever stderr is at that moment."""

    @property
    def stream(self) -> Any:
        return sys.stderr

    @stream.setter
    def stream(self, value: object) -> None:
        """Set once by the parent, and not needed."""


def configure_logging(settings: Settings) -> None:
    """Send structlog's and the standard library's records the same way: one line each, to stderr."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Processor
    if settings.log_format == "json":
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _Stderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, clean_record, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel("WARNING")


def metrics() -> tuple[bytes, str]:
    """All metrics of this process as text, and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST


async def watch_loop(interval_s: float = 0.5) -> None:
    """Keep LOOP_LAG up to date until cancelled."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            due = loop.time() + interval_s
            await asyncio.sleep(interval_s)
            LOOP_LAG.set(max(0.0, loop.time() - due))
