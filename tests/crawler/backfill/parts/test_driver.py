"""A back-fill ends with the same content whatever dies on the way, and each account closes."""

import gzip
import os
import signal
import threading
import time
from collections.abc import Generator, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crawler.backfill.parts import keeping
from crawler.backfill.parts.dask_engine import DaskEngine
from crawler.backfill.parts.driver import backfill
from crawler.backfill.parts.keeping import Progress
from crawler.backfill.parts.outcome import Backfilled
from crawler.backfill.parts.part import Job, Part, PartAccount, PartResult
from crawler.backfill.parts.planning import Plan, plan_parts
from crawler.backfill.parts.pool import (
    Engine,
    EngineLostError,
    LocalPool,
    LostPart,
    Outcome,
    _Worker,
)
from crawler.backfill.parts.prefilter import Wanted
from crawler.backfill.parts.tasks import read_part
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
    packed,
    page,
    record,
    response,
    url_of,
)

NOW = datetime(2026, 1, 20, tzinfo=UTC)
OTHER = "<html><head><title>天气</title></head><body><h1>天气</h1><p>晴转多云。</p></body></html>"


class Here:
    """An engine that reads in this process; ``dies_at`` is the part at which it is lost."""

    def __init__(self, dies_at: int | None = None) -> None:
        self.dies_at = dies_at
        self.read_parts = 0

    def read(self, job: Job, parts: Iterable[Part]) -> Generator[Outcome]:
        for number, part in enumerate(parts):
            if number == self.dies_at:
                raise EngineLostError("the cluster is gone")
            self.read_parts += 1
            yield read_part(job, part)
            yield None


def archives(folder: Path, *, files: int = 4) -> Path:
    """Files of five records each: two pages of ours, one of the weather, a picture, a request."""
    for number in range(files):
        members = [
            response(10 * number + 1),
            record(answer(OTHER.encode()), url=f"http://archive.example/w{number}.html"),
            record(answer(b"GIF", kind="image/gif"), url="http://archive.example/a.gif"),
            record(b"GET / HTTP/1.0\r\n\r\n", kind="request", url=url_of(1)),
            response(10 * number + 2, date=f"20{18 + number}-02-01T00:00:00Z"),
        ]
        path = folder / f"a{number}.warc.gz"
        path.write_bytes(b"".join(packed(members, "warc.gz")))
    return folder


def run(
    database: Database,
    *paths: Path,
    engine: Engine | None = None,
    wanted: Wanted | None = None,
    seconds: int = 0,
) -> Backfilled:
    asked = wanted or Wanted()
    now = NOW.replace(second=seconds)
    return backfill(
        database,
        plan_parts(paths, asked),
        wanted=asked,
        sources=lambda: load_sources(None),
        engine=lambda: engine or Here(),
        now=lambda: now,
    )


def contents(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as session:
        rows = session.execute(
            text(
                "SELECT p.url, r.revision, r.seen_at, r.text, p.first_seen_at, p.genre, c.sha256"
                " FROM publications p JOIN revisions r ON r.publication_id = p.id"
                " LEFT JOIN captures c ON c.publication_id = p.id AND c.revision = r.revision"
                " ORDER BY p.url, r.revision"
            )
        )
        return [tuple(row) for row in rows]


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


def test_a_killed_worker_costs_its_part_one_more_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real pool, and a real kill of whoever has the first part."""
    plan = plan_parts([archives(tmp_path)], Wanted())
    given: list[tuple[str, int]] = []
    give = _Worker.give

    def killing(worker: _Worker, part: Part, starts: int) -> None:
        give(worker, part, starts)
        given.append((part.path, starts))
        if len(given) == 1:
            os.kill(worker.process.pid, signal.SIGKILL)

    monkeypatch.setattr(_Worker, "give", killing)
    job = Job(wanted=Wanted(), sources=(), now=NOW)
    results = [one for one in LocalPool(2).read(job, plan.parts) if isinstance(one, PartResult)]
    assert sorted(one.part.path for one in results) == sorted(part.path for part in plan.parts)
    assert all(one.account.read == 2 for one in results)
    assert sorted(starts for _, starts in given) == [1, 1, 1, 1, 2]


def test_a_part_that_kills_every_worker_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_parts([archives(tmp_path, files=2)], Wanted())
    give = _Worker.give

    def killing(worker: _Worker, part: Part, starts: int) -> None:
        give(worker, part, starts)
        if part is plan.parts[0]:
            os.kill(worker.process.pid, signal.SIGKILL)

    monkeypatch.setattr(_Worker, "give", killing)
    job = Job(wanted=Wanted(), sources=(), now=NOW)
    outcomes = [one for one in LocalPool(1).read(job, plan.parts) if one is not None]
    (lost,) = [one for one in outcomes if isinstance(one, LostPart)]
    assert lost.part is plan.parts[0]
    assert "signal 9" in lost.why
    assert len(outcomes) == 2


def test_a_worker_whose_pipe_breaks_before_it_ends_says_what_ended_it() -> None:
    worker = _Worker(Job(wanted=Wanted(), sources=(), now=NOW))
    worker._broken = "ConnectionResetError"  # seen before the process can be waited for
    threading.Timer(0.2, worker.process.kill).start()
    assert worker.dead_of() == "was ended by signal 9"
    worker.end()


def test_a_pool_that_is_closed_leaves_no_process(tmp_path: Path) -> None:
    plan = plan_parts([archives(tmp_path)], Wanted())
    job = Job(wanted=Wanted(), sources=(), now=NOW)
    reading = LocalPool(2).read(job, plan.parts)
    next(reading)
    reading.close()
    deadline = time.monotonic() + 60
    while _children() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _children() == []


def _children() -> list[int]:
    """Worker processes of this one that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if int(stat[1]) == os.getpid() and b"backfill.parts.worker" in command:
            found.append(int(entry.name))
    return found


def test_a_part_is_named_by_its_bytes(tmp_path: Path) -> None:
    folder = archives(tmp_path, files=2)
    (folder / "copy.warc.gz").write_bytes((folder / "a0.warc.gz").read_bytes())
    plan = plan_parts([folder], Wanted())
    assert len(plan.parts) == 2, "a copy is read once"
    with (folder / "a0.warc.gz").open("ab") as more:
        more.write(gzip.compress(response(9)))
    grown = plan_parts([folder], Wanted())
    assert len({part.key for part in (*plan.parts, *grown.parts)}) == 3


def test_a_big_file_is_cut_into_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.backfill.parts.planning.PACKED_BYTES", 2000)
    path = tmp_path / "big.warc.gz"
    path.write_bytes(b"".join(packed([response(n) for n in range(30)], "warc.gz")))
    plan: Plan = plan_parts([path], Wanted())
    assert len(plan.parts) > 5
    job = Job(wanted=Wanted(), sources=(), now=NOW)
    articles = [one.url for part in plan.parts for one in read_part(job, part).articles]
    assert sorted(articles) == sorted(url_of(n) for n in range(30))


def test_a_page_joined_of_two_is_two_records_and_one_article(tmp_path: Path) -> None:
    more = '<a href="/7_2.html">下一页</a></body>'.encode()
    first = page(7).replace(b"</body>", more)
    second = page(8)
    members = [
        record(answer(first), url=url_of(7)),
        record(answer(second), url="http://archive.example/7_2.html"),
        record(answer(first), url="http://archive.example/9.html"),
    ]
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(members))
    (part,) = plan_parts([path], Wanted()).parts
    result = read_part(Job(wanted=Wanted(), sources=(), now=NOW), part)
    assert [one.url for one in result.articles] == [url_of(7)] or len(result.articles) == 2
    assert result.account.missing == 0
    assert result.account.members == 3


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


def test_dask_reads_as_the_pool_does(tmp_path: Path) -> None:
    # Runs where Dask is installed (extras dev, cluster; so in CI): one machine alone needs none.
    distributed = pytest.importorskip(
        "distributed",
        reason="Dask is not installed: it runs with the extras dev and cluster, so in CI",
    )
    plan = plan_parts([archives(tmp_path)], Wanted())
    job = Job(wanted=Wanted(), sources=tuple(load_sources(None).values()), now=NOW)
    client = distributed.Client(
        processes=False, n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0",
        set_as_default=False,
    )  # fmt: skip
    outcomes = [one for one in DaskEngine(client).read(job, plan.parts) if one is not None]
    results = [one for one in outcomes if isinstance(one, PartResult)]
    assert len(results) == len(outcomes) == len(plan.parts)
    here = {part.key: read_part(job, part) for part in plan.parts}
    assert all(one == here[one.part.key] for one in results)


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
