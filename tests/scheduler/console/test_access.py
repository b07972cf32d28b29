"""Each sentence of Access in the console's design, held."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.datastructures import Headers

from scheduler.console import auth
from scheduler.console.security import CSP, host_name, is_local
from storage.access import people
from storage.access.people import Role
from storage.engine.database import Database
from storage.notices.flags import FlagStatus, get_flag
from tests.scheduler.console.conftest import log_in, post, token_of
from tests.storage.samples import NOW


def test_on_loopback_nobody_logs_in(local: TestClient, flags: list[int]) -> None:
    for host in ("127.0.0.1:8765", "localhost:8765", "localhost", "[::1]:8765"):
        assert local.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8765", "localhost.evil.example", "127.0.0.1@x"]
)
def test_a_name_that_was_pointed_at_this_machine_is_refused(local: TestClient, host: str) -> None:
    answer = local.get("/flags.json", headers={"Host": host})
    assert answer.status_code in (400, 421)
    assert answer.json()["error"]["code"] in ("foreign_host", "bad_host")


@pytest.mark.parametrize(
    ("host", "name"),
    [("A.b:1", "a.b"), ("[::1]:80", "[::1]"), ("a:b", None), ("", None), ("u@a", None)],
)
def test_a_host_is_a_name_and_a_port(host: str, name: str | None) -> None:
    assert host_name(host) == name


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_what_a_proxy_on_this_machine_sends_on_is_not_local(
    local: TestClient, users: dict[Role, str], header: str
) -> None:
    answer = local.get("/flags.json", headers={header: "127.0.0.1"})
    assert answer.status_code == 421  # its Host is loopback, and it is not local


def test_http_1_0_is_what_a_proxy_speaks_and_no_browser(app: FastAPI) -> None:
    headers = Headers({"host": "127.0.0.1:8765"})
    scope = {"client": ("127.0.0.1", 1), "http_version": "1.0"}
    assert not is_local(scope, headers)
    assert is_local({**scope, "http_version": "1.1"}, headers)


def test_another_address_is_refused_until_a_user_exists(remote: TestClient) -> None:
    answer = remote.get("/flags.json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "no_user_yet")


def test_with_users_another_address_has_to_log_in(
    remote: TestClient, users: dict[Role, str], flags: list[int]
) -> None:
    assert remote.get("/flags.json").status_code == 401
    answer = remote.get("/coverage?year=2025", follow_redirects=False)
    assert answer.headers["location"] == "/login?next=%2Fcoverage%3Fyear%3D2025"
    assert log_in(remote, "read").status_code == 303
    assert remote.get("/flags.json").status_code == 200
    assert post(remote, "/logout", {}).status_code == 303
    assert remote.get("/flags.json").status_code == 401


def test_there_is_no_default_password(remote: TestClient, users: dict[Role, str]) -> None:
    for name in ("admin", "root", "operate"):
        for password in ("", "admin", name):
            assert log_in(remote, name, password).status_code in (403, 422, 429)


def test_passwords_are_kept_as_argon2(users: dict[Role, str], database_of: Database) -> None:
    with database_of.reading() as session:
        assert (people.password_hash_of(session, "read") or "").startswith("$argon2id$")


def test_a_session_is_kept_by_the_server_and_its_cookie_is_hard_to_take(
    remote: TestClient, users: dict[Role, str], database_of: Database
) -> None:
    cookie = log_in(remote, "read").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    secret = remote.cookies[auth.SESSION_COOKIE]
    with database_of.begin() as session:
        assert people.session_of(session, secret, now=NOW) is not None
        people.end_session(session, secret)
    assert remote.get("/flags.json").status_code == 401


def test_behind_tls_cookies_are_secure(app: FastAPI, users: dict[Role, str]) -> None:
    client = TestClient(app, base_url="https://192.0.2.7", client=("198.51.100.9", 5))
    assert "Secure" in log_in(client, "read").headers["set-cookie"]


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_it_says(
    remote: TestClient, users: dict[Role, str], flags: list[int], role: Role
) -> None:
    log_in(remote, role.value)
    answer = post(remote, "/flags/accept", {"flag": str(flags[0])})
    assert answer.status_code == (403 if role is Role.READ else 303)


def test_logins_are_limited(remote: TestClient, users: dict[Role, str]) -> None:
    codes = [log_in(remote, "read", f"guess {n}").status_code for n in range(7)]
    assert codes == [403] * people.MOST_OF_PAIR + [429, 429]
    assert log_in(remote, "read").status_code == 429  # the right one too, until the window ends


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://127.0.0.1:8765", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_write_from_another_page_is_refused(
    local: TestClient, flags: list[int], database_of: Database, headers: dict[str, str]
) -> None:
    fields = {"token": token_of(local), "flag": str(flags[0])}
    assert local.post("/flags/accept", data=fields, headers=headers).status_code == 403
    with database_of.reading() as session:
        assert get_flag(session, flags[0]).status is FlagStatus.OPEN


@pytest.mark.parametrize("token", ["", "0" * 64, "é", "another"])
def test_a_form_without_its_token_is_refused(
    local: TestClient, flags: list[int], token: str
) -> None:
    token_of(local)
    answer = post(local, "/flags/accept", {"flag": str(flags[0]), "token": token})
    assert answer.status_code == 403


def test_a_token_of_one_browser_opens_nothing_in_another(
    app: FastAPI, local: TestClient, flags: list[int]
) -> None:
    other = TestClient(app, base_url="http://127.0.0.1:8765", client=("127.0.0.1", 50001))
    fields = {"flag": str(flags[0]), "token": token_of(other)}
    assert post(local, "/flags/accept", fields).status_code == 403


def test_reading_never_writes(local: TestClient, flags: list[int]) -> None:
    for path in ("/flags/accept", "/coverage/waive", "/logout"):
        assert local.get(path).status_code in (404, 405)


def test_what_may_run_is_what_the_design_says() -> None:
    assert CSP == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def test_every_answer_says_what_may_run(local: TestClient, flags: list[int]) -> None:
    for path in ("/", "/flags.json", "/nothing", "/static/console.js", "/login"):
        answer = local.get(path)
        assert answer.headers["content-security-policy"] == CSP, path
        assert answer.headers["x-content-type-options"] == "nosniff"
    page = local.get("/publications/1").text
    assert "<style" not in page
    assert " style=" not in page
    assert "onclick" not in page
    assert all("src=" in part.split(">")[0] for part in page.split("<script")[1:])


def test_raw_pages_are_never_rendered(local: TestClient, flags: list[int]) -> None:
    captures = local.get("/publications/1.json").json()["publication"]["captures"]
    sha256 = captures[0]["sha256"]
    answer = local.get(f"/snapshots/{sha256}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    shown = local.get(f"/snapshots/{sha256}?view=source")
    assert shown.headers["content-type"].startswith("text/html")
    assert "&lt;html&gt;" in shown.text


def test_a_large_request_is_refused_before_it_is_read(local: TestClient, flags: list[int]) -> None:
    big = {"token": token_of(local), "why": "x" * 70_000, "flag": "1"}
    assert post(local, "/flags/dismiss", big).status_code == 413
    chunks = (b"x" * 10_000 for _ in range(10))
    answer = local.post(
        "/flags/accept",
        content=chunks,
        headers={
            "Origin": "http://127.0.0.1:8765",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    assert answer.status_code == 413
    assert local.get("/?x=" + "y" * 5000).status_code == 414


@pytest.mark.parametrize(
    "where",
    ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/\n/x"],
)
def test_no_form_leads_away_from_the_console(
    local: TestClient, flags: list[int], where: str
) -> None:
    fields = {"flag": str(flags[0]), "back": where}
    location = post(local, "/flags/accept", fields).headers["location"]
    assert location.startswith("/?")


def test_a_filter_that_a_form_leaves_empty_is_none(local: TestClient, flags: list[int]) -> None:
    for path in (
        "/search?q=省政协&region=&year=&genre=&level=",
        "/flags?status=&genre=&year=",
        "/sources?region=&state=",
        "/runs?source=&state=",
        "/compare?regions=&years=",
    ):
        assert local.get(path).status_code == 200, path
