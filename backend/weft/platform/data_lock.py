"""One process at a time works on a data directory: an OS lock, not inherited by children, gone with its owner."""

import asyncio
import fcntl
import os
import time
from pathlib import Path
from typing import Final

WAIT_S: Final = 5.0


class DataDirectoryLocked(Exception):
    """Another process serves this data directory."""


class DataLock:
    """`acquire` waits up to WAIT_S for a former owner to end."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "weft.lock"
        self._descriptor: int | None = None

    async def acquire(self) -> None:
        """Raises DataDirectoryLocked."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        give_up_at = time.monotonic() + WAIT_S
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > give_up_at:
                    os.close(descriptor)
                    folder = self._path.parent
                    raise DataDirectoryLocked(
                        f"another weft serves the data directory '{folder}': stop it first"
                    ) from None
                await asyncio.sleep(0.05)
            else:
                self._descriptor = descriptor
                return

    def release(self) -> None:
        """Give the lock up."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
