"""What every aggregate shares: it records what happened to it."""

from weft.kernel.messages import Event


class Aggregate:
    """Plain state with rules. Methods raise domain errors and `record` events; a repository stores both."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def record(self, event: Event) -> None:
        """Remember that `event` happened; the unit of work writes it with the change."""
        self._events.append(event)

    def take_events(self) -> list[Event]:
        """The events recorded since the last call, which forgets them."""
        events, self._events = self._events, []
        return events
