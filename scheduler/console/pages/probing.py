"""Probe now: a source's lists and two articles asked for once, and what was understood of them."""

import json
import subprocess
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from scheduler.console.auth import Operator, ground_of
from scheduler.console.commands import alone, run_command
from scheduler.console.errors import ConsoleError
from scheduler.console.formposts import Sent
from scheduler.console.ground import Ground
from scheduler.console.pages.sources import declared_source
from scheduler.console.routes import html_answer, json_answer, words_of
from storage.records import RefusalClass

PROBE_SECONDS = 240.0
"""A dozen requests at a source's own pace, the slowest of which is one in ten seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbedPage:
    """A list page or issue as it was read; ``refused`` None where it was."""

    url: str
    number: int
    links: int
    dated: int
    new: int
    first_title: str | None
    refused: RefusalClass | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbedArticle:
    """An article as it was read; ``refused`` None where it was."""

    url: str
    title: str | None
    published_at: str | None
    outlet: str | None
    characters: int
    refused: RefusalClass | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What trying a declaration showed: it is verified where it is ``sound``.

    ``findings`` say what is not understood, ``advice`` what to change; nothing is stored.
    """

    source: str
    sound: bool
    findings: tuple[str, ...]
    advice: tuple[str, ...]
    pages: tuple[ProbedPage, ...]
    articles: tuple[ProbedArticle, ...]


def probe_now(ground: Ground, source_id: str) -> Probed:
    """`cppcc sources probe ID` in a process of its own.

    :raises MissingError: when there is no such source.
    :raises ConsoleError: while another is tried, when it takes too long, or does not end well.
    """
    declared_source(ground, source_id)
    try:
        with alone():
            done = run_command(
                ground.config, "sources", "probe", source_id, "--json", seconds=PROBE_SECONDS
            )
    except subprocess.TimeoutExpired as error:
        raise ConsoleError(503, "too_slow") from error
    ground.forget()
    try:
        return probed(json.loads(done.stdout))
    except (ValueError, KeyError, TypeError) as error:
        raise ConsoleError(503, "probe_failed") from error


def probed(told: dict[str, object]) -> Probed:
    """What the command printed; ValueError, KeyError or TypeError for anything else."""
    pages = _rows(told, "pages")
    articles = _rows(told, "articles")
    return Probed(
        source=str(told["id"]),
        sound=bool(told["sound"]),
        findings=tuple(str(one) for one in _list(told, "findings")),
        advice=tuple(str(one) for one in _list(told, "advice")),
        pages=tuple(
            ProbedPage(
                url=str(one["url"]),
                number=int(str(one["number"])),
                links=int(str(one["links"])),
                dated=int(str(one["dated"])),
                new=int(str(one["new"])),
                first_title=_words(one["first_title"]),
                refused=_class(one),
                detail=_detail(one),
            )
            for one in pages
        ),
        articles=tuple(
            ProbedArticle(
                url=str(one["url"]),
                title=_words(one["title"]),
                published_at=_words(one["published_at"]),
                outlet=_words(one["outlet"]),
                characters=int(str(one["characters"])),
                refused=_class(one),
                detail=_detail(one),
            )
            for one in articles
        ),
    )


def _list(told: dict[str, object], key: str) -> list[object]:
    found = told[key]
    if not isinstance(found, list):
        raise TypeError(key)
    return found


def _rows(told: dict[str, object], key: str) -> list[dict[str, object]]:
    return [one for one in _list(told, key) if isinstance(one, dict)]


def _words(value: object) -> str | None:
    return None if value is None else str(value)


def _refusal(one: dict[str, object]) -> dict[str, object] | None:
    found = one["refusal"]
    return found if isinstance(found, dict) else None


def _class(one: dict[str, object]) -> RefusalClass | None:
    refusal = _refusal(one)
    return RefusalClass(str(refusal["class"])) if refusal else None


def _detail(one: dict[str, object]) -> str | None:
    refusal = _refusal(one)
    return str(refusal["detail"]) if refusal else None


router = APIRouter(include_in_schema=False)


@router.post("/sources/{source_id}/probe")
def probe(source_id: str, request: Request, person: Operator, form: Sent) -> Response:
    """Try it, and show what was understood and what not."""
    del form
    ground = ground_of(request)
    found = probe_now(ground, source_id)
    if request.headers.get("accept") == "application/json":
        return json_answer(found)
    values = {"found": found, "source_id": source_id}
    return html_answer(request, words_of(request), "probed.html", values, person=person)
