"""What programs may do: everything that a form does, by a token of the role it needs."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from scheduler.console.auth import Person, ground_of, needs
from scheduler.console.deciding import MOST_AT_ONCE, MOST_WORDS, Decided, Verb, decide
from scheduler.console.errors import LoginNeededError
from scheduler.console.pages import (
    backfills,
    coverage,
    doctor,
    incidents,
    inspecting,
    probing,
    runs,
    sources,
)
from scheduler.console.routes import MOST_ID, PROBLEMS, Problem, json_answer
from storage.access.people import Role

bearer = HTTPBearer(auto_error=False, description="a token of `cppcc console token add`")


def with_token(role: Role) -> Any:
    """A dependency: the program that asks, by a token of at least this role.

    Cookies do not count here: what a browser sends by itself proves nothing.
    """

    def person(request: Request) -> Person:
        if not request.headers.get("authorization", "").lower().startswith("bearer "):
            raise LoginNeededError("token_needed")
        return needs(role)(request)

    return Depends(person)


Decider = Annotated[Person, with_token(Role.DECIDE)]
Operator = Annotated[Person, with_token(Role.OPERATE)]
Id = Annotated[int, Path(ge=1, le=MOST_ID)]
Words = Annotated[str | None, Field(default=None, max_length=MOST_WORDS)]
FlagId = Annotated[int, Field(ge=1, le=MOST_ID)]

router = APIRouter(
    prefix="/api/v1",
    responses=PROBLEMS | {409: {"model": Problem, "description": "it is in another state"}},
    dependencies=[Depends(bearer)],
)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Decision(_Body):
    """Flags to decide, and why; a dismissal needs a reason."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"flags": [12, 15], "why": "半年盘点，不是年度"}]},
    )
    flags: Annotated[list[FlagId], Field(min_length=1, max_length=MOST_AT_ONCE)]
    why: Words


class Why(_Body):
    """A reason."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"why": "网站改版中"}]}
    )
    why: Words


class Url(_Body):
    """An address, http(s)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [
        {"url": "https://news.example.cn/2021/01/24/1.html"}
    ]})  # fmt: skip
    url: Annotated[str, Field(min_length=1, max_length=2000)]


class Done(BaseModel):
    """What was done; ``run`` is the id of a run that was made."""

    done: str
    run: int | None = None


Ok: dict[int | str, dict[str, Any]] = {200: {"model": Done, "description": "it is done"}}


@router.post(
    "/flags/{verb}",
    responses={200: {"model": Decided, "description": "what was decided"}},
    response_model=None,
)
def decide_flags(verb: Verb, request: Request, person: Decider, body: Decision) -> Response:
    """Accept, dismiss or reopen flags, in one transaction."""
    return json_answer(decide(ground_of(request), person, verb, body.flags, why=body.why))


@router.post("/coverage/{region}/{year}/waiver", responses=Ok, response_model=None)
def waive(
    region: Annotated[str, Path(max_length=20)],
    year: Annotated[int, Path(ge=1949, le=2100)],
    request: Request,
    person: Decider,
    body: Why,
) -> Response:
    """Say that a review will not come and why; without a reason, expect it again."""
    del person
    coverage.set_waiver(ground_of(request), region, year, (body.why or "").strip() or None)
    return _done("waiver")


@router.post("/sources/{source_id}/crawl", responses=Ok, response_model=None)
def crawl(source_id: str, request: Request, person: Operator) -> Response:
    """Ask for a crawl; ``run`` is null where one waits or works already."""
    del person
    return _done("crawl", sources.crawl_now(ground_of(request), source_id))


@router.post(
    "/sources/{source_id}/probe",
    responses={200: {"model": probing.Probed, "description": "what was understood"}},
    response_model=None,
)
def probe(source_id: str, request: Request, person: Operator) -> Response:
    """Try a declaration: lists, second pages, two articles; a sound one is verified by it."""
    del person
    return json_answer(probing.probe_now(ground_of(request), source_id))


@router.post("/sources/{source_id}/pause", responses=Ok, response_model=None)
def pause(source_id: str, request: Request, person: Operator, body: Why) -> Response:
    """Leave a source alone, and say why."""
    sources.pause(ground_of(request), person, source_id, body.why)
    return _done("pause")


@router.post("/sources/{source_id}/resume", responses=Ok, response_model=None)
def resume(source_id: str, request: Request, person: Operator) -> Response:
    """End a pause."""
    del person
    sources.resume(ground_of(request), source_id)
    return _done("resume")


@router.post("/runs/{run_id}/cancel", responses=Ok, response_model=None)
def cancel(run_id: Id, request: Request, person: Operator) -> Response:
    """Ask a run to stop."""
    del person
    runs.cancel(ground_of(request), run_id)
    return _done("cancel", run_id)


@router.post("/backfills/{run_id}/{verb}", responses=Ok, response_model=None)
def backfill(
    run_id: Id, verb: Literal["pause", "resume"], request: Request, person: Operator
) -> Response:
    """Let a back-fill from archives wait, or go on."""
    del person
    (backfills.pause if verb == "pause" else backfills.resume)(ground_of(request), run_id)
    return _done(verb, run_id)


@router.post("/incidents/{incident_id}/{verb}", responses=Ok, response_model=None)
def incident(
    incident_id: Id,
    verb: Literal["ack", "resolve"],
    request: Request,
    person: Operator,
    body: Why,
) -> Response:
    """Acknowledge an incident, or end it with a reason."""
    act = incidents.acknowledge if verb == "ack" else incidents.resolve
    act(ground_of(request), person, incident_id, body.why)
    return _done(verb)


@router.post("/channels/test", responses=Ok, response_model=None)
def test_channels(request: Request, person: Operator) -> Response:
    """Send a test message to every channel: done is sent or not_sent."""
    del person
    return _done("sent" if doctor.send_test(ground_of(request)) else "not_sent")


@router.post(
    "/inspect",
    responses={200: {"model": inspecting.Inspected, "description": "what was read of it"}},
    response_model=None,
)
def inspect(request: Request, person: Operator, body: Url) -> Response:
    """Fetch a public address once, and read it as a crawl would; nothing is stored."""
    del person
    return json_answer(inspecting.inspected(ground_of(request), body.url))


def _done(what: str, run: int | None = None) -> Response:
    return json_answer({"done": what, "run": run})
