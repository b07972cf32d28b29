"""Forms: read whole, with their token looked at, and the way back to the page they stand on."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from scheduler.console.auth import ground_of, is_form_token
from scheduler.console.errors import ForbiddenError, InputError
from scheduler.console.routes import json_answer

MOST_FIELDS = 300


class Posted:
    """A form of ours."""

    def __init__(self, fields: FormData) -> None:
        self._fields = fields

    def text(self, name: str) -> str:
        """A field's words; empty when it was not sent."""
        value = self._fields.get(name, "")
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """A field's number.

        :raises InputError: when it is none.
        """
        numbers = self.numbers(name)
        if len(numbers) != 1:
            raise InputError("no_number", name)
        return numbers[0]

    def numbers(self, name: str) -> list[int]:
        """All numbers of a field that may be sent several times.

        :raises InputError: when one is none.
        """
        found = []
        for value in self._fields.getlist(name):
            words = "" if isinstance(value, UploadFile) else value
            if not (words.isascii() and words.isdigit() and len(words) < 19):
                raise InputError("no_number", name)
            found.append(int(words))
        return found


async def posted(request: Request) -> Posted:
    """The form of a request.

    :raises ForbiddenError: when its token is not that of this browser.
    """
    fields = await request.form(max_files=0, max_fields=MOST_FIELDS)
    form = Posted(fields)
    if not is_form_token(ground_of(request), request, form.text("token")):
        raise ForbiddenError("bad_token_in_form")
    return form


Sent = Annotated[Posted, Depends(posted)]


def back(request: Request, form: Posted, default: str, **said: object) -> Response:
    """To the address that the form names, if it is one of ours; JSON for our own script."""
    if request.headers.get("accept") == "application/json":
        return json_answer({key: value for key, value in said.items() if value is not None})
    where = own_address(form.text("back")) or default
    return RedirectResponse(with_values(where, said), status_code=303)


def own_address(given: str) -> str | None:
    """A path with its query on this host; None for anything that leads elsewhere."""
    if not given.startswith("/") or given.startswith(("//", "/\\")) or "\\" in given:
        return None
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in given):
        return None
    try:
        parts = urlsplit(given)
    except ValueError:
        return None
    return given if not parts.scheme and not parts.netloc and len(given) < 2000 else None


def with_values(where: str, said: Mapping[str, object]) -> str:
    """An address with what is to be said on it, as ``#fragment`` and query stay in order."""
    path, _, query = where.partition("?")
    kept = [(key, value) for key, value in parse_qsl(query) if key not in said]
    kept += [(key, str(value)) for key, value in said.items() if value is not None]
    return f"{path}?{urlencode(kept)}" if kept else path
