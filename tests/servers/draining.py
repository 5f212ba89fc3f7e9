"""A small application under the real server, for tests of its end: prints its port, streams and waits."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI, Request

from weft.gateways.edge import Observed
from weft.platform.limits import ClientAddress
from weft.platform.server import serve
from weft.platform.settings import Settings
from weft.platform.sse import EventStream
from weft.platform.telemetry import configure_logging

app = FastAPI()
app.state.draining = asyncio.Event()
app.add_middleware(Observed, addresses=ClientAddress(()))


@app.get("/stream")
async def stream(request: Request) -> EventStream:
    async def frames() -> AsyncIterator[bytes]:
        yield b"id: 1\ndata: {}\n\n"
        await asyncio.Event().wait()

    return EventStream(request, frames(), "executions:read")


@app.get("/slow")
async def slow(seconds: float) -> dict[str, bool]:
    await asyncio.sleep(seconds)
    return {"done": True}


async def main() -> None:
    settings = Settings(drain_s=float(sys.argv[1]), data_dir=Path(), _env_file=None)
    configure_logging(settings)

    async def drained(_hurry: asyncio.Event) -> None:
        print("drained", flush=True)

    await serve(app, settings, "127.0.0.1", 0, drained, lambda found: print(*found, flush=True))


if __name__ == "__main__":
    if "ignore" in sys.argv:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    asyncio.run(main())
