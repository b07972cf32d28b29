"""Pages as HTML: one Jinja environment a language, everything escaped, nothing marked safe."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from crawler.sources.declaration import NATIONAL, REGIONS
from scheduler.console.english import (
    committee_named,
    outlet_named,
    place_named,
    quantity,
    unit_named,
)
from scheduler.console.marks import highlighted
from scheduler.i18n import Words, words_in
from scheduler.i18n.phrases import recorded
from scheduler.i18n.reasons import reason
from storage.records import SHANGHAI
from storage.vocabulary import number

TEMPLATES = Path(__file__).parent / "templates"


SIGNS = {
    "found": "●", "due": "○", "overdue": "!", "not_due": "·", "source_broken": "×",
    "waived": "–", "no_source": "□", "not_watched": "◇",
    "open": "○", "accepted": "✓", "dismissed": "✕",
    "complete": "✓", "empty_expected": "✓", "partial": "◐", "empty_unexpected": "?",
    "blocked": "⊘", "changed": "≠", "wrong_content": "≠", "failed": "×", "running": "▶",
    "finished": "■", "cancelled": "–", "lost": "×", "acknowledged": "◐", "resolved": "✓",
    "verified": "✓", "unverified": "?", "paused": "‖",
    "ok": "✓", "warning": "!", "wrong": "×", "sound": "✓", "not_sound": "?",
}  # fmt: skip
"""A status is a sign and a word, never a colour alone."""


@cache
def environment(language: str) -> Environment:
    """The templates in a language."""
    words = words_in(language)
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
        words.catalogue.gettext, words.catalogue.ngettext, newstyle=True
    )
    made.filters |= {
        "moment": moment,
        "day": day,
        "number": number,
        "web": web_address,
        "host": host_of,
        "percent": lambda value: f"{value * 100:.0f}%",
        "inpath": lambda value: quote(str(value), safe=""),
    }

    made.globals |= {
        "place": partial(place_named, words),
        "committee_of": partial(committee_named, words),
        "outlet_of": partial(outlet_named, words),
        "quantity": partial(quantity, words),
        "unit_of": partial(unit_named, words),
        "cut": highlighted,
        "reason": partial(reason, words),
        "recorded_as": partial(recorded, words),
        "name": words.name,
        "knows": words.knows,
        "sign": lambda code: SIGNS.get(str(getattr(code, "value", code)), "·"),
        "language": language,
        "REGIONS": (NATIONAL, *REGIONS),
    }
    return made


def render(words: Words, template: str, values: Mapping[str, object]) -> bytes:
    """A page; half a surrogate pair, which a text may hold, as a question mark."""
    html = environment(words.language).get_template(template).render(values)
    return html.encode("utf-8", "replace")


def moment(value: datetime | None) -> str:
    """An instant in Asia/Shanghai; a dash for none."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if value else "–"


def day(value: date | datetime | None) -> str:
    """A day, in Asia/Shanghai; a dash for none."""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return value.isoformat() if value else "–"


def web_address(url: str | None) -> str | None:
    """The URL when a link may lead to it: http(s) with a host; else None, and it is shown only."""
    try:
        parts = urlsplit(url or "")
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return url if sound else None


def host_of(url: str) -> str:
    """The host of a URL, as shown."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


class Address:
    """The address of the page that is shown, with some of its filters changed."""

    def __init__(self, request: Request, words: Words, now: datetime) -> None:
        self._words = words
        self._now = now
        self.path = request.url.path
        self._query = [(key, value) for key, value in request.query_params.multi_items() if value]

    def __call__(self, path: str | None = None, **changes: object) -> str:
        """This address, or ``path``, with filters changed; None drops one."""
        kept = [(key, value) for key, value in self._query if key not in changes and key != "lang"]
        kept += [(key, str(value)) for key, value in changes.items() if value is not None]
        query = urlencode(kept)
        where = quote(self.path, safe="/:") if path is None else path
        return f"{where}?{query}" if query else where

    def said(self, name: str) -> str:
        """What a form that was sent before says on this page."""
        words = dict(self._query).get(name, "")
        return words if len(words) < 2000 and all(c.isalnum() or c in ",_" for c in words) else ""

    def age(self, at: datetime) -> str:
        """How long ago, in the language of the page."""
        passed = self._now - at
        if passed < timedelta(hours=1):
            return self._words.say("less than an hour ago")
        if passed < timedelta(days=2):
            return self._words.say("%(hours)s h ago", hours=int(passed.total_seconds() // 3600))
        return self._words.say("%(days)s days ago", days=passed.days)

    @property
    def here(self) -> str:
        """This very address."""
        return self()

    def form(self, extension: str) -> str:
        """The same facts as ``json`` or ``csv``."""
        path = "/flags" if self.path == "/" else self.path
        return self(quote(f"{path}.{extension}", safe="/:"))
