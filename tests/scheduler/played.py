"""What is played of a simulated country: the crawls of its sites, and what probing one shows."""

from datetime import timedelta

from scheduler.carrying.launcher import ClaimedRun, RunHandle
from scheduler.probing.verification import ArticleSeen, PageSeen, Verification, judged
from scheduler.rhythm.almanac import Almanac
from storage.articles import saving as articles
from storage.engine.database import Database
from storage.links import discoveries
from storage.records import (
    SHANGHAI,
    Article,
    Committee,
    Genre,
    Level,
    Link,
    Precision,
    Reading,
    Refusal,
    RefusalClass,
    RequestKind,
    RunCounts,
    Verdict,
    VerdictKind,
)
from storage.runs import lease
from tests.scheduler.world import Site, World, Wrong

RUN_TAKES = timedelta(minutes=2)


class Played:
    """A finished child process."""

    log = None

    def poll(self) -> int | None:
        """It has ended."""
        return 0

    def cancel(self) -> None:
        """Nothing to cancel."""

    def kill(self) -> None:
        """Nothing to kill."""


class PlayedLauncher:
    """Plays a crawl at once: counts what the site has published, and writes the verdict."""

    def __init__(self, database: Database, world: World, almanac: Almanac) -> None:
        self._database = database
        self._world = world
        self._calendar = almanac.calendar

    def start(self, run: ClaimedRun) -> RunHandle:
        """Play the whole crawl."""
        world = self._world
        site = world.sites[run.source_id]
        world.runs += 1
        if site.is_down(world.now):
            self._fail(run)
            return Played()
        count = site.published(world.now)
        fresh = site.times[site.detected : count]
        site.detected = count
        world.list_pages += 1 + bool(fresh)  # the page of news, and the page that is all known
        for at in fresh:
            season = self._calendar.season_name(site.source.region, at.astimezone(SHANGHAI).date())
            world.delays.append((season, world.now + RUN_TAKES - at))
        if site.review_at in fresh:
            self._save_review(run, site)
        with self._database.begin() as session:
            lease.finish_run(
                session,
                run.run_id,
                run.token,
                Verdict(kind=VerdictKind.COMPLETE, reason="played"),
                RunCounts(
                    requested=1 + len(fresh), accepted=1 + len(fresh), articles_new=len(fresh),
                    flags=int(site.review_at in fresh),
                ),
                now=world.now,
            )  # fmt: skip
        return Played()

    def _fail(self, run: ClaimedRun) -> None:
        url = f"http://{run.source_id}.example/list.html"
        self._world.list_pages += 3  # with two retries
        refusal = Refusal(
            url=url,
            kind=RequestKind.LISTING,
            refusal_class=RefusalClass.NETWORK,
            detail="no answer",
        )
        with self._database.begin() as session:
            discoveries.record_refusal(
                session, refusal, source_id=run.source_id, run_id=run.run_id, now=self._world.now
            )
            lease.finish_run(
                session,
                run.run_id,
                run.token,
                Verdict(kind=VerdictKind.FAILED, reason="no list page could be read"),
                RunCounts(requested=1, refused=1),
                now=self._world.now,
            )

    def _save_review(self, run: ClaimedRun, site: Site) -> None:
        at, year, region = site.review_at, site.review_year, site.source.region
        assert at is not None
        assert year is not None
        article = Article(
            url=f"http://{run.source_id}.example/review-{year}.html",
            title=f"{region}政协{year}年工作综述",
            text="\n".join(
                f"{region}第{number}段：全年协商{number * 7}次。" for number in range(9)
            ),
            published_at=at,
            published_precision=Precision.SECOND,
            source_id=run.source_id,
            fetched_at=self._world.now,
            reading=Reading(
                genre=Genre.ANNUAL_REVIEW,
                score=0.9,
                rules_version="simulation",
                committee=Committee(level=Level.PROVINCIAL, region=region, name=f"{region}政协"),
                years=(year,),
            ),
        )
        with self._database.begin() as session:
            articles.save_articles(session, [article], now=self._world.now, run_id=run.run_id)


SHARES = "沪指收涨 {}点", "金价跌 {}元", "某银行净利增 {}%"


def tried_of(site: Site) -> Verification:
    """What a probe of a site shows, judged by the product: its pages are played."""
    source = site.source
    refused = {
        Wrong.GONE: (RefusalClass.GONE, "status 404"),
        Wrong.MOVED: (RefusalClass.OFFSITE, "new.example is not a declared host"),
        Wrong.TEMPLATE: (RefusalClass.GONE, "status 404"),
        Wrong.CHALLENGE: (RefusalClass.CHALLENGE, "it asks for a browser"),
    }.get(site.wrong or Wrong.COLUMN)
    words = SHARES if site.wrong is Wrong.COLUMN else ("省政协召开第{}次会议", "{}位委员建言")
    pages = []
    for walk in source.entry_urls[:4]:
        if refused is not None:
            pages.append(PageSeen(walk=walk, url=walk, number=1, refusal=refused))
            continue
        for number in (1, 2):
            shown = tuple(
                Link(url=f"{walk}#{number}-{n}", title=words[n % len(words)].format(n))
                for n in range(12)
            )
            page = PageSeen(
                walk=walk, url=walk, number=number, links=12, dated=12, new=12, shown=shown
            )
            pages.append(page)
    sound = (
        [] if refused else [ArticleSeen(url=source.homepage, title="省政协开会", characters=300)]
    )
    return judged(source, pages, sound)
