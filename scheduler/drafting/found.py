"""What a look at an address leads to, and that it leads to nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crawler.sources.inference import papers


class NothingFoundError(Exception):
    """A site at which no family found a list or an issue; ``tried`` says what was looked at."""

    def __init__(self, url: str, tried: Sequence[str]) -> None:
        super().__init__(f"nothing at {url} can be declared: {'; '.join(tried)}")
        self.url = url
        self.tried = tuple(tried)


@dataclass(slots=True)
class Found:
    """What a look at an address led to: a family with its options, and its articles.

    ``lists`` are the addresses of the lists, or of a paper's issue; ``articles`` those that its
    first pages show, with their ``titles`` and ``days`` where these are known.  A paper's
    ``pattern`` is settled, and ``window`` says how far back its issues were found; ``per_page``
    counts the articles of one page, or of an issue.
    """

    family: str
    options: dict[str, object]
    articles: tuple[str, ...]
    title: str = ""
    titles: tuple[str, ...] = ()
    days: tuple[date | None, ...] = ()
    lists: tuple[str, ...] = ()
    is_paper: bool = False
    window: papers.Window | None = None
    pattern: str | None = None
    per_page: int = 0
