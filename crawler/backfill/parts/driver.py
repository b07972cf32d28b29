"""A back-fill from planning to verdict: parts go out to be read, one process stores them.

The ledger says which parts are read, so that after any death - of a worker, of the engine, of
this process, of the database's connection - the same command goes on where it stood: parts
that were under way are read again, none is stored twice, for what is stored is known by its
address, its words and its day.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from crawler.backfill.parts.keeping import SOURCE_ID, Claim, Keeper, Progress, StoppedError
from crawler.backfill.parts.outcome import HARMLESS, Backfilled, backfill_verdict
from crawler.backfill.parts.part import Job, Part, PartResult
from crawler.backfill.parts.planning import Plan
from crawler.backfill.parts.pool import Engine, EngineLostError, LostPart
from crawler.backfill.parts.prefilter import Wanted
from crawler.rules import RULES_VERSION
from storage.engine.database import Database
from storage.errors import LeaseLostError, StorageError
from storage.records import RefusalClass, RunTrigger, Saved, Verdict, VerdictKind
from storage.runs import door, freeing, history, lease
from storage.runs import parts as ledger
from storage.runs.claimers import this_process
from storage.runs.parts import PartState

if TYPE_CHECKING:
    from crawler.sources.declaration import Source

logger = logging.getLogger(__name__)


def name_of(wanted: Wanted) -> str:
    """A name for what is asked of parts: other rules or other questions read them again."""
    asked = f"{RULES_VERSION}:{sorted(wanted.hosts)}:{wanted.since}:{wanted.until}"
    if wanted.pattern is not None:
        asked += f":{wanted.pattern}"
    return hashlib.sha256(asked.encode()).hexdigest()[:16]


def backfill(
    database: Database,
    plan: Plan,
    *,
    wanted: Wanted,
    sources: "Callable[[], Mapping[str, Source]]",
    engine: Callable[[], Engine],
    now: Callable[[], datetime],
    progress: Callable[[Progress], None] = lambda progress: None,
) -> Backfilled:
    """Read the parts that are not read yet, and store what they hold; what it came to.

    ``sources`` and ``engine`` are asked for only where a part is left to be read.  However it
    ends, its run ends with it.

    :raises SourceBusyError: when another back-fill began at this very moment.
    """
    name = name_of(wanted)
    with database.reading() as session:
        known = ledger.entries(session, [part.key for part in plan.parts], name)
    done = {key for key, entry in known.items() if entry.state is PartState.DONE}
    waiting = [part for part in plan.parts if part.key not in done]
    how_far = Progress(
        plan,
        before=len(done),
        bytes_before=sum(part.size for part in plan.parts if part.key in done),
    )
    declared = sources() if waiting else {}
    reading = engine() if waiting else None
    job = Job(wanted=wanted, sources=tuple(declared.values()), now=now())
    running = Keeper(
        database=database,
        job=job,
        sources=declared,
        run=_open_run(database, plan, wanted, now),
        progress=how_far,
        now=now,
        wanted=name,
    )
    try:
        stopped = _read_all(running, waiting, reading, progress) if reading else None
        came_to = _summed(running, plan, stopped)
        _finish(running, came_to.verdict)
    except LeaseLostError:
        raise  # whoever gave the run up has ended it
    except BaseException as error:  # the run's outermost shell: none may stay `running`
        words = f"ended by {type(error).__name__}: {error}".rstrip(": ")
        try:
            _finish(running, Verdict(kind=VerdictKind.FAILED, reason=words))
        except StorageError as refusal:
            logger.warning("run=%s could not be closed: %s", running.run.run_id, refusal)
        raise
    with database.reading() as session:
        return replace(came_to, run=history.get_run(session, running.run.run_id))


def _read_all(
    running: Keeper,
    parts: Sequence[Part],
    engine: Engine,
    progress: Callable[[Progress], None],
) -> str | None:
    """Read and store every part; why it was stopped, if it was."""
    try:
        with closing(engine.read(running.job, parts)) as outcomes:
            for outcome in outcomes:
                if isinstance(outcome, PartResult):
                    running.keep(outcome)
                elif isinstance(outcome, LostPart):
                    running.lose(outcome)
                running.beat()
                progress(running.progress)
    except StoppedError as stop:
        return stop.why
    except EngineLostError as error:
        return str(error)
    except KeyboardInterrupt:
        return "interrupted"
    return None


def _finish(running: Keeper, verdict: Verdict) -> None:
    with running.database.begin() as session:
        lease.finish_run(
            session,
            running.run.run_id,
            running.run.token,
            verdict,
            running.counts(),
            now=running.now(),
        )


def _open_run(database: Database, plan: Plan, wanted: Wanted, now: Callable[[], datetime]) -> Claim:
    """A claimed run; back-fills of this machine whose process has died are ended."""
    with database.begin() as session:
        freeing.free_dead(session, SOURCE_ID, now=now())
    with database.begin() as session:
        run_id, token = door.begin_run(
            session,
            SOURCE_ID,
            trigger=RunTrigger.IMPORT,
            owner=this_process(),
            now=now(),
            options={
                "parts": len(plan.parts),
                "bytes": plan.size,
                "hosts": list(wanted.hosts),
                **({"pattern": wanted.pattern} if wanted.pattern is not None else {}),
                "since": wanted.since.isoformat() if wanted.since else None,
                "until": wanted.until.isoformat() if wanted.until else None,
            },
        )
    return Claim(run_id, token)


def _summed(running: Keeper, plan: Plan, stopped: str | None) -> Backfilled:
    """The account of all parts of the plan, whichever run has read them."""
    with running.database.reading() as session:
        known = ledger.entries(session, [part.key for part in plan.parts], running.wanted)
    unwanted: Counter[str] = Counter()
    refused: Counter[RefusalClass] = Counter()
    for entry in known.values():
        unwanted.update(entry.unwanted)
        refused.update(entry.refused)
    by_file: dict[str, list[str]] = {}
    for entry in known.values():
        lost = [f"{n} {one.value}" for one, n in entry.refused.items() if one not in HARMLESS]
        if entry.problem:
            lost.append(entry.problem)
        if lost:
            by_file.setdefault(entry.path, []).extend(lost)
    saved = running.progress.outcomes
    came_to = Backfilled(
        run=None,
        parts=len(plan.parts),
        done_before=running.progress.before,
        failed=sum(entry.state is PartState.FAILED for entry in known.values()),
        members=sum(entry.members for entry in known.values()),
        read=sum(entry.read for entry in known.values()),
        unwanted=dict(unwanted.most_common()),
        refused=dict(sorted(refused.items())),
        new=saved[Saved.NEW] + saved[Saved.REPOST],
        changed=saved[Saved.CHANGED],
        same=saved[Saved.UNCHANGED],
        reposts=saved[Saved.REPOST],
        flags=running.progress.flags,
        verdict=Verdict(kind=VerdictKind.FAILED, reason=""),
        by_file=by_file,
    )
    return replace(came_to, verdict=backfill_verdict(came_to, plan, stopped))
