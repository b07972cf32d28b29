"""A declared source and how it stands, as JSON for outside."""

from datetime import datetime

from crawler.sources.declaration import Source
from storage.records import SHANGHAI
from storage.runs.overview import SourceOverview


def source_json(source: Source, overview: SourceOverview) -> dict[str, object]:
    """The keys of v1_sources and the declaration below ``declaration``; instants in Shanghai."""
    standing = overview.standing
    ended, planned = overview.last_ended_at, overview.next_look_at
    return {
        "id": source.id,
        "name": source.name,
        "region": source.region,
        "kind": source.kind,
        "family": source.family,
        "homepage": source.homepage,
        "state": standing.state.value,
        "state_why": standing.why,
        "verified_at": _instant(standing.verified_at),
        "asked_at": _instant(standing.asked_at),
        "last_verdict": overview.last_verdict.value if overview.last_verdict else None,
        "last_ended_at": _instant(ended),
        "running": overview.running,
        "next_look_at": _instant(planned),
        "declaration": source.model_dump(mode="json", exclude_none=True),
    }


def _instant(value: datetime | None) -> str | None:
    return value.astimezone(SHANGHAI).isoformat() if value else None
