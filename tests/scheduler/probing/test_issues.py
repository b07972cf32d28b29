"""Probes of papers: an issue that is not out yet, and what is news in one."""

import json

import httpx
import pytest

from crawler.sources.declaration import Source
from scheduler.probing.probes import (
    NO_ISSUE,
)
from tests.scheduler.probing.answering import (
    NOON,
    Answer,
    known_from,
    probe,
    status,
)

PAPER = Source.model_validate(
    {
        "id": "b",
        "name": "乙日报",
        "region": "云南",
        "kind": "daily_epaper",
        "family": "epaper",
        "homepage": "http://b.example/",
        "hosts": ["b.example"],
        "politeness": {"delay_seconds": 0},
        "epaper": {"issue_url": "http://b.example/{YYYY}-{MM}/{DD}/node_1.htm"},
        "expect": {"min_articles": 1, "max_days_silent": 9},
    }
)
JSON_PAPER = Source.model_validate(
    {
        "id": "c",
        "name": "丙日报",
        "region": "广西",
        "kind": "daily_epaper",
        "family": "json",
        "homepage": "http://c.example/",
        "hosts": ["c.example"],
        "politeness": {"delay_seconds": 0},
        "json": {
            "issue_url": "http://c.example/api?date={YYYY}-{MM}-{DD}",
            "pages": "pages[].code",
            "page_url": "http://c.example/api?date={YYYY}-{MM}-{DD}&code={page}",
            "page_code": "code",
            "article_url": "http://c.example/{YYYY}{MM}{DD}/{page}/{number}.html",
            "issue_date": "date",
            "items": "items",
            "fields": {"title": "title", "kicker": "kicker", "body": "body", "number": "id"},
        },
        "expect": {"min_articles": 1, "max_days_silent": 9},
    }
)
ITEM = {"id": 7, "title": "省政协召开专题协商会", "kicker": "", "body": "<p>…</p>", "reads": 1}
ISSUE: dict[str, object] = {
    "date": "2027-01-12",
    "code": "001",
    "pages": [{"code": "001"}],
    "items": [ITEM],
}


def test_a_paper_that_is_not_out_yet_is_no_failure() -> None:
    assert PAPER.options.probe_urls(NOON.date()) == ("http://b.example/2027-01/12/node_1.htm",)
    missing = probe(status(404), source=PAPER)
    assert missing.refusal is None
    assert not missing.changed
    assert missing.pages[0].links_sha256 == NO_ISSUE


def issue(**changed: object) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        return httpx.Response(200, content=json.dumps(ISSUE | changed))

    return answer


@pytest.mark.parametrize(
    ("changed", "news"),
    [
        ({}, False),
        ({"items": [ITEM | {"reads": 99}]}, False),
        ({"items": [ITEM | {"body": "<p>同题异文</p>"}]}, False),
        ({"items": [ITEM | {"title": "省政协召开专题协商会（更正）"}]}, True),
        ({"items": [ITEM | {"title": "\ud83d"}]}, True),
        ({"items": [ITEM | {"kicker": "引题"}]}, True),
        ({"items": [ITEM | {"id": 8}]}, True),
        ({"items": [ITEM, ITEM | {"id": 8}]}, True),
        ({"pages": [{"code": "001"}, {"code": "002"}]}, True),
    ],
)
def test_what_is_news_in_a_json_issue(changed: dict[str, object], news: bool) -> None:
    known = known_from(probe(issue(), source=JSON_PAPER))
    outcome = probe(issue(**changed), known, JSON_PAPER)
    assert outcome.refusal is None
    assert outcome.changed is news


@pytest.mark.parametrize("stated", ["", None, "2027-01-11"])
def test_a_json_issue_of_another_day_or_none_is_not_out_yet(stated: str | None) -> None:
    outcome = probe(issue(date=stated, items=None), source=JSON_PAPER)
    assert outcome.refusal is None
    assert not outcome.changed
    assert outcome.pages[0].links_sha256 == NO_ISSUE
    assert probe(issue(), known_from(outcome), JSON_PAPER).changed


def test_a_json_issue_without_its_list_is_refused() -> None:
    refusal = probe(issue(items=None), source=JSON_PAPER).refusal
    assert refusal is not None
    assert refusal.refusal_class.value == "layout_changed"
    assert "items finds no list" in refusal.detail
