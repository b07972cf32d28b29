"""robots.txt and delays for the probes, as the crawl keeps them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx
from protego import Protego

from crawler.config import LONGEST_DELAY_SECONDS, MAX_REDIRECTS
from crawler.errors import BodyRefusedError
from crawler.fetching.rests import HostRests
from crawler.fetching.robots import (
    FORBIDDEN,
    Silence,
    silence_of_error,
    silence_of_status,
)
from crawler.fetching.statuses import refusal_of_status
from crawler.fetching.turns import HostTurns
from crawler.fetching.waiting import asked_to_wait
from scheduler.probing.request import Answer
from storage.records import RefusalClass

KEPT_SECONDS = 24 * 3600.0  # as long as RFC 9309, 2.4 lets robots.txt be kept
SILENCE_KEPT_SECONDS = 300.0
"""A host whose robots.txt cannot be had is left alone so long before it is asked for again."""

LEARNT_SECONDS = 60.0
"""How often what crawls were asked for is looked up."""

Fetch = Callable[[str], Awaitable[Answer]]


class Manners:
    """One gate a host: asks its robots.txt once a day, and lets one request through at a time.

    ``max_delay`` caps every delay (the small internet needs none); ``turns`` are those of all
    crawls and probes, whose delays are kept too; ``rests`` what hosts have asked any of them for.
    """

    def __init__(
        self,
        user_agent: str,
        max_delay: float | None = None,
        turns: HostTurns | None = None,
        *,
        rests: HostRests | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._turns = turns
        self._max_delay = LONGEST_DELAY_SECONDS if max_delay is None else max_delay
        self._rules: dict[str, tuple[float, Protego | Silence]] = {}
        self._asking: dict[str, asyncio.Lock] = {}
        self._gates: dict[str, asyncio.Lock] = {}
        self._last: dict[str, float] = {}
        self._rest_until: dict[str, float] = {}
        self._rests = rests
        self._learnt = float("-inf")

    async def held_back(
        self, url: str, fetch: Fetch, declared: Callable[[str], bool]
    ) -> Silence | None:
        """Why ``url`` may not be asked for; None when it may.

        ``declared`` says of a host whether a redirect of robots.txt may lead there.
        """
        await self._learn()
        if rest := self.rest(url):
            words = f"asked to be left alone for another {rest:.0f} s"
            return Silence(RefusalClass.BLOCKED, words)
        rules = await self._rules_of(url, fetch, declared)
        if isinstance(rules, Silence):
            return rules
        if rules.can_fetch(url, self._user_agent):
            return None
        return FORBIDDEN

    def rest(self, url: str) -> float:
        """Seconds that the host has still asked to be left alone (Retry-After); 0 for none."""
        host = urlsplit(url).netloc
        return max(0.0, self._rest_until.get(host, 0.0) - time.monotonic())

    async def note_answer(self, url: str, answer: Answer, now: datetime) -> None:
        """Remember a host's wish to be left alone; ``now`` is aware."""
        wish = asked_to_wait(answer.status, answer.headers.get("Retry-After"), now=now)
        if wish:
            host = urlsplit(url).netloc
            self._rest_until[host] = time.monotonic() + wish
            if self._rests is not None:
                refusal_class = refusal_of_status(answer.status)
                await asyncio.to_thread(self._rests.note, host, wish, refusal_class)

    async def _learn(self) -> None:
        """Once a minute: what hosts have asked of crawls."""
        moment = time.monotonic()
        if self._rests is None or moment - self._learnt < LEARNT_SECONDS:
            return
        self._learnt = moment
        for host, wish in (await asyncio.to_thread(self._rests.known)).items():
            self._rest_until[host] = wish.until

    @asynccontextmanager
    async def turn(self, url: str, declared_seconds: float) -> AsyncIterator[None]:
        """Wait until the host may be asked again, and keep others waiting while it is asked."""
        host = urlsplit(url).netloc
        rules = self._rules.get(_root(url), (0.0, None))[1]
        asked = rules.crawl_delay(self._user_agent) if isinstance(rules, Protego) else None
        delay = min(max(declared_seconds, float(asked or 0.0)), self._max_delay)
        async with self._gates.setdefault(host, asyncio.Lock()):
            rest = self._last.get(host, float("-inf")) + delay - time.monotonic()
            if rest > 0:
                await asyncio.sleep(rest)
            if self._turns is not None:
                await self._turns.wait(url, delay)
            try:
                yield
            finally:
                self._last[host] = time.monotonic()

    async def _rules_of(
        self, url: str, fetch: Fetch, declared: Callable[[str], bool]
    ) -> Protego | Silence:
        root = _root(url)
        async with self._asking.setdefault(root, asyncio.Lock()):  # all sources of a host ask once
            kept = self._rules.get(root)
            if kept is not None:
                longest = SILENCE_KEPT_SECONDS if isinstance(kept[1], Silence) else KEPT_SECONDS
                if time.monotonic() - kept[0] < longest:
                    return kept[1]
            rules = await _ask(f"{root}/robots.txt", fetch, declared)
            self._rules[root] = (time.monotonic(), rules)
            return rules


async def _ask(url: str, fetch: Fetch, declared: Callable[[str], bool]) -> Protego | Silence:
    """What a robots.txt says behind its redirects; see ``crawler.fetching.robots``."""
    for _ in range(MAX_REDIRECTS + 1):
        try:
            answer = await fetch(url)
        except httpx.HTTPError as error:
            return silence_of_error(RefusalClass.NETWORK, type(error).__name__)
        except BodyRefusedError as error:
            return silence_of_error(error.refusal_class, error.detail)
        except httpx.InvalidURL:
            break  # a redirect to no URL leads to no robots.txt
        if answer.location is None:
            silence = silence_of_status(answer.status)
            found = answer.body if httpx.codes.is_success(answer.status) else b""
            return silence or Protego.parse(found.decode("utf-8", "ignore"))
        url = urljoin(url, answer.location)
        if not declared(urlsplit(url).hostname or ""):
            break
    return Protego.parse("")


def _root(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "", "", ""))
