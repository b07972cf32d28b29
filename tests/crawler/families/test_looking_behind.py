"""A list of three pages over several runs: what is entered behind its known first page."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse
from sqlalchemy import update

from crawler.config import CrawlConfig
from crawler.runs.ledger import RunLedger
from crawler.runs.proof import look_behind
from crawler.sources.declaration import Source
from crawler.spiders.base import SourceSpider
from crawler.spiders.loader import spider_class
from storage.engine.database import Database
from storage.engine.link_tables import DiscoveryRow
from storage.engine.service_tables import RunWalkRow
from storage.records import RunTrigger, Verdict, VerdictKind
from storage.runs import door, freeing
from storage.runs.options import CrawlOptions
from tests.storage.samples import DAY, NOW

FIRST = "http://f.example/yw/index.html"
SOURCE = Source.model_validate(
    {
        "id": "some_net", "name": "某某网", "region": "云南", "kind": "portal",
        "homepage": "http://f.example/", "hosts": ["f.example"],
        "family": "listing", "listing": {"urls": [FIRST]}, "article_pattern": r"/\d+\.html",
        "expect": {"min_articles": 1, "max_days_silent": 3},
    }
)  # fmt: skip
FOOT = (
    "<p>主办：某某网 地址：某某市人民路一号 电话：0000-0000000 版权所有"
    " 未经许可不得转载、链接、转贴或以其他方式使用本网登载的内容</p>"
)
AGES = (1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23)
"""How many days old the articles are when the first run looks."""


@dataclass
class Column:
    """A list of four pages, the newest first, three articles on each, and the runs over it."""

    database: Database
    ages: list[int] = field(default_factory=lambda: list(AGES))
    dated: bool = True
    asked: list[str] = field(default_factory=list)

    def page(self, number: int) -> str:
        """One page of the list as it is now."""
        rows = "".join(
            f'<li><a href="http://f.example/{age}.html">第{age}次协商会议在昆明召开</a>'
            f" {(NOW - age * DAY).date() if self.dated else ''}</li>"
            for age in self.ages[3 * number - 3 : 3 * number]
        )
        pages = (len(self.ages) + 2) // 3
        script = f'<script>createPageHTML({pages}, {number - 1}, "index", "html");</script>'
        return f"<html><title>要闻</title><body><ul>{rows}</ul>{FOOT}{script}</body></html>"

    def run(self, day: int) -> str:
        """What a run ``day`` days on says of the list's end; ``asked`` is what it asked for."""
        now = NOW + day * DAY
        with self.database.begin() as session:
            freeing.expire_leases(session, now=now)
            run_id = door.create_run(
                session, SOURCE.id, trigger=RunTrigger.CLOCK, due_at=now, now=now
            )
            token = door.claim_run(session, run_id, owner="test", now=now, lease_seconds=600)
        assert token is not None
        spider = spider_class(SOURCE)(options=CrawlOptions())
        assert isinstance(spider, SourceSpider)
        spider.config = CrawlConfig(database_url=self.database.url, today=now.date())
        spider.ledger = RunLedger(
            self.database, source_id=SOURCE.id, run_id=run_id, token=token, now=lambda: now
        )
        waiting = list(spider.entries())
        self.asked = []
        while waiting:
            request = waiting.pop(0)
            self.asked.append(request.url.rpartition("/")[2])
            if "/yw/" not in request.url:
                continue
            number = re.search(r"_(\d+)", request.url)
            page = self.page(int(number[1]) + 1 if number else 1)
            response = HtmlResponse(request.url, body=page.encode())
            found = spider.answered(response, request.cb_kwargs["ask"])
            waiting += [one for one in found if isinstance(one, Request)]
        with self.database.begin() as session:
            session.execute(
                update(DiscoveryRow).values(
                    state="stored", next_check_at=NOW + timedelta(days=99_999)
                )
            )
        verdict = Verdict(kind=VerdictKind.COMPLETE, reason="played")
        spider.ledger.finish(spider.account, verdict)
        walk = spider.account.walks[FIRST]
        end = walk.totals.end
        return walk.broken or (end.value if end else "")


def lists_asked_for(column: Column) -> list[str]:
    return [name for name in column.asked if name.startswith("index")]


def test_an_article_entered_behind_a_known_first_page_is_found_within_a_week(
    database: Database,
) -> None:
    column = Column(database)
    assert column.run(0) == "last_page"
    column.ages.insert(5, 10)  # on the second page, under a day gone by
    assert column.run(1) == "known_reached"
    assert column.asked == ["index.html"]
    assert column.run(7) == "known_behind"
    assert "10.html" in column.asked
    # Back to two weeks before the first run: the page of 17 to 21 days ago is asked for, and
    # reading the pages before it again shows that nothing slipped past meanwhile.
    assert lists_asked_for(column) == [
        "index.html", "index_1.html", "index_2.html", "index_3.html",
        "index.html", "index_1.html", "index_2.html",
    ]  # fmt: skip
    assert column.run(8) == "known_reached"
    assert column.asked == ["index.html"]


def test_a_list_whose_articles_another_one_has_shown_is_read_to_its_end(database: Database) -> None:
    """As after a second list was declared whose first page holds what the first one held."""
    column = Column(database, ages=list(range(1, 48, 2)))
    column.run(0)
    with database.begin() as session:
        session.execute(update(RunWalkRow).values(name="http://f.example/all/index.html"))
    column.run(1)
    assert len(lists_asked_for(column)) >= 8
    column.run(2)
    assert lists_asked_for(column) == ["index.html"]


def test_a_list_that_was_read_whole_needs_no_look_behind(database: Database) -> None:
    column = Column(database, ages=[1, 2])
    assert [column.run(day) for day in (0, 4, 9)] == ["last_page", "known_reached", "last_page"]
    assert column.asked == ["index.html"]


def test_a_list_without_days_is_looked_behind_by_pages(database: Database) -> None:
    column = Column(database, ages=list(range(30)), dated=False)
    assert column.run(0) == "last_page"
    column.ages.insert(13, 99)  # on the fifth page of ten
    assert column.run(7) == "known_behind"
    assert "99.html" in column.asked
    assert "index_6.html" not in column.asked


def test_the_look_behind_reaches_back_from_the_one_before(database: Database) -> None:
    column = Column(database, ages=list(range(1, 90, 3)))
    assert column.run(0) == "last_page"
    column.ages.insert(4, 12)
    assert column.run(30) == "known_behind"
    assert "12.html" in column.asked


@pytest.mark.parametrize(("days", "due"), [(4.9, False), (7, True)])
def test_a_look_behind_is_due_after_a_week_at_most(days: float, due: bool) -> None:
    for number in range(50):
        behind = look_behind(f"http://f.example/{number}", NOW, now=NOW + days * DAY)
        assert behind == ((NOW - 14 * DAY).date() if due else None)


def test_a_list_that_nobody_looked_behind_is_due_at_once() -> None:
    assert look_behind(FIRST, None, now=NOW) == (NOW - 14 * DAY).date()
