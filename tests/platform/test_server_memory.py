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

    def started(_addresses: list[str]) -> None:
        frozen.append(gc.get_freeze_count())
        os.kill(os.getpid(), signal.SIGTERM)

    async def drain(_hurry: asyncio.Event) -> None:
        """Nothing runs."""

    gc.unfreeze()
    try:
        await serve(app, Settings(data_dir=tmp_path), "127.0.0.1", 0, drain, started)
    finally:
        gc.unfreeze()
    assert frozen[0] > 10_000
