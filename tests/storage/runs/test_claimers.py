"""Who is dead: a process that is no more, also where nobody has asked for its end yet."""

import os
import socket
import subprocess
import sys

from storage.runs.claimers import is_dead, this_process


def test_a_process_is_dead_though_nobody_has_buried_it() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    owner = f"{socket.gethostname()}:{child.pid}"
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays a zombie
    assert is_dead(owner)
    child.wait()
    assert is_dead(owner)


def test_the_living_and_strangers_are_not() -> None:
    assert not is_dead(this_process())
    assert not is_dead("another-machine:1")
    assert not is_dead(None)
    assert not is_dead("no process")
