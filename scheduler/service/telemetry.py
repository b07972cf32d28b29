"""Numbers and health for whoever watches the watcher: /metrics and /healthz on loopback."""

import json
import logging
import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    make_wsgi_app,
)

from scheduler.service.vitals import Health

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"


class Telemetry:
    """The service's numbers, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        kept = self.registry
        self.sources = Gauge("cppcc_sources", "Declared sources", registry=kept)
        self.ticks = Counter(
            "cppcc_ticks", "Ticks by what they called for", ["step"], registry=kept
        )
        self.probes = Counter(
            "cppcc_probes", "Probes by what they learnt", ["outcome"], registry=kept
        )
        self.runs = Counter(
            "cppcc_runs", "Runs judged, by verdict class", ["failure_class"], registry=kept
        )
        self.running = Gauge("cppcc_runs_active", "Child processes at work", registry=kept)
        self.plans = Gauge(
            "cppcc_plans", "1 while this service plans, of all on its database", registry=kept
        )
        self.lateness = Gauge(
            "cppcc_lateness_seconds", "How late the latest tick is", registry=kept
        )
        self.round_at = Gauge(
            "cppcc_last_round_timestamp_seconds", "Last sound round", registry=kept
        )
        self.errors = Counter(
            "cppcc_errors", "Rounds that failed, by where", ["where"], registry=kept
        )
        self.incidents = Gauge("cppcc_incidents", "Unresolved incidents", registry=kept)
        self.outbox = Gauge("cppcc_outbox_waiting", "Messages not delivered yet", registry=kept)
        self.messages = Counter("cppcc_messages", "Messages that every channel took", registry=kept)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """A scrape every few seconds is no news."""
        logger.debug(format, *args)


class TelemetryServer:
    """Answers /metrics and /healthz from a thread of its own, on loopback only."""

    def __init__(self, telemetry: Telemetry, health: Callable[[], Health], port: int) -> None:
        metrics = make_wsgi_app(telemetry.registry)

        def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
            path = environ.get("PATH_INFO", "/")
            if path == "/metrics":
                pages: Iterable[bytes] = metrics(environ, start)
                return pages
            if path != "/healthz":
                start("404 Not Found", [("Content-Type", "text/plain")])
                return [b"/metrics or /healthz\n"]
            found = health()
            status = "200 OK" if found.well else "503 Service Unavailable"
            start(status, [("Content-Type", "application/json")])
            return [json.dumps({"well": found.well, "words": found.words}).encode() + b"\n"]

        self._server = make_server(
            LOOPBACK, port, answer, server_class=_Server, handler_class=_Quiet
        )
        self.port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="telemetry", daemon=True
        )

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """End, and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
