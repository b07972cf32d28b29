"""The list pages of ``fixtures/listings``: pages of our own making, each beside its answer."""

import json
from datetime import datetime
from pathlib import Path
from typing import TypedDict, cast

from crawler.pages.lists.links import read_listing
from storage.records import SHANGHAI, Listing

LISTINGS = Path(__file__).parents[4] / "fixtures" / "listings"
NOW = datetime(2026, 3, 10, 9, tzinfo=SHANGHAI)


class ExpectedLink(TypedDict):
    url: str
    title: str
    published_on: str | None


class Answer(TypedDict, total=False):
    why: str
    file: str
    url: str
    now: str
    charset: str
    error: str
    links: list[ExpectedLink]
    next_page: str | None
    page_number: int | None
    page_count: int | None
    item_count: int | None
    issue_pages: list[str]


def answers() -> list[Answer]:
    return [
        cast("Answer", json.loads(path.read_text("utf-8")))
        for path in sorted(LISTINGS.glob("*.json"))
    ]


ANSWERS = answers()
LISTS = [answer for answer in ANSWERS if "error" not in answer]
OTHERS = [answer for answer in ANSWERS if "error" in answer]


def read(answer: Answer) -> Listing:
    return read_listing(
        (LISTINGS / answer["file"]).read_bytes(),
        url=answer["url"],
        charset=answer.get("charset"),
        now=datetime.fromisoformat(answer["now"]),
    )
