"""What is wrong with this installation, in words: for `cppcc doctor` and the console."""

import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from crawler.errors import DeclarationError
from crawler.sources.declaration import Source, load_sound_sources
from scheduler.alerts.messages import DELIVERED_KINDS
from scheduler.backups import last_backup
from scheduler.config import Config, ConfigError, load_config
from scheduler.health import alarm
from scheduler.health.fleet import STALE
from scheduler.rhythm.almanac import AlmanacError, load_almanac
from storage.engine import database, services
from storage.engine.reader import open_reader
from storage.engine.services import ServiceBeat
from storage.errors import StorageError
from storage.links.standing import all_standings
from storage.migrations import HEAD
from storage.notices import incidents, outbox
from storage.notices.incidents import Incident
from storage.publications.reading import last_id
from storage.records import SHANGHAI, SOUND_KINDS, FailureClass, SourceState
from storage.runs import history

MIN_FREE_BYTES = 1 << 30  # a backup and a day of crawls fit in
CLOCK_SLACK = timedelta(minutes=5)  # what hosts' clocks differ by anyway
MESSAGE_SLACK = timedelta(hours=1)  # the longest pause between two tries of a delivery
BACKUP_AGE = timedelta(days=7)
"""What may be lost at most: a backup is a minute's work for a timer."""
RUN_SLACK = timedelta(hours=1)
"""A run that was due or beat last so long ago has nobody who carries it."""
LAST_OPENINGS = 6
LOOK_SECONDS = 5.0
WHOLE_SECONDS = 300.0
"""For the questions of one check to a large database."""
MEASURED = 50_000
"""Publications whose days are counted and compared in half a second."""
MAX_NAMES = 8
"""So many names stand in a line for people; `cppcc sources list` has them all."""
ANNOUNCED = (12, 1, 2)
"""Months in which a deployment should know the year's opening days, or learn them."""

State = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at, and what to do about it."""

    subject: str
    state: State
    words: str


def examine(given: Config | None = None, *, whole: bool = False) -> Iterator[Check]:
    """Every check, in the order in which one rests on the other.

    ``given`` are the settings, those of this process by default.  Without ``whole`` the
    database's file is not read from end to end, which takes minutes where it is large, nor is
    a large database's content measured against what is usual.
    """
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Check("python", "ok" if sys.version_info >= (3, 11) else "wrong", version)
    try:
        config = given or load_config()
    except ConfigError as error:
        yield Check("settings", "wrong", str(error))
        return
    try:
        name = database.shown_url(config.database_url)
    except StorageError as error:
        yield Check("settings", "wrong", f"CPPCC_DATABASE_URL: {error}")
        return
    yield Check("settings", "ok", f"database {name}")
    if config.today is not None or config.max_delay_seconds is not None:
        yield Check(
            "settings",
            "warning",
            "CPPCC_TODAY or CPPCC_MAX_DELAY_SECONDS is set: for the small internet, not live sites",
        )
    sources: dict[str, Source] = {}
    yield from _declarations(config, sources)
    yield from _calendar(config, sources)
    yield _channels(config)
    yield _disk(config)
    problems = database.check(config.database_url) if whole else _unreadable(config)
    for problem in problems:
        yield Check("database", "wrong", problem)
    if problems:
        return
    if why := database.why_not_writable(config.database_url):
        yield Check("database", "wrong", why)
    else:
        words = "schema up to date, writable"
        yield Check("database", "ok", f"{words}, every page sound" if whole else words)
    yield from _of_service(config)
    yield from _backup(config)
    yield from _last_runs(config, sources)
    yield from _outcomes(config, sources, whole=whole)


def _declarations(config: Config, sources: dict[str, Source]) -> Iterator[Check]:
    """What is declared, which goes into ``sources``: reading it is half of what all checks cost."""
    try:
        sound, broken = load_sound_sources(config.sources)
        sources.update(sound)
    except DeclarationError as error:
        yield Check("declarations", "wrong", str(error))
        return
    for wrong in broken:
        yield Check("declarations", "wrong", f"{wrong}; this source is left out, or as it was")
    yield Check("declarations", "ok", f"{len(sources)} sources")


def _calendar(config: Config, sources: Mapping[str, Source]) -> Iterator[Check]:
    try:
        calendar = load_almanac(config.calendar).calendar
    except AlmanacError as error:
        yield Check("calendar", "wrong", str(error))
        return
    if sources and (unknown := sorted(calendar.rhythms.keys() - sources.keys())):
        words = f"a rhythm is set for what is not declared, so for nothing: {', '.join(unknown)}"
        yield Check("calendar", "warning", words)
    today = config.now().date()
    year = today.year + (today.month > LAST_OPENINGS)
    known = sum(opening == year for _, opening in calendar.openings)
    words = f"{known} opening days known for {year}"
    if not known and today.month in ANNOUNCED:
        words += ": add them to the file of CPPCC_CALENDAR"
    state: State = "ok" if known or today.month not in ANNOUNCED else "warning"
    yield Check("calendar", state, words)


def _channels(config: Config) -> Check:
    from scheduler.alerts.channels import open_channels  # httpx, for this command alone
    from scheduler.alerts.posting import ChannelError

    try:
        found = open_channels(config.channels.get_secret_value(), var=config.var, now=config.now)
    except ChannelError as error:
        return Check("channels", "wrong", f"CPPCC_CHANNELS: {error}")
    names = ", ".join(channel.name for channel in found)
    if not config.channels.get_secret_value():
        words = f"only {config.var / 'alerts.txt'}: CPPCC_CHANNELS names none"
        return Check("channels", "warning", words)
    return Check("channels", "ok", names)


def _of_service(config: Config) -> Iterator[Check]:
    """The clock against the newest rows, messages that wait, incidents that are open."""
    now = config.now()
    with _reading(config) as session:
        beats = services.at_work(session, now=datetime.now(UTC))
        newest = history.list_runs(session, limit=1)
        waiting = outbox.backlog(session, DELIVERED_KINDS)
        unresolved = incidents.list_incidents(session)
        silent = [
            run
            for run in history.open_runs(session)
            if now - (run.heartbeat_at or run.due_at) > RUN_SLACK
        ]
    yield _service(beats)
    ahead = newest[0].created_at - now if newest else timedelta(0)
    if ahead > CLOCK_SLACK:
        words = f"{now:%Y-%m-%d %H:%M} is before the newest run: it, or its past, is wrong"
        yield Check("clock", "wrong", words)
    else:
        yield Check("clock", "ok", f"{now:%Y-%m-%d %H:%M} in Asia/Shanghai")
    if waiting.oldest_at is not None and now - waiting.oldest_at > MESSAGE_SLACK:
        words = f"{waiting.messages} wait since {_moment(waiting.oldest_at)}"
        error = f"; {waiting.last_error}" if waiting.last_error else "; is `cppcc run` running?"
        yield Check("messages", "warning", words + error)
    elif waiting.last_error is not None:
        yield Check("messages", "warning", f"{waiting.messages} wait; {waiting.last_error}")
    else:
        yield Check("messages", "ok", f"{waiting.messages} waiting")
    if silent:
        words = f"{len(silent)} open without a sign of life, the first is {silent[0].id} of "
        words += f"{silent[0].source_id}; `cppcc run` frees and carries them"
        yield Check("runs", "warning", words)
    if unresolved:
        words = f"{len(unresolved)} unresolved; `cppcc incidents list`"
        yield Check("incidents", "warning", words)


def _backup(config: Config) -> Iterator[Check]:
    """How old the last backup is; of a database that is in use, one should be there."""
    if database.sqlite_file(config.database_url) is None:
        return  # its own tools note nothing here
    now, found = config.now(), last_backup(config)
    if found is not None:
        words = f"{found.path}, {_moment(found.at)}"
        if not found.there:
            yield Check(
                "backup", "warning", f"the last one, {words}, is not there any more as it was made"
            )
        elif now - found.at > BACKUP_AGE:
            days = (now - found.at).days
            yield Check("backup", "warning", f"the last one is {days} days old: {words}")
        else:
            yield Check("backup", "ok", words)
        return
    with _reading(config) as session:
        first = history.first_created_at(session)
    if first is not None and now - first > BACKUP_AGE:
        words = "none was made here yet; `cppcc db backup FILE` makes one while all goes on"
        yield Check("backup", "warning", words)
    else:
        yield Check("backup", "ok", "none yet; the database is younger than a week")


def _service(beats: list[ServiceBeat]) -> Check:
    """Whether a service is at work, and knows the schema that the database has."""
    if not beats:
        return Check("service", "warning", "none is at work here; `cppcc run` begins one")
    names = ", ".join(one.name for one in beats)
    strangers = [one.name for one in beats if one.schema_revision != HEAD]
    if strangers:
        words = f"{', '.join(strangers)} knows another schema than this program: restart it"
        return Check("service", "wrong", words)
    return Check("service", "ok", f"{names} at work")


def _disk(config: Config) -> Check:
    file = database.sqlite_file(config.database_url)
    folder = config.var if file is None else file.parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    state: State = "ok" if free >= MIN_FREE_BYTES else "wrong"
    return Check("disk", state, f"{free / 2**30:.1f} GiB free at {folder.resolve()}")


def _last_runs(config: Config, sources: Mapping[str, Source]) -> Iterator[Check]:
    with _reading(config) as session:
        newest = history.latest_with_verdict(session)
        states = {name: one.state for name, one in all_standings(session, sources).items()}
    counts = Counter(states[name] for name in sources)
    words = ", ".join(f"{counts[state]} {state.value}" for state in SourceState)
    watched = [name for name in sources if states[name] is SourceState.VERIFIED]
    yield Check("sources", "ok" if watched else "warning", f"{words}; `cppcc sources list`")
    never = [name for name in watched if name not in newest]
    if never:
        yield Check("runs", "warning", f"verified, and no crawl has ended: {_some(never)}")
    stale: list[str] = []
    sound = bool(watched)
    for name in sources:
        record = newest.get(name)
        if record is None or record.verdict is None:
            continue
        if record.verdict.kind not in SOUND_KINDS:
            sound = False
            yield Check(
                "runs",
                "warning",
                f"{name}: {record.verdict.kind.value} ({record.verdict.reason}); "
                f"`cppcc runs show {record.id}`",
            )
        if name in watched and record.finished_at and config.now() - record.finished_at > STALE:
            stale.append(name)
    if stale:
        days = STALE.days
        yield Check("runs", "warning", f"watched and not crawled for {days} days: {_some(stale)}")
    if sound and not never:
        yield Check("runs", "ok", "the last verdict on every watched source is sound")


def _some(names: list[str]) -> str:
    """The first names of many, and how many more there are."""
    more = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f" and {more} more" if more > 0 else "")


def _outcomes(config: Config, sources: Mapping[str, Source], *, whole: bool) -> Iterator[Check]:
    """What the tables hold of each proved source, whatever its runs said.

    Of a large database it is what the service measured last, and said to be that.
    """
    with _reading(config) as session:
        if not whole and last_id(session) > MEASURED:
            works = bool(services.at_work(session, now=datetime.now(UTC)))
            yield from _told_outcomes(incidents.unresolved_incidents(session), measured=works)
            return
        found = alarm.alarms(session, sources, now=config.now())
    for one in found:
        yield Check("outcome", "warning", f"{one.source_id}: {one.words}")
    if not found:
        yield Check("outcome", "ok", "no proved source holds less than it should")


def _told_outcomes(unresolved: Sequence[Incident], *, measured: bool) -> Iterator[Check]:
    """``measured``: a service is at work, which measures once a day."""
    told = [one for one in unresolved if one.failure_class is FailureClass.OUTCOME]
    for one in told:
        yield Check("outcome", "warning", f"{one.source_id}: {one.reason}")
    yield Check(
        "outcome",
        "ok" if measured and not told else "warning",
        f"{len(told)} open incidents, as the service finds once a day"
        + ("" if measured else "; none is at work")
        + f"; not measured now, since more than {MEASURED} publications are stored: "
        "`cppcc doctor --deep`",
    )


@contextmanager
def _reading(config: Config) -> Iterator[Session]:
    """A look into the database, whose connections are given back after it.

    By a reader, whose cache is small: the console stays so too.
    """
    reader = open_reader(config.database_url, seconds=WHOLE_SECONDS)
    with closing(reader), reader.reading() as session:
        yield session


def _unreadable(config: Config) -> list[str]:
    try:
        open_reader(config.database_url, seconds=LOOK_SECONDS).close()
    except StorageError as error:
        return [str(error)]
    return []


def _moment(value: datetime) -> str:
    return value.astimezone(SHANGHAI).strftime(f"%Y-%m-%d %H:%M:%S {SHANGHAI.key}")
