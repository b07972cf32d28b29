"""Source declarations: one TOML file a source, strictly typed, its file name its id."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from crawler.errors import DeclarationError
from crawler.pages.selectors import Selectors
from storage.records import Level, SourceRecord

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

DATE_FIELDS = frozenset({"YYYY", "MM", "DD"})


def _a_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


def _an_http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an absolute http(s) URL")
    return text


def _an_issue_url(text: str) -> str:
    _an_http_url(text)
    fields = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if not {"YYYY", "MM", "DD"} <= fields or not fields <= DATE_FIELDS:
        raise ValueError("needs the placeholders {YYYY}, {MM} and {DD}, and no others")
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


Pattern = Annotated[str, AfterValidator(_a_pattern)]
HttpUrl = Annotated[str, AfterValidator(_an_http_url)]
IssueUrl = Annotated[str, AfterValidator(_an_issue_url)]
Host = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Politeness(_Strict):
    """How gently this source's hosts are asked; a robots.txt that asks for more is obeyed."""

    delay_seconds: float = Field(default=3.0, ge=0)
    concurrency: int = Field(default=1, ge=1, le=8)
    timeout_seconds: float = Field(default=30.0, gt=0, le=300)
    max_bytes: int = Field(default=8 * 2**20, gt=0)


class ListingOptions(_Strict):
    """Options of the family ``listing``: list pages of a web site."""

    urls: tuple[HttpUrl, ...] = Field(min_length=1)
    link_selector: str | None = None
    max_pages: int = Field(default=60, ge=1)


class EpaperOptions(_Strict):
    """Options of the family ``epaper``: dated issues made of pages (版)."""

    issue_url: IssueUrl
    lookback_days: int = Field(default=7, ge=1, le=366)
    skips_days: bool = False  # a missing issue (404) is a day without a paper, not a failure


class JsonOptions(_Strict):
    """Options of the family ``json``: dated issues answered as one JSON document.

    ``items`` and the values of ``fields`` are JMESPath expressions; ``items`` gives the list
    of articles, each field is looked up in one article.  ``article_url`` is a format string
    over the fields and the date: the URL a person can open, and the identity.
    """

    issue_url: IssueUrl
    pages: str | None = None  # the codes of all pages (版) of the issue
    page_url: str | None = None  # as issue_url, with {page} for a code
    page_code: str | None = None  # which of them a document is
    items: str
    article_url: str
    fields: dict[Literal["title", "kicker", "subtitle", "body", "author", "page", "number"], str]
    issue_date: str  # where the document states its own date: a stale copy is refused
    outlet: str | None = None
    lookback_days: int = Field(default=7, ge=1, le=366)
    skips_days: bool = False

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if missing := {"title", "body"} - set(self.fields):
            raise ValueError(f"fields: {', '.join(sorted(missing))} missing")
        if (self.pages is None) != (self.page_url is None):
            raise ValueError("pages and page_url are given together or not at all")
        return self


class Expect(_Strict):
    """What a healthy crawl of this source looks like; zero is a failure unless said here."""

    min_articles: int = Field(ge=0)  # on the lists, seen before or not
    max_days_silent: int = Field(ge=1)
    listing_words: tuple[str, ...] = ()  # one of them stands in the head of each list page
    empty_ok: bool = False


class Source(_Strict):
    """One declared source.  ``id`` is the file's name; ``hosts`` allow their sub-domains."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=2)
    region: str
    kind: Literal["portal", "daily_epaper", "committee_site", "committee_paper"]
    family: Literal["listing", "epaper", "json"]
    outlets: tuple[str, ...] = ()  # names that others credit it by, besides its own
    homepage: HttpUrl
    hosts: tuple[Host, ...] = Field(min_length=1)
    article_pattern: Pattern | None = None
    politeness: Politeness = Politeness()
    selectors: Annotated[Selectors | None, BeforeValidator(_selectors)] = None
    lookups: dict[str, dict[str, str]] = {}
    listing: ListingOptions | None = None
    epaper: EpaperOptions | None = None
    json_: JsonOptions | None = Field(default=None, alias="json")
    expect: Expect

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.region not in REGIONS and self.region != NATIONAL:
            raise ValueError(
                f"region: {self.region!r} is none of the 31 short names nor {NATIONAL}"
            )
        given = {
            "listing": self.listing is not None,
            "epaper": self.epaper is not None,
            "json": self.json_ is not None,
        }
        for family, has in given.items():
            if has != (family == self.family):
                word = "missing" if family == self.family else f"not of family {self.family}"
                raise ValueError(f"[{family}]: {word}")
        for url in self.entry_urls:
            if not self.allows(urlsplit(url).hostname or ""):
                raise ValueError(f"hosts: {url} is on none of them")
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
    def entry_urls(self) -> tuple[str, ...]:
        """The URLs that a crawl begins with; issue URLs keep their placeholders."""
        if self.listing:
            return self.listing.urls
        return ((self.epaper or self.json_options).issue_url,)

    @property
    def skips_days(self) -> bool:
        """Whether this is a paper that has no issue on some days."""
        options = self.epaper or self.json_
        return options is not None and options.skips_days

    @property
    def json_options(self) -> JsonOptions:
        """The options of the family json; only for sources of that family."""
        if self.json_ is None:
            raise ValueError(f"{self.id} is not of the family json")
        return self.json_

    @cached_property
    def article_re(self) -> re.Pattern[str] | None:
        """``article_pattern``, compiled; None when every link shape is taken."""
        return re.compile(self.article_pattern) if self.article_pattern else None

    def allows(self, host: str) -> bool:
        """Whether ``host`` is one of the declared hosts or below one."""
        return any(host == name or host.endswith(f".{name}") for name in self.hosts)


def issue_url(template: str, day: date, **fields: str) -> str:
    """The URL of the issue of ``day``, or of the part of it that ``fields`` name."""
    return template.format(YYYY=f"{day:%Y}", MM=f"{day:%m}", DD=f"{day:%d}", **fields)


def load_source(path: Path) -> Source:
    """Read one declaration.

    :raises DeclarationError: names the file, the key and what is wrong with it.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeclarationError(path, "(file)", f"not TOML: {error}") from error
    if "id" in table:
        raise DeclarationError(path, "id", "is the file's name and cannot be set")
    try:
        return Source.model_validate({"id": path.stem, **table})
    except ValidationError as error:
        # A misspelt key is its own cause: it comes before the missing one that it leaves.
        first = min(error.errors(), key=lambda item: item["type"] != "extra_forbidden")
        key = ".".join(str(part) for part in first["loc"]) or "(file)"
        raise DeclarationError(path, key, first["msg"].removeprefix("Value error, ")) from error


def load_sources(*folders: Path | None) -> dict[str, Source]:
    """All declarations of the project and of ``folders``, by id.

    :raises DeclarationError: on the first wrong file, an id declared twice, or one entry URL
        that two sources share (each article would have two owners).
    """
    sources: dict[str, Source] = {}
    owners: dict[str, str] = {}
    for path in _files((DECLARED, *folders)):
        source = load_source(path)
        if source.id in sources:
            raise DeclarationError(path, "id", f"{source.id} is declared twice")
        for url in source.entry_urls:
            if url in owners:
                raise DeclarationError(path, source.family, f"{url} is also of {owners[url]}")
            owners[url] = source.id
        sources[source.id] = source
    return sources


def _files(folders: Iterable[Path | None]) -> list[Path]:
    found: list[Path] = []
    for folder in folders:
        if folder is None:
            continue
        if not folder.is_dir():
            raise DeclarationError(folder, "(folder)", "CPPCC_SOURCES names no folder")
        found += sorted(folder.rglob("*.toml"))
    return found
