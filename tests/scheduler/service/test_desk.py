"""What the service remembers between ticks, and who is looked at together."""

from datetime import datetime, timedelta

import pytest

from scheduler.health.judgement import Judgement
from scheduler.probing.probes import ProbeOutcome
from scheduler.service.desk import AFTER_ERROR, Desk
from scheduler.service.rounds import Settled
from storage.records import SHANGHAI, FailureClass, Refusal, RefusalClass, RequestKind

NOON = datetime(2027, 1, 12, 12, tzinfo=SHANGHAI)
LATER = NOON + timedelta(hours=3)
NAMES = [f"s{number}" for number in range(8)]


@pytest.fixture
def desk() -> Desk:
    made = Desk(now=lambda: NOON)
    made.begin(dict.fromkeys(NAMES, LATER))
    return made


def refused(refusal_class: RefusalClass) -> ProbeOutcome:
    refusal = Refusal(
        url="http://x.example/", kind=RequestKind.LISTING, refusal_class=refusal_class, detail="-"
    )
    return ProbeOutcome(refusal=refusal)


def settled(source_id: str, failure_class: FailureClass | None) -> Settled:
    judgement = Judgement(sound=failure_class is None, failure_class=failure_class, reason="played")
    return Settled(run_id=1, source_id=source_id, judgement=judgement, flags=0, next_tick=LATER)


def test_two_sources_that_cannot_be_reached_hasten_all_others_once(desk: Desk) -> None:
    assert desk.note_probe("s0", refused(RefusalClass.NETWORK)) == set()
    assert desk.note_probe("s1", refused(RefusalClass.HTTP_ERROR)) == set(NAMES[2:])
    assert desk.wait("s2") == timedelta(0)
    assert desk.wait("s0") == LATER - NOON
    assert desk.note_probe("s2", refused(RefusalClass.NETWORK)) == set()


def test_a_wall_is_one_sources_own_affair(desk: Desk) -> None:
    for name in NAMES[:4]:
        assert desk.note_probe(name, refused(RefusalClass.BLOCKED)) == set()


def test_runs_teach_what_probes_teach(desk: Desk) -> None:
    failed = [settled(name, FailureClass.NETWORK) for name in NAMES[:6]]
    assert desk.note_settled(failed) == set(NAMES[2:]), "the first two made it look suspicious"
    assert desk.note_settled([settled("s0", None)]) == set(NAMES[1:6]), "the failing ones again"


def test_a_settled_run_sets_its_sources_next_tick(desk: Desk) -> None:
    desk.set_next("s3", NOON)
    desk.note_settled([settled("s3", FailureClass.PARTIAL)])
    assert desk.next_at("s3") == LATER


def test_a_hastened_tick_is_hastened_once(desk: Desk) -> None:
    desk.note_probe("s0", refused(RefusalClass.NETWORK))
    desk.note_probe("s1", refused(RefusalClass.NETWORK))
    assert desk.take_hastened("s5")
    assert not desk.take_hastened("s5")
    assert not desk.take_hastened("s0")


def test_what_is_not_watched_any_more_is_forgotten(desk: Desk) -> None:
    desk.note_probe("s0", refused(RefusalClass.NETWORK))
    desk.note_probe("s1", refused(RefusalClass.NETWORK))
    desk.begin({"s0": LATER})
    desk.set_next("s5", NOON)
    assert not desk.take_hastened("s5")
    with pytest.raises(KeyError):
        desk.next_at("s5")


def test_a_tick_that_failed_is_tried_again_soon_and_not_at_once(desk: Desk) -> None:
    desk.put_off("s4")
    assert desk.wait("s4") == AFTER_ERROR


def test_only_ticks_that_changed_are_entered(desk: Desk) -> None:
    assert desk.untold() == dict.fromkeys(NAMES, LATER)
    desk.note_told(desk.untold())
    desk.set_next("s3", NOON)
    assert desk.untold() == {"s3": NOON}
