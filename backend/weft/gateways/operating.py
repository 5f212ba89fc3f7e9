"""Health, readiness, metrics."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel

from weft.platform.telemetry import metrics

log = structlog.get_logger()
routes = APIRouter(tags=["operating"])
PATIENCE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Part:
    """Something Weft is made of. `check` answers one word (`ok`, `off`, …) or raises; `needed` makes it count."""

    check: Callable[[], Awaitable[str]]
    needed: bool = True


class Alive(BaseModel):
    """The process lives."""

    status: str = "ok"


class Ready(BaseModel):
    """Whether Weft can serve, and the state of each part."""

    status: str
    parts: dict[str, str]


@routes.get("/healthz")
async def healthz() -> Alive:
    """The process lives."""
    return Alive()


@routes.get("/readyz", responses={503: {"model": Ready, "description": "A part that is needed is down."}})
async def readyz(request: Request) -> Response:
    """Each part; 503 when one that is needed is down, or while Weft drains."""
    parts: dict[str, Part] = request.app.state.parts
    words = await asyncio.gather(*(_word(name, part) for name, part in parts.items()))
    states = dict(zip(parts, words, strict=True))
    down = [name for name, part in parts.items() if part.needed and states[name] == "down"]
    if request.app.state.draining.is_set():
        return JSONResponse({"status": "draining", "parts": states}, 503)
    return JSONResponse({"status": "down" if down else "ready", "parts": states}, 503 if down else 200)


async def _word(name: str, part: Part) -> str:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await part.check()
    except Exception as error:  # whatever a part raises, it is down
        log.warning("part is down", part=name, error=repr(error))
        return "down"


@routes.get("/metrics", response_class=PlainTextResponse)
async def show_metrics() -> Response:
    """All metrics in Prometheus' text format."""
    content, media_type = metrics()
    return Response(content, media_type=media_type)
