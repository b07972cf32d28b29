"""News as it comes: new flags, and the progress of runs, as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from scheduler.console.auth import Reader, ground_of
from scheduler.console.errors import ConsoleError, InputError
from scheduler.console.forms import json_bytes
from scheduler.console.ground import Ground
from scheduler.console.pages.runs import RunRow, run_row
from storage.errors import RecordNotFoundError, StorageError
from storage.notices.inbox import newest_flag
from storage.runs.history import get_run

LOOK_SECONDS = 1.0
SILENCE_SECONDS = 15.0
"""A comment is sent after so long, so that a proxy or a browser that is gone is noticed."""
LONGEST_SECONDS = 3600.0
"""A browser connects anew by itself; who was logged out in between is then refused."""
MOST_WATCHERS = 32
MOST_RUNS = 5

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is watched, as it is now."""

    newest: int
    runs: tuple[RunRow, ...]


@router.get("/events")
async def events(
    request: Request,
    person: Reader,
    run: Annotated[str, Query(max_length=100, pattern=r"^(\d{1,18}(,\d{1,18})*)?$")] = "",
) -> StreamingResponse:
    """A stream: ``flags`` when there are new ones, ``run`` when one of these has moved."""
    wanted = [int(one) for one in run.split(",") if one]
    if len(wanted) > MOST_RUNS:
        raise InputError("bad_value", "run")
    watchers: asyncio.Semaphore = request.app.state.watchers
    if watchers.locked():
        raise ConsoleError(503, "too_many_watchers")
    return StreamingResponse(
        _stream(request, watchers, ground_of(request), wanted), media_type="text/event-stream"
    )


async def _stream(
    request: Request, watchers: asyncio.Semaphore, ground: Ground, wanted: list[int]
) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    end, spoken, seen = loop.time() + LONGEST_SECONDS, loop.time(), News(newest=-1, runs=())
    async with watchers:
        yield b"retry: 5000\n\n"
        while loop.time() < end and not await request.is_disconnected():
            news = await anyio.to_thread.run_sync(_look, ground, wanted)
            if news is not None:
                for message in _messages(seen, news):
                    spoken = loop.time()
                    yield message
                seen = news
            if loop.time() - spoken > SILENCE_SECONDS:
                spoken = loop.time()
                yield b": still here\n\n"
            await asyncio.sleep(LOOK_SECONDS)


def _look(ground: Ground, wanted: list[int]) -> News | None:
    """The present state; None while the database does not answer, which the pages say."""
    try:
        with ground.reading() as session:
            runs = []
            for run_id in wanted:
                try:
                    runs.append(run_row(get_run(session, run_id)))
                except RecordNotFoundError:
                    continue
            return News(newest=newest_flag(session), runs=tuple(runs))
    except StorageError:
        return None


def _messages(before: News, now: News) -> list[bytes]:
    messages = []
    if now.newest != before.newest:
        messages.append(_event("flags", {"newest": now.newest}))
    known = {run.id: run for run in before.runs}
    messages += [_event("run", run) for run in now.runs if known.get(run.id) != run]
    return messages


def _event(name: str, value: object) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + json_bytes(value) + b"\n\n"
