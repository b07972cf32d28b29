"""Papers whose issues are answered as JSON documents."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

import jmespath

from crawler.errors import PageError
from crawler.families.base import charset_of
from crawler.families.issues import issue_url
from crawler.families.items import read_document
from crawler.sources.inference import issue_documents, papers
from crawler.sources.inference.documents import Rows, find_rows
from scheduler.drafting.found import Found
from scheduler.drafting.looking import Looker, Unanswered
from storage.records import Capture


async def of_documents(looker: Looker, capture: Capture, document: object) -> Found | None:
    """A paper whose issues are answered as JSON, with its texts in them or one by one."""
    dated = papers.dated_template(capture.url)
    rows = find_rows(document)
    if dated is None or rows is None:
        return None
    template, day = dated
    stated = issue_documents.date_path(document, day)
    if stated is None:
        return None
    number = rows.id or rows.url
    fields: dict[str, str] = {"title": rows.title}
    if number is not None:
        fields["number"] = number
    options: dict[str, object] = {
        "issue_url": template,
        "items": rows.items,
        "issue_date": stated,
        "article_url": f"{template}{'&' if urlsplit(template).query else '?'}id={{number}}",
    }
    body = issue_documents.body_key(rows.rows)
    if body is not None and body != rows.title:
        fields["body"] = body
    else:
        if rows.id is None or not await _by_article(looker, template, day, rows, options):
            return None
    _pages(looker, document, template, options)
    if "page_url" in options:
        paged = str(options["page_url"])
        joint = "&" if urlsplit(paged).query else "?"
        options["article_url"] = f"{paged}{joint}id={{number}}"
    options["fields"] = fields
    today = looker.today
    days = [today - timedelta(days=ago) for ago in range(papers.LOOKBACK_DAYS)]
    found = []
    for one in days:
        answer = await looker.page(issue_url(template, one))
        if isinstance(answer, Capture) and _states(answer, stated, one):
            found.append(one)
    window = papers.window_of(found, today)
    if window is None:
        looker.unsure.append(
            f"none of the last {papers.LOOKBACK_DAYS} days has an issue; {day} has"
        )
    else:
        looker.seen.append(f"template tried on {len(days)} days: {len(found)} have an issue")
        options["lookback_days"] = window.lookback_days
        if window.skips_days and window.lookback_days > 1:
            options["skips_days"] = True
    looker.unsure.append(
        "article_url is made up from the issue's: put there the page a person can open"
    )
    tables_last = dict(sorted(options.items(), key=lambda one: isinstance(one[1], dict)))
    return Found(
        is_paper=True,
        family="json",
        options=tables_last,  # in TOML a table ends the keys before it
        articles=(capture.url,),
        lists=(capture.url,),
        window=window,
        per_page=len(rows.rows),
    )


def _states(capture: Capture, path: str, day: date) -> bool:
    try:
        document = read_document(capture.body, url=capture.url, charset=charset_of(capture))
    except PageError:
        return False
    return str(jmespath.search(path, document) or "")[:10] == day.isoformat()


async def _by_article(
    looker: Looker,
    template: str,
    day: date,
    rows: Rows,
    options: dict[str, object],
) -> bool:
    """Where each article is answered by a request of its own: beside the issue."""
    assert rows.id is not None
    key = rows.id.strip('"')
    for address in issue_documents.siblings(issue_url(template, day), str(rows.rows[0][key])):
        answer = await looker.page(address)
        if isinstance(answer, Unanswered):
            continue
        try:
            document = read_document(answer.body, url=address, charset=charset_of(answer))
        except PageError:
            continue
        for path, table in _tables(document, ""):
            if (body := issue_documents.body_key([table])) is not None:
                request = next(issue_documents.siblings(template, "{number}"))
                options["article_request"] = request
                options["article"] = {"body": f"{path}.{body}" if path else body}
                looker.seen.append(f"each article is answered by {request}")
                return True
    return False


def _tables(value: object, path: str) -> Iterator[tuple[str, dict[str, object]]]:
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from _tables(inner, f"{path}.{key}" if path else str(key))


def _pages(looker: Looker, document: object, template: str, options: dict[str, object]) -> None:
    """The further pages (版) of an issue, where the document names their codes and its address
    has its own."""
    for path, codes in issue_documents.codes_in(document):
        for code in codes:
            matched = re.search(rf"(?<![\w])({re.escape(code)})(?![\w])(?=[^{{}}]*$)", template)
            if matched is None or not isinstance(document, dict):
                continue
            own = next((key for key, value in document.items() if str(value) == code), None)
            head, tail = template[: matched.start()], template[matched.end() :]
            options["pages"] = path
            options["page_url"] = f"{head}{{page}}{tail}"
            if own is not None:
                options["page_code"] = str(own)
            looker.seen.append(f"the issue has {len(codes)} pages: {path}")
            return
