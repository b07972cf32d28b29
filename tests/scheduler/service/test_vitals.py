"""What /healthz rests on: an error stands until the same kind of work succeeds again."""

import pytest

from scheduler.service.vitals import Vitals


class Moment:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def vitals(moment: Moment) -> Vitals:
    return Vitals({"round": 120.0, "delivery": 300.0}, moment=moment)


def test_a_fresh_service_is_well(vitals: Vitals) -> None:
    assert vitals.problems() == []


def test_another_works_success_proves_nothing(vitals: Vitals, moment: Moment) -> None:
    vitals.failed("delivery", "the database is locked")
    moment.at += 5
    vitals.did_well("round")
    (problem,) = vitals.problems()
    assert problem == "delivery: the database is locked; it last did well 5 s ago"
    vitals.did_well("delivery")
    assert vitals.problems() == []


def test_work_that_stands_still_is_said_without_any_error(vitals: Vitals, moment: Moment) -> None:
    moment.at += 119
    assert vitals.problems() == []
    moment.at += 2
    assert vitals.problems() == ["round: nothing of it for 121 s"]
    moment.at += 200
    vitals.did_well("round")
    assert vitals.problems() == ["delivery: nothing of it for 321 s"]


def test_a_kind_without_a_bound_is_only_as_bad_as_its_last_try(
    vitals: Vitals, moment: Moment
) -> None:
    vitals.failed("tick", "no")
    assert len(vitals.problems()) == 1
    vitals.did_well("tick")
    moment.at += 100
    assert vitals.problems() == []
