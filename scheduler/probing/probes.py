"""Looks at list pages without crawling: has one changed since the last look?

Validators first (ETag, Last-Modified), then a hash of the links that the page lists: read
counters change pages that list nothing new, and validators lie, so each ``FULL_EVERY``-th
probe asks in full.  A page that cannot be read is a refusal with its class, as in a crawl.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urljoin, urlsplit

import httpx

from crawler.config import MAX_REDIRECTS
from crawler.errors import BodyRefusedError, PageError
from crawler.families.base import Probed
from crawler.fetching.statuses import GONE_STATUSES, refusal_of_status
from crawler.sources.declaration import Source
from scheduler.probing.manners import Manners
from scheduler.probing.request import Answer, ask
from storage.records import SHANGHAI, Capture, Refusal, RefusalClass
from storage.runs.watches import ProbePage

FULL_EVERY = 8
MAX_VALIDATOR = 256  # characters; honest ones have some 30
NO_ISSUE = "no issue yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeOutcome:
    """What a probe learnt: the pages as they are now, whether one changed, or why not."""

    pages: tuple[ProbePage, ...] = ()
    changed: bool = False
    refusal: Refusal | None = None
    requests: int = 0


class ProbeRefusedError(Exception):
    """A page that a probe asked for did not come, or is not what it should be."""

    def __init__(self, refusal_class: RefusalClass, detail: str) -> None:
        super().__init__(detail)
        self.refusal_class = refusal_class
        self.detail = detail


class Prober:
    """Probes sources over one pool of connections, at most ``at_once`` requests at a time."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        manners: Manners,
        *,
        now: Callable[[], datetime],
        at_once: int = 16,
    ) -> None:
        self._client = client
        self._manners = manners
        self._now = now
        self._room = asyncio.Semaphore(at_once)

    async def probe(self, source: Source, known: Mapping[str, ProbePage]) -> ProbeOutcome:
        """Ask each list page of ``source``; the first refusal ends it."""
        pages: list[ProbePage] = []
        changed = False
        requests = 0
        day = self._now().astimezone(SHANGHAI).date()
        for url in source.options.probe_urls(day):
            requests += 1
            before = known.get(url)
            try:
                page = await self._page(source, url, before, day)
            except ProbeRefusedError as refused:
                refusal = Refusal(
                    url=url,
                    kind=source.options.asks_for,
                    refusal_class=refused.refusal_class,
                    detail=refused.detail,
                )
                return ProbeOutcome(refusal=refusal, requests=requests)
            changed |= _is_news(page, before)
            pages.append(page)
        return ProbeOutcome(pages=tuple(pages), changed=changed, requests=requests)

    async def _page(
        self, source: Source, url: str, before: ProbePage | None, day: date
    ) -> ProbePage:
        headers = {}
        if before is not None and (before.unchanged_count + 1) % FULL_EVERY:
            if before.etag:
                headers["If-None-Match"] = before.etag
            if before.last_modified:
                headers["If-Modified-Since"] = before.last_modified
        answer, arrived = await self._fetch(source, url, headers)
        status = answer.status
        if status == httpx.codes.NOT_MODIFIED and before is not None:
            return replace(
                before, probed_at=self._now(), unchanged_count=before.unchanged_count + 1
            )
        if source.options.may_lack_today and status in GONE_STATUSES:
            digest = NO_ISSUE  # the paper of today is not out, which is no failure
        elif not httpx.codes.is_success(status):
            raise ProbeRefusedError(refusal_of_status(status), f"status {status}")
        else:
            digest = links_digest(source, answer.body, arrived, answer.charset, day)
        return ProbePage(
            url=url,
            source_id=source.id,
            etag=validator(answer.headers.get("ETag")),
            last_modified=validator(answer.headers.get("Last-Modified")),
            links_sha256=digest,
            probed_at=self._now(),
        )

    async def page(self, source: Source, url: str) -> Capture:
        """One page of ``source`` as a crawl would get it.

        :raises ProbeRefusedError: when it does not come or its status is no success.
        """
        answer, arrived = await self._fetch(source, url, {})
        if not httpx.codes.is_success(answer.status):
            words = f"status {answer.status}"
            raise ProbeRefusedError(refusal_of_status(answer.status), words)
        return Capture(
            url=arrived,
            fetched_at=self._now(),
            status=answer.status,
            headers=tuple(answer.headers.multi_items()),
            body=answer.body,
        )

    async def _fetch(
        self, source: Source, url: str, headers: Mapping[str, str]
    ) -> tuple[Answer, str]:
        """One answer behind at most ``MAX_REDIRECTS`` redirects, all on declared hosts; its URL."""
        politeness = source.politeness

        async def of_robots(robots_url: str) -> Answer:
            async with self._manners.turn(robots_url, politeness.delay_seconds), self._room:
                return await ask(self._client, robots_url, politeness)

        here = url
        try:
            for _ in range(MAX_REDIRECTS + 1):
                held = await self._manners.held_back(here, of_robots, source.allows)
                if held is not None:
                    raise ProbeRefusedError(held.refusal_class, held.detail)
                # Room is taken after the wait: a host's delay keeps no other host from asking.
                async with self._manners.turn(here, politeness.delay_seconds), self._room:
                    answer = await ask(self._client, here, politeness, headers)
                await self._manners.note_answer(here, answer, self._now())
                if answer.location is None:
                    return answer, here
                here = _target(source, url, urljoin(here, answer.location))
        except httpx.HTTPError as error:
            raise ProbeRefusedError(RefusalClass.NETWORK, type(error).__name__) from error
        except httpx.InvalidURL as error:
            raise ProbeRefusedError(
                RefusalClass.REDIRECTED, f"redirected to no URL: {error}"
            ) from error
        except BodyRefusedError as error:
            raise ProbeRefusedError(error.refusal_class, error.detail) from error
        raise ProbeRefusedError(RefusalClass.MOVED, "redirected too many times")


def validator(value: str | None) -> str | None:
    """A validator that can be stored and sent back; None for odd bytes, a NUL or a flood of them.

    Sent back as it came, one byte outside ASCII ended the probe at every tick.
    """
    sound = value and len(value) <= MAX_VALIDATOR and value.isascii() and value.isprintable()
    return value if sound else None


def _is_news(page: ProbePage, before: ProbePage | None) -> bool:
    if before is None:
        return page.links_sha256 != NO_ISSUE
    return before.links_sha256 != page.links_sha256


def links_digest(source: Source, body: bytes, url: str, charset: str | None, day: date) -> str:
    """SHA-256 of what a list page lists, whatever else on it changes; or NO_ISSUE.

    ``day`` is that of the issue, for sources of dated issues.
    """
    page = Probed(url=url, body=body, charset=charset, day=day)
    try:
        listed = source.options.listed(page, source.site)
    except PageError as error:
        raise ProbeRefusedError(error.refusal_class, error.detail) from error
    return NO_ISSUE if listed is None else hashlib.sha256("\n".join(listed).encode()).hexdigest()


def _target(source: Source, url: str, target: str) -> str:
    """Where a redirect may lead: to a declared host, and not home."""
    parts = urlsplit(target)
    if not source.allows(parts.hostname or ""):
        raise ProbeRefusedError(RefusalClass.OFFSITE, f"{parts.hostname} is not a declared host")
    if parts.path in ("", "/") and urlsplit(url).path not in ("", "/"):
        raise ProbeRefusedError(RefusalClass.REDIRECTED, f"redirected to {target}")
    return target
