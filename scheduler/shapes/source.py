"""A declared source and how it stands, as JSON for outside."""

from crawler.sources.declaration import Source
from scheduler.shapes.plain import plain
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
        "verified_at": plain(standing.verified_at),
        "asked_at": plain(standing.asked_at),
        "last_verdict": overview.last_verdict.value if overview.last_verdict else None,
        "last_ended_at": plain(ended),
        "running": overview.running,
        "next_look_at": plain(planned),
        "declaration": source.model_dump(mode="json", exclude_none=True),
    }
