"""Three simulated years with planted holes: the audit names each, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from crawler.sources.declaration import Source, load_sources
from scheduler import examination
from scheduler.alerts.digest import digest_words
from scheduler.config import Config
from scheduler.examination import examine
from scheduler.health.audit import Gap
from scheduler.health.auditing import make_report
from scheduler.i18n import words_in
from scheduler.rhythm.almanac import load_almanac
from scheduler.service import housekeeping
from scheduler.service.declared import Declared
from storage.engine.database import Database
from storage.engine.service_tables import RunWalkRow
from storage.engine.tables import PublicationRow, RunRow, StoryRow, table_of
from storage.links import standing
from storage.links.sources import sync_sources
from storage.notices import incidents
from storage.records import SHANGHAI, End, FailureClass, GapKind
from storage.runs import watches
from storage.runs.watches import Watch

FIRST, LAST = date(2022, 1, 1), date(2024, 12, 31)
NOW = datetime(2025, 1, 1, 12, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
WATCHED = date(2023, 1, 1)
BURST = (1, 20)  # of each year: the day on which one session is reported
SOURCES = ("cut", "short", "ended", "quiet")

DECLARED = """
name = "来源{name}"
region = "云南"
kind = "portal"
homepage = "http://{name}.example.cn/"
hosts = ["{name}.example.cn"]
family = "listing"

[listing]
urls = ["http://{name}.example.cn/list.html"]

[expect]
min_articles = 1
max_days_silent = 30
"""


@dataclass
class Planted:
    """What is missing: (source, day) without articles, and the walks of lists."""

    holes: dict[str, tuple[date, date]] = field(default_factory=dict)
    cut: date | None = None
    walks: list[dict[str, object]] = field(default_factory=list)


def walk(source: str, run: int, **values: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "source": source, "run_id": run, "position": 1, "name": "list", "day": None, "pages": 30,
        "stated": None, "stated_pages": None, "seen": 600, "stored": 600, "refused": {},
        "remainder": 0, "end_proof": End.LAST_PAGE.value, "cause": None, "words": None,
        "doubt": None,
    }  # fmt: skip
    return plain | values


SOUND = Planted(
    walks=[
        walk("cut", 1, name="issue", day=date(2023, *BURST), stated=659, seen=659, stored=659),
        walk("ended", 2),
        walk("ended", 3, seen=640, stored=640, pages=32),
    ]
)
HOLES = Planted(
    cut=date(2023, *BURST),
    holes={
        "short": (date(2022, 9, 1), date(2022, 12, 31)),  # between the back-fill and the watch
        "ended": (date(2023, 4, 1), date(2023, 6, 30)),  # what stood behind the empty page
        "quiet": (date(2024, 8, 1), date(2024, 12, 31)),
    },
    walks=[
        walk("cut", 1, name="issue", day=date(2023, *BURST), stated=659, seen=4, stored=4),
        walk("ended", 2),
        walk("ended", 3, seen=40, stored=40, pages=2),
    ],
)


def articles(planted: Planted) -> Iterator[tuple[str, date]]:
    for source in SOURCES:
        begin, end = planted.holes.get(source, (LAST, FIRST))
        for n in range((LAST - FIRST).days + 1):
            day = FIRST + n * DAY
            if begin <= day <= end:
                continue
            count = 1
            if source == "cut" and (day.month, day.day) == BURST:
                count = 4 if day == planted.cut else 659
            for _ in range(count):
                yield source, day


def fill(session: Session, planted: Planted) -> None:
    at = datetime.combine(FIRST, time(12), UTC)
    rows = list(articles(planted))
    session.execute(
        insert(table_of(StoryRow)),
        [{"id": n, "original_id": n, "created_at": at} for n in range(1, len(rows) + 1)],
    )
    session.execute(
        insert(table_of(PublicationRow)),
        [
            {
                "id": n, "url": f"http://{source}.example.cn/{n}.html", "source_id": source,
                "region": "云南", "title": "会议", "published_at": moment, "images": [],
                "published_precision": "second", "page_score": 1.0, "page_evidence": [],
                "first_seen_at": moment, "last_seen_at": moment, "missing_checks": 0,
                "evidence": [], "issues": [], "content_sha256": "0", "story_id": n,
                "is_original": True, "revision": 1,
            }
            for n, (source, day) in enumerate(rows, 1)
            for moment in [datetime.combine(day, time(9), SHANGHAI)]
        ],
    )  # fmt: skip
    put_runs(session, planted)


def put_runs(session: Session, planted: Planted) -> None:
    """A run a day and source, each `complete`; those of the walks first."""
    runs = [(str(one["source"]), FIRST, 1) for one in planted.walks]
    for source in SOURCES:
        begin, end = planted.holes.get(source, (LAST, FIRST))
        for n in range((LAST - FIRST).days + 1):
            day = FIRST + n * DAY
            runs.append((source, day, 0 if begin <= day <= end else 1))
    session.execute(
        insert(table_of(RunRow)),
        [
            {
                "id": n, "source_id": source, "trigger": "clock", "state": "finished",
                "due_at": at + n * timedelta(microseconds=1), "options": {}, "token": 1,
                "created_at": at, "finished_at": at, "verdict": "complete", "reason": "read",
                "requested": 1, "accepted": 1, "refused": 0, "refused_by_class": {}, "pages": 1,
                "articles_new": new, "articles_changed": 0, "articles_unchanged": 0, "reposts": 0,
                "flags": 0,
            }
            for n, (source, day, new) in enumerate(runs, 1)
            for at in [datetime.combine(day, time(10), SHANGHAI)]
        ],
    )  # fmt: skip
    walks = [{key: value for key, value in one.items() if key != "source"} for one in planted.walks]
    session.execute(insert(table_of(RunWalkRow)), walks)


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, Source]:
    for name in SOURCES:
        (tmp_path / f"{name}.toml").write_text(DECLARED.format(name=name), "utf-8")
    known = load_sources(tmp_path)
    return {name: known[name] for name in SOURCES}


def filled(database: Database, sources: dict[str, Source], planted: Planted) -> Database:
    with database.begin() as session:
        sync_sources(session, [one.record for one in sources.values()], now=NOW)
        for name in sources:
            standing.note_proved(session, name, by="probe", now=NOW)
            since = datetime.combine(WATCHED, time(), SHANGHAI)
            watches.put_watch(session, Watch(source_id=name, since=since))
        fill(session, planted)
    return database


def named(database: Database, sources: dict[str, Source]) -> list[Gap]:
    """The gaps of sources; what the almanac asks for is another test's."""
    with database.reading() as session:
        report = make_report(session, load_almanac(), sources, years=(2022, 2024), now=NOW)
    assert report.sound is False
    assert len(report.expected) == 32 * 3
    return [one for one in report.gaps if one.kind is not GapKind.REVIEW]


def measured(database: Database, sources: dict[str, Source]) -> dict[str, str]:
    """What the outcome alarm says of each source that it has an incident of."""
    declared = Declared(sources=sources, almanac=load_almanac())
    housekeeping.measure(database, declared, now=NOW)
    with database.reading() as session:
        opened = incidents.unresolved_incidents(session)
    assert {one.failure_class for one in opened} <= {FailureClass.OUTCOME}
    assert {one.subject for one in opened} == {f"outcome:{one.source_id}" for one in opened}
    return {one.source_id or "": one.reason for one in opened}


def test_nothing_is_named_where_nothing_was_planted(
    database: Database, sources: dict[str, Source]
) -> None:
    assert named(filled(database, sources, SOUND), sources) == []
    assert measured(database, sources) == {}


def test_each_planted_hole_is_named(
    database: Database,
    sources: dict[str, Source],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gaps = named(filled(database, sources, HOLES), sources)
    told = {(one.source_id, one.kind, one.first, one.last, one.found) for one in gaps}
    assert told == {
        ("cut", GapKind.TOTAL, date(2023, *BURST), date(2023, *BURST), 4),
        ("cut", GapKind.MONTH, date(2023, 1, 1), date(2023, 1, 31), 34),
        ("short", GapKind.MONTH, date(2022, 9, 1), date(2022, 12, 31), 0),
        ("ended", GapKind.TOTAL, None, None, 40),
        ("ended", GapKind.MONTH, date(2023, 4, 1), date(2023, 6, 30), 0),
        ("quiet", GapKind.MONTH, date(2024, 8, 1), date(2024, 12, 31), 0),
    }
    (quiet,) = [one for one in gaps if one.source_id == "quiet"]
    assert quiet.why == "153 runs of these months said complete and brought nothing new"
    fired = measured(database, sources)
    assert sorted(fired) == sorted(SOURCES)
    assert "2023-01-20: 4 of 659 articles" in fired["cut"]
    assert "2022-09-01 to 2022-12-31: 0 articles" in fired["short"]
    assert "list: 40 of 600 articles" in fired["ended"]
    assert "nothing published since 2024-07-31 is stored" in fired["quiet"]
    config = Config(database_url=database.url, sources=tmp_path, var=tmp_path, today=NOW.date())
    checks = [one for one in examine(config) if one.subject == "outcome"]
    assert [one.words for one in checks] == [f"{name}: {fired[name]}" for name in sorted(fired)]
    monkeypatch.setattr(examination, "MEASURED", 0)  # a large one: as the service found it
    checks = [one for one in examine(config) if one.subject == "outcome"]
    as_found = {f"{name}: {fired[name]}" for name in fired}
    assert {one.words for one in checks[:-1]} == as_found
    assert checks[-1].words.startswith("4 open incidents, as the service finds once a day; none is")
    assert {one.state for one in checks} == {"warning"}
    with database.reading() as session:
        body = digest_words(session, sources, words_in("en"), now=NOW).body
    assert "less is stored than there should be (4):\n  " in body
    assert "regions not covered now (31):\n  no source is declared: 全国、北京" in body
    with database.begin() as session:  # what was missing is brought by a back-fill
        session.execute(delete(table_of(RunWalkRow)))
        session.execute(delete(table_of(PublicationRow)))
        session.execute(delete(table_of(StoryRow)))
        session.execute(delete(table_of(RunRow)))
        fill(session, SOUND)
    assert measured(database, sources) == {}
    with database.begin() as session:
        ended = incidents.list_incidents(session, unresolved=False)
    assert {one.note for one in ended} == {"what is stored shows no hole any more"}
