"""What code printed, on its way to the log."""

from collections.abc import Callable, Sequence
from typing import Final

MOST_RECORDS: Final = 100
"""Writing one takes 50 µs, however short it is: 65,536 empty lines would hold the event loop for seconds."""


def tell(lines: Sequence[str], log: Callable[[str], None] | None) -> None:
    """Give `log` each of `lines`, and the last record it gets holds all that are left."""
    if log is None:
        return
    for line in lines[: MOST_RECORDS - 1]:
        log(line)
    if rest := lines[MOST_RECORDS - 1 :]:
        log("\n".join(rest))
