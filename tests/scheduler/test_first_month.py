"""A first month with declarations of which a third are wrong: who is told what, and when."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from crawler.sources.declaration import Source, load_sources
from storage.engine.database import Database, open_database
from storage.links.standing import all_standings
from storage.records import SHANGHAI, SourceState
from tests.scheduler.simulation import Simulation
from tests.scheduler.world import world_of

BEGIN = datetime(2026, 10, 1, tzinfo=SHANGHAI)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What came of it: messages by day and by kind, and what the digests left out."""

    sources: int
    wrong: Counter[str]
    digests_a_day: int
    kinds: Counter[str]
    not_named: tuple[str, ...]  # wrong, and not in a digest of the first week
    wrongly_watched: tuple[str, ...]
    not_watched: tuple[str, ...]  # right, and not proved
    first_digest: str


def first_month(database: Database, sources: Iterable[Source], days: int) -> Month:
    """Let so many days pass from a first start on."""
    world = world_of(sources, BEGIN, days + 1, busy=0.3)
    simulation = Simulation(database, world, proved=False)
    simulation.run_until(BEGIN + timedelta(days=days))
    digests = simulation.inbox.of("digest")
    early = " ".join(notice.body for at, notice in digests if at - BEGIN <= WEEK)
    named = set(re.findall(r"[a-z0-9_]+", early))
    wrong = {name: site.wrong for name, site in world.sites.items() if site.wrong is not None}
    with database.reading() as session:
        proved = {
            one.source_id
            for one in all_standings(session).values()
            if one.state is SourceState.VERIFIED
        }
    return Month(
        sources=len(world.sites),
        wrong=Counter(way.value for way in wrong.values()),
        digests_a_day=max(Counter(at.date() for at, _ in digests).values(), default=0),
        kinds=Counter(notice.kind for _, notice in simulation.inbox.notices),
        not_named=tuple(sorted(wrong.keys() - named)),
        wrongly_watched=tuple(sorted(wrong.keys() & proved)),
        not_watched=tuple(sorted(world.sites.keys() - wrong.keys() - proved)),
        first_digest=digests[0][1].body if digests else "",
    )


def test_a_third_is_wrong_and_each_is_named_without_a_storm(tmp_path: Path) -> None:
    chosen = list(load_sources().values())[::18]
    month = first_month(open_database(f"sqlite:///{tmp_path / 'cppcc.db'}"), chosen, 2)
    assert sum(month.wrong.values()) == len(chosen) // 3
    assert month.digests_a_day == 1
    assert month.kinds["digest"] == 2
    assert set(month.kinds) == {"digest"}, "a claim that fails is no incident"
    assert month.not_named == month.wrongly_watched == month.not_watched == ()
