"""Who asks, and what they may do: local people, people who logged in, programs with a token.

A password is kept as argon2id with 19 MiB and two passes (the first of the choices of
OWASP's Password Storage Cheat Sheet, seen 2026-11-28), one at a time: forty logins at once
cost one login's memory.
"""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from fastapi import Depends, Request

from scheduler.console.errors import ForbiddenError, LoginNeededError, TooManyLoginsError
from scheduler.console.ground import Ground
from storage.access import people
from storage.access.people import Account, Role

SESSION_COOKIE = "cppcc_session"
FORM_COOKIE = "cppcc_form"
LEAST_PASSWORD = 12
LOCAL = "local"

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks.  ``name`` is None for somebody on this machine, who has not logged in."""

    name: str | None
    role: Role
    by_token: bool = False

    @property
    def signature(self) -> str:
        """Under what name a decision is kept."""
        return self.name or LOCAL


def ground_of(request: Request) -> Ground:
    """The console's state."""
    ground = request.app.state.ground
    assert isinstance(ground, Ground)
    return ground


def person_of(request: Request) -> Person:
    """Who asks.

    :raises LoginNeededError: when nobody is logged in and the request is not local, or a
        token is nobody's.
    :raises ForbiddenError: when the request comes from elsewhere and there is no user at all.
    """
    ground = ground_of(request)
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        with ground.reading() as session:
            account = people.token_of(session, secret.strip())
        if account is None:
            raise LoginNeededError("bad_token")
        return Person(f"token:{account.name}", account.role, by_token=True)
    if cookie := request.cookies.get(SESSION_COOKIE):
        account = _logged_in(ground, cookie)
        if account is not None:
            return Person(account.name, account.role)
    if request.scope["state"]["local"]:
        return Person(None, Role.OPERATE)
    with ground.reading() as session:
        if not people.any_user(session):
            raise ForbiddenError("no_user_yet")
    raise LoginNeededError("login_needed")


def _logged_in(ground: Ground, cookie: str) -> Account | None:
    now = ground.now()
    with ground.reading() as session:
        found = people.session_of(session, cookie, now=now)
    if found is None:
        return None
    if found.stale:
        with ground.writing() as session:
            people.touch_session(session, cookie, now=now)
    return found.account


def needs(role: Role) -> Callable[[Request], Person]:
    """A dependency: the person who asks, who has at least this role.

    :raises ForbiddenError: when they have not.
    """

    def person(request: Request) -> Person:
        found = person_of(request)
        if not found.role.covers(role):
            raise ForbiddenError(f"needs_{role.value}")
        return found

    return person


Reader = Annotated[Person, Depends(needs(Role.READ))]
Decider = Annotated[Person, Depends(needs(Role.DECIDE))]
Operator = Annotated[Person, Depends(needs(Role.OPERATE))]


def log_in(ground: Ground, name: str, password: str, *, address: str) -> str | None:
    """The secret of a new session; None when name and password do not belong together.

    :raises TooManyLoginsError: when too many were tried; nothing is compared then.
    """
    now = ground.now()
    with _ONE_AT_A_TIME:  # attempts are counted one after the other too
        with ground.reading() as session:
            if not people.may_try(session, name, address, now=now):
                raise TooManyLoginsError
            known = people.password_hash_of(session, name)
        right = is_password(known or _nobodys_hash(), password) and known is not None
        with ground.writing() as session:
            if not right:
                people.record_failure(session, name, address, now=now)
                return None
            people.forget_failures(session, name, address)
            secret = secrets.token_urlsafe(32)
            people.begin_session(session, name, secret=secret, now=now)
    return secret


def log_out(ground: Ground, request: Request) -> None:
    """End the session that this request belongs to."""
    if cookie := request.cookies.get(SESSION_COOKIE):
        with ground.writing() as session:
            people.end_session(session, cookie)


def hash_password(password: str) -> str:
    """The argon2id hash under which a password is kept."""
    return _HASHER.hash(password)


def is_password(known: str, password: str) -> bool:
    """Whether ``known`` is the hash of ``password``; False for one that is no hash."""
    try:
        return _HASHER.verify(known, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    """Compared where a name is nobody's, so that the time does not tell which names exist."""
    return hash_password(secrets.token_urlsafe(32))


def new_form_secret() -> str:
    """The value of the cookie that binds forms to a browser which has not logged in."""
    return secrets.token_urlsafe(32)


def form_token(ground: Ground, request: Request, form_secret: str) -> str:
    """The token in every form of this browser: it proves that the form is ours."""
    bound = request.cookies.get(SESSION_COOKIE) or form_secret
    return hmac.new(ground.secret, bound.encode(), hashlib.sha256).hexdigest()


def is_form_token(ground: Ground, request: Request, given: str) -> bool:
    """Whether a form's token belongs to the browser that sends it."""
    bound = request.cookies.get(SESSION_COOKIE) or request.cookies.get(FORM_COOKIE)
    if not bound:
        return False
    wanted = hmac.new(ground.secret, bound.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.encode())
