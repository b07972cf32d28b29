"""The proof of an end as a table: what pages say, and what that proves."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from crawler.runs.proof import (
    GO_ON,
    MAX_ROUNDS,
    Archive,
    Bounds,
    Decision,
    GoOn,
    IssueFacts,
    Open,
    PageFacts,
    Proved,
    ReadAgain,
    judge_again,
    judge_issue,
    judge_list,
    moved,
)
from storage.records import End, OpenCause

NEWEST = date(2021, 1, 30)
O = OpenCause  # noqa: E741  # as short as the table needs it


def page(
    number: int, shown: str, *, leads_on: bool = False, day: int = 24, **said: object
) -> PageFacts:
    """A page that shows one article a letter, all of one day in January; 0 for no day."""
    facts = PageFacts(
        number=number,
        links=tuple(shown),
        days=tuple(date(2021, 1, day) if day else None for _ in shown),
        leads_on=leads_on,
    )
    return replace(facts, **said)  # type: ignore[arg-type]  # the fields of PageFacts


@dataclass(frozen=True)
class Case:
    name: str
    pages: list[PageFacts]
    decision: End | OpenCause | type[GoOn] | type[ReadAgain]
    words: str = ""
    since: date | None = None
    until: date | None = None
    known: bool = False
    behind: date | None = None
    empty: bool = False


MORE = ("加载更多",)
FIRST = page(1, "abc", leads_on=True)
LONG_AGO = date(2020, 1, 1)
DAY_24 = date(2021, 1, 24)
OLDEST_FIRST = replace(
    page(1, "abcd", leads_on=True),
    days=(DAY_24, date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 3)),  # one is kept on top
)
UNDATED = page(4, "abc", day=0, leads_on=True)
CASES = [
    Case("one page without a pager", [page(1, "abc")], End.SILENT),
    Case("a next page", [FIRST], GoOn),
    Case("the oldest first, all known", [OLDEST_FIRST], GoOn, known=True),
    Case("the oldest first, looked behind", [OLDEST_FIRST], GoOn, known=True, behind=DAY_24),
    Case("the oldest first, the newest asked for", [OLDEST_FIRST], GoOn, since=NEWEST),
    Case(
        "the oldest first, to its end",
        [OLDEST_FIRST, page(2, "efg", day=25)], ReadAgain, since=NEWEST,
    ),
    Case("an empty list", [page(1, "")], End.SILENT, empty=True),
    Case("an empty list of none", [page(1, "", item_count=0)], End.SILENT, empty=True),
    Case("an empty list of many", [page(1, "", item_count=9)], O.ITEMS_LEFT),
    Case("an empty first page that leads on", [page(1, "", leads_on=True)], O.EMPTY_PAGE),
    Case("an empty first page of three", [page(1, "", page_count=3)], O.EMPTY_PAGE),
    Case("an empty second page", [FIRST, page(2, "")], O.EMPTY_PAGE),
    Case("a page behind the last, which says so", [FIRST, page(2, "", says_end="[]")], ReadAgain),
    Case("an empty page known to nobody", [page(1, "", leads_on=True)], O.EMPTY_PAGE, known=True),
    Case("page 1 of 3 leads nowhere", [page(1, "abc", page_count=3)], O.PAGES_LEFT, "page 1 of 3"),
    Case("page 1 of 1", [page(1, "abc", page_count=1)], End.LAST_PAGE),
    Case("3 of 9 articles", [page(1, "abc", item_count=9)], O.ITEMS_LEFT, "9 articles declared"),
    Case("3 of 3 articles", [page(1, "abc", item_count=3)], End.COUNT_MET),
    Case("more than it counts", [page(1, "abcd", item_count=3)], End.SILENT),
    Case("a button for more", [page(1, "abc", more=MORE)], O.NOT_FOLLOWED, "加载更多"),
    Case("a button, and all there", [page(1, "abc", more=MORE, item_count=3)], End.COUNT_MET),
    Case("a button for more beside a next page", [page(1, "abc", more=MORE, leads_on=True)], GoOn),
    Case("all of it known", [FIRST], End.KNOWN_REACHED, known=True),
    Case("known although more is said", [page(1, "abc", more=MORE)], End.KNOWN_REACHED, known=True),
    Case("known, but days as late as those looked for", [FIRST], GoOn, known=True, behind=DAY_24),
    Case("known and older", [FIRST], End.KNOWN_BEHIND, "to 2021-01-24", known=True, behind=NEWEST),
    Case("new and older", [FIRST], GoOn, behind=NEWEST),
    Case("known, few pages without days", [UNDATED], GoOn, known=True, behind=NEWEST),
    Case(
        "known, enough pages without days",
        [replace(UNDATED, number=5)], End.KNOWN_BEHIND, "5 pages", known=True, behind=NEWEST,
    ),
    Case(
        "known, and no further page may be asked for",
        [replace(FIRST, number=9)], End.KNOWN_BEHIND, "no further: the limit is 9 pages",
        known=True, behind=LONG_AGO,
    ),
    Case("known whole", [page(1, "abc", page_count=1)], End.LAST_PAGE, known=True, behind=LONG_AGO),
    Case(
        "known, and what is behind cannot be asked for",
        [page(1, "abc", more=MORE)], End.KNOWN_REACHED, known=True, behind=LONG_AGO,
    ),
    Case("page 2 is page 1", [FIRST, page(2, "abc", leads_on=True)], O.REPEATS),
    Case("page 2 is page 1 and last", [FIRST, page(2, "bc")], O.REPEATS),
    Case("page 2 is page 1, and known", [FIRST, page(2, "abc")], O.REPEATS, known=True),
    Case("the last of two", [FIRST, page(2, "de")], ReadAgain),
    Case("known on page 2", [FIRST, page(2, "de")], ReadAgain, known=True),
    Case(
        "two pages that count alike",
        [page(1, "abc", leads_on=True, item_count=5), page(2, "de", item_count=5)],
        End.COUNT_MET,
    ),
    Case(
        "the count falls meanwhile",
        [page(1, "abc", leads_on=True, item_count=6), page(2, "de", item_count=5)],
        ReadAgain,
    ),
    Case(
        "an article on both pages",
        [page(1, "abc", leads_on=True, item_count=5), page(2, "cde", item_count=5)],
        ReadAgain,
    ),
    Case(
        "an empty answer, where there were to be nine",
        [page(1, "abc", leads_on=True, item_count=9), page(2, "", says_end="[]")],
        O.ITEMS_LEFT, "9 articles declared, 3 found",
    ),
    Case(
        "an empty answer that counts none, where there were to be nine",
        [page(1, "abc", leads_on=True, item_count=9), page(2, "", says_end="[]", item_count=0)],
        O.ITEMS_LEFT, "9 articles declared, 3 found",
    ),
    Case(
        "an empty answer behind all that was counted",
        [page(1, "abc", leads_on=True, item_count=3), page(2, "", says_end="[]")],
        ReadAgain,
    ),
    Case(
        "an empty page before the last of those counted",
        [page(1, "abc", leads_on=True, page_count=3), page(2, "", says_end="[]")],
        O.EMPTY_PAGE,
    ),
    Case("the limit of pages", [page(9, "abc", leads_on=True)], O.LIMIT, "9 pages"),
    Case("the last one at the limit", [page(9, "abc", page_count=9)], End.LAST_PAGE),
    Case("older than asked for", [FIRST], End.BEFORE_SINCE, since=NEWEST),
    Case("not yet older", [FIRST], GoOn, since=date(2021, 1, 24)),
    Case("older, but not all dated", [replace(FIRST, days=(LONG_AGO, None))], GoOn, since=NEWEST),
    Case("the list is too short", [page(1, "abc")], O.WINDOW, "back to 2021-01-24", LONG_AGO),
    Case("the list reaches the day", [page(1, "abc")], End.SILENT, since=date(2021, 1, 24)),
    Case("a list without days", [page(1, "abc", day=0)], O.WINDOW, "prints no days", LONG_AGO),
    Case("only until a day before", [page(1, "abc")], O.WINDOW, until=date(2020, 12, 31)),
    Case("until a day within", [page(1, "abc")], End.SILENT, until=NEWEST),
    Case("short, and more is said", [page(1, "abc", more=MORE)], O.NOT_FOLLOWED, since=LONG_AGO),
]  # fmt: skip


def kind_of(decision: Decision) -> object:
    match decision:
        case Proved(by):
            return by
        case Open(cause):
            return cause
        case _:
            return type(decision)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_end_of_a_list(case: Case) -> None:
    bounds = Bounds(max_pages=9, since=case.since, until=case.until, behind=case.behind)
    decision = judge_list(case.pages, bounds, name="the list", known=case.known)
    assert kind_of(decision) == case.decision
    if isinstance(decision, Proved | Open):
        assert case.words in decision.words
    assert (isinstance(decision, Proved) and decision.empty) == case.empty


def test_each_end_and_cause_of_a_list_has_a_case() -> None:
    of_issues = {End.ISSUE_WHOLE, End.NO_ISSUE, O.NO_ARCHIVE}
    by_others = {O.REFUSED, O.MOVED, O.GAP}  # by the account, by judge_again, by gap_in
    assert {case.decision for case in CASES} - {GoOn, ReadAgain} == (
        {*End, *O} - of_issues - by_others
    )


SHOWN = ["abc", "def", "ghi"]
MOVES = [
    ("nothing", ["abc", "def"], False),
    ("a new one on top", ["nab", "cde"], False),
    ("a whole page of new ones", ["xyz", "abc"], True),
    ("one taken off page 1", ["bcd", "efg"], True),
    ("one taken off page 2", ["abc", "deg"], True),
    ("one taken off, and one new", ["nbc", "def"], False),
    ("a lost one comes up", ["abx", "def"], True),
    ("a lost one comes up on page 2", ["abc", "dex"], True),
    ("the last of a page taken off without a next", ["ab", "def"], False),
]


@pytest.mark.parametrize(
    ("again", "expected"), [move[1:] for move in MOVES], ids=[move[0] for move in MOVES]
)
def test_a_list_has_moved(again: list[str], expected: bool) -> None:
    first = [page(number, shown) for number, shown in enumerate(SHOWN, start=1)]
    second = [page(number, shown) for number, shown in enumerate(again, start=1)]
    assert moved(first, second) is expected
    assert moved(first, second[::-1]) is expected  # in whatever order they are answered


def test_only_a_quiet_round_proves_the_end_and_restlessness_leaves_it_open() -> None:
    reached = Proved(End.LAST_PAGE, "last page")
    first = [page(1, "abc"), page(2, "de")]
    restless = [page(1, "bcd")]
    assert judge_again(reached, first, [page(1, "abc")], rounds=1) == reached
    assert judge_again(reached, first, restless, rounds=1) == ReadAgain(reached)
    last = judge_again(reached, first, restless, rounds=MAX_ROUNDS)
    assert kind_of(last) is O.MOVED


DAY = date(2021, 1, 24)
HELD = (date(2021, 1, 2), date(2021, 1, 22))
ISSUES: list[tuple[str, IssueFacts, tuple[date, ...], object]] = [
    ("not answered yet", IssueFacts(day=DAY), (), GoOn),
    ("two pages left", IssueFacts(day=DAY, pages_left=2), (), GoOn),
    ("all pages read", IssueFacts(day=DAY, pages_left=0, articles=1), (), End.ISSUE_WHOLE),
    ("all read, and nothing on them", IssueFacts(day=DAY, pages_left=0), (), O.EMPTY_PAGE),
    ("missing, and none was ever seen", IssueFacts(day=DAY, missing=True), (), O.NO_ARCHIVE),
    ("missing soon after the newest", IssueFacts(day=DAY, missing=True), HELD, End.NO_ISSUE),
    ("missing between two", IssueFacts(day=date(2021, 1, 9), missing=True), HELD, End.NO_ISSUE),
    ("missing, and was there before", IssueFacts(day=HELD[1], missing=True), HELD, O.NO_ARCHIVE),
    ("missing long after", IssueFacts(day=date(2021, 1, 26), missing=True), HELD, O.NO_ARCHIVE),
    ("before the archive", IssueFacts(day=date(2021, 1, 1), missing=True), HELD, O.WINDOW),
]


@pytest.mark.parametrize(
    ("issue", "held", "expected"), [case[1:] for case in ISSUES], ids=[case[0] for case in ISSUES]
)
def test_the_end_of_an_issue(issue: IssueFacts, held: tuple[date, ...], expected: object) -> None:
    decision = judge_issue(issue, Archive.of(held, silent_days=3))
    assert kind_of(decision) == expected
    assert isinstance(decision, GoOn) is (decision == GO_ON)
