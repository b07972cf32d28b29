"""A template, and runs, that play: the source's id says what a run does.

``python -m tests.scheduler.carrying.played FD`` is a template that has imported nothing; the
words of a run without one are played by ``play`` too.
"""

import os
import signal
import socket
import sys
import time

from crawler.template import HANDLED, Template


def play(words: list[str]) -> int:
    """The exit code of a played run."""
    how = words[0]
    say(f"{how} in {os.environ.get('PLAYED', 'nothing')}, group {os.getpgid(0) == os.getpid()}")
    if how == "fails":
        return 4
    if how == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "clings":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        say("clings on")
    if how in ("sleeps", "clings"):
        time.sleep(600)
    return 0


def say(words: str) -> None:
    """Into the log, at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    """As ``crawler.template`` does it."""
    if os.environ.get("PLAYED_TEMPLATE") == "breaks":
        return 1
    channel = socket.socket(fileno=int(sys.argv[1]))
    for number in HANDLED:
        signal.signal(number, signal.SIG_IGN)
    words = Template(channel).serve()
    return 0 if words is None else play(words)


if __name__ == "__main__":
    sys.exit(main())
