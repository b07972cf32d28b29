"""A console over a database of made publications, asked without a network."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scheduler.config import Config
from scheduler.console.app import make_app
from scheduler.console.auth import hash_password
from scheduler.console.ground import Ground
from storage.access import people
from storage.access.people import Role
from storage.engine.database import Database, open_database
from storage.records import SHANGHAI, Genre
from tests.storage.samples import DAY, NOW, article
from tests.storage.steps import save_article

PASSWORD = "correct horse battery"


@pytest.fixture
def config(sqlite_template: Path, tmp_path: Path) -> Config:
    """Settings over an empty database of our own."""
    path = tmp_path / "cppcc.db"
    path.write_bytes(sqlite_template.read_bytes())
    today = NOW.astimezone(SHANGHAI).date()
    return Config(database_url=f"sqlite:///{path}", var=tmp_path / "var", today=today)


@pytest.fixture
def database_of(config: Config) -> Iterator[Database]:
    """The database, to put things in."""
    opened = open_database(config.database_url, migrate=False)
    yield opened
    opened.close()


@pytest.fixture
def flags(database_of: Database) -> list[int]:
    """Three flagged stories, the first with a copy and a revision; their ids."""
    ids = []
    for number in (1, 2, 3):
        genre = Genre.TEN_EVENTS if number % 2 else Genre.ANNUAL_REVIEW
        with database_of.begin() as session:
            saved = save_article(session, article(number, genre=genre), now=NOW, run_id=None)
            ids.append(saved.flag_id or 0)
    first = article(1, genre=Genre.TEN_EVENTS)
    with database_of.begin() as session:
        later = first.published_at and first.published_at + DAY
        copy = replace(first, url="https://other.example/1", source_id="o", published_at=later)
        save_article(session, copy, now=NOW + DAY, run_id=None)
        revised = replace(first, text=first.text + "\n更正一处。")
        save_article(session, revised, now=NOW + DAY, run_id=None)
    return ids


@pytest.fixture
def app(config: Config) -> Iterator[FastAPI]:
    """The application."""
    ground = Ground(config)
    yield make_app(config, ground=ground)
    ground.close()


@pytest.fixture
def local(app: FastAPI) -> TestClient:
    """Somebody on this machine."""
    return TestClient(app, base_url="http://127.0.0.1:8765", client=("127.0.0.1", 50000))


@pytest.fixture
def remote(app: FastAPI) -> TestClient:
    """Somebody elsewhere, at the console's own address."""
    return TestClient(app, base_url="http://192.0.2.7:8765", client=("198.51.100.9", 50000))


@pytest.fixture
def users(database_of: Database) -> dict[Role, str]:
    """A user of each role; all have the same password."""
    hashed = hash_password(PASSWORD)
    with database_of.begin() as session:
        for role in Role:
            people.add_user(session, role.value, password_hash=hashed, role=role, now=NOW)
    return {role: role.value for role in Role}


def token_of(client: TestClient, path: str = "/login") -> str:
    """The token that this client's forms hold."""
    page = client.get(path).text
    return page.split('name="token" value="')[1].split('"')[0]  # as a form sends it


def post(
    client: TestClient, path: str, fields: dict[str, str], *, at: str = "/", **headers: str
) -> httpx2.Response:
    """Send a form as a browser sends it from one of our pages."""
    origin = str(client.base_url).rstrip("/")
    return client.post(
        path,
        data={"token": token_of(client), **fields},
        headers={"Origin": origin, "Sec-Fetch-Site": "same-origin", **headers},
        follow_redirects=False,
    )


def log_in(client: TestClient, name: str, password: str = PASSWORD) -> httpx2.Response:
    """Log in by the form."""
    return post(client, "/login", {"name": name, "password": password})
