"""What an audit calls a gap, and which cause it gives."""

from datetime import date, datetime, timedelta

import pytest

from scheduler.health.audit import (
    Watched,
    Works,
    copy_gaps,
    expected_reviews,
    parts_of_title,
    series_gaps,
    session_gaps,
)
from scheduler.health.controls import Holdings, holding_gaps
from scheduler.health.expected import Expectations
from scheduler.rhythm.almanac import load_almanac
from storage.audit.counts import Between, LinkFact, WalkFact
from storage.audit.works import RefusedLink, Work
from storage.notices.coverage import CellStatus, Found
from storage.records import (
    SHANGHAI,
    End,
    GapCause,
    GapKind,
    Genre,
    Level,
    OpenCause,
    RefusalClass,
    SourceState,
)

DAY = timedelta(days=1)
TODAY = date(2024, 6, 1)
YUNNAN = Watched(
    source_id="yn", region="云南", state=SourceState.VERIFIED, outlets=("云南政协报",),
    since=date(2020, 1, 1),
)  # fmt: skip
GANSU = Watched(source_id="gs", region="甘肃", state=SourceState.UNVERIFIED)


def work(number: int, **values: object) -> Work:
    plain: dict[str, object] = {
        "publication_id": number, "story_id": number, "source_id": "yn", "title": "2022年综述",
        "genre": Genre.ANNUAL_REVIEW, "outlet": None, "day": date(2023, 1, 5), "region": "云南",
        "level": Level.PROVINCIAL, "year": 2022, "term": None, "session": None, "part": None,
        "removed": False,
    }  # fmt: skip
    return Work(**(plain | values))  # type: ignore[arg-type]


def facts(
    *works: Work,
    found: tuple[int, ...] = (),
    waived: tuple[int, ...] = (),
    refused: tuple[RefusedLink, ...] = (),
) -> Works:
    almanac = load_almanac()
    reviews = {
        ("云南", Level.PROVINCIAL, year): Found(
            region="云南", level=Level.PROVINCIAL, year=year, publication_id=year,
            published_on=date(year + 1, 1, 10),
            seen_at=datetime(year + 1, 1, 10, tzinfo=SHANGHAI),
        )
        for year in found
    }  # fmt: skip
    return Works(
        years=(2021, 2023),
        today=TODAY,
        expectations=Expectations(
            windows=almanac.windows,
            openings={},
            waivers={("云南", Level.PROVINCIAL, year): "merged" for year in waived},
        ),
        found=reviews,
        works=works,
        refused=refused,
        sources={"yn": YUNNAN, "gs": GANSU},
    )


def causes(given: Works, region: str) -> dict[int | None, GapCause]:
    return {one.year: one.cause for one in expected_reviews(given)[1] if one.region == region}


def test_the_almanac_asks_for_every_committee_and_year() -> None:
    rows, gaps = expected_reviews(facts(found=(2021, 2022, 2023)))
    assert len(rows) == 32 * 3
    assert sum(one.status is CellStatus.FOUND for one in rows) == 3
    assert len(gaps) == 31 * 3


def test_a_missing_review_has_the_cause_that_is_true_of_it() -> None:
    link = RefusedLink(
        source_id="yn", title="云南省政协2023年十件大事", day=date(2024, 1, 9),
        refusal_class=RefusalClass.TOO_SHORT,
    )  # fmt: skip
    given = facts(work(1, removed=True), waived=(2021,), refused=(link,))
    assert causes(given, "云南") == {
        2021: GapCause.WAIVED,
        2022: GapCause.REMOVED,
        2023: GapCause.REFUSED,
    }
    assert set(causes(given, "甘肃").values()) == {GapCause.NOT_WATCHED}
    assert set(causes(given, "西藏").values()) == {GapCause.NO_SOURCE}
    assert set(causes(facts(), "云南").values()) == {GapCause.UNEXPLAINED}


def test_a_watch_that_began_later_explains_nothing() -> None:
    late = Watched(
        source_id="yn", region="云南", state=SourceState.VERIFIED, since=date(2024, 5, 1)
    )
    given = facts()
    given = Works(
        years=given.years, today=TODAY, expectations=given.expectations, found={},
        sources={"yn": late},
    )  # fmt: skip
    assert set(causes(given, "云南").values()) == {GapCause.UNEXPLAINED}


@pytest.mark.parametrize(
    ("title", "part", "wanted"),
    [
        ("云南省政协2022年工作综述之三", 3, 3),
        ("履职综述（上）", 1, 2),
        ("履职综述（中）", 2, 3),
        ("履职综述（下）", 2, 2),
        ("履职综述（2/5）", 2, 5),
        ("上海市政协2022年工作综述", None, 0),
    ],
)
def test_one_part_says_how_many_there_are(title: str, part: int | None, wanted: int) -> None:
    assert parts_of_title(title, part) == wanted


def test_parts_before_a_stored_one_are_missing() -> None:
    gaps = list(series_gaps(facts(work(1, part=1), work(2, part=4), work(3, part=3, removed=True))))
    assert [(one.what[:6], one.cause) for one in gaps] == [
        ("part 2", GapCause.UNEXPLAINED),
        ("part 3", GapCause.REMOVED),
    ]
    assert not list(series_gaps(facts(work(1, part=1), work(2, part=2))))


def test_a_session_before_a_stored_one_is_missing() -> None:
    def report(number: int, session: int, year: int) -> Work:
        return work(
            number, genre=Genre.WORK_REPORT, term=12, session=session, day=date(year, 1, 20)
        )

    (gap,) = session_gaps(facts(report(1, 1, 2021), report(2, 3, 2023)))
    assert (gap.kind, gap.year) == (GapKind.SESSION, 2022)
    assert not list(session_gaps(facts(report(1, 2, 2021), report(2, 3, 2022))))


def test_what_others_have_from_an_outlet_the_outlet_has_too() -> None:
    copy = work(1, source_id="people", outlet="云南政协报")
    (gap,) = copy_gaps(facts(copy))
    assert (gap.kind, gap.source_id) == (GapKind.COPY, "yn")
    assert not list(copy_gaps(facts(copy, work(2, story_id=1))))


FIRST, LAST = date(2022, 1, 1), date(2022, 12, 31)
DAILY = {FIRST + n * DAY: 5 for n in range(365)}


def held(**values: object) -> Holdings:
    plain: dict[str, object] = {"watched": YUNNAN, "first": FIRST, "last": LAST, "days": DAILY}
    return Holdings(**(plain | values))  # type: ignore[arg-type]


def walk(run_id: int = 1, **values: object) -> WalkFact:
    plain: dict[str, object] = {
        "source_id": "yn", "run_id": run_id, "name": "list", "pages": 3, "seen": 60, "stored": 60,
        "end": End.LAST_PAGE,
    }  # fmt: skip
    return WalkFact(**(plain | values))  # type: ignore[arg-type]


SOUND: dict[str, dict[str, object]] = {
    "a list whose count is met": {"lists": [walk(stated=60)]},
    "a list read to its last page": {"lists": [walk()]},
    "a walk that ended open, then one that was whole": {
        "lists": [walk(1, end=None, seen=55), walk(2)]
    },
    "an issue whose count is met": {"issues": [walk(day=FIRST, stated=60, stated_pages=3)]},
    "a paper of each day": {"paper": True},
    "a paper that says that there was none": {
        "paper": True, "skips_days": True,
        "days": {day: n for day, n in DAILY.items() if day != date(2022, 5, 4)},
        "issues": [walk(day=date(2022, 5, 4), end=End.NO_ISSUE, seen=0, stored=0, pages=0)],
    },
    "a paper of weekdays": {
        "paper": True, "skips_days": True,
        "days": {day: n for day, n in DAILY.items() if day.weekday() < 5},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_there_is_no_gap_in(name: str) -> None:
    assert holding_gaps(held(**SOUND[name])) == []


HOLES: dict[str, tuple[dict[str, object], GapKind, GapCause]] = {
    "a list that showed nothing of what it had shown before": (
        {
            "between": [
                Between(
                    source_id="yn", run_id=7, name="list", first=date(2022, 5, 4),
                    last=date(2022, 5, 20), words="it shows nothing that it showed before",
                )
            ]
        },
        GapKind.BETWEEN, GapCause.NOT_WATCHED,
    ),
    "a list that states 659 and showed 4": (
        {"lists": [walk(stated=659, seen=4, stored=4)]}, GapKind.TOTAL, GapCause.UNEXPLAINED,
    ),
    "a list that states 30 pages and gave 3": (
        {"lists": [walk(stated_pages=30)]}, GapKind.TOTAL, GapCause.UNEXPLAINED,
    ),
    "a list never read to its end": (
        {"lists": [walk(end=None, cause=OpenCause.NOT_FOLLOWED)]},
        GapKind.TOTAL, GapCause.UNEXPLAINED,
    ),
    "a list whose page was refused": (
        {"lists": [walk(end=None, cause=OpenCause.REFUSED, refused=((RefusalClass.GONE, 1),))]},
        GapKind.TOTAL, GapCause.REFUSED,
    ),
    "an empty page taken as the end": (
        {"lists": [walk(1, seen=600), walk(2, seen=40)]}, GapKind.TOTAL, GapCause.UNEXPLAINED,
    ),
    "an issue cut to 4 of 659": (
        {"issues": [walk(day=FIRST, stated=659, seen=4, stored=4, end=End.ISSUE_WHOLE)]},
        GapKind.TOTAL, GapCause.UNEXPLAINED,
    ),
    "an issue of 8 pages of which 3 were read": (
        {"issues": [walk(day=FIRST, stated_pages=8, end=None)]},
        GapKind.TOTAL, GapCause.UNEXPLAINED,
    ),
    "a day between two issues": (
        {"paper": True, "days": {day: n for day, n in DAILY.items() if day != date(2022, 5, 4)}},
        GapKind.ISSUE, GapCause.UNEXPLAINED,
    ),
    "a day that a paper with free days did not say was free": (
        {
            "paper": True, "skips_days": True,
            "days": {day: n for day, n in DAILY.items() if day != date(2022, 5, 4)},
        },
        GapKind.ISSUE, GapCause.UNEXPLAINED,
    ),
    "links that wait": (
        {"links": [LinkFact(source_id="yn", month=FIRST, refusal_class=None, count=3)]},
        GapKind.TOTAL, GapCause.UNEXPLAINED,
    ),
    "links that are refused": (
        {"links": [
            LinkFact(source_id="yn", month=FIRST, refusal_class=RefusalClass.GONE, count=3)
        ]},
        GapKind.TOTAL, GapCause.REFUSED,
    ),
    "months of runs that were complete with nothing new": (
        {
            "days": {day: n for day, n in DAILY.items() if day < date(2022, 10, 1)},
            "quiet": {date(2022, 11, 1): 62},
        },
        GapKind.MONTH, GapCause.UNEXPLAINED,
    ),
    "a day of a source that is not watched": (
        {"watched": GANSU, "paper": True,
         "days": {day: n for day, n in DAILY.items() if day != date(2022, 5, 4)}},
        GapKind.ISSUE, GapCause.NOT_WATCHED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLES)
def test_there_is_one_gap_in(name: str) -> None:
    values, kind, cause = HOLES[name]
    (gap,) = holding_gaps(held(**values))
    assert (gap.kind, gap.cause) == (kind, cause)
    assert gap.what
    assert gap.why
