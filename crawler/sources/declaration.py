"""Source declarations: one TOML file a source, strictly typed, its file name its id."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import tomli
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    model_validator,
)
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from crawler.config import MAX_BYTES
from crawler.errors import DeclarationError
from crawler.families import FAMILIES, Options
from crawler.families.base import HttpUrl, Site, Strict
from crawler.pages.selectors import Selectors
from storage.records import SHANGHAI, Level, SourceRecord

DECLARED = Path(__file__).with_name("declared")
"""The declarations that come with the project."""

# fmt: off
REGIONS = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江",
    "上海", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南",
    "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州",
    "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆",
)
# fmt: on
"""Short names of the 31 regions with a provincial committee, in the official order."""

NATIONAL = "全国"


def _a_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


def _selectors(table: object) -> Selectors | None:
    """A ``[selectors]`` table; pages know no pydantic, so its keys are checked here."""
    if not isinstance(table, dict):
        raise ValueError("not a table")
    known = {field.name for field in fields(Selectors)}
    if unknown := sorted(set(table) - known):
        raise ValueError(f"unknown key {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    for name, selector in table.items():
        try:
            LexborHTMLParser("<html></html>").css(selector)
        except SelectolaxError as error:
            raise ValueError(f"{name}: not a CSS selector: {selector!r}") from error
    return Selectors(**table)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerSelectors:
    """Selectors of a layout that a site has left; ``until`` is the last day they fit."""

    until: date
    selectors: Selectors


def _former_selectors(tables: object) -> tuple[FormerSelectors, ...]:
    """The ``[[former_selectors]]`` of a declaration, the oldest first."""
    if not isinstance(tables, list | tuple):
        raise ValueError("not a list of tables: [[former_selectors]]")
    found = []
    for table in tables:
        if not isinstance(table, dict) or not isinstance(until := table.get("until"), date):
            raise ValueError("until: a day is needed, as 2024-05-01")
        rest = {key: value for key, value in table.items() if key != "until"}
        selectors = _selectors(rest)
        assert selectors is not None  # it was a table
        day = until.date() if isinstance(until, datetime) else until
        found.append(FormerSelectors(until=day, selectors=selectors))
    return tuple(sorted(found, key=lambda one: one.until))


def _an_honest_agent(text: str) -> str:
    fields = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if fields != {"agent"} or not text.isascii() or not text.isprintable():
        raise ValueError("needs the placeholder {agent}: we say who we are")
    return text


Pattern = Annotated[str, AfterValidator(_a_pattern)]
Host = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]


class Politeness(Strict):
    """How gently this source's hosts are asked; a robots.txt that asks for more is obeyed."""

    delay_seconds: float = Field(default=3.0, ge=0)
    concurrency: int = Field(default=1, ge=1, le=8)
    timeout_seconds: float = Field(default=30.0, gt=0, le=300)
    max_bytes: int = Field(default=MAX_BYTES, gt=0)
    user_agent: Annotated[str, AfterValidator(_an_honest_agent)] | None = None
    """What we call ourselves to hosts that want another form; ``{agent}`` is our own name."""

    def agent(self, own: str) -> str:
        """The User-Agent to send, where ``own`` is ours: honest in whatever form."""
        return own if self.user_agent is None else self.user_agent.format(agent=own)


class Expect(Strict):
    """What a healthy crawl of this source looks like; zero is a failure unless said here."""

    min_articles: int = Field(ge=0)  # on the lists, seen before or not
    max_days_silent: int = Field(ge=1)
    listing_words: tuple[str, ...] = ()  # one of them stands in the head of each list page
    empty_ok: bool = False


class Source(Strict):
    """One declared source.  ``id`` is the file's name; ``hosts`` allow their sub-domains."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=2)
    region: str
    kind: Literal["portal", "daily_epaper", "committee_site", "committee_paper"]
    outlets: tuple[str, ...] = ()  # names that others credit it by, besides its own
    homepage: HttpUrl
    hosts: tuple[Host, ...] = Field(min_length=1)
    article_pattern: Pattern | None = None
    politeness: Politeness = Politeness()
    selectors: Annotated[Selectors | None, BeforeValidator(_selectors)] = None
    former_selectors: Annotated[
        tuple[FormerSelectors, ...], BeforeValidator(_former_selectors)
    ] = ()
    lookups: dict[str, dict[str, str]] = Field(default_factory=dict)
    options: Options
    expect: Expect

    @model_validator(mode="before")
    @classmethod
    def _of_one_family(cls, table: object) -> object:
        """``family`` and the table of its name, which is the one that may be there, as one value.

        :raises ValueError: for an unknown family, its table missing, or another's there.
        """
        if not isinstance(table, dict) or "family" not in table:
            return table
        for key, problem in family_faults(table):
            raise ValueError(f"{key}: {problem}")
        rest = dict(table)
        family = rest.pop("family")
        options = rest.pop(family)
        if isinstance(options, dict):
            options = {**options, "family": family}
        return {**rest, "options": options}

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if problem := of_no_region(self.region):
            raise ValueError(f"region: {problem}")
        if problem := self.options.contradiction(self.site):
            raise ValueError(f"[{self.family}]: {problem}")
        for problem in off_hosts(self.hosts, self.entry_urls):
            raise ValueError(f"hosts: {problem}")
        return self

    @property
    def record(self) -> SourceRecord:
        """What the database knows of this source."""
        return SourceRecord(
            id=self.id,
            name=self.name,
            region=self.region,
            level=Level.NATIONAL if self.region == NATIONAL else Level.PROVINCIAL,
            outlets=(self.name, *self.outlets),
            kind=self.kind,
            family=self.family,
            homepage=self.homepage,
        )

    @property
    def family(self) -> str:
        """The name of its family."""
        return self.options.family

    @property
    def entry_urls(self) -> tuple[str, ...]:
        """The URLs that a crawl begins with; issue URLs keep their placeholders."""
        return self.options.entry_urls

    @property
    def site(self) -> Site:
        """What its family is told of it."""
        return Site(
            name=self.name,
            article_re=self.article_re,
            listing_words=self.expect.listing_words,
            max_days_silent=self.expect.max_days_silent,
        )

    @cached_property
    def article_re(self) -> re.Pattern[str] | None:
        """``article_pattern``, compiled; None when every link shape is taken."""
        return re.compile(self.article_pattern) if self.article_pattern else None

    def selectors_on(self, moment: datetime) -> Selectors | None:
        """The selectors for a page that was fetched at ``moment`` (aware): a layout left since
        then has its own, so that what was recorded or stored of it still reads."""
        day = moment.astimezone(SHANGHAI).date()
        return next(
            (one.selectors for one in self.former_selectors if day <= one.until), self.selectors
        )

    def allows(self, host: str) -> bool:
        """Whether ``host`` is one of the declared hosts or below one."""
        return is_below(host, self.hosts)


def is_below(host: str, hosts: Iterable[str]) -> bool:
    """Whether ``host`` is one of ``hosts`` or below one."""
    return any(host == name or host.endswith(f".{name}") for name in hosts)


def of_no_region(region: str) -> str | None:
    """What is wrong with the name of a region; None where nothing is."""
    if region in REGIONS or region == NATIONAL:
        return None
    return f"{region!r} is none of the 31 short names nor {NATIONAL}"


def off_hosts(hosts: Iterable[str], urls: Iterable[str]) -> Iterator[str]:
    """What is wrong with each of ``urls`` that lies on none of ``hosts``."""
    declared = tuple(hosts)
    for url in urls:
        if not is_below(urlsplit(url).hostname or "", declared):
            yield f"{url} is on none of them"


def family_faults(table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Key and fault of each thing wrong with ``family`` and the table that belongs to it."""
    if "family" not in table:
        return
    family = table["family"]
    if family not in FAMILIES:
        yield "family", f"{family!r} is none of {', '.join(FAMILIES)}"
        return
    for name in sorted(FAMILIES.keys() & table.keys() - {family}):
        yield f"[{name}]", f"not of family {family}"
    if family not in table:
        yield f"[{family}]", "missing"


def load_source(path: Path) -> Source:
    """Read one declaration.

    :raises DeclarationError: names the file, the key and what is wrong with it.
    """
    table = read_table(path)
    if "id" in table:
        raise DeclarationError(path, "id", "is the file's name and cannot be set")
    try:
        return Source.model_validate({"id": path.stem, **table})
    except ValidationError as error:
        # A misspelt key is its own cause: it comes before the missing one that it leaves.
        first = min(error.errors(), key=lambda item: item["type"] != "extra_forbidden")
        key = ".".join(keys_of(first["loc"])) or "(file)"
        raise DeclarationError(path, key, first["msg"].removeprefix("Value error, ")) from error


def read_table(path: Path) -> dict[str, object]:
    """What a file says, whatever it is.

    :raises DeclarationError: when it cannot be read, or is no TOML.
    """
    try:
        return tomli.loads(path.read_text("utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeclarationError(path, "(file)", f"not TOML: {error}") from error
    except OSError as error:  # it was there a moment ago, or may not be read
        raise DeclarationError(path, "(file)", f"cannot be read: {error}") from error


def keys_of(place: tuple[int | str, ...]) -> list[str]:
    """The keys of a fault as they stand in the file: the options are the table of a family."""
    return [str(part) for part in (place[1:] if place[:1] == ("options",) else place)]


def load_sources(*folders: Path | None) -> dict[str, Source]:
    """All declarations of the project and of ``folders``, by id.

    :raises DeclarationError: on the first wrong file, an id declared twice, or one entry URL
        that two sources share (each article would have two owners).
    """
    sources, broken = load_sound_sources(*folders)
    if broken:
        raise broken[0]
    return sources


def load_sound_sources(
    *folders: Path | None, kept: Path | None = None, only: str | None = None
) -> tuple[dict[str, Source], list[DeclarationError]]:
    """The declarations that are right, by id, and what is wrong with each of the others.

    Of two that declare one id, or share an entry URL, the second is wrong.  ``kept`` is a folder
    with former copies: a source whose file is wrong now is as its copy there declares it.
    With ``only``, the files of that id are read and no others: nothing is known of shared URLs.

    :raises DeclarationError: when a folder is not there: then nothing is known of it.
    """
    sources: dict[str, Source] = {}
    owners: dict[str, str] = {}
    broken: list[DeclarationError] = []
    for path in declared_files((DECLARED, *folders)):
        if only is not None and path.stem != only:
            continue
        try:
            source = load_source(path)
            if source.id in sources:
                raise DeclarationError(path, "id", f"{source.id} is declared twice")
            for url in source.entry_urls:
                if url in owners:
                    raise DeclarationError(path, source.family, f"{url} is also of {owners[url]}")
        except DeclarationError as error:
            broken.append(error)
            continue
        owners |= dict.fromkeys(source.entry_urls, source.id)
        sources[source.id] = source
    for wrong in broken:
        former = _former(kept / wrong.path.name) if kept else None
        if former and former.id not in sources and not owners.keys() & set(former.entry_urls):
            sources[former.id] = former
    return sources, broken


def _former(path: Path) -> Source | None:
    """What a kept copy declares; None where there is none that this program can read."""
    try:
        return load_source(path)
    except DeclarationError:
        return None


def declared_files(folders: Iterable[Path | None]) -> list[Path]:
    """The TOML files of each folder and those below it, sorted within each; None is no folder.

    :raises DeclarationError: when a folder is not there.
    """
    found: list[Path] = []
    for folder in folders:
        if folder is None:
            continue
        if not folder.is_dir():
            raise DeclarationError(folder, "(folder)", "CPPCC_SOURCES names no folder")
        found += sorted(folder.rglob("*.toml"))
    return found
