"""`weft serve` that kills itself at one commit of the journal's writer: `python -m tests.durability.crashing serve …`.

WEFT_CRASH_AT: the number of the commit, counted from the start of the process. WEFT_CRASH_WHEN: `before` (all is
written, COMMIT is not sent) or `after` (COMMIT has returned, nobody was told).
"""

import os
import signal
from typing import Any

from weft.cli import app
from weft.platform.journal_writer import GroupCommit

AT = int(os.environ["WEFT_CRASH_AT"])
WHEN = os.environ["WEFT_CRASH_WHEN"]


class Crash:
    """Counts the commits of this process."""

    commits = 0


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm() -> None:
    """Put the trap into the writer."""
    store = GroupCommit._store

    async def store_or_die(self: GroupCommit, batch: list[Any]) -> Any:
        Crash.commits += 1
        due = Crash.commits == AT
        if due and WHEN == "before":
            write = self._write

            def write_and_die(connection: Any, items: list[Any]) -> Any:
                write(connection, items)
                _die()

            self._write = write_and_die
        refused = await store(self, batch)
        if due and WHEN == "after":
            _die()
        return refused

    GroupCommit._store = store_or_die  # type: ignore[method-assign]


if __name__ == "__main__":
    arm()
    app()
