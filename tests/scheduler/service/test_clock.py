"""The service's own work goes on at its pace, whatever is done to the wall clock."""

import asyncio
import itertools
from datetime import datetime, timedelta, tzinfo

import pytest

from scheduler.service.clock import Clock


class Wall(datetime):
    """The wall clock of the machine, which the test sets."""

    ahead = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.ahead


@pytest.mark.parametrize(
    "jump", [timedelta(hours=-1), timedelta(days=-400), timedelta(hours=1), timedelta(days=400)]
)
def test_work_is_done_whether_the_clock_is_set_back_or_far_ahead(
    jump: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Wall, "ahead", timedelta(0))
    monkeypatch.setattr("scheduler.service.clock.datetime", Wall)
    done: list[float] = []
    enough = asyncio.Event()

    async def work() -> None:
        done.append(asyncio.get_running_loop().time())
        if len(done) == 3:
            Wall.ahead = jump
        if len(done) == 8:
            enough.set()

    async def tick(source_id: str) -> None:
        raise AssertionError(source_id)

    async def scenario() -> None:
        clock = Clock(wait=lambda _: timedelta(days=1), tick=tick)
        clock.declare(["a"])
        clock.every(0.02, work)
        clock.start()
        await asyncio.wait_for(enough.wait(), 60)  # five more rounds after the jump
        await clock.stop()

    asyncio.run(scenario())
    gaps = [after - before for before, after in itertools.pairwise(done)]
    assert min(gaps) > 0.0, "what was missed is not made up for in one moment"


def test_stopping_waits_for_the_work_that_is_being_done() -> None:
    ended = False

    async def scenario() -> None:
        begun, free = asyncio.Event(), asyncio.Event()

        async def work() -> None:
            nonlocal ended
            begun.set()
            await free.wait()
            ended = True

        clock = Clock(wait=lambda _: timedelta(days=1), tick=lambda _: asyncio.sleep(0))
        clock.every(0.01, work)
        await begun.wait()
        stopping = asyncio.create_task(clock.stop())
        await asyncio.sleep(0)
        assert not stopping.done()
        free.set()
        await stopping

    asyncio.run(scenario())
    assert ended


def test_a_source_is_looked_at_when_it_is_asked_anew() -> None:
    waits = {"a": timedelta(days=1)}
    ticked: list[str] = []

    async def scenario() -> None:
        enough = asyncio.Event()

        async def tick(source_id: str) -> None:
            ticked.append(source_id)
            enough.set()

        clock = Clock(wait=lambda source_id: waits[source_id], tick=tick)
        clock.declare(["a"])
        clock.start()
        await asyncio.sleep(0.05)
        assert ticked == []
        waits["a"] = timedelta(0)
        clock.ask_anew(["a", "unknown"])
        await asyncio.wait_for(enough.wait(), 60)
        await clock.stop()

    asyncio.run(scenario())
    assert ticked == ["a"]
