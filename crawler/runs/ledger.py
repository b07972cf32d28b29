"""One run's hold on the database: its lease, and everything that it writes.

The spider asks here what is known, the pipelines store here, the extension beats and closes
here.  Each write checks the lease first, in the same transaction: a run that was given up
for dead and taken over cannot write any more (its token is old).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime

from crawler.runs.account import Account
from storage.articles.saving import SaveOutcome, save_articles
from storage.engine.database import Database
from storage.links import discoveries
from storage.links.discoveries import KnownLink
from storage.links.list_heads import ListHead, get_list_head, put_list_head
from storage.records import Article, Link, Refusal, RequestKind, RunCounts, Saved, Verdict
from storage.runs import lease
from storage.runs.history import RunRecord, last_complete_run
from storage.runs.lease import LEASE_SECONDS
from storage.runs.states import LeaseState
from storage.runs.totals import (
    Judged,
    days_read,
    issues_read,
    last_judged,
    last_looked_behind,
    put_totals,
    settled_totals,
)


class RunLedger:
    """Reads and writes of one claimed run; every method is one transaction."""

    def __init__(
        self,
        database: Database,
        *,
        source_id: str,
        run_id: int,
        token: int,
        now: Callable[[], datetime],
    ) -> None:
        self.database = database
        self.source_id = source_id
        self.run_id = run_id
        self.token = token
        self.now = now
        self.saved: Counter[Saved] = Counter()
        self.flags = 0
        with database.reading() as session:
            self.last_complete: RunRecord | None = last_complete_run(session, source_id, now=now())

    def known(self, urls: Sequence[str]) -> dict[str, KnownLink]:
        """What is known of canonical ``urls``; unknown ones are left out."""
        with self.database.reading() as session:
            return discoveries.known_links(session, self.source_id, urls)

    def judged(self, walk: str) -> Judged | None:
        """The last run that read a list to its end, or named a gap in it."""
        with self.database.reading() as session:
            return last_judged(session, self.source_id, walk, now=self.now())

    def looked_behind(self, walk: str) -> datetime | None:
        """When a run last read a list on behind what was known; None before there was one."""
        with self.database.reading() as session:
            return last_looked_behind(session, self.source_id, walk, now=self.now())

    def days_read(self, since: date) -> dict[date, datetime]:
        """Days from ``since`` on of whose issue nothing was left open, and when that was seen."""
        with self.database.reading() as session:
            return days_read(session, self.source_id, since=since, now=self.now())

    def issues_read(self) -> dict[str, datetime]:
        """Issues (names of their walks) that a run read as a whole, and when one first did."""
        with self.database.reading() as session:
            return issues_read(session, self.source_id, now=self.now())

    def due(self, limit: int) -> list[KnownLink]:
        """Links of this source whose next check is due, the longest overdue first."""
        with self.database.reading() as session:
            return discoveries.due_links(session, self.source_id, now=self.now(), limit=limit)

    def listed_days(self, since: date) -> tuple[date, ...]:
        """The days from ``since`` on, and the oldest and newest of all, that it ever listed."""
        with self.database.reading() as session:
            return discoveries.listed_days(session, self.source_id, since)

    def list_head(self, url: str) -> ListHead | None:
        """The first page of a list as it was last believed."""
        with self.database.reading() as session:
            return get_list_head(session, url)

    def believe(self, head: ListHead) -> None:
        """Keep the first page of a list, to hold the next reading against."""
        with self.database.begin() as session:
            lease.hold_lease(session, self.run_id, self.token)
            put_list_head(session, head)

    def meet(self, links: Sequence[Link]) -> dict[str, KnownLink]:
        """Enter the links of a list page, before any of them is fetched.

        What was known of each before, by canonical URL; unknown ones are left out.
        """
        with self.database.begin() as session:
            lease.hold_lease(session, self.run_id, self.token)
            return discoveries.record_links(
                session, self.source_id, links, now=self.now(), run_id=self.run_id
            )

    def refuse(self, refusal: Refusal) -> None:
        """Enter a refused request; storage counts a known article that is not there as missing."""
        with self.database.begin() as session:
            lease.hold_lease(session, self.run_id, self.token)
            discoveries.record_refusal(
                session, refusal, source_id=self.source_id, run_id=self.run_id, now=self.now()
            )

    def save(
        self, batch: Sequence[Article], *, captured: bool = False, past: bool = False
    ) -> list[SaveOutcome]:
        """Store ``batch`` in one transaction.

        ``captured`` ones were seen at their own times, ``past`` ones are of years gone by.
        """
        with self.database.begin() as session:
            lease.hold_lease(session, self.run_id, self.token)
            outcomes = save_articles(
                session, batch, now=self.now(), run_id=self.run_id, captured=captured, past=past
            )
        self.saved.update(outcome.saved for outcome in outcomes)
        self.flags += sum(outcome.flag_id is not None for outcome in outcomes)
        return outcomes

    def counts(self, account: Account) -> RunCounts:
        """The run's numbers so far."""
        return RunCounts(
            requested=sum(account.asked.values()) - account.withdrawn,
            accepted=sum(account.accepted.values()),
            refused=len(account.refusals),
            refused_by_class=tuple(sorted(account.refused_by_class.items())),
            pages=sum(account.accepted.values()),
            articles_new=self.saved[Saved.NEW],
            articles_changed=self.saved[Saved.CHANGED],
            articles_unchanged=self.saved[Saved.UNCHANGED],
            reposts=self.saved[Saved.REPOST],
            flags=self.flags,
        )

    def beat(self, account: Account) -> LeaseState:
        """Say that the run lives, and how far it is; learn whether it should stop."""
        with self.database.begin() as session:
            return lease.heartbeat(
                session,
                self.run_id,
                self.token,
                now=self.now(),
                lease_seconds=LEASE_SECONDS,
                counts=self.counts(account),
            )

    def finish(self, account: Account, verdict: Verdict) -> None:
        """Close the run with its verdict and its control totals."""
        refusals = {
            refusal.url: refusal.refusal_class
            for refusal in account.refusals
            if refusal.kind is RequestKind.ARTICLE
        }
        with self.database.begin() as session:
            put_totals(
                session,
                self.run_id,
                [
                    settled_totals(
                        session, self.source_id, walk.totals, sorted(walk.shown), refusals
                    )
                    for walk in account.walks.values()
                ],
            )
            lease.finish_run(
                session,
                self.run_id,
                self.token,
                verdict,
                self.counts(account),
                now=self.now(),
            )
