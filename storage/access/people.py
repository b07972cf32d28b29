"""People and programs that may use the console, and the sessions of those who logged in.

Secrets never come in here in the clear to be kept: a password arrives as its argon2 hash, the
random value of a session or a token is kept as its SHA-256 only.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from storage.engine.access_tables import (
    ConsoleFailureRow,
    ConsoleSessionRow,
    ConsoleTokenRow,
    ConsoleUserRow,
)
from storage.errors import RecordNotFoundError, RecordRefusedError

IDLE = timedelta(hours=12)
"""A session that was not used for so long has ended."""

LONGEST = timedelta(days=7)
"""A session ends so long after its login, however much it is used."""

TOUCH = timedelta(minutes=5)
"""How exactly a session's last use is kept: not every request writes."""

WINDOW = timedelta(minutes=15)
"""Failed logins older than this count no more."""

MOST_OF_PAIR = 5
MOST_OF_ADDRESS = 20
MOST_OF_NAME = 50
"""Failed logins in a window: of one name from one address, from one address, of one name.

The last is high, so that a stranger cannot lock a person out from elsewhere with five posts.
"""


class Role(StrEnum):
    """What a person or a token may do; each may do what the one before may."""

    READ = "read"
    DECIDE = "decide"  # flags and coverage
    OPERATE = "operate"  # sources, runs, incidents, channels

    def covers(self, wanted: "Role") -> bool:
        """Whether this role may do what needs ``wanted``."""
        order = list(Role)
        return order.index(self) >= order.index(wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person or a token; nothing secret."""

    name: str
    role: Role
    created_at: datetime


def sha256_of_secret(secret: str) -> str:
    """Under what a random secret is kept: it has 256 bits of chance, so it needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_user(session: Session, name: str, *, password_hash: str, role: Role, now: datetime) -> None:
    """Let a person log in.  RecordRefusedError when the name is taken."""
    if session.get(ConsoleUserRow, name) is not None:
        raise RecordRefusedError(f"there is a user {name!r} already")
    session.execute(
        insert(ConsoleUserRow).values(
            name=name, password_hash=password_hash, role=role.value, created_at=now
        )
    )


def remove_user(session: Session, name: str) -> None:
    """Let a person in no longer, and end their sessions.  RecordNotFoundError."""
    session.execute(delete(ConsoleSessionRow).where(ConsoleSessionRow.user_name == name))
    gone = session.execute(
        delete(ConsoleUserRow).where(ConsoleUserRow.name == name).returning(ConsoleUserRow.name)
    ).one_or_none()
    if gone is None:
        raise RecordNotFoundError("user", name)


def list_users(session: Session) -> list[Account]:
    """All who may log in, by name."""
    rows = session.execute(
        select(ConsoleUserRow.name, ConsoleUserRow.role, ConsoleUserRow.created_at).order_by(
            ConsoleUserRow.name
        )
    )
    return [Account(name=name, role=Role(role), created_at=at) for name, role, at in rows]


def any_user(session: Session) -> bool:
    """Whether anybody may log in at all."""
    return session.execute(select(ConsoleUserRow.name).limit(1)).first() is not None


def password_hash_of(session: Session, name: str) -> str | None:
    """The argon2 hash of a person's password; None for a name that nobody has."""
    return session.scalars(
        select(ConsoleUserRow.password_hash).where(ConsoleUserRow.name == name)
    ).one_or_none()


def begin_session(session: Session, name: str, *, secret: str, now: datetime) -> None:
    """Keep a login; sessions that have ended are forgotten on the way."""
    session.execute(
        delete(ConsoleSessionRow).where(
            (ConsoleSessionRow.seen_at < now - IDLE)
            | (ConsoleSessionRow.created_at < now - LONGEST)
        )
    )
    session.execute(
        insert(ConsoleSessionRow).values(
            token_sha256=sha256_of_secret(secret), user_name=name, created_at=now, seen_at=now
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """Whose session it is; ``stale`` when its last use should be written down."""

    account: Account
    stale: bool


def session_of(session: Session, secret: str, *, now: datetime) -> OpenSession | None:
    """The login that a cookie's value stands for; None when there is none or it has ended."""
    row = session.execute(
        select(ConsoleUserRow.name, ConsoleUserRow.role, ConsoleUserRow.created_at,
               ConsoleSessionRow.seen_at, ConsoleSessionRow.created_at.label("begun_at"))
        .join(ConsoleUserRow, ConsoleUserRow.name == ConsoleSessionRow.user_name)
        .where(ConsoleSessionRow.token_sha256 == sha256_of_secret(secret))
    ).one_or_none()  # fmt: skip
    if row is None or now - row.seen_at > IDLE or now - row.begun_at > LONGEST:
        return None
    account = Account(name=row.name, role=Role(row.role), created_at=row.created_at)
    return OpenSession(account=account, stale=now - row.seen_at > TOUCH)


def touch_session(session: Session, secret: str, *, now: datetime) -> None:
    """Say that a session was used now."""
    session.execute(
        update(ConsoleSessionRow)
        .where(ConsoleSessionRow.token_sha256 == sha256_of_secret(secret))
        .values(seen_at=now)
    )


def end_session(session: Session, secret: str) -> None:
    """Log out; nothing happens where there is no such session."""
    session.execute(
        delete(ConsoleSessionRow).where(ConsoleSessionRow.token_sha256 == sha256_of_secret(secret))
    )


def add_token(session: Session, name: str, *, secret: str, role: Role, now: datetime) -> None:
    """Let a program in.  RecordRefusedError when the name is taken."""
    if session.get(ConsoleTokenRow, name) is not None:
        raise RecordRefusedError(f"there is a token {name!r} already")
    session.execute(
        insert(ConsoleTokenRow).values(
            name=name, token_sha256=sha256_of_secret(secret), role=role.value, created_at=now
        )
    )


def remove_token(session: Session, name: str) -> None:
    """Let a program in no longer.  RecordNotFoundError."""
    gone = session.execute(
        delete(ConsoleTokenRow).where(ConsoleTokenRow.name == name).returning(ConsoleTokenRow.name)
    ).one_or_none()
    if gone is None:
        raise RecordNotFoundError("token", name)


def list_tokens(session: Session) -> list[Account]:
    """All tokens, by name."""
    rows = session.execute(
        select(ConsoleTokenRow.name, ConsoleTokenRow.role, ConsoleTokenRow.created_at).order_by(
            ConsoleTokenRow.name
        )
    )
    return [Account(name=name, role=Role(role), created_at=at) for name, role, at in rows]


def token_of(session: Session, secret: str) -> Account | None:
    """Whose token this is; None when it is nobody's."""
    row = session.execute(
        select(ConsoleTokenRow.name, ConsoleTokenRow.role, ConsoleTokenRow.created_at).where(
            ConsoleTokenRow.token_sha256 == sha256_of_secret(secret)
        )
    ).one_or_none()
    if row is None:
        return None
    return Account(name=row.name, role=Role(row.role), created_at=row.created_at)


def record_failure(session: Session, name: str, address: str, *, now: datetime) -> None:
    """Keep a failed login; old ones are forgotten on the way."""
    session.execute(delete(ConsoleFailureRow).where(ConsoleFailureRow.at < now - WINDOW))
    session.execute(insert(ConsoleFailureRow).values(name=name, address=address, at=now))


def forget_failures(session: Session, name: str, address: str) -> None:
    """A login that worked: what this person mistyped before counts no more."""
    session.execute(
        delete(ConsoleFailureRow).where(
            ConsoleFailureRow.name == name, ConsoleFailureRow.address == address
        )
    )


def may_try(session: Session, name: str, address: str, *, now: datetime) -> bool:
    """Whether one more login may be tried under this name from this address."""
    row = ConsoleFailureRow
    of_name, of_address = row.name == name, row.address == address
    since = row.at >= now - WINDOW
    counts = session.execute(
        select(
            func.count().filter(of_name & of_address),
            func.count().filter(of_address),
            func.count().filter(of_name),
        ).where(since)
    ).one()
    return counts[0] < MOST_OF_PAIR and counts[1] < MOST_OF_ADDRESS and counts[2] < MOST_OF_NAME
