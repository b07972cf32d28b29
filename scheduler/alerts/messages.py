"""What people are told: flags, incidents, recoveries and found words, in either language.  Pure.

Each message has words for people and the same as data for programs.  What a run said of itself
(an incident's ``reason``) is kept as it was said, in English, in both languages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.health.subjects import cell_of
from scheduler.i18n import Words
from scheduler.i18n.reasons import reason
from storage.notices.flags import Flag
from storage.notices.incidents import Incident
from storage.notices.outbox import Payload
from storage.publications.reading import Publication, PublicationSummary
from storage.records import SHANGHAI, Confidence, FailureClass, Genre
from storage.search.saved import SavedSearch

DELIVERED_KINDS = ("flag", "incident", "recovery", "digest", "search")
"""What is sent as a message of its own; notes on flags go into the digest."""

MOST_EVENTS = 12
WHY_RULES = 3
MOST_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message as a channel sends it; ``key`` lets its receiver drop a second delivery.

    ``data`` says for programs what ``title`` and ``body`` say for people; docs/operations.md
    lists its keys by kind.
    """

    key: str
    kind: str
    title: str
    body: str
    link: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message before it has a key: its words, and the same as data."""

    title: str
    body: str
    data: Payload

    def payload(self) -> Payload:
        """As the outbox keeps it."""
        return {"title": self.title, "body": self.body, "data": self.data}


def flag_notice(key: str, flag: Flag, publication: Publication, words: Words) -> Notice:
    """A new flag: enough to decide, the ids of both, and the link to look closer."""
    summary = publication.summary
    region = summary.committee.region if summary.committee else flag.region
    events = publication.reading.events if publication.reading else ()
    head = headline(region, summary.years, flag.genre, flag.title, words)
    doubt = words.say("[doubtful] ") if flag.confidence is Confidence.DOUBTFUL else ""
    lines = [
        flag.title,
        words.say(
            "%(genre)s, %(confidence)s (%(score)s); %(region)s, %(years)s; %(committee)s",
            genre=words.name("genre", flag.genre),
            confidence=words.name("confidence", flag.confidence),
            score=f"{flag.score:.2f}",
            region=region or words.say("no region stated"),
            years=_years(summary.years) or words.say("no year stated"),
            committee=summary.committee.name if summary.committee else words.say("no committee"),
        ),
        words.say(
            "outlet: %(outlet)s; published: %(day)s",
            outlet=summary.outlet or words.say("not stated"),
            day=_published(summary) or words.say("not stated"),
        ),
        flag.url,
        words.say(
            "flag f%(flag)s, publication %(publication)s: cppcc show f%(flag)s",
            flag=flag.id,
            publication=flag.publication_id,
        ),
    ]
    why = [
        f"{reason(words, one.rule) or one.rule}: “{one.quote}”" for one in flag.evidence[:WHY_RULES]
    ]
    if why:
        lines.append(words.say("why: %(why)s", why="; ".join(why)))
    lines += [f"{event.ordinal}. {event.heading}" for event in events[:MOST_EVENTS]]
    if len(events) > MOST_EVENTS:
        lines.append(words.say("... %(number)s events in all", number=len(events)))
    data: Payload = {
        "flag": flag.id,
        "confidence": flag.confidence.value,
        "flag_score": round(flag.score, 3),
        **publication_data(summary),
        "genre": flag.genre.value,
        "region": region,
        "events": [
            {"ordinal": event.ordinal, "heading": event.heading, "date": event.date}
            for event in events
        ],
        "evidence": [
            {"rule": one.rule, "field": one.field, "quote": one.quote} for one in flag.evidence
        ],
    }
    return Notice(
        key=key, kind="flag", title=doubt + head, body="\n".join(lines), link=flag.url, data=data
    )


def flag_line(flag: Flag, words: Words) -> str:
    """A flag on one line of a list: both ids, region, genre, title, address."""
    head = headline(flag.region, (), flag.genre, flag.title, words)
    return f"f{flag.id} ({flag.publication_id}) {head} {flag.url}"


def headline(
    region: str | None, years: Sequence[int], genre: Genre | None, title: str, words: Words
) -> str:
    """A publication on one line: region, years and genre as far as they are known, its title."""
    known = (region, _years(years), genre and words.name("genre", genre))
    head = " ".join(part for part in known if part)
    return words.say("%(head)s: %(title)s", head=head, title=title) if head else title


def publication_data(summary: PublicationSummary) -> Payload:
    """A publication for programs; ``publication`` is its id."""
    return {
        "publication": summary.id,
        "title": summary.title,
        "url": summary.url,
        "genre": summary.genre.value if summary.genre else None,
        "region": summary.committee.region if summary.committee else summary.region,
        "level": summary.committee.level.value if summary.committee else None,
        "committee": summary.committee.name if summary.committee else None,
        "years": list(summary.years),
        "outlet": summary.outlet,
        "source": summary.source_id,
        "published_on": _published(summary),
    }


def found_words(search: SavedSearch, found: Sequence[PublicationSummary], words: Words) -> Told:
    """That a saved search found these, in the order in which they were stored."""
    where = f" ({search.region})" if search.region else ""
    lines = []
    for one in found:
        region = one.committee.region if one.committee else one.region
        lines.append(f"- {headline(region, one.years, one.genre, one.title, words)}")
        facts = (str(one.id), one.outlet, _published(one), one.url)
        lines.append("  " + "  ".join(fact for fact in facts if fact))
    return Told(
        title=words.say(
            "%(number)s found by saved search %(id)s: %(query)s",
            number=len(found),
            id=search.id,
            query=f"{search.query}{where}",
        ),
        body="\n".join(_shortened(lines, f"cppcc search {search.query}", words)),
        data={
            "search": search.id,
            "query": search.query,
            "region": search.region,
            "publications": [publication_data(one) for one in found],
        },
    )


def incident_words(incidents: Sequence[Incident], words: Words) -> Told:
    """What tells of the opening of these."""
    if len(incidents) == 1:
        one = incidents[0]
        title = words.say(
            "%(head)s: %(title)s",
            head=_subject(one, words),
            title=words.name("failure", one.failure_class),
        )
        body = f"{_line(one, words)}\n{words.name('todo', one.failure_class)}"
    else:
        title = words.say(
            "%(number)s incidents: %(classes)s",
            number=len(incidents),
            classes=_by_class(incidents, words),
        )
        lines = [_line(one, words) for one in incidents]
        body = "\n".join(_shortened(lines, "cppcc incidents list", words))
    return Told(title=title, body=body, data=_incidents_data(incidents))


def recovery_words(incidents: Sequence[Incident], words: Words) -> Told:
    """What tells of the end of these."""
    if len(incidents) == 1:
        one = incidents[0]
        title = words.say(
            "recovered: %(subject)s (%(failure)s)",
            subject=_subject(one, words),
            failure=words.name("failure", one.failure_class),
        )
    else:
        title = words.say(
            "recovered: %(number)s incidents (%(classes)s)",
            number=len(incidents),
            classes=_by_class(incidents, words),
        )
    lines = [_recovery_line(one, words) for one in incidents]
    return Told(
        title=title,
        body="\n".join(_shortened(lines, "cppcc incidents list", words)),
        data=_incidents_data(incidents),
    )


def _incidents_data(incidents: Iterable[Incident]) -> Payload:
    return {
        "incidents": [
            {
                "incident": one.id,
                "subject": one.subject,
                "source": one.source_id,
                "region": one.region,
                "class": one.failure_class.value,
                "reason": one.reason,
                "run": one.run_id,
                "opened_at": _iso(one.opened_at),
                "resolved_at": _iso(one.resolved_at),
            }
            for one in incidents
        ]
    }


def _subject(incident: Incident, words: Words) -> str:
    if incident.source_id is None:
        cell = cell_of(incident.subject)
        return f"{cell[0]} {cell[1]}" if cell else incident.subject
    if incident.region is None:
        return incident.source_id
    return words.say("%(head)s (%(region)s)", head=incident.source_id, region=incident.region)


def _line(incident: Incident, words: Words) -> str:
    run = f" (cppcc runs show {incident.run_id})" if incident.run_id else ""
    return "- " + words.say(
        "%(subject)s: %(failure)s: %(reason)s",
        subject=_subject(incident, words),
        failure=words.name("failure", incident.failure_class),
        reason=_reason(incident, words) + run,
    )


def _reason(incident: Incident, words: Words) -> str:
    if incident.failure_class is not FailureClass.OVERDUE:
        return incident.reason
    return words.say("the review has not been found in its time")


def _recovery_line(incident: Incident, words: Words) -> str:
    return "- " + words.say(
        "%(subject)s: %(failure)s from %(first)s to %(last)s",
        subject=_subject(incident, words),
        failure=words.name("failure", incident.failure_class),
        first=_clock(incident.opened_at),
        last=_clock(incident.resolved_at) if incident.resolved_at else "-",
    )


def _clock(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%m-%d %H:%M}"


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(SHANGHAI).isoformat() if at else None


def _published(summary: PublicationSummary) -> str | None:
    at = summary.published_at
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}" if at else None


def _years(years: Sequence[int]) -> str:
    return "-".join(str(year) for year in dict.fromkeys(years))


def _by_class(incidents: Sequence[Incident], words: Words) -> str:
    counts: dict[FailureClass, int] = {}
    for incident in incidents:
        counts[incident.failure_class] = counts.get(incident.failure_class, 0) + 1
    return ", ".join(
        f"{words.name('failure', one)} {number}" for one, number in sorted(counts.items())
    )


def _shortened(lines: list[str], command: str, words: Words) -> list[str]:
    if len(lines) <= MOST_LINES:
        return lines
    more = words.say("... and %(number)s more lines", number=len(lines) - MOST_LINES)
    return [*lines[:MOST_LINES], f"{more}: {command}"]
