"""Proposes a declaration for a site: looks at it, drafts, and tries the draft as a probe would."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.sources.inference.draft import Draft
from scheduler.config import Config
from scheduler.drafting.discovery import discover
from scheduler.drafting.looking import Looker, provisional
from scheduler.probing.probes import Prober
from scheduler.probing.verification import ArticleSeen, Verification, verify, with_prober

LOOKING_SECONDS = 1.0
"""Between two requests of a look: a site is met once, and an operator waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A draft and what trying it showed."""

    draft: Draft
    verification: Verification
    requests: int

    @property
    def toml(self) -> str:
        """The file to write."""
        return self.draft.toml(
            f"{self.draft.name}: written by `cppcc sources new`; "
            + ("tried and sound." if self.verification.sound else "tried, and NOT sound.")
        )


async def propose(
    url: str, config: Config, *, region: str | None = None, id_: str | None = None
) -> Proposal:
    """Look at ``url``, draft its declaration and try it.

    :raises NothingFoundError: when nothing there can be declared.
    """

    async def look(prober: Prober) -> Proposal:
        looker = Looker(
            prober=prober,
            source=provisional(urlsplit(url).hostname or "", LOOKING_SECONDS),
            moment=config.now,
        )
        draft = await discover(looker, url, region=region, id_=id_)
        tried = await verify(prober, draft.source(), now=config.now)
        return Proposal(draft=draft, verification=tried, requests=len(looker.kept))

    found = await with_prober(config, look)
    draft, tried = found.draft, found.verification
    note_credits(draft, tried.articles)
    for words in (*tried.findings, *tried.advice):
        draft.doubt(words)
    return found


def note_credits(draft: Draft, articles: Sequence[ArticleSeen]) -> None:
    """What outlets its articles credit: one whose name holds its own, or stands in it, is its own.

    Any other is only named: 内蒙古日报 and 内蒙古新闻网 begin alike and are two, and whoever counts
    as its own makes a repost an original.
    """
    own = _letters(draft.name)
    credited = Counter(one.outlet for one in articles if one.outlet and one.outlet != draft.name)
    for outlet, count in credited.most_common(3):
        theirs = _letters(outlet)
        if theirs and (theirs in own or own in theirs):
            draft.outlets += (outlet,)
        else:
            draft.note(f"outlet: {count} of {len(articles)} articles tried credit {outlet}")
    dated = sum(one.published_at is not None for one in articles)
    draft.note(f"dates: {dated} of {len(articles)} articles tried state their day")


def _letters(name: str) -> str:
    """A name without what parts its words: 人民网云南频道 is also written 人民网-云南频道."""
    return "".join(sign for sign in name if sign.isalnum())
