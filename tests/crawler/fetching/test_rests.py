"""A host that asks to be left alone is left alone by every run and probe, of any process."""

import asyncio
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.fetching.patience import LeftAloneError, RetryAfterMiddleware
from crawler.fetching.rests import HostRests
from crawler.fetching.waiting import LONGEST_WAIT_SECONDS
from scheduler.probing.manners import Manners
from scheduler.probing.request import Answer
from storage.engine.database import Database, open_database
from storage.links.rests import Rest, note_rest
from storage.records import RefusalClass

LIST = "http://busy.example:8080/list/index.html"
HOST = "busy.example:8080"


def present() -> datetime:
    return datetime.now(UTC)


def crawl_of(database: Database) -> RetryAfterMiddleware:
    """The middleware of a new process, whose spider has a run of this database."""
    spider = SimpleNamespace(ledger=SimpleNamespace(database=database, now=present))
    return RetryAfterMiddleware.from_crawler(SimpleNamespace(spider=spider))  # type: ignore[arg-type]  # what it takes of a crawler


def answered(middleware: RetryAfterMiddleware, header: str) -> None:
    asyncio.run(middleware.process_request(Request(LIST)))
    response = Response(LIST, status=429, headers={"Retry-After": header})
    middleware.process_response(Request(LIST), response)


def asks(middleware: RetryAfterMiddleware, url: str = LIST) -> bool:
    """Whether a request of this crawl would reach its host."""
    try:
        asyncio.run(middleware.process_request(Request(url)))
    except LeftAloneError:
        return False
    return True


def probes(database: Database) -> Manners:
    """The manners of a new service."""
    return Manners("cppcc-monitor/0.1", 0.0, rests=HostRests(database, now=present))


async def nobody(url: str) -> Answer:
    raise AssertionError(f"{url} was asked for")


def test_the_next_run_of_any_source_leaves_the_host_alone(database: Database) -> None:
    answered(crawl_of(database), "7200")
    later = crawl_of(database)
    assert not asks(later)
    assert asks(later, "http://busy.example/another-port.html")
    with pytest.raises(LeftAloneError) as caught:
        asyncio.run(later.process_request(Request(LIST)))
    assert caught.value.refusal_class is RefusalClass.BLOCKED
    assert 7100 < caught.value.seconds <= 7200


def test_a_probe_keeps_to_what_a_crawl_was_told(database: Database) -> None:
    answered(crawl_of(database), "7200")
    held = asyncio.run(probes(database).held_back(LIST, nobody, lambda _: True))
    assert held is not None
    assert held.refusal_class is RefusalClass.BLOCKED
    assert "left alone" in held.detail


def test_a_crawl_keeps_to_what_a_probe_was_told(database: Database) -> None:
    answer = Answer(
        status=503, headers=httpx.Headers({"Retry-After": "3600"}), body=b"", location=None,
        charset=None,
    )  # fmt: skip
    asyncio.run(probes(database).note_answer(LIST, answer, datetime.now(UTC)))
    assert not asks(crawl_of(database))


def test_a_short_wait_is_this_runs_alone(database: Database) -> None:
    answered(crawl_of(database), "20")
    assert HostRests(database, now=present).known() == {}


def test_a_wait_that_has_passed_is_forgotten_and_a_newer_wish_counts(database: Database) -> None:
    rests = HostRests(database, now=present)
    past = datetime.now(UTC) - timedelta(seconds=1)
    with database.begin() as session:
        old = Rest(host="old.example", until=past, refusal_class=RefusalClass.BLOCKED)
        note_rest(session, old, now=past - timedelta(hours=1))
    assert rests.known() == {}
    rests.note(HOST, 7200, RefusalClass.BLOCKED)
    rests.note(HOST, 60, RefusalClass.HTTP_ERROR)
    (wish,) = rests.known().values()
    assert wish.until - time.monotonic() <= 60
    assert wish.refusal_class is RefusalClass.HTTP_ERROR


def test_a_wish_of_a_clock_that_ran_ahead_ends_within_a_day(database: Database) -> None:
    far = datetime.now(UTC) + timedelta(days=400)
    with database.begin() as session:
        rest = Rest(host=HOST, until=far, refusal_class=RefusalClass.BLOCKED)
        note_rest(session, rest, now=far - timedelta(hours=1))
    (wish,) = HostRests(database, now=present).known().values()
    assert wish.until - time.monotonic() <= LONGEST_WAIT_SECONDS


def test_a_database_that_refuses_ends_no_crawl(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "cppcc.db"
    shutil.copyfile(sqlite_template, path)
    database = open_database(f"sqlite:///{path}", migrate=False)
    middleware = crawl_of(database)
    path.unlink()
    answered(middleware, "7200")
    assert not asks(middleware), "this process goes by what it knows itself"
    database.close()
