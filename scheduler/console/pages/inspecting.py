"""Inspect: an address that a person types, fetched once and read as a crawl would read it."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from scheduler.console.auth import Operator, ground_of
from scheduler.console.commands import alone, run_command
from scheduler.console.errors import ConsoleError, InputError
from scheduler.console.fetching import fetch_public
from scheduler.console.formposts import Sent
from scheduler.console.ground import Ground
from scheduler.console.routes import html_answer, json_answer, words_of

READ_SECONDS = 60.0

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What was read of a page; ``refused`` is the class of a page that is none."""

    url: str
    status: int
    size: int
    refused: str | None
    detail: str | None
    read: dict[str, object] | None


@router.get("/inspect")
def form(request: Request, person: Operator) -> Response:
    """The form."""
    values = {"found": None, "url": ""}
    return html_answer(request, words_of(request), "inspect.html", values, person=person)


@router.post("/inspect")
def inspect(request: Request, person: Operator, form: Sent) -> Response:
    """Fetch, read, show; nothing is stored."""
    url = form.text("url").strip()
    found = inspected(ground_of(request), url)
    if request.headers.get("accept") == "application/json":
        return json_answer(found)
    values = {"found": found, "url": url}
    return html_answer(request, words_of(request), "inspect.html", values, person=person)


def inspected(ground: Ground, url: str) -> Inspected:
    """Fetch a page from the public internet and read it in a process of its own.

    :raises InputError: for an address that is not asked, or a page that does not come.
    :raises ConsoleError: while another is read, or when reading takes too long.
    """
    with alone():
        page = fetch_public(url, user_agent=ground.config.user_agent)
        with tempfile.TemporaryDirectory(prefix="cppcc-console-") as folder:
            path = Path(folder) / "page"
            path.write_bytes(page.body)
            words = ["inspect", str(path), "--url", page.url, "--json"]
            try:
                done = run_command(ground.config, *words, seconds=READ_SECONDS)
            except subprocess.TimeoutExpired as error:
                raise ConsoleError(503, "too_slow") from error
    try:
        read = json.loads(done.stdout)
    except ValueError as error:
        raise InputError("not_readable", "url") from error
    refusal = read.get("error") if isinstance(read, dict) else None
    return Inspected(
        url=page.url,
        status=page.status,
        size=len(page.body),
        refused=refusal["class"] if refusal else None,
        detail=refusal["message"] if refusal else None,
        read=None if refusal else read,
    )
