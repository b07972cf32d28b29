"""A publication and its evidence as a person reads them in a terminal."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from scheduler.cli.presentation import table
from scheduler.shapes.publication import published_text
from storage.records import Article, Evidence

QUOTE_LENGTH = 60
PAGE_VALUES = ("title", "kicker", "subtitle", "published_at", "outlet", "author", "editor")


def page_view(article: Article) -> RenderableType:
    """The values of a page, each with the rule and the words it rests on."""
    rows = table("value", "read", "rule", "where", "words")
    for name in PAGE_VALUES:
        value = published_text(article) if name == "published_at" else getattr(article, name)
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


def reading_view(article: Article) -> RenderableType:
    """What the publication was read as, and the words that decided."""
    reading = article.reading
    if reading is None:
        return Text("not read as a publication", style="dim")
    committee = reading.committee
    flagged = "  [bold green]flagged[/]" if reading.flagged else ""
    head = table("", "")
    head.add_row("genre", f"[bold]{reading.genre.value}[/] (score {reading.score:.2f}){flagged}")
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
        events = table("#", "event", "date")
        for event in reading.events:
            events.add_row(str(event.ordinal), Text(event.heading), event.date or "")
        parts += [Text(f"\n{len(reading.events)} events", style="bold"), events]
    if reading.figures:
        figures = table("metric", "value", "key", "scope", "event", "sentence")
        for figure in reading.figures:
            figures.add_row(
                Text(figure.metric),
                Text(f"{figure.qualifier or ''}{figure.value:g}{figure.unit}"),
                figure.key or "",
                figure.scope.value,
                str(figure.event or ""),
                Text(shorten(figure.sentence)),
            )
        parts += [Text(f"\n{len(reading.figures)} figures", style="bold"), figures]
    return Group(*parts)


def evidence_table(evidence: Iterable[Evidence]) -> RenderableType:
    """Evidence line by line, with its weight where it has one."""
    rows = table("about", "rule", "where", "span", "weight", "words")
    for item in evidence:
        rows.add_row(
            item.about,
            item.rule,
            item.field,
            f"{item.span[0]}-{item.span[1]}",
            f"{item.weight:+.2f}" if item.weight else "",
            quote(item),
        )
    return rows


def quote(item: Evidence) -> Text:
    """The quoted words, cut to a line."""
    return Text(shorten(item.quote))


def shorten(text: str) -> str:
    """``text`` on one line of bounded length."""
    line = " ".join(text.split())
    return line if len(line) <= QUOTE_LENGTH else line[: QUOTE_LENGTH - 1] + "…"
