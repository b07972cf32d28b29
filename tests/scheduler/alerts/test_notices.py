"""When people are told of incidents, and how often."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from scheduler.alerts import digest, notices
from scheduler.alerts.messages import incident_words
from scheduler.i18n import words_in
from storage.articles.saving import save_articles
from storage.engine.database import Database
from storage.errors import TransitionError
from storage.notices import incidents, outbox
from storage.notices.flags import list_flags
from storage.notices.incidents import TRANSITIONS, IncidentState
from storage.records import SHANGHAI, FailureClass, Genre
from tests.storage.samples import article
from tests.storage.steps import save_article

NOON = datetime(2026, 9, 1, 12, tzinfo=SHANGHAI)
CHINESE, ENGLISH = words_in("zh"), words_in("en")
MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)


def fail(database: Database, *sources: str, at: datetime) -> None:
    with database.begin() as session:
        for source in sources:
            incidents.open_incident(
                session, f"source:{source}", FailureClass.NETWORK, reason="no answer", now=at,
                source_id=source, region="云南",
            )  # fmt: skip


def recover(database: Database, *sources: str, at: datetime) -> None:
    with database.begin() as session:
        for source in sources:
            incidents.resolve_incidents(session, f"source:{source}", now=at, note="sound")


def tell(database: Database, at: datetime) -> tuple[int, int]:
    with database.begin() as session:
        return notices.tell_openings(session, CHINESE, now=at), notices.tell_recoveries(
            session, CHINESE, now=at
        )


def test_one_incident_is_told_once_at_opening_and_once_at_recovery(database: Database) -> None:
    fail(database, "a", at=NOON)
    assert tell(database, NOON + 29 * MINUTES) == (0, 0)
    assert tell(database, NOON + 30 * MINUTES) == (1, 0)
    fail(database, "a", at=NOON + 40 * MINUTES)  # seen again: the same incident
    assert tell(database, NOON + 3 * HOURS) == (0, 0)
    recover(database, "a", at=NOON + 4 * HOURS)
    assert tell(database, NOON + 4 * HOURS + 29 * MINUTES) == (0, 0)
    assert tell(database, NOON + 4 * HOURS + 30 * MINUTES) == (0, 1)
    assert tell(database, NOON + 9 * HOURS) == (0, 0)


def test_what_passes_before_it_was_told_is_never_told(database: Database) -> None:
    fail(database, "a", at=NOON)
    recover(database, "a", at=NOON + 20 * MINUTES)
    assert tell(database, NOON + 5 * HOURS) == (0, 0)


def test_after_a_storm_the_rest_waits_for_the_digest(database: Database) -> None:
    fail(database, *"abcdef", at=NOON)
    assert tell(database, NOON + 30 * MINUTES) == (6, 0)
    fail(database, "g", at=NOON + 2 * HOURS)
    assert tell(database, NOON + 12 * HOURS) == (0, 0)
    morning = NOON + 20 * HOURS + 5 * MINUTES
    with database.begin() as session:
        assert digest.post_digest(session, {}, CHINESE, now=morning)
        assert not digest.post_digest(session, {}, CHINESE, now=morning + HOURS)
    assert tell(database, morning + 10 * HOURS) == (0, 0)


def test_one_group_recovers_together(database: Database) -> None:
    fail(database, *"abc", at=NOON)
    tell(database, NOON + 30 * MINUTES)
    recover(database, "a", "b", at=NOON + 2 * HOURS)
    assert tell(database, NOON + 5 * HOURS) == (0, 0)  # c is still down
    recover(database, "c", at=NOON + 6 * HOURS)
    assert tell(database, NOON + 7 * HOURS) == (0, 3)


def test_a_group_of_which_one_never_recovers_is_told_after_a_day(database: Database) -> None:
    fail(database, *"abc", at=NOON)
    tell(database, NOON + 30 * MINUTES)
    recover(database, "a", "b", at=NOON + 2 * HOURS)
    assert tell(database, NOON + 26 * HOURS) == (0, 2)


def test_the_digest_comes_at_its_hour_in_shanghai(database: Database) -> None:
    with database.begin() as session:
        assert not digest.is_due(session, now=NOON.replace(hour=7, minute=59), hour=8)
        assert digest.is_due(session, now=NOON.replace(hour=8), hour=8)


def test_the_digest_counts_a_missing_review_once(database: Database) -> None:
    fail(database, "a", "b", at=NOON)
    with database.begin() as session:
        incidents.open_incident(
            session, "coverage:云南:provincial:2025", FailureClass.OVERDUE, reason="late", now=NOON
        )
    with database.reading() as session:
        told = digest.digest_words(session, {}, ENGLISH, now=NOON)
    assert "2 broken" in told.title
    assert "broken (2):" in told.body


def test_the_digest_counts_all_flags_of_a_day_and_names_the_newest(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest, "MOST_FLAGS", 2)
    ids = []
    for number, at in ((1, NOON - 30 * HOURS), (2, NOON), (3, NOON), (4, NOON)):
        with database.begin() as session:
            one = article(number, genre=Genre.ANNUAL_REVIEW)
            ids.append(save_article(session, one, now=at, run_id=None).flag_id)
    with database.reading() as session:
        told = digest.digest_words(session, {}, ENGLISH, now=NOON + HOURS)
    assert told.title.endswith("3 new")
    assert "flagged in the last day (3)" in told.body
    assert "... and 1 more" in told.body
    assert told.data["flags"] == [ids[3], ids[2]]


def test_the_digest_leaves_out_what_a_backfill_found_of_years_gone_by(database: Database) -> None:
    new = article(1, genre=Genre.ANNUAL_REVIEW)
    with database.begin() as session:
        flag = save_article(session, new, now=NOON, run_id=None).flag_id
    old = [
        replace(article(number, genre=Genre.ANNUAL_REVIEW), published_at=NOON - 24 * 400 * HOURS)
        for number in (2, 3)
    ]
    with database.begin() as session:
        save_articles(session, old, now=NOON, run_id=None, past=True)
    with database.reading() as session:
        assert len(list_flags(session, past=True)) == 2
        told = digest.digest_words(session, {}, ENGLISH, now=NOON + HOURS)
    assert told.title.endswith("1 new")
    assert told.data["flags"] == [flag]


def test_notes_on_flags_leave_with_the_digest(database: Database) -> None:
    with database.begin() as session:
        outbox.post(session, "flag_note", "flag_note:1", {"words": "revision 2: 综述"}, now=NOON)
    with database.begin() as session:
        told = digest.digest_words(session, {}, CHINESE, now=NOON)
        assert digest.post_digest(session, {}, CHINESE, now=NOON)
    assert "revision 2: 综述" in told.body
    assert told.title.startswith("2026-09-01：")
    with database.reading() as session:
        assert outbox.waiting(session, "flag_note") == []


@pytest.mark.parametrize("before", list(IncidentState))
@pytest.mark.parametrize("wanted", [IncidentState.ACKNOWLEDGED, IncidentState.RESOLVED])
def test_an_incident_moves_only_as_declared(
    database: Database, before: IncidentState, wanted: IncidentState
) -> None:
    fail(database, "a", at=NOON)
    with database.begin() as session:
        (incident,) = incidents.list_incidents(session)
        if before is IncidentState.ACKNOWLEDGED:
            incidents.acknowledge_incident(session, incident.id, now=NOON)
        if before is IncidentState.RESOLVED:
            incidents.close_incident(session, incident.id, now=NOON, note="by hand")
    move = (
        incidents.acknowledge_incident
        if wanted is IncidentState.ACKNOWLEDGED
        else lambda s, i, now: incidents.close_incident(s, i, now=now, note="by hand")
    )
    if wanted in TRANSITIONS[before]:
        with database.begin() as session:
            move(session, incident.id, now=NOON)
            assert incidents.get_incident(session, incident.id).state is wanted
    else:
        with pytest.raises(TransitionError), database.begin() as session:
            move(session, incident.id, now=NOON)


def test_a_resolved_incident_opens_anew_as_another(database: Database) -> None:
    fail(database, "a", at=NOON)
    recover(database, "a", at=NOON + HOURS)
    fail(database, "a", at=NOON + 2 * HOURS)
    with database.reading() as session:
        assert len(incidents.list_incidents(session, unresolved=False)) == 2
        assert len(incidents.list_incidents(session)) == 1


@pytest.mark.parametrize(("at_once", "told"), [("abcd", 1), ("abcde", 0)])
def test_five_at_once_are_a_storm(database: Database, at_once: str, told: int) -> None:
    fail(database, *at_once, at=NOON)
    assert tell(database, NOON + 30 * MINUTES) == (len(at_once), 0)
    fail(database, "g", at=NOON + 2 * HOURS)
    assert tell(database, NOON + 3 * HOURS) == (told, 0)


def test_regions_without_a_source_are_named_once_and_then_counted(database: Database) -> None:
    said = []
    for day in range(2):
        with database.begin() as session:
            now = NOON + day * 24 * HOURS
            digest.post_digest(session, {}, ENGLISH, now=now)
            newest = outbox.newest(session, digest.KEY)
            assert newest is not None
            said.append(newest.payload)
    assert "no source is declared: 全国、北京" in str(said[0]["body"])
    assert "北京" not in str(said[1]["body"])
    assert "regions not covered now (32)" in str(said[1]["body"])
    assert said[0]["data"] == {**said[1]["data"], "day": "2026-09-01"}  # type: ignore[dict-item]


def test_messages_are_chinese_unless_english_is_asked_for(database: Database) -> None:
    fail(database, "a", at=NOON)
    with database.reading() as session:
        (one,) = incidents.list_incidents(session)
    chinese, english = incident_words([one], CHINESE), incident_words([one], ENGLISH)
    assert chinese.title == "a（云南）：无法连接"
    assert english.title == "a (云南): network"
    assert chinese.data == english.data
