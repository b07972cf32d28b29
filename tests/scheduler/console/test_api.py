"""The API by its own description: no defect, no undeclared answer; and decisions by token."""

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from crawler.families import FAMILIES
from scheduler.config import Config
from scheduler.console.app import make_app
from scheduler.console.ground import Ground
from scheduler.i18n import words_in
from storage.access import people
from storage.access.people import Role
from storage.engine.database import Database
from storage.exports import Format
from storage.notices.flags import FlagStatus, get_flag
from storage.records import FailureClass, Genre, Level, SourceState, VerdictKind
from storage.runs.states import RunState
from storage.vocabulary import METRIC_NAMES, TOPIC_NAMES
from tests.storage.samples import NOW

CASES = int(os.environ.get("CPPCC_TEST_API_CASES", "8"))
"""Of each operation; 100 make more than 2,000 in all."""


@pytest.fixture
def tokens(database_of: Database) -> dict[Role, dict[str, str]]:
    """The header of a token of each role."""
    with database_of.begin() as session:
        for role in Role:
            people.add_token(session, role.value, secret=f"secret {role.value}", role=role, now=NOW)
    return {role: {"Authorization": f"Bearer secret {role.value}"} for role in Role}


def test_a_program_decides_by_a_token_of_its_role(
    remote: TestClient, tokens: dict[Role, dict[str, str]], flags: list[int], database_of: Database
) -> None:
    path, body = "/api/v1/flags/dismiss", {"flags": flags[:2], "why": "重复"}
    assert remote.post(path, json=body).status_code in (401, 403)
    assert remote.post(path, json=body, headers=tokens[Role.READ]).status_code == 403
    answer = remote.post(path, json=body, headers=tokens[Role.DECIDE])
    assert answer.json() == {"done": flags[:2], "already": []}
    with database_of.reading() as session:
        flag = get_flag(session, flags[0])
        assert (flag.status, flag.decided_by) == (FlagStatus.DISMISSED, "token:decide")
    wrong = remote.post(path, json={"flags": flags}, headers=tokens[Role.DECIDE])
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "no_reason")


def test_a_browser_on_this_machine_writes_through_forms_only(
    local: TestClient, flags: list[int]
) -> None:
    headers = {"Origin": "http://127.0.0.1:8765"}
    body = {"flags": flags}
    assert local.post("/api/v1/flags/accept", json=body, headers=headers).status_code == 401


def test_every_page_is_data_too(local: TestClient, flags: list[int]) -> None:
    for path in ("flags", "coverage", "sources", "runs", "incidents", "search", "compare",
                 "topics", "exports", "backfills", "doctor", "publications/1"):  # fmt: skip
        page = local.get(f"/{path}.json")
        assert page.status_code == 200, path
        assert local.get(f"/api/v1/{path}").json().keys() == page.json().keys()


def test_topics_are_counted_by_region_and_year(
    local: TestClient, flags: list[int], database_of: Database
) -> None:
    reviews = local.get("/flags.json").json()["rows"]
    rows = local.get("/topics.json").json()["rows"]
    assert rows
    assert {row["region"] for row in rows} <= {review["region"] for review in reviews}
    assert all(row["parts"] >= row["reviews"] >= 1 for row in rows)
    assert local.get("/topics.json?years=1999").json()["rows"] == []
    assert 'class="matrix' in local.get("/topics?lang=zh").text


def test_files_are_narrowed_as_the_page_says(local: TestClient, flags: list[int]) -> None:
    chosen = "q=政协&region=云南&genre=ten_events&flagged=true"
    addresses = [row["address"] for row in local.get(f"/exports.json?{chosen}").json()["rows"]]
    (jsonl,) = [one for one in addresses if ".jsonl" in one]
    kept = local.get(jsonl).text.splitlines()
    everything = local.get("/exports/publications.jsonl").text.splitlines()
    assert 0 < len(kept) < len(everything)
    assert all('"ten_events"' in line for line in kept)
    feed = local.get("/exports/publications.jsonfeed")
    assert feed.headers["content-type"] == "application/feed+json"


@pytest.mark.parametrize("kind", ["atom", "json"])
def test_feeds_keep_the_filter(local: TestClient, flags: list[int], kind: str) -> None:
    assert "tag:cppcc-monitor,2026:flag:1" in local.get(f"/feeds/flags.{kind}?region=云南").text
    assert "flag:1" not in local.get(f"/feeds/flags.{kind}?region=广西").text


def test_both_languages_are_complete() -> None:
    chinese, english = (words_in(language).catalogue.messages for language in ("zh", "en"))
    assert chinese.keys() == english.keys()
    assert all(chinese.values())
    assert all(english.values())


def test_every_code_has_a_name() -> None:
    codes = {
        "format": Format, "topic": TOPIC_NAMES, "metric": METRIC_NAMES, "genre": Genre,
        "level": Level, "failure": FailureClass, "todo": FailureClass, "verdict": VerdictKind,
        "source": SourceState, "run": RunState,
        "family": FAMILIES,
    }  # fmt: skip
    for words in map(words_in, ("zh", "en")):
        assert [
            (kind, code) for kind in codes for code in codes[kind] if not words.knows(kind, code)
        ] == []


def test_the_api_answers_as_it_says(
    config: Config,
    flags: list[int],
    tokens: dict[Role, dict[str, str]],
    record_property: Callable[[str, object], None],
) -> None:
    config = config.model_copy(update={"console_hosts": "testserver"})
    ground = Ground(config)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", make_app(config, ground=ground))
    # A dismissal without a reason is sound JSON and refused all the same: 422 is declared.
    asked: list[int] = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if operation.path.endswith("/channels/test"):
            continue  # starts a process each time

        @given(case=operation.as_strategy())
        @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
        def ask(case: "schemathesis.Case[Any]") -> None:
            answer = case.call_and_validate(
                headers=tokens[Role.OPERATE],
                excluded_checks=[positive_data_acceptance],
                timeout=600.0,  # its own ten seconds are a loaded machine's
            )
            asked.append(answer.status_code)

        ask()
    ground.close()
    record_property("cases", len(asked))  # in the file of --junit-xml
    assert len(asked) >= CASES
    assert max(Counter(asked)) < 500
