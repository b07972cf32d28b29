"""Every write of the console, and the least role that may do it."""

from collections.abc import Iterable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import select
from starlette.routing import BaseRoute

from storage.access import people
from storage.access.people import Role
from storage.engine.access_tables import ConsoleSessionRow, ConsoleTokenRow
from storage.engine.database import Database
from tests.scheduler.console.conftest import log_in, post
from tests.storage.samples import NOW

FORMS = {
    "/flags/{verb}": ("/flags/accept", Role.DECIDE),
    "/coverage/waive": ("/coverage/waive", Role.DECIDE),
    "/sources/{source_id}/{verb}": ("/sources/x/pause", Role.OPERATE),
    "/sources/{source_id}/probe": ("/sources/x/probe", Role.OPERATE),
    "/runs/{run_id}/cancel": ("/runs/1/cancel", Role.OPERATE),
    "/backfills/{run_id}/{verb}": ("/backfills/1/pause", Role.OPERATE),
    "/incidents/{incident_id}/{verb}": ("/incidents/1/ack", Role.OPERATE),
    "/doctor/test": ("/doctor/test", Role.OPERATE),
    "/inspect": ("/inspect", Role.OPERATE),
}
FOR_ALL = {"/login", "/logout"}
API = {
    "/api/v1/flags/{verb}": ("/flags/accept", Role.DECIDE),
    "/api/v1/coverage/{region}/{year}/waiver": ("/coverage/云南/2020/waiver", Role.DECIDE),
    "/api/v1/sources/{source_id}/crawl": ("/sources/x/crawl", Role.OPERATE),
    "/api/v1/sources/{source_id}/pause": ("/sources/x/pause", Role.OPERATE),
    "/api/v1/sources/{source_id}/resume": ("/sources/x/resume", Role.OPERATE),
    "/api/v1/sources/{source_id}/probe": ("/sources/x/probe", Role.OPERATE),
    "/api/v1/backfills/{run_id}/{verb}": ("/backfills/1/pause", Role.OPERATE),
    "/api/v1/inspect": ("/inspect", Role.OPERATE),
    "/api/v1/runs/{run_id}/cancel": ("/runs/1/cancel", Role.OPERATE),
    "/api/v1/incidents/{incident_id}/{verb}": ("/incidents/1/ack", Role.OPERATE),
    "/api/v1/channels/test": ("/channels/test", Role.OPERATE),
}
AS_DATA = {"Accept": "application/json"}


def routes_of(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    """Every route, also of routers that are kept whole where they were included."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from routes_of(inner.routes)


def test_the_tables_name_every_write_there_is(app: FastAPI) -> None:
    found = list(routes_of(app.routes))
    writes = {route.path for route in found if not (route.methods or set()) <= {"GET", "HEAD"}}
    assert len(found) > 40
    assert writes == FORMS.keys() | FOR_ALL | API.keys()


@pytest.mark.parametrize("role", [Role.READ, Role.DECIDE])
def test_nobody_does_by_a_form_what_their_role_does_not_say(
    remote: TestClient, users: dict[Role, str], role: Role
) -> None:
    assert log_in(remote, role.value).status_code == 303
    for path, least in FORMS.values():
        if not role.covers(least):
            answer = post(remote, path, {}, **AS_DATA)
            code = answer.json()["error"]["code"]
            assert (answer.status_code, code) == (403, f"needs_{least.value}"), path


@pytest.mark.parametrize("role", [None, Role.READ, Role.DECIDE])
def test_nor_by_a_token(local: TestClient, database_of: Database, role: Role | None) -> None:
    headers = {"Origin": "http://127.0.0.1:8765"}
    if role is not None:
        with database_of.begin() as session:
            people.add_token(session, "t", secret="a secret", role=role, now=NOW)
        headers = {"Authorization": "Bearer a secret"}
    for path, least in API.values():
        if role is None or not role.covers(least):
            answer = local.post(f"/api/v1{path}", headers=headers, json={})
            assert answer.status_code == (401 if role is None else 403), path


def test_no_write_is_done_by_reading(local: TestClient) -> None:
    for path, _ in FORMS.values():
        # an address that is a page too shows the page: /inspect its empty form
        wanted = {200} if path == "/inspect" else {404, 405, 422}
        assert local.get(path).status_code in wanted, path
    for path, _ in API.values():
        assert local.get(f"/api/v1{path}").status_code in {404, 405, 422}, path


def test_of_a_session_and_a_token_only_a_hash_is_kept(
    remote: TestClient, users: dict[Role, str], database_of: Database
) -> None:
    log_in(remote, "read")
    known = [*remote.cookies.values(), "a token's secret"]
    with database_of.begin() as session:
        people.add_token(session, "t", secret="a token's secret", role=Role.READ, now=NOW)
        kept = [
            str(value)
            for table in (ConsoleSessionRow, ConsoleTokenRow)
            for row in session.execute(select(table.__table__)).all()
            for value in row
        ]
    assert len(kept) > 4
    assert not [value for value in kept if any(secret in value for secret in known)]
