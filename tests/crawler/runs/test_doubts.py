"""Lists held against what they were: when a sound-looking first page is not believed."""

from datetime import date, datetime

import pytest

from crawler.runs.doubts import doubt_of
from storage.links.list_heads import ListHead
from storage.records import SHANGHAI, DoubtKind, Link, Listing

URL = "http://news.example/list/index.html"
Rows = list[tuple[str, int | None]]  # the name of an article, its day in January


def head(rows: Rows, day: int, pages: int | None = 3) -> ListHead:
    return ListHead(
        url=URL,
        source_id="news",
        links=tuple((name, date(2021, 1, on) if on else None) for name, on in rows),
        page_count=pages,
        read_at=datetime(2021, 1, day, 8, tzinfo=SHANGHAI),
    )


def listing(rows: Rows, pages: int | None = 3, next_page: str | None = None) -> Listing:
    links = tuple(Link(url=name, title=name) for name, _ in rows)
    return Listing(url=URL, links=links, page_count=pages, next_page=next_page)


BEFORE: Rows = [("e", 24), ("d", 24), ("c", 23), ("b", 22), ("a", 21)]
CASES: list[tuple[str, Rows, int | None, DoubtKind | None]] = [
    ("new articles on top", [("g", 25), ("f", 25), ("e", 24), ("d", 24)], 3, None),
    ("nothing new", BEFORE, 3, None),
    ("all of it new", [("k", 26), ("j", 26), ("i", 25)], 3, None),
    ("one taken down", [("d", 24), ("c", 23), ("b", 22)], 3, None),
    ("the newest taken down alone", [("c", 23), ("d", 24), ("b", 22)], 3, None),
    ("an older copy", [("b", 22), ("a", 21), ("0", 20)], 3, DoubtKind.STALE),
    ("the newest without its day", [("e", None), ("b", 22), ("a", 21)], 3, None),
    ("no dates", [("e", None), ("d", None), ("c", None)], 3, DoubtKind.UNDATED),
    ("no pager", [("f", 25), ("e", 24)], None, DoubtKind.NO_PAGER),
    ("no article any more", [], None, DoubtKind.EMPTIED),
]


@pytest.mark.parametrize(
    ("rows", "pages", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_doubts(rows: Rows, pages: int | None, expected: DoubtKind | None) -> None:
    doubt = doubt_of(head(BEFORE, 24), head(rows, 25, pages), listing(rows, pages))
    assert (doubt and doubt.kind) == expected
    if doubt:
        assert "2021-01-24" in doubt.words


def test_a_first_reading_is_believed() -> None:
    assert doubt_of(None, head(BEFORE, 24), listing(BEFORE)) is None


def test_a_list_that_never_had_dates_may_have_none() -> None:
    rows: Rows = [("b", None), ("a", None)]
    assert doubt_of(head(rows, 24), head(rows, 25), listing(rows)) is None


def test_a_link_to_the_next_page_is_a_pager() -> None:
    after = listing(BEFORE, None, next_page="http://news.example/list/index_1.html")
    assert doubt_of(head(BEFORE, 24), head(BEFORE, 25, None), after) is None


@pytest.mark.parametrize(("held", "empty_ok"), [(BEFORE, True), (BEFORE[:1], False), ([], False)])
def test_a_list_may_become_empty_where_that_is_declared_or_one_was_taken_down(
    held: Rows, empty_ok: bool
) -> None:
    assert doubt_of(head(held, 24), head([], 25), listing([]), empty_ok=empty_ok) is None
