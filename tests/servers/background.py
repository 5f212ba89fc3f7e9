"""Servers of `tests.servers` for tests that are not asynchronous themselves: a loop in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from tests.servers.http_server import HttpServer

S = TypeVar("S", bound=HttpServer)


@contextmanager
def in_background(server: S) -> Iterator[S]:
    """`server`, listening until the end; its lists may be read from this thread."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        runner.run(server.__aenter__())
        thread = threading.Thread(target=loop.run_forever, name=type(server).__name__, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
