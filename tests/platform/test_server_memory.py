"""What a server begins with is left alone by collections: walking it would hold the event loop."""

import asyncio
import gc
import os
import signal
from pathlib import Path

from fastapi import FastAPI

from weft.platform.server import serve
from weft.platform.settings import Settings


async def test_what_a_server_begins_with_is_not_collected_again(tmp_path: Path) -> None:
    app = FastAPI()
    app.state.draining = asyncio.Event()
    frozen: list[int] = []
    collected_after: list[int] = []

    def started(_addresses: list[str]) -> None:
        frozen.append(gc.get_freeze_count())
        collected_after.append(gc.get_threshold()[0])
        os.kill(os.getpid(), signal.SIGTERM)

    async def drain(_hurry: asyncio.Event) -> None:
        """Nothing runs."""

    gc.unfreeze()
    before = gc.get_threshold()
    try:
        await serve(app, Settings(data_dir=tmp_path), "127.0.0.1", 0, drain, started)
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
    assert frozen[0] > 10_000
    assert collected_after[0] >= 10_000, "and large values are not walked again and again while they are read"
