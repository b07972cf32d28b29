"""When many sources fail or recover together."""

from datetime import datetime, timedelta

from scheduler.rhythm.hastening import AGAIN, Suspicion
from storage.records import SHANGHAI

NOON = datetime(2026, 9, 1, 12, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)
ALL = tuple("abcdefgh")


def test_two_failures_within_half_an_hour_hasten_the_rest_once() -> None:
    suspicion = Suspicion()
    assert suspicion.failed("a", ALL, now=NOON) == set()
    assert suspicion.failed("a", ALL, now=NOON + MINUTE) == set()
    assert suspicion.failed("b", ALL, now=NOON + 20 * MINUTE) == set("cdefgh")
    assert suspicion.failed("c", ALL, now=NOON + 21 * MINUTE) == set()
    later = NOON + AGAIN + 30 * MINUTE
    assert suspicion.failed("d", ALL, now=later) == set(), "the others failed long ago"
    assert suspicion.failed("e", ALL, now=later + MINUTE) == set("fgh")


def test_failures_far_apart_are_no_storm() -> None:
    suspicion = Suspicion()
    for number, source in enumerate("abc"):
        assert suspicion.failed(source, ALL, now=NOON + number * 40 * MINUTE) == set()


def test_one_of_many_that_answers_again_hastens_the_others() -> None:
    suspicion = Suspicion()
    for source in "abcdef":
        suspicion.failed(source, ALL, now=NOON)
    assert suspicion.answered("a", now=NOON + 50 * MINUTE) == set("bcdef")
    assert suspicion.answered("b", now=NOON + 51 * MINUTE) == set()
    assert suspicion.failing == set("cdef")
    assert suspicion.answered("h", now=NOON + 90 * MINUTE) == set(), "it had not failed"
