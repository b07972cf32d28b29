"""A simulated country: sources that publish, break and recover by plan, and its time."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from statistics import median

from crawler.sources.declaration import REGIONS, Source
from storage.records import (
    SHANGHAI,
)

KINDS = ("portal", "daily_epaper", "committee_site", "committee_paper")
PER_DAY = {"portal": 6.0, "daily_epaper": 3.0, "committee_site": 0.6, "committee_paper": 0.4}
HOURS = (7, 21)
REST = 0.75
"""Of the days that a source may be silent, so many it is at most: it is looked at now and then."""


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
