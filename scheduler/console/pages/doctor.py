"""The doctor's rows, the settings without secrets, the channels, the log's end."""

import subprocess
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import SecretStr
from starlette.responses import Response

from scheduler.alerts.messages import DELIVERED_KINDS
from scheduler.backups import Backup, last_backup
from scheduler.console.auth import Operator, ground_of
from scheduler.console.commands import alone, run_command
from scheduler.console.formposts import Sent, back
from scheduler.console.ground import Ground
from scheduler.console.pages.runs import tail
from scheduler.console.routes import Ask, Pages
from scheduler.examination import Check, examine
from storage.access.people import Role
from storage.notices import outbox

TEST_SECONDS = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting as this process has it; a secret only as set or not."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorPage:
    """What is wrong with this installation, and what it runs on.

    ``log`` is the end of what the service said on this machine, for who may operate; None where
    no service has run here.  ``backup`` is None where none is known.
    """

    checks: tuple[Check, ...]
    settings: tuple[Setting, ...]
    database: str
    waiting: int
    oldest_waiting_at: datetime | None
    last_error: str | None
    backup: Backup | None
    log: str | None


def add(pages: Pages) -> None:
    """Declare the page and its form."""
    pages.page("/doctor", "doctor.html", table="checks")(doctor)
    pages.web.include_router(forms)


def doctor(asked: Ask) -> DoctorPage:
    """Every check of `cppcc doctor` but the one that reads the whole file."""
    ground = asked.ground
    checks = ground.remembered("doctor", lambda kept: tuple(examine(kept.config, whole=False)))
    with ground.reading() as session:
        waiting = outbox.backlog(session, DELIVERED_KINDS)
    return DoctorPage(
        checks=checks,
        settings=tuple(_settings(ground)),
        database=ground.database_name,
        waiting=waiting.messages,
        oldest_waiting_at=waiting.oldest_at,
        last_error=waiting.last_error,
        backup=last_backup(ground.config),
        log=tail(ground.config.service_log) if asked.person.role is Role.OPERATE else None,
    )


def send_test(ground: Ground) -> bool:
    """`cppcc alerts test` in a process of its own; whether every channel took the message."""
    try:
        with alone():
            done = run_command(ground.config, "alerts", "test", "--json", seconds=TEST_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


forms = APIRouter(include_in_schema=False)


@forms.post("/doctor/test")
def act(request: Request, person: Operator, form: Sent) -> Response:
    """Send a test message to every channel."""
    del person
    ground_of(request).forget()
    return back(
        request, form, "/doctor", did="sent" if send_test(ground_of(request)) else "not_sent"
    )


def _settings(ground: Ground) -> list[Setting]:
    config = ground.config
    found = []
    for name, field in type(config).model_fields.items():
        value = getattr(config, name)
        shown = "" if value is None else str(value)
        if isinstance(value, SecretStr):
            shown = "••••" if value.get_secret_value() else ""
        elif name == "database_url":
            shown = ground.database_name
        found.append(
            Setting(name=f"CPPCC_{name.upper()}", value=shown, meaning=field.description or "")
        )
    return found
