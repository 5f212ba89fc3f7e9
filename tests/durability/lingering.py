"""`weft serve` in which something never ends: `python -m tests.durability.lingering serve …`.

WEFT_LINGER: `thread` (one that nobody can stop) or `loop` (the event loop stands still while the server closes).
"""

import os
import threading
import time

from weft.bootstrap import Application
from weft.cli import app

FOREVER_S = 600


def arm(what: str) -> None:
    """Let it linger."""
    if what == "thread":
        threading.Thread(target=time.sleep, args=(FOREVER_S,)).start()
        return

    async def close(_self: Application) -> None:
        time.sleep(FOREVER_S)

    Application.close = close  # type: ignore[method-assign]


if __name__ == "__main__":
    arm(os.environ["WEFT_LINGER"])
    app()
