"""From the bytes of a page to an article: charset, tree, body, title, date, credits, gate."""

import re
from collections import Counter
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from crawler.errors import NotArticleError, ScriptShellError, TooShortError
from crawler.pages.layout.body import Body, find_body
from crawler.pages.layout.text import Text, select_text
from crawler.pages.layout.tree import Page, lay_out, lay_out_as_loaded
from crawler.pages.quality import (
    check_article,
    check_bytes,
    check_text,
    refuse_without_text,
    sureness,
)
from crawler.pages.raw.charset import Decoded, decode
from crawler.pages.selectors import Selectors, body_text, sharpen
from crawler.pages.values.credits import find_credits
from crawler.pages.values.dates import address_doubt, find_date
from crawler.pages.values.head import named_outlet, outlet_places, read_head
from crawler.pages.values.outlets import names_outlet, outlet_in_script, placed_outlet
from crawler.pages.values.parts import absolute, next_page
from crawler.pages.values.titles import find_anchor, find_title
from storage.records import Article, Evidence, Image

_QUOTE = 300
_HIDDEN_TEXT = 60
"""Characters that a page without any text hides, from which it is worth another look."""
_ONLY_SELECTED = 0.5
"""How sure a text is that only its declared selector vouches for."""
_NO_PICTURE = re.compile(
    r"^data:|qrcode|ewm|erweima|logo|icon|blank\.|space\.gif|spacer|loading", re.I
)


def read_article(
    body: bytes,
    *,
    url: str = "",
    charset: str | None = None,
    now: datetime | None = None,
    selectors: Selectors | None = None,
) -> Article:
    """Read one article page; a PageError subclass says what the page is instead.

    ``charset`` is the HTTP header's; ``now`` only bounds what dates are plausible.
    """
    at = url or None
    check_bytes(body, at)
    decoded = decode(body, declared=charset)
    # Sound UTF-8 goes to the parser as it came: it would only be encoded again.
    sound = decoded.encoding == "utf-8" and not decoded.replaced and body[:1] == b"<"
    tree = LexborHTMLParser(body if sound else decoded.text)
    return read_tree(tree, decoded, url=url, now=now, selectors=selectors)


def read_tree(
    tree: LexborHTMLParser,
    decoded: Decoded,
    *,
    url: str = "",
    now: datetime | None = None,
    selectors: Selectors | None = None,
) -> Article:
    """Read a parsed page, sharpened by its source's selectors where it has any."""
    if selectors is None:
        return read_generically(tree, decoded, url=url, now=now)
    try:
        article = read_generically(tree, decoded, url=url, now=now)
    except (NotArticleError, TooShortError):
        # The declared place of the body is worth more than the gate's doubt about the page.
        text = body_text(tree, selectors.body, "") if selectors.body else None
        if text is None:
            raise
        article = Article(url=url, title="", text=text, score=_ONLY_SELECTED)
    return sharpen(article, tree, selectors, now)


def read_generically(
    tree: LexborHTMLParser, decoded: Decoded, *, url: str, now: datetime | None
) -> Article:
    """Read a parsed page with no selectors."""
    page = lay_out(tree, decoded.text)
    try:
        return _read_page(tree, page, decoded, url=url, now=now)
    except (NotArticleError, TooShortError, ScriptShellError):
        if page.hidden_chars < _HIDDEN_TEXT:
            raise
        shown = lay_out_as_loaded(tree, decoded.text)
        if shown.hidden_chars == page.hidden_chars:
            raise
        return _read_page(tree, shown, decoded, url=url, now=now)


def _read_page(
    tree: LexborHTMLParser, page: Page, decoded: Decoded, *, url: str, now: datetime | None
) -> Article:
    text = decoded.text
    at = url or None
    head = read_head(tree, text)
    found = find_body(page, find_anchor(page, head))
    if found is None:
        refuse_without_text(text, head.title, page, at)
    title = find_title(page, head, start=found.start, end=found.end)
    line = title.line if title else None
    beside = [part for part in (title.kicker, title.subtitle) if part] if title else []
    content = select_text(page, found, line, title.text if title else "", beside=beside)
    if not content.paragraphs:
        refuse_without_text(text, head.title, page, at)
    check_text(decoded, content.paragraphs, at)
    first = content.first
    dated = find_date(page, head, text, url, title=line, start=first, lines=content, now=now)
    credits = find_credits(page, head, title=line, start=first, end=found.end, text=content)
    outlet = credits.outlet
    if outlet is None or "label" not in outlet.evidence.rule:
        outlet = placed_outlet(outlet_places(tree, text)) or outlet
        if outlet is None or not names_outlet(outlet.name):
            near = "\n".join([line.text for line in page.lines[max(0, first - 12) : first]])
            outlet = placed_outlet(named_outlet(tree, near)) or outlet
        outlet = outlet or outlet_in_script(text)
    sure = sureness(page, found, content, title, dated)
    credited = outlet is not None and "label" in outlet.evidence.rule and dated is not None
    check_article(text, head.title, page, content, title, sure, at, credited=credited)
    if title is None:
        raise NotArticleError("nothing on the page names the article", url=at)
    evidence = [
        item.evidence for item in (title, dated, outlet, credits.author, credits.editor) if item
    ]
    evidence.append(_text_evidence(page, found, content))
    doubt = address_doubt(dated, url or head.canonical)
    if doubt:
        evidence.append(doubt)
    return Article(
        url=url,
        title=title.text,
        kicker=title.kicker,
        subtitle=title.subtitle,
        text="\n".join(content.paragraphs),
        published_at=dated.at if dated else None,
        published_precision=dated.precision if dated else None,
        outlet=outlet.name if outlet else None,
        author=credits.author.name if credits.author else None,
        editor=credits.editor.name if credits.editor else None,
        images=images_of(page, found, url),
        next_page=next_page(page, text, url),
        score=sure,
        evidence=tuple(evidence),
    )


def _text_evidence(page: Page, found: Body, content: Text) -> Evidence:
    """Which box the text was read from, and by which rules how many lines were left out."""
    box = page.boxes[found.box]
    left_out = Counter(rule for _line, rule in content.dropped)
    name = f"{box.tag} {box.name}".strip()
    quote = f"<{name}>"
    if left_out:
        rules = ", ".join(f"{rule} {count}" for rule, count in left_out.most_common())
        quote = f"{quote}; lines left out: {rules}"
    quote = quote[:_QUOTE]
    return Evidence(
        about="text", rule="heaviest box", field="html", span=(0, len(quote)), quote=quote
    )


def images_of(page: Page, found: Body, url: str) -> tuple[Image, ...]:
    """The pictures inside a body, by absolute address; logos and codes are none."""
    holder = found.box
    if page.boxes[holder].tag == "p" and page.boxes[holder].parent >= 0:
        holder = page.boxes[holder].parent  # one sentence under its picture
    behind = page.behind(holder)
    return tuple(
        Image(url=address, caption=picture.alt or None)
        for picture in page.pictures
        if holder <= picture.box < behind
        and picture.source
        and not _NO_PICTURE.search(picture.source)
        and (address := absolute(url, picture.source))
    )
