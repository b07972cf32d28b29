"""Which parts a back-fill has: files and folders cut into ranges, or what an index names.

A part is small enough that its articles can be stored in one transaction and that a worker's
death costs little, and is named by the bytes it is made of: a file that was moved or copied is
known again, one that has grown is another.
"""

import hashlib
import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.backfill.files import FileRefusedError, is_archive, open_regular
from crawler.backfill.parts.index import INDEX_SUFFIXES, IndexedRecord, UnreadLines, read_index
from crawler.backfill.parts.part import Part
from crawler.backfill.parts.prefilter import Wanted

PACKED_BYTES = 16 * 2**20
"""A range of a packed file: some thousand pages."""
PLAIN_BYTES = 64 * 2**20
RECORDS = 1000
"""Records of a part that an index names one by one."""

_SAMPLE = 64 * 1024


class PlanError(Exception):
    """What was named is nothing that can be back-filled, in words."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts, and the files that are named and not there or cannot be read, each with why."""

    parts: tuple[Part, ...]
    missing: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.parts)


def plan_parts(paths: Sequence[Path], wanted: Wanted) -> Plan:
    """The parts of archives, of folders of them, and of indexes that name records in them.

    :raises PlanError: when something named is none of these, or nothing is found.
    """
    parts: list[Part] = []
    missing: list[tuple[str, str]] = []
    for path in _files(paths):
        if path.name.lower().endswith(INDEX_SUFFIXES):
            found, lost = _parts_of_index(path, paths, wanted)
        else:
            found, lost = _parts_of_file(path)
        parts += found
        missing += lost
    if not parts and not missing:
        raise PlanError("no archive (.warc, .warc.gz, .warc.zst) is there")
    # The same bytes under two names are read once.
    return Plan(tuple({part.key: part for part in parts}.values()), tuple(missing))


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            raise PlanError(f"{path} is not there")
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if is_archive(one))
        elif is_archive(path) or path.name.lower().endswith(INDEX_SUFFIXES):
            yield path
        else:
            raise PlanError(f"{path} is no archive (.warc, .warc.gz, .warc.zst) and no index")


def _parts_of_file(path: Path) -> tuple[list[Part], list[tuple[str, str]]]:
    try:
        size, name = _named(path)
    except FileRefusedError as error:
        return [], [(str(path), error.detail)]
    width = PLAIN_BYTES if path.name.lower().endswith(".warc") else PACKED_BYTES
    count = max(1, round(size / width))
    ends = [size * number // count for number in range(count + 1)]
    return [_part(path, name, (span,)) for span in itertools.pairwise(ends)], []


def _parts_of_index(
    path: Path, given: Sequence[Path], wanted: Wanted
) -> tuple[list[Part], list[tuple[str, str]]]:
    """The records that an index names, a few hundred neighbours of one file a part."""
    parts: list[Part] = []
    missing: list[tuple[str, str]] = []
    folders = [path.parent, *(one if one.is_dir() else one.parent for one in given)]
    by_file: dict[str, list[IndexedRecord]] = {}
    for record in read_index(path, wanted):
        if isinstance(record, UnreadLines):
            words = f"{record.count} lines of {path.name} cannot be read: what they name is unknown"
            missing.append((str(path), words))
        else:
            by_file.setdefault(record.file, []).append(record)
    for file, records in sorted(by_file.items()):
        archive = _archive_of(file, folders)
        try:
            if archive is None:
                raise FileNotFoundError(f"{file}, named by {path.name}, is in none of the folders")
            _, name = _named(archive)
        except (FileRefusedError, FileNotFoundError) as error:
            missing.append((file, str(error)))
            continue
        spans = sorted({(one.offset, one.offset + 1) for one in records})
        parts += [
            _part(archive, name, tuple(spans[at : at + RECORDS]))
            for at in range(0, len(spans), RECORDS)
        ]
    return parts, missing


def _archive_of(file: str, folders: Sequence[Path]) -> Path | None:
    """Where a file that an index names lies: by its whole path or its name, near the index."""
    for folder in folders:
        for name in (file, Path(file).name):
            if (folder / name).is_file():
                return folder / name
    return None


def _named(path: Path) -> tuple[int, str]:
    """A file's size, and a name for its bytes: of its two ends, which differ in any two archives.

    :raises FileRefusedError: when it is no regular file.
    """
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        sample = hashlib.sha256(stream.read(_SAMPLE))
        stream.seek(max(0, size - _SAMPLE))
        sample.update(stream.read(_SAMPLE))
    return size, f"{size}:{sample.hexdigest()}"


def _part(path: Path, name: str, spans: tuple[tuple[int, int], ...]) -> Part:
    named = hashlib.sha256(f"{name}:{spans}".encode()).hexdigest()
    return Part(path=str(path.resolve()), key=named, spans=spans)
