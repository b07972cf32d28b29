"""The console as a server: uvicorn with bounds on what one peer can hold.

uvicorn bounds how long a connection may idle between two requests, but not how slowly a
request's head may come in: the protocol below ends a connection whose head is not whole in
time.
"""

import asyncio
import os
import socket

import anyio.to_thread
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from scheduler.config import Config
from scheduler.console.app import make_app
from scheduler.console.security import names_of

HEAD_SECONDS = 10.0
"""For a whole request head, from the connection's beginning or the answer before it."""
KEEP_ALIVE_SECONDS = 15
MOST_CONNECTIONS = 128
PARENT_SECONDS = 2.0
THREADS = 8
"""Pages that are made at the same time; each holds a connection to the database."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with a deadline for each request's head."""

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """A head that is whole has been waited for."""
        super().handle_events()
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """Another head may come on the same connection."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self._wait_for_head()

    def _wait_for_head(self) -> None:
        self._stop_waiting()
        # The idle time of uvicorn comes first where nothing at all is sent.
        wait = HEAD_SECONDS + KEEP_ALIVE_SECONDS
        self._head_timer = self.loop.call_later(wait, self._give_up)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()


def server(config: Config, *, host: str, port: int, app: FastAPI | None = None) -> uvicorn.Server:
    """A server that is not started yet."""
    proxies = sorted(names_of(config.console_proxies))
    return uvicorn.Server(
        uvicorn.Config(
            app or make_app(config),
            host=host,
            port=port,
            http=PatientProtocol,
            ws="none",
            loop="asyncio",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=proxies or None,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=5,
            limit_concurrency=MOST_CONNECTIONS,
            h11_max_incomplete_event_size=16 * 1024,
            backlog=128,
        )
    )


def serve(config: Config, *, host: str, port: int, child_of: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT, or until the parent ``child_of`` is gone.

    :raises OSError: when nothing can be listened on there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's waiting (40 ms an answer) off only where the protocol is named.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))

        async def main() -> None:
            anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
            serving = server(config, host=host, port=port)
            watching = asyncio.create_task(_end_with_parent(serving, child_of))
            await serving.serve(sockets=[listening])
            watching.cancel()

        asyncio.run(main())


async def _end_with_parent(serving: uvicorn.Server, parent: int | None) -> None:
    """A child whose service was killed serves nobody any longer."""
    while parent is not None:
        await asyncio.sleep(PARENT_SECONDS)
        if os.getppid() != parent:
            serving.should_exit = True
            return
