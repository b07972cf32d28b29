"""A simulated country for the service: sources that publish, break and recover by plan.

The service's own parts are real (desk, rounds, carrier, storage, notices, courier); only the
network and the child processes are played, and the clock is ours.
"""

import hashlib
import heapq
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from statistics import median

from crawler.sources.declaration import REGIONS, Source
from scheduler.alerts.delivery import Courier
from scheduler.alerts.messages import Notice
from scheduler.carrying.carrier import Carrier
from scheduler.carrying.launcher import ClaimedRun, RunHandle
from scheduler.probing.probes import ProbeOutcome
from scheduler.probing.verification import ArticleSeen, PageSeen, Verification, judged
from scheduler.rhythm.almanac import Almanac, load_almanac
from scheduler.rhythm.watching import Step
from scheduler.service import ticks
from scheduler.service.declared import Declared
from scheduler.service.desk import Desk
from scheduler.service.housekeeping import keep_house
from scheduler.service.rounds import Limits, Rounds
from storage.articles import saving as articles
from storage.engine.database import Database
from storage.links import discoveries, standing
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
from storage.runs.watches import ProbePage

KINDS = ("portal", "daily_epaper", "committee_site", "committee_paper")
PER_DAY = {"portal": 6.0, "daily_epaper": 3.0, "committee_site": 0.6, "committee_paper": 0.4}
HOURS = (7, 21)
REST = 0.75
"""Of the days that a source may be silent, so many it is at most: it is looked at now and then."""
RUN_TAKES = timedelta(minutes=2)
HOUSEKEEPING = timedelta(minutes=15)
COVERAGE = timedelta(hours=1)


class Wrong(Enum):
    """In which way a declaration is wrong, as real ones are."""

    GONE = "gone"
    MOVED = "moved"
    COLUMN = "wrong column"
    TEMPLATE = "template 404"
    CHALLENGE = "challenge"


@dataclass(kw_only=True)
class Site:
    """One simulated source: when it publishes, and when it cannot be reached."""

    source: Source
    times: list[datetime]
    review_at: datetime | None = None
    review_year: int | None = None  # the year before the session, also where it is still that
    down: tuple[datetime, datetime] | None = None
    wrong: "Wrong | None" = None  # its declaration is, from the beginning
    detected: int = 0

    def published(self, now: datetime) -> int:
        """How many articles its list has shown by ``now``."""
        return bisect_right(self.times, now)

    def is_down(self, now: datetime) -> bool:
        """Whether it answers nobody at ``now``."""
        return self.down is not None and self.down[0] <= now < self.down[1]


@dataclass(kw_only=True)
class World:
    """All sites, the time, and what was asked of them."""

    sites: dict[str, Site]
    now: datetime
    probes: int = 0
    list_pages: int = 0
    runs: int = 0
    delays: list[tuple[str, timedelta]] = field(default_factory=list)  # (season, delay)

    def time(self) -> datetime:
        """The simulated present."""
        return self.now


def make_source(number: int, region: str, kind: str) -> Source:
    """A declared source of the simulation."""
    host = f"s{number}.example"
    return Source.model_validate(
        {
            "id": f"s{number}",
            "name": f"{region}{kind}",
            "region": region,
            "kind": kind,
            "family": "listing",
            "homepage": f"http://{host}/",
            "hosts": [host],
            "listing": {"urls": [f"http://{host}/list.html"]},
            "expect": {"min_articles": 1, "max_days_silent": 30},
        }
    )


def make_world(
    begin: datetime, days: int, *, sources: int, openings: Mapping[str, date], seed: int = 7,
    without_review: Iterable[str] = (), busy: float = 1.0,
) -> World:  # fmt: skip
    """Sites for ``sources`` sources over all regions, publishing for ``days`` days.

    Each region's review appears on its committee's own site within D-10..D+8, but for those
    ``without_review``.
    """
    chance = random.Random(seed)
    missing = set(without_review)
    sites: dict[str, Site] = {}
    for number in range(sources):
        region = REGIONS[number % len(REGIONS)]
        kind = KINDS[(2 + number // len(REGIONS)) % len(KINDS)]
        source = make_source(number, region, kind)
        times = _publications(chance, begin, days, PER_DAY[kind] * busy, kind)
        site = Site(source=source, times=times)
        if kind == "committee_site" and region in openings and region not in missing:
            day = openings[region] + timedelta(days=chance.randint(-10, 8))
            at = datetime.combine(day, time(chance.randint(8, 18), 24), tzinfo=SHANGHAI)
            site.review_at, site.review_year = at, openings[region].year - 1
            site.times = sorted([*times, at])
        sites[source.id] = site
    return World(sites=sites, now=begin)


def world_of(
    sources: Iterable[Source], begin: datetime, days: int, *, seed: int = 7, busy: float = 1.0
) -> World:
    """Sites for declared sources, a third of whose declarations are wrong, each in some way.

    None rests for longer than its declaration allows: one that does is silent, and told so.
    """
    chance = random.Random(seed)
    sites: dict[str, Site] = {}
    for number, source in enumerate(sorted(sources, key=lambda one: one.id)):
        times = _publications(chance, begin, days, PER_DAY[source.kind] * busy, source.kind)
        rest = REST * timedelta(days=source.expect.max_days_silent)
        site = Site(source=source, times=_without_rests(times, begin, days, rest))
        if number % 3 == 2:
            issues = source.options.may_lack_today
            ways = [way for way in Wrong if way is not (Wrong.COLUMN if issues else Wrong.TEMPLATE)]
            site.wrong = ways[number // 3 % len(ways)]
        sites[source.id] = site
    return World(sites=sites, now=begin)


def _publications(
    chance: random.Random, begin: datetime, days: int, per_day: float, kind: str
) -> list[datetime]:
    times: list[datetime] = []
    for number in range(days):
        day = begin + timedelta(days=number)
        count = int(per_day) + (chance.random() < per_day % 1)
        if kind == "daily_epaper":  # an issue appears as a whole
            at = day.replace(hour=6) + timedelta(minutes=chance.randint(0, 40))
            times += [at + timedelta(seconds=second) for second in range(count)]
            continue
        span = (HOURS[1] - HOURS[0]) * 3600
        times += [
            day.replace(hour=HOURS[0]) + timedelta(seconds=chance.randint(0, span))
            for _ in range(count)
        ]
    return sorted(times)


def _without_rests(
    times: Iterable[datetime], begin: datetime, days: int, rest: timedelta
) -> list[datetime]:
    """``times``, and one more wherever nothing would come for longer than ``rest``."""
    end = begin + timedelta(days=days)
    filled = [begin]
    for at in (*times, end):
        while at - filled[-1] > rest:
            filled.append(filled[-1] + rest)
        filled.append(at)
    return filled[1:-1]


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


class Inbox:
    """A channel that keeps what it was given."""

    name = "inbox"

    def __init__(self, world: World) -> None:
        self._world = world
        self.notices: list[tuple[datetime, Notice]] = []

    def send(self, notice: Notice) -> None:
        """Keep it."""
        self.notices.append((self._world.now, notice))

    def of(self, *kinds: str) -> list[tuple[datetime, Notice]]:
        """The notices of these kinds."""
        return [(at, notice) for at, notice in self.notices if notice.kind in kinds]


class Simulation:
    """The service's parts around one world and one database."""

    def __init__(
        self,
        database: Database,
        world: World,
        almanac: Almanac | None = None,
        *,
        proved: bool = True,
    ) -> None:
        self.world = world
        self.database = database
        self.declared = Declared(
            sources={site.source.id: site.source for site in world.sites.values()},
            almanac=almanac or load_almanac(),
        )
        launcher = PlayedLauncher(database, world, self.declared.almanac)
        carrier = Carrier(database, launcher, now=world.time, deadline_seconds=3600)
        limits = Limits(runs_at_once=100_000, runs_per_host=1)
        self.rounds = Rounds(
            database, carrier, lambda: self.declared, limits=limits, now=world.time
        )
        self.desk = Desk(now=world.time)
        self.inbox = Inbox(world)
        self.courier = Courier(database, [self.inbox], now=world.time)
        with database.begin() as session:
            for source_id in self.declared.sources if proved else ():
                standing.note_proved(session, source_id, by="probe", now=world.now)
        self.desk.begin(ticks.next_ticks(database, self.declared, now=world.now))
        self._events: list[tuple[datetime, str]] = []
        self._house_at = world.now
        self._coverage_at: datetime | None = None
        self._measured_on: date | None = None
        for source_id in self.declared.sources:
            self._plan(source_id)

    def run_until(self, end: datetime) -> None:
        """Let the time pass until ``end``."""
        while self._events:
            at, source_id = heapq.heappop(self._events)
            if at >= end:
                heapq.heappush(self._events, (at, source_id))
                break
            if at != self.desk.next_at(source_id):
                continue  # it was planned anew since
            while self._house_at < at:
                self.world.now = self._house_at
                self._keep_house()
                self._house_at += HOUSEKEEPING
            self.world.now = max(at, self.world.now)
            self._tick(source_id)
        self.world.now = end

    def _keep_house(self) -> None:
        self._work()
        now = self.world.now
        coverage = self._coverage_at is None or now - self._coverage_at >= COVERAGE
        self._coverage_at = now if coverage else self._coverage_at
        today = now.astimezone(SHANGHAI).date()
        outcomes, self._measured_on = today != self._measured_on, today
        keep_house(
            self.database,
            self.declared,
            now=now,
            digest_hour=8,
            coverage=coverage,
            outcomes=outcomes,
        )
        self.courier.deliver()

    def _tick(self, source_id: str) -> None:
        before = self.desk.next_at(source_id)
        source, now = self.declared.sources[source_id], self.world.now
        hastened = self.desk.take_hastened(source_id)
        plan, at = ticks.plan_tick(self.database, self.declared, source, now=now, hastened=hastened)
        self.desk.set_next(source_id, at)
        due = plan.step is Step.CRAWL
        if plan.step is Step.VERIFY:
            tried = tried_of(self.world.sites[source_id])
            at = ticks.enter_verification(self.database, self.declared, source, tried, now=now)
            self.desk.set_next(source_id, max(at, now + timedelta(minutes=1)))
        if plan.step is Step.PROBE:
            outcome = self._probe(self.world.sites[source_id], plan.known)
            due = outcome.changed or outcome.refusal is not None or plan.state.failures > 0
            at = ticks.enter_probe(self.database, self.declared, source, plan, outcome, now=now)
            self.desk.set_next(source_id, at)
            for other in self.desk.note_probe(source_id, outcome):
                self._plan(other)
        if due:
            self._work()
        if self.desk.next_at(source_id) <= before:
            raise AssertionError(f"{source_id} stands still at {before}")
        self._plan(source_id)

    def _work(self) -> None:
        """Start what is due, and judge what has ended."""
        for _ in range(2):
            settled = self.rounds.round()
            if any(one.flags for one in settled):
                self._coverage_at = None
            for other in self.desk.note_settled(settled):
                self._plan(other)
            for one in settled:
                self._plan(one.source_id)

    def _plan(self, source_id: str) -> None:
        heapq.heappush(self._events, (self.desk.next_at(source_id), source_id))

    def _probe(self, site: Site, known: Mapping[str, ProbePage]) -> ProbeOutcome:
        self.world.probes += 1
        url = site.source.entry_urls[0]
        if site.is_down(self.world.now):
            refusal = Refusal(
                url=url,
                kind=RequestKind.LISTING,
                refusal_class=RefusalClass.NETWORK,
                detail="no answer",
            )
            return ProbeOutcome(refusal=refusal, requests=1)
        count = site.published(self.world.now)
        digest = hashlib.sha256(f"{site.source.id} {count}".encode()).hexdigest()
        page = ProbePage(
            url=url, source_id=site.source.id, etag=None, last_modified=None,
            links_sha256=digest, probed_at=self.world.now,
        )  # fmt: skip
        before = known.get(url)
        return ProbeOutcome(
            pages=(page,), changed=before is None or before.links_sha256 != digest, requests=1
        )


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


def fixed_hourly(world: World, begin: datetime, end: datetime) -> int:
    """List pages that a crawl of every source at every full hour would ask for."""
    pages = 0
    for site in world.sites.values():
        at = begin
        while at < end:
            later = at + timedelta(hours=1)
            news = bisect_left(site.times, later) - bisect_left(site.times, at)
            pages += 1 + bool(news)
            at = later
    return pages


def median_minutes(delays: Iterable[timedelta]) -> float:
    """The median of ``delays``, in minutes."""
    return median(delay / timedelta(minutes=1) for delay in delays)
