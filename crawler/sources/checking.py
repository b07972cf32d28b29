"""Every fault of every declaration in one go: who mends a file wants to hear of all of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from crawler.errors import DeclarationError
from crawler.families import FAMILIES
from crawler.families.base import Family, Site
from crawler.sources.declaration import (
    DECLARED,
    Expect,
    Source,
    declared_files,
    family_faults,
    keys_of,
    load_source,
    of_no_region,
    off_hosts,
    read_table,
)

Hosts = TypeAdapter(tuple[str, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a look at all files showed: those that load, and each fault of the others."""

    files: int
    sound: Mapping[str, Source]
    faults: tuple[DeclarationError, ...]


def check_all(*folders: Path | None) -> Checked:
    """Each fault of each file of the project and of ``folders``.

    Of two that declare one id, or share an entry URL, the second is wrong.

    :raises DeclarationError: when a folder is not there.
    """
    return check_files(declared_files((DECLARED, *folders)))


def check_files(paths: Sequence[Path]) -> Checked:
    """The same of these files alone."""
    sound: dict[str, Source] = {}
    ids: dict[str, Path] = {}
    owners: dict[str, str] = {}
    faults: list[DeclarationError] = []
    for path in paths:
        found = list(faults_of(path))
        if path.stem in ids:
            found.append(DeclarationError(path, "id", f"also declared by {ids[path.stem]}"))
        ids.setdefault(path.stem, path)
        source = None if found else load_source(path)
        if source is not None:
            shared = [url for url in source.entry_urls if url in owners]
            found += [
                DeclarationError(path, source.family, f"{url} is also of {owners[url]}")
                for url in shared
            ]
            if not found:
                owners |= dict.fromkeys(source.entry_urls, source.id)
                sound[source.id] = source
        faults += found
    return Checked(files=len(paths), sound=sound, faults=tuple(faults))


def faults_of(path: Path) -> Iterator[DeclarationError]:
    """Every fault of one file; none where it loads.

    A fault hides no other: the head of the file, the table of its family and what of the one
    must fit the other are each looked at by themselves.
    """
    try:
        load_source(path)
    except DeclarationError as first:
        found = {
            (key, problem): DeclarationError(path, key, problem)
            for key, problem in _faults(path, first)
        }
        yield from found.values()


def _faults(path: Path, first: DeclarationError) -> Iterator[tuple[str, str]]:
    try:
        table = read_table(path)
    except DeclarationError as error:
        yield error.key, error.problem
        return
    if "id" in table:
        yield "id", "is the file's name and cannot be set"
    table.pop("id", None)
    head = {key: value for key, value in table.items() if key not in FAMILIES and key != "family"}
    wrong = list(_head_faults(path, head))
    yield from wrong
    if "family" not in table:
        yield "family", f"missing; one of {', '.join(FAMILIES)}"
    yield from family_faults(table)
    spoilt = {key.split(".")[0] for key, _ in wrong}
    family = table.get("family")
    given = table.get(family) if isinstance(family, str) and family in FAMILIES else None
    if given is None:
        return
    options = _options(str(family), given)
    if not isinstance(options, Family):
        yield from options
        return
    if "hosts" not in spoilt:
        hosts = Hosts.validate_python(head["hosts"])
        yield from (("hosts", words) for words in off_hosts(hosts, options.entry_urls))
    if "expect" not in spoilt:
        expect = Expect.model_validate(head["expect"])
        site = Site(name=path.stem, max_days_silent=expect.max_days_silent)
        if problem := options.contradiction(site):
            yield str(family), problem


def _head_faults(path: Path, head: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """What is wrong with all but the family, seen beside a family in which nothing is wrong."""
    hosts = head.get("hosts")
    host = hosts[0] if isinstance(hosts, list) and hosts else "news.example"
    beside = {"family": "listing", "listing": {"urls": [f"http://{host}/"]}}
    try:
        Source.model_validate({"id": path.stem, **head, **beside})
    except ValidationError as error:
        for item in error.errors():
            if item["loc"] and item["loc"][0] != "options":
                yield ".".join(keys_of(item["loc"])), _words(item["msg"])
    if isinstance(region := head.get("region"), str) and (problem := of_no_region(region)):
        yield "region", problem


def _options(family: str, given: object) -> Family | list[tuple[str, str]]:
    """The options of a family, or what is wrong with them."""
    if not isinstance(given, dict):
        return [(family, "is no table")]
    try:
        return FAMILIES[family].model_validate(given)
    except ValidationError as error:
        return [
            (".".join((family, *keys_of(item["loc"]))), _words(item["msg"]))
            for item in error.errors()
        ]


def _words(message: str) -> str:
    return message.removeprefix("Value error, ")
