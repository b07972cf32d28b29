"""Whether the service does its work: each kind of work, when it last did well, what it said.

Written on the event loop, read by whoever asks /healthz.  An error stands until the same kind
of work succeeds again: that another kind does well proves nothing of this one.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the service does its work, and why not, in words."""

    well: bool
    words: str


@dataclass(frozen=True, slots=True)
class _Sign:
    """The last sign of one kind of work: the moment it did well, and its error since, if any."""

    well_at: float
    error: str | None = None


class Vitals:
    """The signs of life of each kind of work; moments are of the monotonic clock, in seconds."""

    def __init__(
        self, longest: Mapping[str, float], *, moment: Callable[[], float] = time.monotonic
    ) -> None:
        """``longest`` is how long each kind of work may go without having done well."""
        self._longest = dict(longest)
        self._moment = moment
        self._signs: dict[str, _Sign] = {}
        self.begin()

    def begin(self) -> None:
        """Count from now."""
        self._signs = {name: _Sign(self._moment()) for name in self._longest}

    def did_well(self, name: str) -> None:
        """The work was done, and whatever was wrong with it is over."""
        self._signs[name] = _Sign(self._moment())

    def failed(self, name: str, error: str) -> None:
        """The work was not done, for this reason."""
        before = self._signs.get(name)
        self._signs[name] = _Sign(before.well_at if before else self._moment(), error)

    def problems(self) -> list[str]:
        """What is wrong, in words; empty when all is well."""
        now = self._moment()
        found = []
        for name, sign in dict(self._signs).items():
            silent = now - sign.well_at
            if sign.error is not None:
                found.append(f"{name}: {sign.error}; it last did well {silent:.0f} s ago")
            elif silent > self._longest.get(name, float("inf")):
                found.append(f"{name}: nothing of it for {silent:.0f} s")
        return found
