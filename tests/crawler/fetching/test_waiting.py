"""Retry-After in both of its forms, bounded; what is neither is no wish."""

from datetime import UTC, datetime

import pytest

from crawler.fetching.waiting import LONGEST_WAIT_SECONDS, asked_to_wait

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "value", "seconds"),
    [
        (429, "120", 120.0),
        (503, " 7200 ", 7200.0),
        (503, "Sat, 28 Nov 2026 13:00:00 GMT", 3600.0),
        (503, "Saturday, 28-Nov-26 13:00:00 GMT", 3600.0),
        (429, "Sat, 28 Nov 2026 11:00:00 GMT", 0.0),
        (429, "99999999999999999999", LONGEST_WAIT_SECONDS),
        (503, "Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT_SECONDS),
        (429, "-5", 0.0),
        (429, "soon", 0.0),
        (429, "１２０", 0.0),
        (429, "", 0.0),
        (429, None, 0.0),
        (301, "120", 0.0),
        (200, "120", 0.0),
    ],
)
def test_what_a_host_asks_for(status: int, value: str | None, seconds: float) -> None:
    assert asked_to_wait(status, value, now=NOON) == seconds
