"""Makes a database of all regions and eight years for the console: `python -m ... FILE N`.

Made texts, no page of anybody: what counts is how many there are and that each has events,
figures, a committee and years.  Not a test: the benchmark and the screenshots stand on it.
"""

import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from crawler.sources.declaration import NATIONAL, REGIONS, load_sources
from storage.articles.saving import save_articles
from storage.engine.database import Database, open_database
from storage.links.sources import sync_sources
from storage.links.standing import note_proved
from storage.notices.decisions import accept_flag, dismiss_flag
from storage.notices.flags import FlagStatus, list_flags
from storage.notices.incidents import acknowledge_incident, list_incidents, open_incident
from storage.records import (
    SHANGHAI,
    Article,
    Capture,
    Committee,
    Event,
    Evidence,
    FailureClass,
    Figure,
    Genre,
    Level,
    Precision,
    Reading,
    RunCounts,
    RunTrigger,
    Verdict,
    VerdictKind,
)
from storage.runs.door import claim_run, create_run
from storage.runs.lease import finish_run
from storage.runs.watches import Watch, put_watch

YEARS = range(2018, 2026)
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=SHANGHAI)
BATCH = 250
DEEDS = (
    "提案办理", "专题协商", "民主监督", "委员学习", "社情民意", "界别活动",
    "基层协商", "对口帮扶", "调研视察", "文史资料", "港澳联谊", "机关建设",
)  # fmt: skip
KEYS = (
    ("proposals_filed", "立案提案", "件", 300, 900),
    ("reply_rate", "提案办复率", "%", 95, 100),
    ("consultations", "协商活动", "次", 6, 40),
    ("public_opinion_reports", "社情民意信息", "条", 400, 9000),
)
MISSING = {("甘肃", 2025), ("贵州", 2025), ("西藏", 2023), ("海南", 2019), ("新疆", 2025)}


def articles(number: int, seed: int = 7) -> Iterator[Article]:
    """Reviews and ten events of every region and year, then news until there are ``number``."""
    chance = random.Random(seed)
    made = 0
    for year in YEARS:
        for place, region in enumerate((NATIONAL, *REGIONS)):
            if (region, year) in MISSING:
                continue
            genres = [Genre.TEN_EVENTS if place % 3 else Genre.ANNUAL_REVIEW]
            genres += [Genre.WORK_REPORT] if place % 2 else []
            for genre in genres:
                yield _article(made, region, year, genre, chance)
                made += 1
    while made < number:
        region = chance.choice((NATIONAL, *REGIONS))
        genre = Genre.CPPCC_NEWS if made % 25 else Genre.ANNUAL_REVIEW
        yield _article(made, region, chance.choice(YEARS), genre, chance)
        made += 1


def _article(number: int, region: str, year: int, genre: Genre, chance: random.Random) -> Article:
    level = Level.NATIONAL if region == NATIONAL else Level.PROVINCIAL
    name = "全国政协" if region == NATIONAL else f"政协{region}委员会"
    noise = "".join(chr(0x4E00 + chance.randrange(8000)) for _ in range(120))
    url = f"https://made.example/{number}.html"
    if genre is Genre.CPPCC_NEWS:
        title = f"{region}政协召开第{number}次{chance.choice(DEEDS)}座谈会"
        text = f"{name}{year}年{chance.choice(DEEDS)}工作座谈会召开。\n{noise}"
        reading = Reading(genre=genre, score=0.8, rules_version="made", years=(year,),
                          committee=Committee(level=level, region=region, name=name))  # fmt: skip
    else:
        what = {Genre.TEN_EVENTS: "十件大事", Genre.ANNUAL_REVIEW: "工作综述",
                Genre.WORK_REPORT: "常委会工作报告"}[genre]  # fmt: skip
        title = (
            f"{name}{year}年{what}" if number < 600 else f"{region}政协{year}年{what}（{number}）"
        )
        text, events, figures = _body(year, noise, chance)
        reading = Reading(
            genre=genre,
            score=0.95,
            rules_version="made",
            years=(year,),
            committee=Committee(level=level, region=region, name=name),
            term=13,
            events=events if genre is Genre.TEN_EVENTS else (),
            figures=figures,
            evidence=(
                Evidence(about="genre", rule="title.subject", field="title",
                         span=(len(title) - len(what), len(title)), quote=what, weight=2.5),
                Evidence(about="genre", rule="text.theme", field="text", span=(0, 4),
                         quote=text[:4], weight=-0.5),
                Evidence(about="years", rule="title.year", field="title", span=(0, 4),
                         quote=str(year)),
            ),
        )  # fmt: skip
    at = datetime(year + 1, 1, 1 + number % 28, 9, number % 60, tzinfo=SHANGHAI)
    capture = Capture(url=url, fetched_at=at, status=200, headers=(), body=title.encode())
    return Article(
        url=url,
        title=title,
        text=text,
        published_at=at,
        published_precision=Precision.SECOND,
        outlet=f"{region}日报" if region != NATIONAL else "人民政协报",
        fetched_at=at,
        captures=(capture,),
        reading=reading,
    )


def _body(
    year: int, noise: str, chance: random.Random
) -> tuple[str, tuple[Event, ...], tuple[Figure, ...]]:
    text = f"{year}年，委员们走进山乡与车间，把群众的话带回会场。\n"
    events, figures = [], []
    for ordinal, deed in enumerate(chance.sample(DEEDS, 10), start=1):
        heading = f"{deed}迈出新步伐"
        key, metric, unit, low, high = KEYS[ordinal % len(KEYS)]
        value = chance.randint(low, high)
        sentence = f"全年{metric}{value}{unit}，比上年有所增加。"
        start = len(text)
        text += f"{ordinal}.{heading}\n{sentence}{noise[ordinal * 10 : ordinal * 10 + 12]}。\n"
        events.append(
            Event(ordinal=ordinal, heading=heading, body=sentence, span=(start, len(text)))
        )
        at = text.index(f"{value}{unit}", start)
        if ordinal <= len(KEYS):
            figures.append(
                Figure(metric=metric, value=float(value), unit=unit, sentence=sentence,
                       span=(at, at + len(f"{value}{unit}")), key=key, event=ordinal)
            )  # fmt: skip
    return text + noise, tuple(events), tuple(figures)


def build(path: Path, number: int) -> Database:
    """A fresh database at ``path`` with so many publications, runs, incidents, decisions."""
    database = open_database(f"sqlite:///{path}")
    ids = declare(database)
    batch: list[Article] = []
    for one in of_sources(articles(number), ids):
        batch.append(one)
        if len(batch) == BATCH:
            _save(database, batch)
            batch = []
    _save(database, batch)
    add_runs(database)
    add_decisions(database)
    return database


def declare(database: Database) -> list[str]:
    """The declared sources as a service has them: proved but the last eight, watched; their ids."""
    sources = load_sources()
    with database.begin() as session:
        sync_sources(session, [one.record for one in sources.values()], now=NOW)
        for source_id in list(sources)[: len(sources) - 8]:
            note_proved(session, source_id, by="probe", now=NOW)
        for source_id in sources:
            since = datetime(YEARS[0], 12, 1, tzinfo=SHANGHAI)
            put_watch(session, Watch(source_id=source_id, since=since))
    return list(sources)


def of_sources(made: Iterable[Article], ids: list[str]) -> Iterator[Article]:
    """The articles, shared out among the first sources in turn."""
    for number, one in enumerate(made):
        yield replace(one, source_id=ids[number % BATCH % len(ids)])


def _save(database: Database, batch: list[Article]) -> None:
    with database.begin() as session:
        save_articles(session, batch, now=NOW - timedelta(days=3), run_id=None)


def add_runs(database: Database) -> None:
    """Six ended runs of each of sixty sources, and nine incidents."""
    ids = list(load_sources())
    kinds = (VerdictKind.COMPLETE, VerdictKind.COMPLETE, VerdictKind.PARTIAL, VerdictKind.BLOCKED)
    for place, source_id in enumerate(ids[:60]):
        for look in range(6):
            at = NOW - timedelta(hours=6 * look + place % 5, minutes=place)
            with database.begin() as session:
                run = create_run(session, source_id, trigger=RunTrigger.CLOCK, due_at=at, now=at)
                token = claim_run(session, run, owner="made", now=at, lease_seconds=600) or 0
                kind = kinds[(place + look) % len(kinds)]
                counts = RunCounts(requested=30, accepted=28, refused=2, pages=3, articles_new=look)
                finish_run(session, run, token, Verdict(kind=kind, reason="made"), counts, now=at)
    with database.begin() as session:
        for place, source_id in enumerate(ids[:9]):
            failure = list(FailureClass)[place]
            open_incident(session, f"source:{source_id}", failure, reason="made", now=NOW,
                          source_id=source_id)  # fmt: skip
        acknowledge_incident(session, list_incidents(session)[0].id, now=NOW, note="老王")


def add_decisions(database: Database) -> None:
    """Some of the newest two hundred flags are accepted, some dismissed."""
    with database.begin() as session:
        for place, flag in enumerate(list_flags(session, status=FlagStatus.OPEN, limit=200)):
            if place % 7 == 3:
                accept_flag(session, flag.id, now=NOW, by="老王")
            elif place % 11 == 5:
                dismiss_flag(session, flag.id, why="半年盘点，不是年度", now=NOW, by="老王")


if __name__ == "__main__":
    build(Path(sys.argv[1]), int(sys.argv[2])).close()
