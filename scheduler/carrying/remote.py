"""Carries runs to the workers of a Dask cluster (``CPPCC_CLUSTER``), one a worker's thread.

The run's row with its lease stays the authority: whatever becomes of the cluster, a run whose
child fell silent is given back.  A worker that died, or was taken for dead, ends its start as a
kill does; its token can store nothing once the run is claimed anew.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from crawler.cluster import ClusterError, check_address, connect
from scheduler.carrying.cluster_worker import NOT_CARRIED, carry, end_child, key_of
from scheduler.carrying.launcher import ClaimedRun

if TYPE_CHECKING:
    from distributed import Client, Future

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 5.0
AGAIN_SECONDS = 15.0
"""So long after a connection failed the next one is tried."""


class RemoteRun:
    """One start of a run on the cluster."""

    def __init__(self, run: ClaimedRun, client: "Client", future: "Future | None") -> None:
        self._key = key_of(run)
        self._client = client
        self._future = future
        self._code = None if future else NOT_CARRIED
        self.log = f"`cppcc runs log {run.run_id}`"

    def poll(self) -> int | None:
        """The exit code of its child, None while it works; as for a kill when it is lost."""
        if self._future is not None:
            self._code = self._look(self._future)
            if self._code is not None:
                self._future.release()
                self._future = None
        return self._code

    def cancel(self) -> None:
        """SIGTERM to its child, wherever it is."""
        self._tell(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to its child; it counts as ended, whether that reaches it or not."""
        self._tell(signal.SIGKILL)
        if self._future is not None:
            self._future.release()
            self._future, self._code = None, NOT_CARRIED

    def _look(self, future: "Future") -> int | None:
        from distributed import CancelledError

        status = future.status
        if status == "pending" and self._client.status in ("running", "connecting"):
            return None
        why = f"{status}, the connection is {self._client.status}"
        try:
            if status == "finished":
                return int(future.result(timeout=ANSWER_SECONDS))
            if status == "error":
                why = str(future.exception(timeout=ANSWER_SECONDS))
        except TimeoutError:
            return None  # its worker is slow, or dies: then the future says so
        except (CancelledError, OSError) as error:
            why = str(error)
        logger.warning("%s is lost: %s", self._key, why)
        return NOT_CARRIED

    def _tell(self, number: int) -> None:
        try:
            self._client.run(end_child, self._key, number, wait=False, on_error="ignore")
        except (OSError, ValueError, RuntimeError) as error:
            logger.warning("%s cannot be told to end: %s", self._key, error)


class ClusterLauncher:
    """Starts runs on the cluster at ``url``; ``environment`` is added to that of its workers."""

    def __init__(
        self,
        url: str,
        environment: Mapping[str, str] | None = None,
        *,
        connecting: "Callable[[str], Client]" = connect,
    ) -> None:
        """Nothing is connected yet.

        :raises ClusterError: for an address that strangers could use.
        """
        self._url = check_address(url)
        self._environment = dict(environment or {})
        self._connecting = connecting
        self._client: Client | None = None
        self._thread: threading.Thread | None = None
        self._tried_at: float | None = None

    def ready(self) -> bool:
        """Whether a worker has a thread to spare; connects in a thread of its own where needed.

        A run that waited on the cluster would not beat, and lose its lease.
        """
        client = self._client
        if client is None or client.status not in ("running", "connecting"):
            self._connect()
            return False
        if client.status != "running":
            return False
        try:
            threads = client.sync(
                client.scheduler.ncores, workers=None, callback_timeout=ANSWER_SECONDS
            )
            at_work = client.sync(
                client.scheduler.processing, workers=None, callback_timeout=ANSWER_SECONDS
            )
        except (TimeoutError, OSError) as error:
            logger.warning("the cluster at %s does not answer: %s", self._url, error)
            return False
        room: int = sum(threads.values()) - sum(len(keys) for keys in at_work.values())
        return room > 0

    def start(self, run: ClaimedRun) -> RemoteRun:
        """Begin ``run`` on a worker; where the cluster is gone, the run is as one killed."""
        client = self._client
        if client is None:
            raise ConnectionError(f"no cluster answers at {self._url}")
        future: Future | None = None
        try:
            future = client.submit(carry, run, self._environment, key=key_of(run), pure=False)
        except (OSError, RuntimeError) as error:
            logger.warning("run=%s could not be sent to the cluster: %s", run.run_id, error)
        return RemoteRun(run, client, future)

    def close(self) -> None:
        """Let the cluster go; runs on it go on, and end their leases by themselves."""
        if self._client is not None:
            self._client.close(timeout=ANSWER_SECONDS)
            self._client = None

    def _connect(self) -> None:
        now = time.monotonic()
        if self._thread is not None and self._thread.is_alive():
            return
        if self._tried_at is not None and now - self._tried_at < AGAIN_SECONDS:
            return
        self._tried_at = now
        self._thread = threading.Thread(target=self._try, name="cluster", daemon=True)
        self._thread.start()

    def _try(self) -> None:
        try:
            client = self._connecting(self._url)
        except ClusterError as error:
            logger.error("no run is started: %s", error)
            return
        before, self._client = self._client, client
        if before is not None:
            before.close(timeout=ANSWER_SECONDS)
        logger.info("runs are carried to the cluster at %s", self._url)
