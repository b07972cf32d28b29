"""Who claims a run: a process, named by its host and its number."""

import os
import socket


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
    return False
