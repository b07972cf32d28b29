"""A publication and its evidence as a person reads them in a terminal."""

from collections.abc import Iterable
from itertools import groupby

from rich.console import Group, RenderableType
from rich.text import Text

from scheduler.cli.presentation import moment, narrow, table
from scheduler.shapes.publication import published_text
from storage.records import Article, Evidence, FigureScope, Precision, Reading
from storage.vocabulary import TOPIC_NAMES, amount

QUOTE_LENGTH = 60
PAGE_VALUES = ("title", "kicker", "subtitle", "published_at", "outlet", "author", "editor")


def page_view(article: Article) -> RenderableType:
    """The values of a page, each with the rule and the words it rests on."""
    rows = table("value", "read", "how", "where", "words")
    for name in PAGE_VALUES:
        value = published_words(article) if name == "published_at" else getattr(article, name)
        reasons = [item for item in article.evidence if item.about == name]
        if value is None and not reasons:
            rows.add_row(name, "[dim]not stated[/]", "", "", "")
            continue
        first = reasons[0] if reasons else None
        rows.add_row(
            name,
            Text(value or "-"),
            first.rule if first else "",
            first.field if first else "",
            quote(first) if first else "",
        )
        for item in reasons[1:]:
            rows.add_row("", "", item.rule, item.field, quote(item))
    others = [item for item in article.evidence if item.about not in PAGE_VALUES]
    for item in others:
        rows.add_row(item.about, "", item.rule, item.field, quote(item))
    paragraphs = article.text.count("\n") + 1
    facts = (
        f"{len(article.text)} characters in {paragraphs} paragraphs, {len(article.images)} images, "
        f"page score {article.score:.2f}"
    )
    return Group(rows, Text(facts, style="dim"))


def published_words(article: Article) -> str | None:
    """When a page says that it was published: the day alone, or the time as others are shown."""
    if article.published_precision is Precision.DAY:
        return published_text(article)
    return moment(article.published_at) if article.published_at else None


def reading_view(article: Article) -> RenderableType:
    """What the publication was read as, and the words that decided."""
    reading = article.reading
    if reading is None:
        return Text("not read as a publication", style="dim")
    committee = reading.committee
    flagged = "  [bold green]flagged[/]" if reading.flagged else ""
    head = table("", "")
    sure = f"{reading.confidence}, score {reading.score:.2f}"
    head.add_row("genre", f"[bold]{reading.genre.value}[/] ({sure}){flagged}")
    if committee:
        words = f"{committee.name} ({committee.level.value}, {committee.region})"
        head.add_row("committee", Text(words))
    years = "-".join(str(year) for year in reading.years) or "-"
    head.add_row("years", years)
    for name in ("term", "session", "part"):
        if (value := getattr(reading, name)) is not None:
            head.add_row(name, str(value))
    head.add_row("rules", reading.rules_version)
    for issue in reading.issues:
        head.add_row("[yellow]issue[/]", Text(issue))
    parts: list[RenderableType] = [head, evidence_table(reading.evidence)]
    if reading.events:
        topics = _topics(reading)
        events = table("#", "event", "date", "topics")
        for event in reading.events:
            about = Text(topics.get(event.ordinal, ""))
            events.add_row(str(event.ordinal), Text(event.heading), event.date or "", about)
        parts += [Text(f"\n{len(reading.events)} events", style="bold"), events]
    sections = dict.fromkeys(topic.section for topic in reading.topics if topic.section)
    if sections:
        told = table("section", "topics")
        for section in sections:
            told.add_row(Text(section), Text(_topics(reading)[section]))
        parts += [Text(f"\n{len(sections)} sections with topics", style="bold"), told]
    if reading.figures and narrow(below=160):
        parts += [Text(f"\n{len(reading.figures)} figures", style="bold"), *_by_sentence(reading)]
    elif reading.figures:
        figures = table("metric", "value", "key", "scope", "event", "sentence")
        for figure in reading.figures:
            figures.add_row(
                Text(figure.metric),
                Text(amount(figure.value, figure.qualifier, figure.unit)),
                figure.key or "",
                figure.scope.value,
                str(figure.event or ""),
                Text(_on_one_line(figure.sentence)),
            )
        parts += [Text(f"\n{len(reading.figures)} figures", style="bold"), figures]
    return Group(*parts)


def _by_sentence(reading: Reading) -> list[RenderableType]:
    """The figures of each sentence below it: where a table has no room for whole sentences."""
    parts: list[RenderableType] = []
    for sentence, figures in groupby(reading.figures, key=lambda figure: figure.sentence):
        parts.append(Text(_on_one_line(sentence), style="dim"))
        for figure in figures:
            facts = [
                f"  {figure.metric} {amount(figure.value, figure.qualifier, figure.unit)}",
                figure.key or "",
                "" if figure.scope is FigureScope.OWN else figure.scope.value,
                f"event {figure.event}" if figure.event else "",
            ]
            parts.append(Text("  ".join(fact for fact in facts if fact)))
    return parts


def _topics(reading: Reading) -> dict[int | str, str]:
    """The names of topics and their words, by the event's number or the section's heading."""
    found: dict[int | str, str] = {}
    for topic in reading.topics:
        place = topic.section if topic.event is None else topic.event
        if place is None:
            continue
        words = f"{TOPIC_NAMES[topic.key]} ({' '.join(topic.words)})"
        found[place] = f"{found[place]}, {words}" if place in found else words
    return found


def evidence_table(evidence: Iterable[Evidence]) -> RenderableType:
    """What speaks for the genre, what against it, and the words behind the other values.

    Reasons with a weight come with the heaviest first.
    """
    held = list(evidence)
    weighed = sorted((one for one in held if one.weight), key=lambda one: -abs(one.weight or 0))
    parts: list[RenderableType] = []
    for words, chosen in (
        ("for", [one for one in weighed if (one.weight or 0) > 0]),
        ("against", [one for one in weighed if (one.weight or 0) < 0]),
        ("read from", [one for one in held if not one.weight]),
    ):
        if chosen:
            parts += [Text(f"\n{words}", style="bold"), _reasons(chosen)]
    return Group(*parts)


def _reasons(evidence: Iterable[Evidence]) -> RenderableType:
    held, short = list(evidence), narrow()
    weighed = any(item.weight for item in held)
    columns = ["about", "rule", "where", "weight", "words"]
    if short:
        columns.remove("where")  # `--json` has every span
    if not weighed:
        columns.remove("weight")
    rows = table(*columns)
    for item in held:
        cells: dict[str, RenderableType] = {
            "about": item.about,
            "rule": item.rule,
            "where": _where(item),
            "weight": f"{item.weight:+.2f}" if item.weight else "",
            "words": quote(item),
        }
        rows.add_row(*(cells[column] for column in columns))
    return rows


def _where(item: Evidence) -> str:
    """The field, and the words' place in it where it is not the whole that speaks."""
    start, end = item.span
    return f"{item.field} {start}-{end}" if end else item.field


def quote(item: Evidence) -> Text:
    """The quoted words, cut to a line."""
    return Text(shorten(item.quote))


def shorten(text: str) -> str:
    """``text`` on one line of bounded length."""
    line = _on_one_line(text)
    return line if len(line) <= QUOTE_LENGTH else line[: QUOTE_LENGTH - 1] + "…"


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
