"""Who claims a run: a process, named by its host and its number."""

import os
import socket
from pathlib import Path


def this_process() -> str:
    """The name under which this process claims."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_dead(owner: str | None) -> bool:
    """Whether the claimer was a process of this machine that is no more."""
    host, _, number = (owner or "").rpartition(":")
    if host != socket.gethostname() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _is_unburied(number)


def _is_unburied(number: str) -> bool:
    """Whether a process has ended and its parent has not asked for its end: a zombie (Linux)."""
    try:
        state = Path(f"/proc/{number}/stat").read_text("ascii", "replace").rpartition(")")[2]
    except OSError:
        return False  # another system, or it ended at this moment
    return state.split()[0] in ("Z", "X")
