"""Logging in and out."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from scheduler.console.auth import SESSION_COOKIE, ground_of, log_in, log_out
from scheduler.console.formposts import Sent, own_address
from scheduler.console.routes import html_answer, words_of
from storage.access.people import LONGEST

router = APIRouter(include_in_schema=False)


@router.get("/login")
def form(request: Request, next: str = "/") -> Response:
    """The form."""
    values = {"next": own_address(next) or "/", "failed": False}
    return html_answer(request, words_of(request), "login.html", values)


@router.post("/login")
def login(request: Request, form: Sent) -> Response:
    """Begin a session, or say that name and password do not belong together."""
    where = own_address(form.text("next")) or "/"
    peer = request.client.host if request.client else ""
    secret = log_in(ground_of(request), form.text("name"), form.text("password"), address=peer)
    if secret is None:
        values = {"next": where, "failed": True}
        return html_answer(request, words_of(request), "login.html", values, status=403)
    answer = RedirectResponse(where, status_code=303)
    answer.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post("/logout")
def logout(request: Request, form: Sent) -> Response:
    """End the session."""
    log_out(ground_of(request), request)
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
    return answer
