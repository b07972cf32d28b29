"""`cppcc inspect`: read pages, lists or texts without storing them."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.text import Text

from crawler.errors import PageError
from scheduler.cli.commands.context import declared_sources, settings
from scheduler.cli.evidence_view import page_view, reading_view
from scheduler.cli.presentation import AsJson, console, fail, print_json, say, table
from scheduler.config import Config
from scheduler.shapes.publication import article_json

EXIT_REFUSED = 4


def inspect(
    page: Annotated[str | None, typer.Argument(metavar="FILE-or-URL")] = None,
    url: Annotated[str, typer.Option(help="The address that FILE was saved from")] = "",
    batch: Annotated[
        Path | None, typer.Option(help="JSONL of pages or texts", exists=True, dir_okay=False)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where the batch output goes")] = None,
    as_list: Annotated[
        bool, typer.Option("--list", help="Read a list page: its links, and where it goes on")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read a page, or a batch of pages and texts, and show what was read and why."""
    from crawler.reader import read_page, source_of  # the readers cost others 0.1 s

    config = settings()
    if batch is not None:
        _inspect_batch(config, batch, out)
        return
    if page is None:
        fail("name a FILE, a URL, or --batch IN.jsonl --out OUT.jsonl", code=2)
    body, address, headers = _bytes_of(config, page, url)
    if as_list:
        _inspect_list(config, body, address, headers, as_json=as_json)
        return
    source = source_of(address, declared_sources(config).values())
    try:
        article = read_page(body, url=address, now=config.now(), source=source, headers=headers)
    except PageError as error:
        _refused(error, as_json=as_json)
    if as_json:
        print_json(article_json(article))
        return
    console.print(page_view(article))
    console.print()
    console.print(reading_view(article))


def _refused(error: PageError, *, as_json: bool) -> NoReturn:
    """The end of the command with what the page is instead."""
    if as_json:
        print_json({"error": {"class": error.refusal_class.value, "message": error.detail}})
        raise typer.Exit(EXIT_REFUSED) from error
    fail(f"refused as {error.refusal_class.value}: {error.detail}", code=EXIT_REFUSED)


def _inspect_list(
    config: Config,
    body: bytes,
    url: str,
    headers: tuple[tuple[str, str], ...],
    *,
    as_json: bool,
) -> None:
    from crawler.runs.proof import judge_page
    from scheduler.cli.inspection import read_list
    from scheduler.shapes.listing import listing_json

    sources = declared_sources(config).values()
    try:
        listing = read_list(body, url=url, now=config.now(), sources=sources, headers=headers)
    except PageError as error:
        _refused(error, as_json=as_json)
    if as_json:
        print_json(listing_json(listing))
        return
    rows = table("day", "title", "url")
    for link in listing.links:
        day = link.published_on.isoformat() if link.published_on else "-"
        rows.add_row(day, Text(link.title), Text(link.address))
    console.print(rows)
    end = judge_page(listing)
    totals = [
        f"{count} {what} declared"
        for count, what in ((listing.page_count, "pages"), (listing.item_count, "articles"))
        if count is not None
    ]
    say(f"{len(listing.links)} links; {', '.join(totals) or 'no totals stated'}")
    if listing.next_page:
        say(f"next page: {listing.next_page}")
    for number, page in enumerate(listing.issue_pages, start=1):
        say(f"page {number} of the issue: {page}")
    say(f"end {'proved' if end.proved else 'open'}: {end.why}")


def _inspect_batch(config: Config, batch: Path, out: Path | None) -> None:
    from crawler.backfill.files import FileRefusedError, numbered_lines, open_regular
    from scheduler.cli.inspection import inspect_batch

    if out is None:
        fail("--batch needs --out OUT.jsonl", code=2)
    rows = refused = 0
    sources = declared_sources(config).values()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with (
            open_regular(batch) as given,
            # Half a surrogate pair, which an id may hold, becomes JSON's own escape for it.
            out.open("w", encoding="utf-8", errors="backslashreplace") as output,
        ):
            lines = numbered_lines(given)
            now = config.now()
            for row in inspect_batch(lines, folder=batch.parent, now=now, sources=sources):
                output.write(json.dumps(row, ensure_ascii=False) + "\n")
                rows += 1
                refused += "error" in row
    except (OSError, FileRefusedError) as error:
        fail(f"{rows} rows were written, then: {error}")
    say(f"{rows} read, {refused} of them refused; written to {out}")


def _bytes_of(
    config: Config, page: str, url: str
) -> tuple[bytes, str, tuple[tuple[str, str], ...]]:
    """Bytes, address and headers of a file, or of a URL fetched once with our User-Agent."""
    if not page.startswith(("http://", "https://")):
        path = Path(page)
        if not path.is_file():
            fail(f"{page} is neither a file nor an http(s) URL", code=2)
        return path.read_bytes(), url, ()
    import httpx  # 0.2 s, for this alone

    try:
        answer = httpx.get(
            page, headers={"User-Agent": config.user_agent}, timeout=30, follow_redirects=True
        ).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        fail(f"{page} could not be fetched: {error}")
    return answer.content, str(answer.url), tuple(answer.headers.multi_items())
