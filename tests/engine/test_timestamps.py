"""Times as events and answers carry them."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from weft.kernel.clock import timestamp

EARLIEST, LATEST = datetime(1, 1, 3), datetime(9999, 12, 29)  # noqa: DTZ001 - the zone is drawn beside it
ZONES = st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(EARLIEST, LATEST, timezones=ZONES))
@example(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
@example(datetime(2026, 1, 2, 3, 4, 5, 999, tzinfo=UTC))
@example(datetime(2026, 1, 2, 3, 4, 5, 999_999, tzinfo=UTC))
def test_timestamp_has_milliseconds_and_a_z(moment: datetime) -> None:
    written = timestamp(moment)
    assert written == moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
