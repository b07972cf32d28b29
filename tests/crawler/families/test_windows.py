"""A feed, and a list of one page, over several runs: what they prove, and when a gap is named."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, XmlResponse
from sqlalchemy import event, update

from crawler.config import CrawlConfig
from crawler.extensions.run import expectation_of
from crawler.runs.account import verdict_of
from crawler.runs.ledger import RunLedger
from crawler.sources.declaration import Source
from crawler.spiders.base import SourceSpider
from crawler.spiders.loader import spider_class
from storage.engine.database import Database
from storage.engine.link_tables import DiscoveryRow
from storage.records import DoubtKind, RunTrigger, Verdict, VerdictKind
from storage.runs import door, freeing
from storage.runs.options import CrawlOptions
from tests.storage.samples import DAY, NOW

ENTRIES = {"feed": "http://f.example/rss.xml", "listing": "http://f.example/yw/index.html"}
ROWS = {
    "feed": "<item><title>第{n}次协商会议在昆明召开</title><link>http://f.example/{n}.html</link>"
    "<pubDate>{day}</pubDate></item>",
    "listing": '<li><a href="http://f.example/{n}.html">第{n}次协商会议在昆明召开</a> {day}</li>',
}
PAGES = {
    "feed": "<rss><channel><title>要闻</title>{rows}</channel></rss>",
    "listing": "<html><title>要闻</title><body><ul>{rows}</ul>{foot}</body></html>",
}
GAP = "it shows nothing that it showed before: more may have come"
PINNED_GAP = "below 1 kept on top it shows nothing that it showed before: more may have come"


def source_of(family: str) -> Source:
    return Source.model_validate(
        {
            "id": "some_net", "name": "某某网", "region": "云南", "kind": "portal",
            "homepage": "http://f.example/", "hosts": ["f.example"],
            "family": family, family: {"urls": [ENTRIES[family]]},
            "expect": {"min_articles": 1, "max_days_silent": 3},
        }
    )  # fmt: skip


@dataclass
class Window:
    """A source that shows its newest articles only, and the runs over it, a day apart."""

    database: Database
    family: str
    day: int = 0
    asked: list[str] = field(default_factory=list)
    options: CrawlOptions = field(default_factory=CrawlOptions)

    def read(self, *numbers: int, foot: str = "") -> SourceSpider:
        """What a run has read when it shows articles ``numbers``, each of the day of its number."""
        now = NOW + self.day * DAY
        self.day += 1
        source = source_of(self.family)
        with self.database.begin() as session:
            freeing.expire_leases(session, now=now)
            run_id = door.create_run(
                session, source.id, trigger=RunTrigger.CLOCK, due_at=now, now=now
            )
            token = door.claim_run(session, run_id, owner="test", now=now, lease_seconds=600)
        assert token is not None
        spider = spider_class(source)(options=self.options)
        assert isinstance(spider, SourceSpider)
        spider.config = CrawlConfig(database_url=self.database.url, today=now.date())
        spider.ledger = RunLedger(
            self.database, source_id=source.id, run_id=run_id, token=token, now=lambda: now
        )
        rows = "".join(ROWS[self.family].format(n=n, day=f"2021-01-{n:02}") for n in numbers)
        body = PAGES[self.family].format(rows=rows, foot=foot).encode()
        response = XmlResponse if self.family == "feed" else HtmlResponse
        (request,) = spider.entries()
        outputs = spider.answered(
            response(ENTRIES[self.family], body=body), request.cb_kwargs["ask"]
        )
        self.asked = [one.url for one in outputs if isinstance(one, Request)]
        return spider

    def run(self, *numbers: int, kind: VerdictKind = VerdictKind.COMPLETE, foot: str = "") -> str:
        """What a run that ended so says of the end of the list: its proof, or why it is open."""
        spider = self.read(*numbers, foot=foot)
        with self.database.begin() as session:
            session.execute(
                update(DiscoveryRow).values(
                    state="stored", next_check_at=NOW + timedelta(days=99_999)
                )
            )
        spider.ledger.finish(spider.account, Verdict(kind=kind, reason="played"))
        walk = spider.account.walks[ENTRIES[self.family]]
        end = walk.totals.end
        return walk.broken or (end.value if end else "")


@pytest.fixture(params=["feed", "listing"])
def window(request: pytest.FixtureRequest, database: Database) -> Window:
    """One that a complete run has read when it showed articles 2 and 1."""
    made = Window(database, request.param)
    assert made.run(2, 1) == "silent"
    assert len(made.asked) == 2
    return made


@pytest.mark.parametrize(
    ("shown", "asked", "said"),
    [
        ((2, 1), 0, "known_reached"),
        ((3, 2), 1, "joins on"),
        ((4, 3), 2, GAP),
        ((1, 4, 3), 2, PINNED_GAP),
        ((1, 2, 3, 4), 2, "joins on"),  # the oldest first
        ((2, 1, 12), 1, "joins on"),  # one added below: nothing tells that more was there
        ((4, 2, 3), 2, "joins on"),  # not in order
    ],
)
def test_a_window_goes_on_where_it_was_left_or_leaves_a_gap(
    window: Window, shown: tuple[int, ...], asked: int, said: str
) -> None:
    told = window.run(*shown)
    assert len(window.asked) == asked
    assert told == ("silent" if said == "joins on" else said)


def test_a_gap_is_named_once(window: Window) -> None:
    assert window.run(4, 3, kind=VerdictKind.PARTIAL) == GAP
    assert window.run(5, 4) == "silent"


def test_what_a_run_that_died_has_met_closes_no_gap(window: Window) -> None:
    window.read(4, 3)  # its links are known; it ends without a verdict
    assert window.run(5, 4) == GAP


def test_a_list_that_says_itself_where_it_ends_has_no_gap(database: Database) -> None:
    window = Window(database, "listing")
    assert window.run(2, 1) == "silent"
    assert window.run(4, 3, foot='<div class="page">共1页 当前第1页</div>') == "last_page"


@pytest.mark.parametrize("family", ["feed", "listing"])
def test_days_before_what_it_shows_are_not_covered(database: Database, family: str) -> None:
    past = Window(database, family, options=CrawlOptions(since=date(2018, 1, 1), full=True))
    assert (
        past.run(9, 8)
        == "lists reach back to 2021-01-08: the window from 2018-01-01 is not covered"
    )
    past.options = CrawlOptions(since=date(2021, 1, 8), full=True)
    assert past.run(9, 8) == "silent"


@pytest.mark.parametrize("family", ["feed", "listing"])
def test_a_list_that_was_empty_and_fills_has_no_gap(database: Database, family: str) -> None:
    window = Window(database, family)
    assert "refused" not in window.run(foot="<p>暂无内容</p>")
    assert window.run(4, 3) == "silent"


def test_a_list_that_says_that_it_is_empty_now_is_not_believed(window: Window) -> None:
    spider = window.read(foot="<p>暂无内容</p>")
    assert [one.kind for one in spider.account.doubts] == [DoubtKind.EMPTIED]
    assert (
        verdict_of(spider.account, expectation_of(spider.source)).kind
        is VerdictKind.EMPTY_UNEXPECTED
    )
    spider.ledger.finish(
        spider.account, Verdict(kind=VerdictKind.EMPTY_UNEXPECTED, reason="played")
    )
    assert window.run(4, 3) == GAP


def test_the_links_of_a_page_are_asked_for_once(window: Window) -> None:
    asked: list[str] = []

    def note(*given: object) -> None:
        if "FROM discoveries" in str(given[2]):
            asked.append(str(given[2]))

    event.listen(window.database.engine, "before_cursor_execute", note)
    window.read(3, 2, 1)
    assert len(asked) == 1
