"""Bytes that come in chunks, read with a bound and a look ahead.

An archive's record may be of any size; nothing here holds more of it than was asked for.
"""

import re
from collections.abc import Iterator

_PIECE = 256 * 1024
_MARK = 64


class Stream:
    """A reader over chunks of bytes; every method bounds what it holds."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""
        self._at = 0  # where in ``_held`` the reader stands

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer at the end, without taking them."""
        held = len(self._held) - self._at
        if held < size:
            parts = [self._held[self._at :]] if held else []
            while held < size and (chunk := next(self._chunks, b"")):
                parts.append(chunk)
                held += len(chunk)
            # Most records come in one chunk, which is then not copied.
            self._held, self._at = parts[0] if len(parts) == 1 else b"".join(parts), 0
        return self._held[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer at the end."""
        taken = self.peek(size)
        self._at += len(taken)
        return taken

    def skip(self, size: int) -> int:
        """Pass over ``size`` bytes; how many there were."""
        left = size
        while left > 0 and (taken := self.read(min(left, _PIECE))):
            left -= len(taken)
        return size - left

    def give_back(self, taken: bytes) -> None:
        """Put bytes back in front of what is still to be read."""
        self._held, self._at = taken + self._held[self._at :], 0

    def skip_to(
        self, mark: re.Pattern[bytes], *, keep: int, most: int | None = None
    ) -> tuple[bytes, bool, int]:
        """Pass over everything before the next match of ``mark``, at most ``most`` bytes.

        The first ``keep`` bytes passed over, whether it was found (the reader then stands on
        it), and how many bytes were passed over.
        """
        kept: list[bytes] = []
        held = passed = 0
        while window := self.peek(_PIECE + _MARK):
            if most is not None:
                window = window[: most - passed]
            found = mark.search(window)
            last = len(window) < _PIECE + _MARK
            step = found.start() if found else len(window) if last else _PIECE
            taken = self.read(step)
            passed += step
            if held < keep:
                kept.append(taken[: keep - held])
                held += len(kept[-1])
            if found:
                return b"".join(kept), True, passed
            if last:
                break
        return b"".join(kept), False, passed
