"""A back-fill ends with the same content whatever dies on the way, and each account closes."""

import gzip
from collections.abc import Generator, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crawler.backfill.parts import keeping
from crawler.backfill.parts.driver import backfill
from crawler.backfill.parts.keeping import Progress
from crawler.backfill.parts.part import Job, Part, PartAccount, PartResult
from crawler.backfill.parts.planning import plan_parts
from crawler.backfill.parts.pool import (
    LostPart,
    Outcome,
)
from crawler.backfill.parts.prefilter import Wanted
from crawler.sources.declaration import load_sources
from storage.engine.database import Database, open_database
from storage.publications.reading import list_publications
from storage.records import RefusalClass, VerdictKind
from storage.runs import pausing
from storage.runs.history import list_runs
from storage.runs.lease import request_cancel
from storage.runs.parts import covered_years
from storage.runs.states import RunState
from tests.crawler.backfill.archive.making import (
    answer,
    page,
    record,
    url_of,
)
from tests.crawler.backfill.parts.driving import NOW, Here, archives, contents, run


def test_the_account_closes_and_a_second_run_reads_nothing(
    database: Database, tmp_path: Path
) -> None:
    folder = archives(tmp_path)
    first = run(database, folder)
    assert first.verdict.kind is VerdictKind.COMPLETE
    assert (first.parts, first.members, first.read) == (4, 20, 8)
    assert first.unwanted == {"another subject": 4, "image/gif": 4, "request": 4}
    assert first.refused == {}
    assert (first.new, first.changed, first.same) == (8, 0, 0)
    assert first.run is not None
    assert first.run.state is RunState.FINISHED
    with database.reading() as session:
        assert len(list_publications(session)) == 8
        assert covered_years(session) == {"": {2018: 1, 2019: 1, 2020: 1, 2021: 9}}

    engine = Here()
    again = run(database, folder, engine=engine, seconds=1)
    assert engine.read_parts == 0
    assert again.verdict.kind is VerdictKind.COMPLETE
    assert (again.new, again.changed, again.same, again.done_before) == (0, 0, 0, 4)
    assert (again.members, again.read) == (20, 8), "the account is of all parts"
    moved = tmp_path / "moved"
    moved.mkdir()
    (tmp_path / "a1.warc.gz").rename(moved / "b.warc.gz")
    assert run(database, moved, engine=engine, seconds=2).done_before == 1


def test_an_engine_that_is_lost_is_begun_again(tmp_path: Path) -> None:
    folder = archives(tmp_path)
    whole = open_database(f"sqlite:///{tmp_path / 'whole.db'}")
    run(whole, folder)
    broken = open_database(f"sqlite:///{tmp_path / 'broken.db'}")
    lost = run(broken, folder, engine=Here(dies_at=2))
    assert lost.verdict.kind is VerdictKind.PARTIAL
    assert "the cluster is gone" in lost.verdict.reason
    engine = Here()
    again = run(broken, folder, engine=engine, seconds=1)
    assert again.verdict.kind is VerdictKind.COMPLETE
    assert engine.read_parts == 2, "only what was not read"
    assert contents(broken) == contents(whole)
    whole.close()
    broken.close()


def test_parts_may_come_in_any_order(tmp_path: Path) -> None:
    class Backwards(Here):
        def read(self, job: Job, parts: Iterable[Part]) -> Generator[Outcome]:
            yield from super().read(job, list(parts)[::-1])

    old, new = tmp_path / "old", tmp_path / "new"
    for folder, words, day in (
        (old, "初稿", "2019-01-25T02:00:00Z"),
        (new, "定稿", "2021-01-25T02:00:00Z"),
    ):
        folder.mkdir()
        body = page(1).replace("建言献策".encode(), words.encode())
        one = record(answer(body), url=url_of(1), date=day)
        (folder / "a.warc.gz").write_bytes(gzip.compress(one))
    found = []
    for name, engine in (("forwards", Here()), ("backwards", Backwards())):
        database = open_database(f"sqlite:///{tmp_path / name}.db")
        came_to = run(database, old, new, engine=engine)
        assert (came_to.new, came_to.changed) == (1, 1)
        found.append(contents(database))
        database.close()
    assert found[0] == found[1]
    assert ["初稿" in str(row[3]) for row in found[0]] == [True, False]


def test_hosts_and_days_bound_what_is_read(database: Database, tmp_path: Path) -> None:
    folder = archives(tmp_path)
    nothing = run(database, folder, wanted=Wanted(hosts=("other.example",)))
    assert nothing.verdict.kind is VerdictKind.EMPTY_UNEXPECTED
    assert nothing.unwanted["another host"] == 12
    few = run(database, folder, wanted=Wanted(pattern=r"/w\d+\.html$"), seconds=2)
    assert (few.unwanted["another address"], few.unwanted["another subject"]) == (8, 4)
    assert few.done_before == 0, "it is another question than the one before"
    some = run(
        database,
        folder,
        wanted=Wanted(until=date(2020, 12, 31)),
        seconds=1,
    )
    assert (some.read, some.done_before) == (3, 0), "another question reads again"
    assert some.unwanted["another day"] == 9


def test_what_is_damaged_makes_it_partial(database: Database, tmp_path: Path) -> None:
    folder = archives(tmp_path)
    path = folder / "a1.warc.gz"
    path.write_bytes(path.read_bytes()[:-40])
    came_to = run(database, folder)
    assert came_to.verdict.kind is VerdictKind.PARTIAL
    assert came_to.refused == {RefusalClass.TRUNCATED: 1}
    assert came_to.members == came_to.read + sum(came_to.unwanted.values()) + 1


def test_a_part_that_nobody_survives_costs_itself(database: Database, tmp_path: Path) -> None:
    class Deadly(Here):
        def read(self, job: Job, parts: Iterable[Part]) -> Generator[Outcome]:
            first, *rest = parts
            yield LostPart(first, "4 workers died of it")
            yield from super().read(job, rest)

    folder = archives(tmp_path)
    came_to = run(database, folder, engine=Deadly())
    assert (came_to.failed, came_to.new) == (1, 6)
    assert came_to.verdict.kind is VerdictKind.PARTIAL
    assert "1 parts could not be read" in came_to.verdict.reason
    again = run(database, folder, seconds=1)
    assert (again.done_before, again.failed, again.new) == (3, 0, 2), "it is tried again"
    assert again.verdict.kind is VerdictKind.COMPLETE


def test_a_cancelled_back_fill_stops_and_goes_on(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.backfill.parts.keeping.BEAT_SECONDS", 0.0)
    folder = archives(tmp_path)
    wanted = Wanted()

    def cancel(progress: Progress) -> None:
        with database.begin() as session:
            request_cancel(session, list_runs(session)[0].id, now=NOW)

    stopped = backfill(
        database, plan_parts([folder], wanted), wanted=wanted, sources=dict, engine=Here,
        now=lambda: NOW, progress=cancel,
    )  # fmt: skip
    assert stopped.verdict.kind is VerdictKind.PARTIAL
    assert stopped.verdict.reason.startswith("cancelled")
    assert 0 < stopped.new < 8
    assert run(database, folder, seconds=1).verdict.kind is VerdictKind.COMPLETE


def test_where_nothing_is_left_neither_sources_nor_workers_are_asked_for(
    database: Database, tmp_path: Path
) -> None:
    folder = archives(tmp_path)

    def nobody() -> Any:
        raise AssertionError("there is nothing to read")

    first = run(database, folder)
    plan, later = plan_parts([folder], Wanted()), NOW + timedelta(seconds=1)
    again = backfill(
        database, plan, wanted=Wanted(), sources=nobody, engine=nobody, now=lambda: later
    )
    assert (again.read, again.new, again.verdict.kind) == (first.read, 0, first.verdict.kind)


def test_a_record_that_is_nowhere_is_said(database: Database, tmp_path: Path) -> None:
    class Forgetful(Here):
        def read(self, job: Job, parts: Iterable[Part]) -> Generator[Outcome]:
            for part in parts:
                yield PartResult(part=part, account=PartAccount(members=3, read=1))

    came_to = run(database, archives(tmp_path, files=1), engine=Forgetful())
    assert came_to.refused == {RefusalClass.OURS: 2}
    assert came_to.verdict.kind is VerdictKind.PARTIAL


def test_an_error_of_ours_leaves_no_running_run(database: Database, tmp_path: Path) -> None:
    class Broken(Here):
        def read(self, job: Job, parts: Iterable[Part]) -> Generator[Outcome]:
            yield None
            raise MemoryError

    with pytest.raises(MemoryError):
        run(database, archives(tmp_path), engine=Broken())
    with database.reading() as session:
        (record_,) = list_runs(session)
    assert record_.state is RunState.FINISHED
    assert record_.verdict is not None
    assert "MemoryError" in record_.verdict.reason


def test_a_missing_file_is_said(database: Database, tmp_path: Path) -> None:
    folder = archives(tmp_path, files=1)
    plan = plan_parts([folder], Wanted())
    gone = replace(plan.parts[0], path=str(tmp_path / "gone.warc.gz"), key="gone")
    plan = replace(plan, parts=(*plan.parts, gone))
    came_to = backfill(
        database, plan, wanted=Wanted(), sources=dict, engine=Here, now=lambda: NOW
    )  # fmt: skip
    assert came_to.verdict.kind is VerdictKind.PARTIAL
    assert came_to.failed == 1


def test_a_connection_that_the_server_ends_costs_nothing(
    database: Database, tmp_path: Path
) -> None:
    """PostgreSQL started anew between two parts; SQLite has no connection to lose."""
    if database.engine.dialect.name != "postgresql":
        # Runs on PostgreSQL alone, where a server is given, so in CI.
        pytest.skip("SQLite has no server: it runs on PostgreSQL alone, so in CI")

    class Unplugged(Here):
        def read(self, job: Job, parts: Iterable[Part]) -> Generator[Outcome]:
            for outcome in super().read(job, parts):
                with database.reading() as session:
                    session.execute(
                        text(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                        )
                    )
                yield outcome

    came_to = run(database, archives(tmp_path), engine=Unplugged())
    assert came_to.verdict.kind is VerdictKind.COMPLETE
    assert came_to.new == 8


def test_a_paused_backfill_waits_alive_and_goes_on(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = archives(tmp_path)
    monkeypatch.setattr(keeping, "BEAT_SECONDS", 0.0)
    waited: list[bool] = []

    def open_run() -> int:
        with database.reading() as session:
            return list_runs(session)[0].id

    def pause(progress: Progress) -> None:
        if progress.parts == 1 and not waited:
            with database.begin() as session:
                pausing.pause_backfill(session, open_run(), now=NOW)

    def wait(seconds: float) -> None:
        """What the back-fill does while it waits: here somebody resumes it."""
        with database.begin() as session:
            waited.append(list_runs(session)[0].state is RunState.RUNNING)
            if len(waited) == 3:
                pausing.resume_backfill(session, list_runs(session)[0].id)

    monkeypatch.setattr(keeping, "sleep", wait)
    came_to = backfill(
        database, plan_parts([folder], Wanted()), wanted=Wanted(),
        sources=lambda: load_sources(None), engine=Here, now=lambda: NOW, progress=pause,
    )  # fmt: skip
    assert waited == [True] * 3
    assert came_to.verdict.kind is VerdictKind.COMPLETE
