"""/metrics and /healthz, asked over loopback as a watcher asks them."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from scheduler.service.telemetry import Telemetry, TelemetryServer
from scheduler.service.vitals import Health


class Told:
    """What the service would say of itself."""

    def __init__(self) -> None:
        self.health = Health(well=True, words="3 sources watched")

    def __call__(self) -> Health:
        return self.health


@pytest.fixture(scope="module")
def told() -> Told:
    return Told()


@pytest.fixture(scope="module")
def telemetry() -> Telemetry:
    return Telemetry()


@pytest.fixture(scope="module")
def base(telemetry: Telemetry, told: Told) -> Iterator[str]:
    server = TelemetryServer(telemetry, told, 0)
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()


def ask(url: str) -> tuple[int, str]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_healthz_answers_503_exactly_while_something_is_wrong(base: str, told: Told) -> None:
    for well, words, status in ((True, "all is well", 200), (False, "round: disk full", 503)):
        told.health = Health(well=well, words=words)
        found, body = ask(f"{base}/healthz")
        assert (found, json.loads(body)) == (status, {"well": well, "words": words})


def test_metrics_hold_what_was_counted_and_its_labels(base: str, telemetry: Telemetry) -> None:
    telemetry.sources.set(162)
    telemetry.runs.labels(failure_class="none").inc()
    telemetry.runs.labels(failure_class="blocked").inc(2)
    status, body = ask(f"{base}/metrics")
    assert status == 200
    lines = body.splitlines()
    assert "cppcc_sources 162.0" in lines
    assert 'cppcc_runs_total{failure_class="none"} 1.0' in lines
    assert 'cppcc_runs_total{failure_class="blocked"} 2.0' in lines


def test_two_services_in_one_process_count_apart(telemetry: Telemetry) -> None:
    telemetry.messages.inc(5)
    assert Telemetry().registry.get_sample_value("cppcc_messages_total") == 0.0


def test_any_other_address_names_the_two(base: str) -> None:
    assert ask(f"{base}/") == (404, "/metrics or /healthz\n")
