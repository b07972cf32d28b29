"""Launchers: what runs get as their process, forked or started anew, and how they end."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scheduler.carrying.launcher import ClaimedRun, LocalLauncher, RunHandle, words_of
from scheduler.carrying.template import FAILURES, ForkedRun, TemplateLauncher, launcher_for
from storage.engine.database import Database
from storage.records import RunTrigger
from storage.runs import door, history
from storage.runs.options import CrawlOptions

PATIENCE = 300.0
"""Seconds after which a test gives up: no bound of the program's speed."""
PLAYED = (sys.executable, "-m", "tests.scheduler.carrying.played")


class Plays:
    """Starts a run that has ended well: where no template is to be had, it is asked."""

    log = None

    def __init__(self) -> None:
        self.asked: list[int] = []

    def start(self, run: ClaimedRun) -> "Plays":
        self.asked.append(run.run_id)
        return self

    def poll(self) -> int | None:
        return 0

    def cancel(self) -> None: ...

    def kill(self) -> None: ...


@pytest.fixture
def plain() -> Plays:
    return Plays()


@pytest.fixture
def launcher(tmp_path: Path, plain: Plays) -> Iterator[TemplateLauncher]:
    made = TemplateLauncher(plain, tmp_path / "logs", command=PLAYED)
    made.warm(PATIENCE)
    yield made
    made.close()


def run(how: str, number: int = 7) -> ClaimedRun:
    return ClaimedRun(run_id=number, token=3, source_id=how)


def until(seen: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.01)


def code_of(handle: RunHandle) -> int | None:
    until(lambda: handle.poll() is not None)
    return handle.poll()


def forked(handle: RunHandle) -> ForkedRun:
    assert isinstance(handle, ForkedRun)
    return handle


def said(handle: RunHandle) -> str:
    return log_of(handle).read_text("utf-8")


def log_of(handle: RunHandle) -> Path:
    assert isinstance(handle.log, Path)
    return handle.log


@pytest.mark.parametrize(("how", "code"), [("ends", 0), ("fails", 4), ("dies", -signal.SIGKILL)])
def test_a_forked_run_ends_with_the_code_of_its_process(
    launcher: TemplateLauncher, how: str, code: int
) -> None:
    assert code_of(launcher.start(run(how))) == code


def test_a_forked_run_has_a_group_an_environment_and_a_log_of_its_own(
    launcher: TemplateLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYED", "what the launcher has now")
    handle = launcher.start(run("ends"))
    assert code_of(handle) == 0
    assert said(handle) == "ends in what the launcher has now, group True\n"
    assert log_of(handle).name == "run-7.log"


def test_a_cancelled_run_gets_the_signal_though_its_template_heeds_none(
    launcher: TemplateLauncher,
) -> None:
    handle = launcher.start(run("sleeps"))
    assert launcher.template
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(launcher.template.pid, number)
    assert code_of(launcher.start(run("ends", 8))) == 0
    assert handle.poll() is None
    assert Path(f"/proc/{forked(handle).pid}/comm").read_text("utf-8") == "run-7\n"
    handle.cancel()
    assert code_of(handle) == -signal.SIGTERM


def test_a_run_that_does_not_end_is_killed(launcher: TemplateLauncher) -> None:
    handle = launcher.start(run("clings"))
    until(lambda: "clings on" in said(handle))
    handle.cancel()
    assert handle.poll() is None
    handle.kill()
    assert code_of(handle) == -signal.SIGKILL
    handle.kill()  # and once more harms nobody


def test_until_the_template_is_ready_runs_start_plainly(tmp_path: Path, plain: Plays) -> None:
    launcher = TemplateLauncher(plain, tmp_path / "logs", command=PLAYED)
    launcher.start(run("ends"))
    assert plain.asked == [7]
    launcher.warm(PATIENCE)
    assert code_of(launcher.start(run("ends", 8))) == 0
    assert plain.asked == [7]
    launcher.close()


def test_a_run_outlives_its_template_and_the_next_has_another(
    launcher: TemplateLauncher, plain: Plays
) -> None:
    handle = launcher.start(run("sleeps"))
    first = launcher.template
    assert first
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: launcher.warm() is not first)
    launcher.warm(PATIENCE)
    assert handle.poll() is None  # it works on
    assert code_of(launcher.start(run("ends", 8))) == 0
    os.kill(forked(handle).pid, signal.SIGKILL)
    assert code_of(handle) == -signal.SIGKILL
    assert plain.asked == []


def test_a_template_that_does_not_answer_is_ended_and_the_run_starts_plainly(
    launcher: TemplateLauncher, plain: Plays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.carrying.template.ANSWER_SECONDS", 0.05)
    assert launcher.template
    os.kill(launcher.template.pid, signal.SIGSTOP)
    assert launcher.start(run("ends")).poll() == 0
    assert plain.asked == [7]
    assert launcher.template.lost


def test_templates_that_end_by_themselves_are_given_up(
    tmp_path: Path, plain: Plays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYED_TEMPLATE", "breaks")
    launcher = TemplateLauncher(plain, tmp_path / "logs", command=PLAYED)
    for _ in range(FAILURES):
        launcher.warm(PATIENCE)
    assert launcher.warm() is None
    launcher.start(run("ends"))
    assert plain.asked == [7]
    monkeypatch.delenv("PLAYED_TEMPLATE")
    launcher.renew()  # as SIGHUP does
    assert launcher.warm(PATIENCE) is not None
    launcher.close()


def test_a_renewed_template_leaves_the_runs_of_the_former_alone(
    launcher: TemplateLauncher,
) -> None:
    handle = launcher.start(run("sleeps"))
    former = launcher.template
    launcher.renew()
    assert launcher.warm(PATIENCE) is not former
    assert former
    assert not former.lost
    handle.cancel()
    assert code_of(handle) == -signal.SIGTERM
    assert former.lost


def test_code_that_changed_on_the_disk_is_not_run_from_memory(
    tmp_path: Path, plain: Plays, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "storage_of_a_test.py").write_text("", "utf-8")  # a module "of ours", by its name
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")
    command = (sys.executable, "-c", "import storage_of_a_test, sys; "
               "from tests.scheduler.carrying.played import main; sys.exit(main())")  # fmt: skip
    launcher = TemplateLauncher(plain, tmp_path / "logs", command=command)
    launcher.warm(PATIENCE)
    assert code_of(launcher.start(run("ends"))) == 0
    (tmp_path / "storage_of_a_test.py").write_text("upgraded = 1", "utf-8")
    launcher.start(run("ends", 8))
    assert plain.asked == [8]
    launcher.warm(PATIENCE)
    assert code_of(launcher.start(run("ends", 9))) == 0
    launcher.close()


def test_a_log_is_not_written_through_a_link(launcher: TemplateLauncher, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir(exist_ok=True)
    (tmp_path / "logs" / "run-7.log").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        launcher.start(run("ends"))
    with pytest.raises(OSError, match="symbolic"):
        LocalLauncher(tmp_path / "logs").start(run("ends"))
    assert not (tmp_path / "elsewhere").exists()


def test_a_plain_run_is_a_process_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "crawler").mkdir()
    script = "import os, sys; print(*sys.argv[1:], os.getpgid(0) == os.getpid()); sys.exit(4)"
    (tmp_path / "crawler" / "run.py").write_text(script, "utf-8")
    monkeypatch.chdir(tmp_path)  # what `python -m` sees first
    monkeypatch.delenv("PYTHONPATH", raising=False)
    handle = LocalLauncher(tmp_path / "logs", kept=Path("kept")).start(run("one"))
    assert code_of(handle) == 4
    words = "one --run-id 7 --token 3 --kept kept True\n"
    assert said(handle) == words


def test_a_real_template_has_no_thread_and_forks_a_run_that_ends_with_its_verdict(
    database: Database, tmp_path: Path, plain: Plays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPPCC_DATABASE_URL", database.url)
    now = datetime.now(UTC)
    with database.begin() as session:
        number = door.create_run(
            session, "nowhere", trigger=RunTrigger.MANUAL, due_at=now, now=now, options={}
        )
        token = door.claim_run(session, number, owner="-", now=now, lease_seconds=900)
    assert token
    launcher = TemplateLauncher(plain, tmp_path / "logs")
    template = launcher.warm(PATIENCE)
    assert template
    assert len(os.listdir(f"/proc/{template.pid}/task")) == 1  # none would survive a fork
    handle = launcher.start(ClaimedRun(run_id=number, token=token, source_id="nowhere"))
    assert code_of(handle) == 4
    with database.reading() as session:
        verdict = history.get_run(session, number).verdict
    assert verdict
    assert verdict.reason == "nothing was asked for: \"no source 'nowhere'; " \
        "`scrapy list` names them all\""  # fmt: skip
    launcher.close()


def test_options_are_words_of_a_run() -> None:
    bounded = ClaimedRun(
        run_id=1, token=2, source_id="one", options=CrawlOptions(since=date(2026, 1, 2), full=True)
    )
    assert words_of(bounded) == [
        "one", "--run-id", "1", "--token", "2", "--since", "2026-01-02", "--full",
    ]  # fmt: skip


def test_without_a_template_or_on_another_system_runs_are_plain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(launcher_for(tmp_path, template=False), LocalLauncher)
    monkeypatch.setattr(sys, "platform", "win32")
    assert isinstance(launcher_for(tmp_path, template=True), LocalLauncher)
