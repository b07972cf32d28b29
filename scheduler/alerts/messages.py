"""What people are told: flags, incidents, recoveries and digests in words.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduler.health.subjects import cell_words
from storage.notices.flags import Flag
from storage.notices.incidents import Incident
from storage.publications.reading import Publication
from storage.records import SHANGHAI

DELIVERED_KINDS = ("flag", "incident", "recovery", "digest")
"""What is sent as a message of its own; notes on flags go into the digest."""

HEADINGS = 3
WHY_RULES = 3
MOST_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message as a channel sends it; ``key`` lets its receiver drop a second delivery."""

    key: str
    kind: str
    title: str
    body: str
    link: str | None = None


def flag_notice(key: str, flag: Flag, publication: Publication) -> Notice:
    """A new flag: enough to decide, and the link to look closer."""
    summary = publication.summary
    region = (summary.committee.region if summary.committee else flag.region) or "-"
    years = "-".join(str(year) for year in dict.fromkeys(summary.years))
    committee = summary.committee.name if summary.committee else "no committee stated"
    events = publication.reading.events if publication.reading else ()
    published = _day(summary.published_at) if summary.published_at else "no date stated"
    lines = [
        flag.title,
        f"{flag.genre.value}, score {flag.score:.2f}; {region}, {years or 'no year stated'}; "
        f"{committee}",
        f"outlet: {summary.outlet or 'not stated'}; published: {published}",
        flag.url,
    ]
    why = [f"{evidence.rule}: “{evidence.quote}”" for evidence in flag.evidence[:WHY_RULES]]
    if why:
        lines.append("why: " + "; ".join(why))
    headings = [event.heading for event in events[:HEADINGS]]
    lines += [f"{number}. {heading}" for number, heading in enumerate(headings, 1)]
    if len(events) > HEADINGS:
        lines.append(f"... {len(events)} events in all")
    return Notice(
        key=key,
        kind="flag",
        title=f"New {flag.genre.value}: {flag.title}",
        body="\n".join(lines),
        link=flag.url,
    )


def incident_words(incidents: Sequence[Incident]) -> tuple[str, str]:
    """Title and body that tell of the opening of these."""
    if len(incidents) == 1:
        one = incidents[0]
        return f"{_subject(one)}: {one.failure_class}", _line(one)
    return (
        f"{len(incidents)} incidents: {_by_class(incidents)}",
        "\n".join(_shortened([_line(one) for one in incidents])),
    )


def recovery_words(incidents: Sequence[Incident]) -> tuple[str, str]:
    """Title and body that tell of the end of these."""
    if len(incidents) == 1:
        one = incidents[0]
        return f"recovered: {_subject(one)} ({one.failure_class})", _recovery_line(one)
    return (
        f"recovered: {len(incidents)} incidents ({_by_class(incidents)})",
        "\n".join(_shortened([_recovery_line(one) for one in incidents])),
    )


def _subject(incident: Incident) -> str:
    if incident.source_id is not None:
        return (
            f"{incident.source_id} ({incident.region})" if incident.region else incident.source_id
        )
    return cell_words(incident.subject)


def _line(incident: Incident) -> str:
    run = f" (cppcc runs show {incident.run_id})" if incident.run_id else ""
    return f"- {_subject(incident)}: {incident.failure_class}: {incident.reason}{run}"


def _recovery_line(incident: Incident) -> str:
    return f"- {_subject(incident)}: {incident.failure_class} from {_clock(incident.opened_at)}" + (
        f" to {_clock(incident.resolved_at)}" if incident.resolved_at else ""
    )


def _clock(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%m-%d %H:%M}"


def _day(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}"


def _by_class(incidents: Sequence[Incident]) -> str:
    counts: dict[str, int] = {}
    for incident in incidents:
        counts[incident.failure_class] = counts.get(incident.failure_class, 0) + 1
    return ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))


def _shortened(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:MOST_LINES], f"... and {len(lines) - MOST_LINES} more: cppcc incidents list"]
