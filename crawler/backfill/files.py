"""Files given from outside, read with a bound: a device, a pipe or a giant ends nothing.

``/dev/zero`` never ends, a pipe waits for whoever writes it, and a line without an end fills
the memory; each is said of the one file or line that it concerns.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from storage.records import RefusalClass

MAX_BODY_BYTES = 16 * 1024 * 1024
"""A page; the largest real one seen is under 3 MiB."""

MAX_LINE_BYTES = 32 * 1024 * 1024
"""A line of JSON: a text of the size of a page, each of its characters escaped."""

ARCHIVE_SUFFIXES = (".warc", ".warc.gz", ".warc.zst")

_SKIPPED = 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class FileRefusedError(Exception):
    """A file is not one that is read; ``refusal_class`` and ``detail`` say why."""

    def __init__(self, refusal_class: RefusalClass, detail: str) -> None:
        super().__init__(detail)
        self.refusal_class = refusal_class
        self.detail = detail


@dataclass(frozen=True, slots=True)
class TooLongLine:
    """Stands for a line of more than ``MAX_LINE_BYTES``."""

    size: int


def is_archive(path: Path) -> bool:
    """Whether a file's name is that of a web archive."""
    return path.name.lower().endswith(ARCHIVE_SUFFIXES)


def open_regular(path: Path) -> BinaryIO:
    """``path`` opened for reading.

    :raises FileRefusedError: for what is no regular file, cannot be opened, or has a name that
        no file can have.
    """
    try:
        # A pipe without a writer would wait at open; it is asked what it is before it is read.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise FileRefusedError(RefusalClass.GONE, str(error)) from error
    except ValueError as error:  # a NUL in the name
        raise FileRefusedError(RefusalClass.WRONG_CONTENT, f"no file's name: {error}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileRefusedError(RefusalClass.NOT_HTML, f"{path} is no regular file")
    return os.fdopen(descriptor, "rb")


def read_body(path: Path) -> bytes:
    """The bytes of a page's file, at most ``MAX_BODY_BYTES``.

    :raises FileRefusedError: as ``open_regular``, or for a file that is larger.
    """
    with open_regular(path) as stream:
        try:
            body = stream.read(MAX_BODY_BYTES + 1)
        except OSError as error:
            raise FileRefusedError(RefusalClass.GONE, str(error)) from error
    if len(body) > MAX_BODY_BYTES:
        raise FileRefusedError(RefusalClass.TOO_LARGE, f"more than {MAX_BODY_BYTES} bytes")
    return body


def numbered_lines(stream: BinaryIO) -> Iterator[tuple[int, str | TooLongLine]]:
    """The lines of a UTF-8 file from 1, without their ends; a blank one is left out.

    Bytes that are no UTF-8 become replacement characters: whether such a line says anything
    is for its reader to decide.
    """
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            size = len(line)
            while rest := stream.readline(_SKIPPED):
                size += len(rest)
                if rest.endswith(b"\n"):
                    break
            yield number, TooLongLine(size)
            continue
        if number == 1:
            line = line.removeprefix(_BOM)
        if line.strip():
            yield number, line.decode("utf-8", "replace").rstrip("\r\n")
