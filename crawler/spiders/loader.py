"""Declared sources as spiders: what ``scrapy list`` shows and ``scrapy crawl`` runs."""

import builtins
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from scrapy import Request
from scrapy.settings import BaseSettings

from crawler.config import USER_AGENT
from crawler.errors import DeclarationError
from crawler.sources.declaration import Source, load_sound_sources
from crawler.spiders.base import SourceSpider


class SourceSpiderLoader:
    """Makes one spider class a declaration, named by the source's id."""

    def __init__(
        self,
        sources: dict[str, Source],
        *,
        broken: Iterable[DeclarationError] = (),
        max_delay: float | None = None,
        agent: str = USER_AGENT,
    ) -> None:
        self._sources = sources
        self._broken = {error.path.stem: error for error in broken}
        self._max_delay = max_delay
        self._agent = agent

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Load the project's declarations and those of the setting CPPCC_SOURCES.

        One that is wrong stops its own source only; with a copy in the folder of the setting
        CPPCC_KEPT, which a service names for its runs, it is as that one declares it.  The
        setting CPPCC_ONLY names the one source of a run, and spares it the other files.

        :raises DeclarationError: when the folder is not there.
        """
        folder = settings.get("CPPCC_SOURCES")
        cap = settings.get("CPPCC_MAX_DELAY_SECONDS")
        kept = settings.get("CPPCC_KEPT")
        sources, broken = load_sound_sources(
            Path(folder) if folder else None,
            kept=Path(kept) if kept else None,
            only=settings.get("CPPCC_ONLY"),
        )
        return cls(
            sources,
            broken=broken,
            max_delay=None if cap is None else float(cap),
            agent=settings["USER_AGENT"],
        )

    def load(self, spider_name: str) -> type[SourceSpider]:
        """The spider of one source.

        :raises DeclarationError: when it is declared wrongly.
        :raises KeyError: when no source has this id.
        """
        if spider_name not in self._sources and spider_name in self._broken:
            raise self._broken[spider_name]
        if spider_name not in self._sources:
            raise KeyError(f"no source {spider_name!r}; `scrapy list` names them all")
        source = self._sources[spider_name]
        return spider_class(source, max_delay=self._max_delay, agent=self._agent)

    def list(self) -> list[str]:
        """All source ids, sorted."""
        return sorted(self._sources)

    def find_by_request(self, request: Request) -> builtins.list[str]:
        """The sources that declare the host of ``request``."""
        host = request.url.split("/")[2].split(":")[0]
        return [name for name in self.list() if self._sources[name].allows(host)]


def spider_class(
    source: Source, *, max_delay: float | None = None, agent: str = USER_AGENT
) -> type[SourceSpider]:
    """A spider class for ``source``, with its politeness as its settings.

    ``max_delay`` (seconds) caps the declared delay: the small internet needs none; ``agent`` is
    our own User-Agent, which a declaration may put into another form.
    """
    politeness = source.politeness
    delay = politeness.delay_seconds
    return type(
        f"{source.id.title().replace('_', '')}Spider",
        (SourceSpider,),
        {
            "name": source.id,
            "source": source,
            "custom_settings": {
                "DOWNLOAD_DELAY": delay if max_delay is None else min(delay, max_delay),
                "CONCURRENT_REQUESTS_PER_DOMAIN": politeness.concurrency,
                "USER_AGENT": politeness.agent(agent),
                "DOWNLOAD_TIMEOUT": politeness.timeout_seconds,
                "DOWNLOAD_MAXSIZE": politeness.max_bytes,
            },
        },
    )
