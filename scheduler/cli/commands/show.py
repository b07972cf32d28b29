"""`cppcc show` and `cppcc explain`: one stored publication, and why it was read so."""

import re
from typing import Annotated

import typer
from rich.text import Text

from scheduler.cli.commands.context import readable, settings
from scheduler.cli.commands.revisions import show_revisions
from scheduler.cli.evidence_view import page_view, published_words, reading_view
from scheduler.cli.presentation import AsJson, bare_moment, console, fail, moment, print_json, table
from scheduler.shapes.publication import publication_json
from storage.errors import RecordNotFoundError
from storage.notices.flags import get_flag
from storage.publications.as_article import article_of
from storage.publications.reading import Publication, get_publication
from storage.records import Article

Wanted = Annotated[
    str, typer.Argument(metavar="ID-or-URL", help="of the publication; f12: of flag 12")
]


def show(
    wanted: Wanted,
    diff: Annotated[
        bool, typer.Option("--diff", help="What each revision changed in the words")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print one publication: its text, events, figures, revisions and copies."""
    publication = find(wanted)
    if diff:
        show_revisions(publication, as_json=as_json)
        return
    if as_json:
        print_json(publication_json(publication))
        return
    article = article_of(publication)
    _print_head(publication, article)
    console.print()
    for paragraph in article.text.split("\n"):
        console.print(Text("  " + paragraph))
    for image in article.images:
        console.print(Text(f"[图] {image.caption or '-'}  {image.url}", style="dim"))
    reading = article.reading
    if reading and (reading.events or reading.figures):
        console.print()
        console.print(reading_view(article))


def explain(wanted: Wanted, as_json: AsJson = False) -> None:
    """Print why a publication was read as it was: each value with its rule and its words."""
    publication = find(wanted)
    if as_json:
        print_json(publication_json(publication))
        return
    article = article_of(publication)
    console.print(Text(article.title, style="bold"))
    console.print(page_view(article))
    console.print()
    console.print(reading_view(article))


def find(wanted: str) -> Publication:
    """The stored publication of this id, URL or flag (f12), or the end of the command."""
    if flag := re.fullmatch(r"[fF](\d{1,18})", wanted, re.ASCII):
        return _flagged(int(flag[1]))
    from crawler.pages.raw.urls import canonical_url

    try:
        key = int(wanted) if wanted.isdecimal() else canonical_url(wanted)
    except ValueError:
        fail(f"{wanted!r} is neither an id nor an absolute URL", code=2)
    try:
        with readable(settings()).reading() as session:
            return get_publication(session, key)
    except RecordNotFoundError as error:
        fail(str(error), hint="`cppcc flags list` and `cppcc search` show ids; f12 means flag 12")


def _flagged(flag_id: int) -> Publication:
    try:
        with readable(settings()).reading() as session:
            return get_publication(session, get_flag(session, flag_id).publication_id)
    except RecordNotFoundError as error:
        fail(str(error), hint="`cppcc flags list` shows the ids")


def _print_head(publication: Publication, article: Article) -> None:
    summary = publication.summary
    console.print(Text(article.title, style="bold"))
    rows = table("", "")
    rows.add_row("id", f"{summary.id}, story {summary.story_id}")
    rows.add_row("url", Text(summary.url))
    rows.add_row("published", published_words(article) or "no date stated")
    rows.add_row("outlet", Text(article.outlet or "-"))
    people = [f"author {article.author}" if article.author else ""]
    people.append(f"editor {article.editor}" if article.editor else "")
    rows.add_row("people", Text(", ".join(filter(None, people)) or "-"))
    if article.reading:
        rows.add_row("genre", f"{article.reading.genre.value} ({article.reading.score:.2f})")
    rows.add_row("copy", "original" if summary.is_original else "repost")
    rows.add_row("revision", f"{summary.revision} of {len(publication.revisions)}")
    rows.add_row("seen", f"{bare_moment(summary.first_seen_at)} to {moment(summary.last_seen_at)}")
    if summary.removed_at:
        rows.add_row(
            "[red]removed[/]",
            f"last seen {bare_moment(summary.last_seen_at)}, "
            f"first missing {moment(summary.first_missing_at)}",
        )
    console.print(rows)
