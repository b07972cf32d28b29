"""A page is declared once: shown to people, printed as JSON and CSV, and part of the API.

A page is a function from a request to a frozen record.  At ``/flags`` the record fills a
template, at ``/flags.json`` it is JSON, at ``/flags.csv`` its table is CSV, and at
``/api/v1/flags`` it is JSON again, described by OpenAPI from the record's own types.
"""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_type_hints

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from scheduler.console.auth import (
    FORM_COOKIE,
    Person,
    Reader,
    form_token,
    ground_of,
    new_form_secret,
)
from scheduler.console.forms import csv_bytes, json_bytes
from scheduler.console.ground import Ground
from scheduler.console.rendering import Address, render
from scheduler.i18n import LANGUAGES, Words, negotiated, words_in

LANGUAGE_COOKIE = "cppcc_lang"
MOST_ID = 2**63 - 1
"""The largest id that a database column holds."""


class ProblemWords(BaseModel):
    """What went wrong: a stable class, and words for people."""

    code: str
    message: str


class Problem(BaseModel):
    """An answer that is none."""

    error: ProblemWords


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": words}
    for status, words in (
        (400, "the request is malformed"),
        (401, "no login, or a token that is nobody's"),
        (403, "this person may not do that"),
        (404, "no such thing"),
        (408, "the request came too slowly"),
        (413, "the request is too large"),
        (414, "the address is too long"),
        (421, "a Host that this console does not answer to"),
        (422, "a value that cannot be used"),
        (503, "the database is locked, replaced or not there; or the question took too long"),
    )
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: who asks, in which language, on what ground."""

    request: Request
    ground: Ground
    person: Person
    words: Words


def words_of(request: Request) -> Words:
    """The language of an answer: the address's, else the cookie's, else the browser's."""
    wanted = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if wanted not in LANGUAGES:
        wanted = negotiated(request.headers.get("accept-language", ""))
    return words_in(wanted)


def _asked(request: Request, person: Reader) -> Asked:
    return Asked(request, ground_of(request), person, words_of(request))


Ask = Annotated[Asked, Depends(_asked)]
Form = Literal["html", "json", "csv"]
JSON = "application/json"


def json_answer(value: object, *, status: int = 200) -> Response:
    """A record as JSON."""
    return Response(json_bytes(value), status, media_type=JSON)


def html_answer(
    request: Request,
    words: Words,
    template: str,
    values: Mapping[str, object],
    *,
    person: Person | None = None,
    status: int = 200,
) -> Response:
    """A page, with what every page has: address, language, the token of its forms."""
    ground = ground_of(request)
    form_secret = request.cookies.get(FORM_COOKIE) or new_form_secret()
    everywhere = {
        "at": Address(request, words, ground.now()),
        "person": person,
        "token": form_token(ground, request, form_secret),
        "today": ground.now().date(),
        "database": ground.database_name,
        "source_name": functools.partial(_source_name, ground),
    }
    answer = Response(
        render(words, template, {**everywhere, **values}), status, media_type="text/html"
    )
    secure = request.url.scheme == "https"
    if request.cookies.get(FORM_COOKIE) != form_secret:
        answer.set_cookie(FORM_COOKIE, form_secret, httponly=True, samesite="lax", secure=secure)
    if (chosen := request.query_params.get("lang")) in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, str(chosen), max_age=365 * 86400, httponly=True, samesite="lax",
            secure=secure,
        )  # fmt: skip
    answer.headers["Vary"] = "Accept-Language, Cookie"
    answer.headers["Content-Language"] = words.language
    return answer


def _source_name(ground: Ground, source_id: str) -> str:
    """What people call a source; its id where no declaration tells."""
    source = ground.declared().sources.get(source_id)
    return source.name if source else source_id


class Pages:
    """All pages of the console, and their part of the API."""

    def __init__(self) -> None:
        self.web = APIRouter(include_in_schema=False)
        self.api = APIRouter(prefix="/api/v1", responses=PROBLEMS)

    def page(
        self,
        path: str,
        template: str,
        *,
        also: Sequence[str] = (),
        table: str | None = None,
        api: bool = True,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a page; ``table`` names the field of its record that is also CSV."""

        def declare(load: Callable[..., Any]) -> Callable[..., Any]:
            if table is not None:
                csv_at = f"{path}.csv"
                self.web.get(csv_at)(_endpoint(load, "csv", template, table))
            self.web.get(f"{path}.json")(_endpoint(load, "json", template, table))
            for one in (path, *also):
                self.web.get(one)(_endpoint(load, "html", template, table))
            if api:
                self._add_to_api(path, load, table)
            return load

        return declare

    def _add_to_api(self, path: str, load: Callable[..., Any], table: str | None) -> None:
        made = get_type_hints(load)["return"]
        summary = (inspect.getdoc(load) or "").split("\n")[0]
        self.api.get(
            path,
            summary=summary,
            operation_id=f"get_{load.__name__}",
            responses={200: {"model": made, "description": summary}},
            response_model=None,
        )(_endpoint(load, "json", "", table))


def _endpoint(
    load: Callable[..., Any], form: Form, template: str, table: str | None
) -> Callable[..., Response]:
    """``load`` as FastAPI calls it; its first parameter is the request as asked."""

    @functools.wraps(load)
    def endpoint(**values: Any) -> Response:
        asked: Asked = values["asked"]
        page = load(**values)
        if form == "json":
            return json_answer(page)
        if form == "csv":
            answer = Response(csv_bytes(getattr(page, str(table))), media_type="text/csv")
            name = asked.request.url.path.strip("/").replace("/", "-") or "flags.csv"
            ascii_name = name.encode("ascii", "ignore").decode() or "table.csv"
            answer.headers["Content-Disposition"] = f'attachment; filename="{ascii_name}"'
            return answer
        return html_answer(
            asked.request, asked.words, template,
            {"page": page, "has_table": table is not None}, person=asked.person,
        )  # fmt: skip

    endpoint.__annotations__ = dict(get_type_hints(load, include_extras=True))
    endpoint.__annotations__["return"] = Response
    signature = inspect.signature(load)
    endpoint.__signature__ = signature.replace(  # type: ignore[attr-defined]  # read by FastAPI
        parameters=[
            parameter.replace(annotation=endpoint.__annotations__[name])
            for name, parameter in signature.parameters.items()
        ],
        return_annotation=Response,
    )
    return endpoint
