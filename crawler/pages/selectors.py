"""What a source's declaration may say of where its values stand on a page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors; each sharpens one value of the generic reading, None leaves it alone."""

    title: str | None = None
    kicker: str | None = None
    subtitle: str | None = None
    body: str | None = None
    published_at: str | None = None
    outlet: str | None = None
    author: str | None = None
    editor: str | None = None
