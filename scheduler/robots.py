"""robots.txt and delays for the probes, as the crawl keeps them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit, urlunsplit

import httpx
from protego import Protego

LONGEST_DELAY_SECONDS = 120.0
KEPT_SECONDS = 24 * 3600.0

Fetch = Callable[[str], Awaitable[httpx.Response]]


class Manners:
    """One gate a host: asks its robots.txt once a day, and lets one request through at a time.

    ``max_delay`` caps every delay (the small internet needs none).
    """

    def __init__(self, user_agent: str, max_delay: float | None = None) -> None:
        self._user_agent = user_agent
        self._max_delay = LONGEST_DELAY_SECONDS if max_delay is None else max_delay
        self._rules: dict[str, tuple[float, Protego]] = {}
        self._gates: dict[str, asyncio.Lock] = {}
        self._last: dict[str, float] = {}

    async def allows(self, url: str, fetch: Fetch) -> bool:
        """Whether robots.txt lets us fetch ``url``.

        One that is not there, or cannot be read, forbids nothing, as in the crawl.
        """
        return bool((await self._rules_of(url, fetch)).can_fetch(url, self._user_agent))

    async def wait(self, url: str, declared_seconds: float) -> None:
        """Wait until the host may be asked again; call it right before the request."""
        host = urlsplit(url).netloc
        rules = self._rules.get(_root(url))
        asked = rules[1].crawl_delay(self._user_agent) if rules else None
        delay = min(max(declared_seconds, float(asked or 0.0)), self._max_delay)
        async with self._gates.setdefault(host, asyncio.Lock()):
            rest = self._last.get(host, float("-inf")) + delay - time.monotonic()
            if rest > 0:
                await asyncio.sleep(rest)
            self._last[host] = time.monotonic()

    async def _rules_of(self, url: str, fetch: Fetch) -> Protego:
        root = _root(url)
        kept = self._rules.get(root)
        if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
        try:
            answer = await fetch(f"{root}/robots.txt")
            text = answer.text if answer.is_success else ""
        except httpx.HTTPError:
            text = ""
        rules = Protego.parse(text)
        self._rules[root] = (time.monotonic(), rules)
        return rules


def _root(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "", "", ""))
