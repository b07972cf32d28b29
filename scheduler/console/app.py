"""The console as an ASGI application: its pages behind the gate, its errors as pages."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from scheduler.config import Config
from scheduler.console import events, feeds
from scheduler.console.api import writes
from scheduler.console.auth import Person
from scheduler.console.errors import ConsoleError
from scheduler.console.ground import Ground
from scheduler.console.pages import (
    backfills,
    compare,
    coverage,
    decisions,
    doctor,
    exports,
    inbox,
    incidents,
    inspecting,
    login,
    probing,
    publication,
    runs,
    search,
    sources,
    topics,
)
from scheduler.console.routes import Pages, html_answer, json_answer, words_of
from scheduler.console.security import Door, Gate, Refusal, names_of
from storage.access.people import Role
from storage.errors import (
    DatabaseLockedError,
    DatabaseUnavailableError,
    QueryTooSlowError,
    RecordNotFoundError,
    SchemaOutdatedError,
    SnapshotCorruptError,
    SnapshotDroppedError,
    StorageError,
    TransitionError,
)

logger = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"

STORAGE_ANSWERS: tuple[tuple[type[StorageError], int, str], ...] = (
    (RecordNotFoundError, 404, "missing"),
    (TransitionError, 409, "already_so"),
    (QueryTooSlowError, 503, "too_slow"),
    (DatabaseLockedError, 503, "locked"),
    (SchemaOutdatedError, 503, "other_schema"),
    (DatabaseUnavailableError, 503, "no_database"),
    (SnapshotDroppedError, 410, "dropped_evidence"),
    (SnapshotCorruptError, 503, "corrupt_evidence"),
    (StorageError, 503, "storage"),
)
"""What each of storage's errors is to a browser; the first that fits."""


def make_app(config: Config, *, ground: Ground | None = None) -> FastAPI:
    """The application over the database of ``config``; nothing is opened yet."""
    kept = ground or Ground(config)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        kept.close()

    app = FastAPI(
        title="cppcc-monitor",
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,  # their scripts come from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.ground = kept
    app.state.watchers = asyncio.Semaphore(events.MOST_WATCHERS)
    pages = Pages()
    for page in (
        inbox, coverage, publication, sources, runs, incidents, search, compare, topics, exports,
        backfills, doctor,
    ):  # fmt: skip
        page.add(pages)
    for router in (
        probing.router,  # before the forms of a source, whose verb would take its address
        pages.web,
        decisions.router,
        login.router,
        events.router,
        feeds.router,
        inspecting.router,
        pages.api,
        writes.router,
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    door = Door(hosts=names_of(config.console_hosts), proxies=names_of(config.console_proxies))
    app.add_middleware(Gate, door=door, refuse=_Refuser(app))
    _add_error_pages(app)
    return app


def _add_error_pages(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        code = error.code if isinstance(error, ConsoleError) else _code_of(error.status_code)
        if code == "login_needed" and _is_page(request):
            query = f"?{request.url.query}" if request.url.query else ""
            where = request.url.path + query if request.method == "GET" else "/"
            return RedirectResponse(f"/login?next={quote(where, safe='')}", status_code=303)
        answer = problem(request, error.status_code, code)
        for name, value in (error.headers or {}).items():
            answer.headers[name] = value
        if error.status_code == 401:
            answer.headers["WWW-Authenticate"] = "Bearer"
        if code == "too_many_logins":
            answer.headers["Retry-After"] = "900"
        return answer

    @app.exception_handler(RequestValidationError)
    def bad_value(request: Request, error: RequestValidationError) -> Response:
        places = sorted({str(one["loc"][-1]) for one in error.errors()})
        return problem(request, 422, "bad_value", ", ".join(places))

    @app.exception_handler(StorageError)
    def storage_error(request: Request, error: StorageError) -> Response:
        status, code = next(
            (status, code) for kind, status, code in STORAGE_ANSWERS if isinstance(error, kind)
        )
        if status == 503:
            logger.warning("not answered: path=%s error=%s", request.url.path, error)
        answer = problem(request, status, code)
        if status == 503:
            answer.headers["Retry-After"] = "5"
        return answer

    @app.exception_handler(Exception)
    def our_defect(request: Request, error: Exception) -> Response:
        # Starlette logs the traceback; the answer tells nothing of it.
        return problem(request, 500, "our_defect")


def problem(request: Request, status: int, code: str, detail: str = "") -> Response:
    """An error: a page for a browser, JSON for a program."""
    words = words_of(request)
    message = words.name("problem", code)
    if not _is_page(request):
        message = f"{message} ({detail})" if detail else message
        return json_answer({"error": {"code": code, "message": message}}, status=status)
    values = {"status": status, "code": code, "message": message, "detail": detail}
    person = Person(None, Role.OPERATE) if request.scope["state"].get("local") else None
    return html_answer(request, words, "problem.html", values, person=person, status=status)


def _is_page(request: Request) -> bool:
    path = request.url.path
    if path.startswith("/api/") or path.endswith((".json", ".csv")):
        return False
    return request.headers.get("accept") != "application/json"


def _code_of(status: int) -> str:
    return {404: "missing", 405: "bad_method", 400: "bad_request"}.get(status, "bad_request")


class _Refuser:
    """Answers what the gate refuses, without the page ever seeing it."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self._app
        refusal = scope["state"]["refusal"]
        assert isinstance(refusal, Refusal)
        answer = problem(Request(scope), refusal.status, refusal.code)
        answer.headers["Connection"] = "close"  # what it would still send is not read
        await answer(scope, receive, send)
