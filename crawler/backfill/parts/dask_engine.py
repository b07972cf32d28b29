"""Parts read on the workers of a Dask cluster: the same pure function over the same files.

The files must lie at the same paths on every worker.  A worker has at most two parts, so that
it never waits and little is read twice when it dies; a result is let go as soon as it has come,
since results that a dead worker held would be worked out anew.  A part that kills its workers
is given up by Dask after four of them, and takes no other with it.
"""

import pickle
import time
import zlib
from collections import deque
from collections.abc import Generator, Iterable
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from crawler.backfill.parts.part import Job, Part, PartResult
from crawler.backfill.parts.pool import TICK_SECONDS, EngineLostError, LostPart, Outcome

if TYPE_CHECKING:
    from distributed import Client, Future

PARTS_A_WORKER = 2
WITHOUT_WORKERS_SECONDS = 120.0
"""How long a cluster without any worker is waited for."""


def read_on_worker(packed_job: bytes, part: Part) -> PartResult:
    """What a worker runs.  The job is unpacked once, not once a part."""
    from crawler.backfill.parts.tasks import read_part  # the readers, which only workers need

    return read_part(_job(packed_job), part)


@lru_cache(maxsize=4)
def _job(packed: bytes) -> Job:
    job = pickle.loads(zlib.decompress(packed))  # from whoever may run any code here anyway
    assert isinstance(job, Job)
    return job


class DaskEngine:
    """The workers of a cluster; ``client`` is closed with the reading."""

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._seen_workers = time.monotonic()

    def read(self, job: Job, parts: Iterable[Part]) -> Generator[Outcome]:
        """See ``crawler.backfill.parts.pool.Engine``.

        :raises EngineLostError: when the cluster's scheduler or all of its workers are gone.
        """
        from distributed import CancelledError, wait
        from distributed.comm.core import CommClosedError

        packed = zlib.compress(pickle.dumps(job))
        waiting = deque(parts)
        under_way: dict[Future, Part] = {}
        try:
            while waiting or under_way:
                for _ in range(min(len(waiting), self._room(len(under_way)))):
                    part = waiting.popleft()
                    future = self._client.submit(read_on_worker, packed, part, pure=False)
                    under_way[future] = part
                done: Iterable[Future] = ()
                if under_way:
                    with suppress(TimeoutError), self._client.as_current():
                        done = wait(
                            list(under_way), timeout=TICK_SECONDS, return_when="FIRST_COMPLETED"
                        ).done
                else:
                    time.sleep(TICK_SECONDS)
                for future in done:
                    part = under_way.pop(future)
                    yield self._outcome(future, part)
                    future.release()
                yield None
        except (CancelledError, CommClosedError, OSError) as error:
            raise EngineLostError(f"the cluster is gone: {error}") from error
        finally:
            self._client.close(timeout=TICK_SECONDS)

    def _outcome(self, future: "Future", part: Part) -> PartResult | LostPart:
        from distributed import CancelledError

        if future.status == "error":
            error = future.exception()
            if isinstance(error, CancelledError):
                raise error
            return LostPart(part, f"{type(error).__name__}: {error}"[:300])
        result = future.result()
        assert isinstance(result, PartResult)
        return result

    def _room(self, under_way: int) -> int:
        """How many parts more the workers may have.

        :raises EngineLostError: when there has been no worker for long.
        """
        status = self._client.status
        if status != "running":
            raise EngineLostError(f"the connection to the cluster is {status}")
        threads: int = sum(self._client.nthreads().values())
        now = time.monotonic()
        if threads:
            self._seen_workers = now
        elif now - self._seen_workers > WITHOUT_WORKERS_SECONDS:
            raise EngineLostError("the cluster has no workers")
        return max(0, PARTS_A_WORKER * threads - under_way)
