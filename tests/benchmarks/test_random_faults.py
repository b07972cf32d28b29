"""200 random faults over a week of eight sites: what is called complete lacks nothing.

Real child processes, the service's own rounds, housekeeping and courier; only the days are
played.  ``CPPCC_TEST_FAULTS`` changes the number, ``CPPCC_TEST_SEED`` the chance.  The account
is printed: what was planted and met, the verdicts, the incidents, the messages.
"""

import os
import random
import sqlite3
import threading
import time
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from crawler.sources.declaration import load_sources
from scheduler.alerts.delivery import Courier
from scheduler.alerts.messages import Notice
from scheduler.alerts.posting import ChannelError
from scheduler.carrying.carrier import Carrier
from scheduler.carrying.launcher import LocalLauncher
from scheduler.rhythm.almanac import load_almanac
from scheduler.service.declared import Declared
from scheduler.service.housekeeping import keep_house
from scheduler.service.rounds import Limits, Rounds
from storage.engine.database import Database, open_database
from storage.links import standing
from storage.links.sources import sync_sources
from storage.notices import flags, incidents
from storage.records import SHANGHAI, RunTrigger, VerdictKind
from storage.runs import door, history
from tests.benchmarks.faulty_site import DECLARED, OF_ANSWERS, Fault, FaultySite, Planted

FAULTS = int(os.environ.get("CPPCC_TEST_FAULTS", "200"))
SEED = int(os.environ.get("CPPCC_TEST_SEED", "20261128"))
NAMES = [f"site{letter}" for letter in "abcdefgh"]
REGIONS = ["云南", "广西", "四川", "贵州", "湖南", "湖北", "江西", "安徽"]
FIRST_DAY = date(2026, 1, 5)
DAYS = 7
ROUNDS_A_DAY = 2
DEADLINE_SECONDS = 240.0


class Inbox:
    """A channel that loses nothing, but may be lost itself."""

    name = "inbox"

    def __init__(self) -> None:
        self.lost = False
        self.refused = 0
        self.notices: list[Notice] = []

    def send(self, notice: Notice) -> None:
        """Keep it, or refuse."""
        if self.lost:
            self.refused += 1
            raise ChannelError("the channel is lost")
        self.notices.append(notice)


class Week:
    """The parts of one service on the played days."""

    def __init__(self, folder: Path, site: FaultySite) -> None:
        self.site, self.folder = site, folder
        self.day = FIRST_DAY
        sources = folder / "sources"
        sources.mkdir()
        for name, region in zip(NAMES, REGIONS, strict=True):
            (sources / f"{name}.toml").write_text(DECLARED.format(name=name, region=region))
        self.path = folder / "cppcc.db"
        self.database: Database = open_database(f"sqlite:///{self.path}")
        known = load_sources(sources)
        self.declared = Declared(
            sources={name: known[name] for name in NAMES}, almanac=load_almanac()
        )
        self.environment = {
            "CPPCC_DATABASE_URL": self.database.url,
            "CPPCC_SOURCES": str(sources),
            "CPPCC_VAR": str(folder),
            "http_proxy": site.proxy_url,
            "no_proxy": "",
            "CPPCC_MAX_DELAY_SECONDS": "0",
        }
        self.carrier = Carrier(
            self.database,
            LocalLauncher(folder / "logs", self.environment),
            now=self.now,
            deadline_seconds=DEADLINE_SECONDS,
            gives_back=True,
        )
        self.rounds = Rounds(
            self.database,
            self.carrier,
            lambda: self.declared,
            limits=Limits(runs_at_once=3),
            now=self.now,
        )
        self.inbox = Inbox()
        self.courier = Courier(self.database, [self.inbox], now=self.now)
        self.verdicts: Counter[str] = Counter()
        self.lost: list[str] = []
        with self.database.begin() as session:
            sync_sources(session, [one.record for one in known.values()], now=self.now())
            for name in NAMES:
                standing.note_proved(session, name, by="probe", now=self.now())

    def now(self) -> datetime:
        """The present, on the played day."""
        today = datetime.now(SHANGHAI)
        return today.replace(year=self.day.year, month=self.day.month, day=self.day.day)

    def begin_day(self, number: int) -> None:
        """The next day, and what the sites publish on it."""
        self.day = self.site.today = FIRST_DAY + timedelta(days=number)
        os.environ["CPPCC_TODAY"] = self.day.isoformat()  # the children's day too

    def crawl_all(self) -> None:
        """A run of each source, to its end; what is complete is checked against its site."""
        shown: dict[int, tuple[str, list[int]]] = {}
        for name in NAMES:
            with self.database.begin() as session:
                run_id = door.create_run(
                    session, name, trigger=RunTrigger.CLOCK, due_at=self.now(), now=self.now()
                )
            shown[run_id] = (name, self.site.listed(f"{name}.example"))
        waiting = set(shown)
        end = time.monotonic() + 900
        while waiting and time.monotonic() < end:
            try:
                for one in self.rounds.round():
                    waiting.discard(one.run_id)
            except Exception as error:  # as the service: tried again
                print("round:", type(error).__name__, error)
            time.sleep(0.2)
        assert not waiting, f"runs did not end: {waiting}"
        for run_id, (name, numbers) in shown.items():
            self._check(run_id, name, numbers)

    def _check(self, run_id: int, name: str, numbers: list[int]) -> None:
        with self.database.reading() as session:
            record = history.get_run(session, run_id)
            rows = session.connection().exec_driver_sql(
                "SELECT url, title FROM publications WHERE source_id = ?", (name,)
            )
            stored = {row.url: row.title for row in rows}
        kind = record.verdict.kind if record.verdict else None
        self.verdicts[kind.value if kind else record.state.value] += 1
        if kind is not VerdictKind.COMPLETE:
            return
        host = self.site.hosts[f"{name}.example"]
        for number in numbers:
            if stored.get(host.url(number)) != host.title(number):
                self.lost.append(f"run {run_id} of {self.day}: {host.url(number)}")

    def keep_house(self) -> None:
        """What the service does beside: coverage, alarms, messages."""
        keep_house(
            self.database, self.declared, now=self.now(), digest_hour=0, coverage=True,
            outcomes=True,
        )  # fmt: skip
        self.courier.deliver()


def lock_now_and_then(path: Path, spans: list[float], over: threading.Event) -> None:
    """Hold the database's write lock for each of these spans, in seconds."""
    for span in spans:
        over.wait(1.0)
        connection = sqlite3.connect(path, timeout=60, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        over.wait(span)
        connection.execute("ROLLBACK")
        connection.close()


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of this machine, and the day set back at the end."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CPPCC_TODAY", FIRST_DAY.isoformat())


@pytest.mark.bench
@pytest.mark.long
@pytest.mark.usefixtures("plain_environment")
def test_nothing_is_lost_under_complete(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    planted: list[Planted] = []
    of_ours: Counter[Fault] = Counter()
    begun = time.monotonic()
    with FaultySite(NAMES, FIRST_DAY, SEED) as site:
        week = Week(tmp_path, site)
        moments = DAYS * ROUNDS_A_DAY
        for moment in range(moments):
            day, half = divmod(moment, ROUNDS_A_DAY)
            if half == 0:
                week.begin_day(day)
            for name in NAMES:
                site.publish(f"{name}.example", chance.randint(1, 3))
            number = FAULTS * (moment + 1) // moments - FAULTS * moment // moments
            locks: list[float] = []
            week.inbox.lost = False
            for _ in range(number):
                fault = chance.choice(list(Fault))
                if fault is Fault.LOST_CHANNEL:
                    week.inbox.lost = True
                    of_ours[fault] += 1
                elif fault is Fault.LOCKED_DATABASE:
                    locks.append(chance.uniform(1.0, 6.0))
                    of_ours[fault] += 1
                else:
                    planted.append(_planted(chance, fault, week.day))
                    site.plant(planted[-1])
            over = threading.Event()
            locker = threading.Thread(target=lock_now_and_then, args=(week.path, locks, over))
            locker.start()
            try:
                week.crawl_all()
            finally:
                over.set()
                locker.join()
            week.keep_house()
            site.clear()
        week.inbox.lost = False
        for day in (DAYS, DAYS + 1):  # two days on which nothing is wrong
            week.begin_day(day)
            week.crawl_all()
            week.keep_house()
        _tell(week, planted, of_ours, time.monotonic() - begun)
        with week.database.reading() as session:
            raised = {f"flag:{one.id}" for one in flags.list_flags(session, limit=1000)}
            unresolved = incidents.unresolved_incidents(session)
            kept = session.connection().exec_driver_sql("SELECT count(*) FROM publications")
            stored = kept.scalar_one()
        published = sum(len(host.articles) for host in site.hosts.values())
        reviews = sum(
            host.is_review(number) for host in site.hosts.values() for number, _ in host.articles
        )
        told = {one.key for one in week.inbox.notices}
        print(f"published {published}, stored {stored}; reviews {reviews}, flags {len(raised)}, "
              f"undelivered {len(raised - told)}")  # fmt: skip
        week.database.close()
    assert week.lost == []
    assert stored == published
    # The hosts' n-th reviews are one story: the first is flagged, the others are copies of it.
    assert len(raised) == len({number for one in site.hosts.values() for number, _ in one.articles
                               if one.is_review(number)})  # fmt: skip
    assert raised <= told
    ours = [one for one in unresolved if one.source_id is not None]
    assert ours == [], [(one.subject, one.failure_class.value, one.reason) for one in ours]


def _planted(chance: random.Random, fault: Fault, today: date) -> Planted:
    assert fault in OF_ANSWERS
    paths = ["/list/", "/list/index.html", "/list/index_1", f"/{today:%Y}/", f"/{today:%Y/%m/%d}/"]
    if fault is Fault.SHIFTED_LIST:
        paths = ["/list/index.html", "/list/index_1"]
    elif fault not in (Fault.REPLACED_PAGE, Fault.DRIP):
        paths.append("/robots.txt")
    return Planted(
        host=f"{chance.choice(NAMES)}.example",
        path=chance.choice(paths),
        fault=fault,
        left=chance.choice([1, 1, 2, 4, 50]),
    )


def _tell(week: Week, planted: list[Planted], of_ours: Counter[Fault], seconds: float) -> None:
    number: Counter[Fault] = Counter(one.fault for one in planted) + of_ours
    met: Counter[Fault] = Counter(one.fault for one in planted if one.hits)
    hits: Counter[Fault] = Counter()
    for one in planted:
        hits[one.fault] += one.hits
    print(f"\nseed {SEED}, {number.total()} faults in {seconds:.0f} s")
    for fault in Fault:
        print(f"  {fault.value:16} planted {number[fault]:3}  met {met[fault]:3}"
              f"  answers {hits[fault]:4}")  # fmt: skip
    print("verdicts:", dict(week.verdicts))
    with week.database.reading() as session:
        all_of_them = incidents.list_incidents(session, unresolved=False, limit=1000)
    print("incidents:", dict(Counter(
        f"{one.failure_class.value} {one.state.value}" for one in all_of_them
        if one.source_id is not None
    )))  # fmt: skip
    print("messages:", dict(Counter(one.kind for one in week.inbox.notices)),
          f"refused by the lost channel: {week.inbox.refused}")  # fmt: skip
    print("lost under complete:", len(week.lost), *week.lost[:20], sep="\n  ")
