"""The table of verdicts for the list endings of fixtures/listings/ends, true ends and false ones.

Each page stands for a list of its own: what a crawl that has come to it, and read every article,
may say of the list.
"""

import json
from datetime import datetime
from pathlib import Path

import pytest

from crawler.pages.lists.links import read_listing
from crawler.runs.account import Account, Expectation, verdict_of
from crawler.runs.proof import Bounds, GoOn, Open, PageFacts, Proved, judge_list
from storage.records import SHANGHAI, RequestKind, VerdictKind

ENDS = Path(__file__).parents[3] / "fixtures/listings/ends"
CASES = [json.loads(line) for line in (ENDS / "cases.jsonl").read_text("utf-8").splitlines()]
NOW = datetime(2021, 3, 1, 9, tzinfo=SHANGHAI)


def verdict(case: dict[str, str]) -> tuple[VerdictKind | None, str]:
    """The verdict of a crawl that ends with this page; None where it goes on to another."""
    listing = read_listing(
        (ENDS / case["file"]).read_bytes(),
        url=case["url"],
        charset=case.get("charset"),
        now=NOW,
    )
    page = PageFacts.of(listing, listing.page_number or 1)
    decision = judge_list([page], Bounds(max_pages=60), name="the list")
    if isinstance(decision, GoOn):
        return None, f"goes on at {listing.next_page}"
    assert isinstance(decision, Proved | Open)
    account = Account()
    account.asked[RequestKind.LISTING] = account.accepted[RequestKind.LISTING] = 1
    walk = account.walk("the list")
    walk.note_page(page.number, page.links)
    walk.links = len(page.links)
    walk.end_with(decision)
    found = verdict_of(account, Expectation(min_articles=1))
    return found.kind, found.reason


def test_there_are_forty_endings_and_both_kinds() -> None:
    ends = [case["end"] for case in CASES]
    assert len(ends) >= 40
    assert min(ends.count("proved"), ends.count("open")) >= 15


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_the_verdict_of_an_ending(case: dict[str, str]) -> None:
    kind, reason = verdict(case)
    if case["end"] == "proved":
        assert kind is VerdictKind.COMPLETE, reason
    else:
        assert kind in (None, VerdictKind.PARTIAL), reason
        assert "the list" in reason or kind is None
