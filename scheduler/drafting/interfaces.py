"""Lists that a page's script holds, or asks an interface for."""

from collections.abc import Sequence
from urllib.parse import urljoin

from crawler.errors import LayoutChangedError, PageError
from crawler.families.base import charset_of
from crawler.families.items import read_document
from crawler.sources.inference.documents import (
    LEAST_ITEMS,
    Rows,
    article_url_in,
    as_written,
    find_rows,
    paths_of,
)
from crawler.sources.inference.lists import (
    Paged,
    interfaces_in,
    pagings_of,
    scripted_in,
    scripts_of,
    unpaged,
)
from scheduler.drafting.found import Found
from scheduler.drafting.looking import Looker, Unanswered, is_data, text_of, title_of
from scheduler.drafting.paper_documents import of_documents
from storage.records import Capture

MOST_INTERFACES = 6
"""Interfaces that a page names which are asked before it is given up."""


async def of_scripts(looker: Looker, capture: Capture) -> Found | None:
    """The list that a page's script holds, or that one of the interfaces it names answers."""
    html = text_of(capture)
    if (scripted := scripted_in(html, capture.url)) is not None:
        paths = paths_of(scripted.rows, scripted.document)
        assert paths is not None  # it has addresses
        items = paths.list_in(scripted.document)
        assert items is not None
        links = paths.links(items, capture.url)
        table = {"variable": scripted.variable, **paths.model_dump(exclude_defaults=True)}
        table.pop("total", None)
        table.pop("pages", None)
        looker.seen.append(f"its script holds {len(links)} articles in {scripted.variable}")
        return Found(
            family="listing",
            options={"urls": [capture.url], "script_items": table},
            articles=tuple(link.address for link in links),
            title=title_of(html),
            titles=(title_of(html),),
            days=tuple(link.published_on for link in links),
            lists=(capture.url,),
            per_page=len(links),
        )
    addresses = interfaces_in(html, capture.url)
    for script in scripts_of(html, capture.url)[:2]:
        addresses += interfaces_in(await looker.html(script), capture.url)
    for address in list(dict.fromkeys(addresses))[:MOST_INTERFACES]:
        answer = await looker.page(address)
        if isinstance(answer, Unanswered) or not is_data(answer):
            continue
        found = await of_document(looker, answer, pages=(html,))
        if found is not None:
            looker.seen.append(f"{capture.url} asks {address}")
            found.title = found.title or title_of(html)
            return found
    return None


async def of_document(
    looker: Looker,
    capture: Capture,
    pages: Sequence[str] = (),
) -> Found | None:
    """The list that an interface answers; ``pages`` are those that ask it, which may show how
    the addresses of its articles are made."""
    rows = _rows_of(capture)
    if rows is None:
        return None
    document = read_document(capture.body, url=capture.url, charset=charset_of(capture))
    if (paper := await of_documents(looker, capture, document)) is not None:
        return paper
    article_url = None
    if rows.url is None:
        home = urljoin(capture.url, "/")
        article_url = article_url_in(rows, [*pages, await looker.html(home)], home)
        if article_url is None:
            return None
        looker.seen.append(f"articles have no address in it; a page makes it {article_url}")
    paths = paths_of(rows, document, article_url=article_url)
    assert paths is not None
    items = paths.list_in(document)
    assert items is not None
    try:
        links = list(paths.links(items, capture.url))
    except LayoutChangedError:
        return None
    paged = await _paging(looker, capture.url, rows)
    options: dict[str, object] = {"urls": [capture.url], "page_size": len(rows.rows)}
    if paged is not None:
        options["urls"] = [paged.template]
        if paged.by == "page" and paged.first != 1:
            options["first_page"] = paged.first
        second = await looker.page(paged.url(2, len(rows.rows)))
        if isinstance(second, Capture) and (more := _rows_of(second)) is not None:
            try:
                links += paths.links(list(more.rows), capture.url)
            except LayoutChangedError as error:
                looker.unsure.append(f"page 2 cannot be read as page 1 is: {error.detail}")
    else:
        options["urls"] = [as_written(capture.url)]
        words = "paging: no number in its address that turns its pages"
        (looker.unsure if paths.total or paths.pages else looker.seen).append(words)
    options["paths"] = paths.model_dump(exclude_defaults=True)
    looker.seen.append(f"a document with {len(rows.rows)} articles at {rows.items}")
    if rows.day is None:
        looker.unsure.append("its articles have no day in it: they are dated by their own pages")
    return Found(
        family="json_list",
        options=options,
        articles=tuple(link.address for link in links),
        days=tuple(link.published_on for link in links),
        lists=(capture.url,),
        per_page=len(rows.rows),
    )


def _rows_of(capture: Capture) -> Rows | None:
    try:
        document = read_document(capture.body, url=capture.url, charset=charset_of(capture))
    except PageError:
        return None
    rows = find_rows(document)
    return rows if rows is not None and len(rows.rows) >= 1 else None


def _keys(rows: Rows) -> set[str]:
    key = (rows.url or rows.id or rows.title).strip('"')
    return {str(one.get(key, one)) for one in rows.rows}


async def _paging(looker: Looker, url: str, rows: Rows) -> Paged | None:
    """The way in which an interface turns its pages: page 2 must show other articles."""
    size, own = len(rows.rows), _keys(rows)

    async def keys_at(address: str) -> set[str]:
        answer = await looker.page(address)
        found = _rows_of(answer) if isinstance(answer, Capture) else None
        return _keys(found) if found is not None else set()

    ways: list[Paged] = [*pagings_of(url), *(unpaged(url) if size >= LEAST_ITEMS else ())]
    for paged in ways:
        first = await keys_at(paged.url(1, size))
        if not first:
            continue
        second = await keys_at(paged.url(2, size))
        if not second or second & first:
            continue
        if paged.by == "page" and paged.first == 1:
            before = await keys_at(paged.template.format(page=0, start=0))
            if before and not before & (first | second):
                paged = Paged(template=paged.template, by="page", first=0)
        looker.seen.append(
            f"paging: {paged.template}, tried: page 2 shows {len(second)} other articles"
        )
        return paged
    if own and len(own) < size:
        looker.seen.append("some of its articles share an address")
    return None
