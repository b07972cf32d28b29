"""The process of a worker: ``python -m crawler.backfill.parts.worker FD``."""

import signal
import sys
from multiprocessing.connection import Connection

from crawler.backfill.parts.pool import serve

if __name__ == "__main__":
    # The one who gives the parts is interrupted too, and ends us in his own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(Connection(int(sys.argv[1])))
