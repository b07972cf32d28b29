"""From the bytes of a page to an article: charset, tree, body, title, date, credits, gate."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from crawler.errors import MojibakeError, NotArticleError, ScriptShellError, TooShortError
from crawler.pages.held import with_held_text
from crawler.pages.layout.blocks import other_blocks
from crawler.pages.layout.body import Body, find_body
from crawler.pages.layout.folds import folded_rest
from crawler.pages.layout.page import Page
from crawler.pages.layout.printed import with_markup, without_sections
from crawler.pages.layout.rows import header_lines, is_list_of_rows
from crawler.pages.layout.text import Text, select_text
from crawler.pages.layout.tree import lay_out
from crawler.pages.layout.weights import Weights
from crawler.pages.pictures import article_of_pictures, images_of, pictures_under
from crawler.pages.quality import (
    check_article,
    check_bytes,
    check_text,
    is_hopeless,
    refuse_without_text,
    sureness,
)
from crawler.pages.raw.charset import Decoded, decode
from crawler.pages.raw.gate import is_spoilt
from crawler.pages.selectors import Selectors, body_text, sharpen
from crawler.pages.values.credits import find_credits
from crawler.pages.values.dates import address_doubt, find_date
from crawler.pages.values.head import read_head
from crawler.pages.values.headline import find_anchor, is_heading
from crawler.pages.values.parts import next_page
from crawler.pages.values.seen import Seen
from crawler.pages.values.titles import Title, find_title
from storage.records import Article, Evidence

_QUOTE = 300
_HIDDEN_TEXT = 60
"""Characters that a page without any text hides, from which it is worth another look."""
_HIDDEN_ARTICLE = 6
"""Stops in a hidden element from which it may be the article that a script shows."""
_ONLY_SELECTED = 0.5
"""How sure a text is that only its declared selector vouches for."""
_DOUBTED = 0.7
"""How sure a text is at most beside which other stories may belong to it, or it to them."""
_SECTION = b"<![CDATA["


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
    check_bytes(body, url or None)
    decoded = decode(body, declared=charset)
    if _SECTION in body:
        decoded = replace(decoded, text=without_sections(decoded.text))
        tree = LexborHTMLParser(decoded.text)
        return read_tree(tree, decoded, url=url, now=now, selectors=selectors)
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
    if page.markup:
        # What a CMS escaped once too often is markup after all.
        decoded = replace(decoded, text=with_markup(decoded.text))
        tree = LexborHTMLParser(decoded.text)
        page = lay_out(tree, decoded.text)
    head = read_head(tree, decoded.text)
    seen = Seen(tree, decoded.text, page, head, Weights(page), url, now)
    try:
        found = _read(seen, decoded)
    except (NotArticleError, TooShortError, ScriptShellError) as refusal:
        otherwise = _read_otherwise(seen, decoded)
        if otherwise is None:
            raise refusal
        return otherwise
    if page.invisible_stops > found.text.count("。") + found.text.count("，"):
        return _read_loaded(seen, decoded, found)
    return found


def _read_loaded(seen: Seen, decoded: Decoded, found: Article) -> Article:
    """The page as a script shows it when it has loaded, where that is the article of its title.

    What was visible (comments under a text that is still hidden) is less than what was not.
    """
    try:
        loaded = _read(_shown(seen, lay_out(seen.tree, seen.source, loaded=True)), decoded)
    except (NotArticleError, TooShortError, ScriptShellError):
        return found
    return loaded if loaded.title == found.title and len(loaded.text) > len(found.text) else found


def _read_otherwise(seen: Seen, decoded: Decoded) -> Article | None:
    """What a page without text becomes when its scripts have run, or is as pictures; else None."""
    page = seen.page
    for view in _other_views(seen):
        try:
            return _read(view, decoded, loaded=True)
        except (NotArticleError, TooShortError, ScriptShellError):
            if _hides_sentences(page):
                seen = view
            continue
    anchor = find_anchor(page, seen.head)
    printed = page.lines[anchor].text if anchor is not None else ""
    source = with_held_text(seen.source, printed)
    if source is not None:
        tree = LexborHTMLParser(source)
        page = lay_out(tree, source)
        shown = Seen(tree, source, page, seen.head, Weights(page), seen.url, seen.now)
        try:
            return _read(shown, decoded)
        except (NotArticleError, TooShortError, ScriptShellError):
            pass
    found = article_of_pictures(seen)
    if found is None and page.invisible_pictures:
        found = article_of_pictures(_shown(seen, lay_out(seen.tree, seen.source, loaded=True)))
    return found


def _other_views(seen: Seen) -> Iterator[Seen]:
    """A page with what is invisible until it is loaded, then with the longest text it hides."""
    page = seen.page
    if _hides_sentences(page):
        yield _shown(seen, lay_out(seen.tree, seen.source, loaded=True))
    longest = max(page.folds, key=lambda fold: fold.stops, default=None)
    if longest is not None and longest.stops >= _HIDDEN_ARTICLE:
        unfolded = frozenset({longest.node.mem_id})
        yield _shown(seen, lay_out(seen.tree, seen.source, loaded=True, unfolded=unfolded))


def _hides_sentences(page: Page) -> bool:
    """Whether what a script may show when the page has loaded can be a text, not labels."""
    return page.invisible_chars >= _HIDDEN_TEXT and page.invisible_stops > 0


def _shown(seen: Seen, page: Page) -> Seen:
    """The same page, laid out in another way."""
    return replace(seen, page=page, weights=Weights(page))


def _read(seen: Seen, decoded: Decoded, *, loaded: bool = False, whole: bool = False) -> Article:
    """Read a page as it is laid out; ``whole`` once what a button unfolds has been laid out."""
    page, head = seen.page, seen.head
    anchor = find_anchor(page, head)
    body = find_body(page, seen.weights, anchor)
    if body is None or (anchor is not None and body.end <= anchor and is_heading(page, anchor)):
        refuse_without_text(seen.source, head.title, page, seen.at)
    if page.folds and not whole and (rest := folded_rest(page, body)):
        unfolded = lay_out(seen.tree, seen.source, loaded=loaded, unfolded=rest)
        return _read(_shown(seen, unfolded), decoded, loaded=loaded, whole=True)
    if _lists(seen, body, anchor):
        raise NotArticleError("each sentence tells of a link", url=seen.at)
    title = find_title(page, head, start=body.start, end=body.end)
    line = title.line if title else None
    if line is not None:
        body = replace(body, blocks=other_blocks(page, seen.weights, body.box, line))
    beside = [part for part in (title.kicker, title.subtitle) if part] if title else []
    text = select_text(page, seen.weights, body, line, title.text if title else "", beside=beside)
    if not text.paragraphs:
        refuse_without_text(seen.source, head.title, page, seen.at)
    check_text(decoded, text.paragraphs, seen.at)
    return _article(seen, body, title, text)


def _lists(seen: Seen, body: Body, anchor: int | None) -> bool:
    """Whether the sentences of a body are abstracts in the rows of a list.

    Under a title with a header of its own they are an article of many stories, unless the
    article is the pictures that stand there.
    """
    page, worths = seen.page, seen.weights.worths
    told = [at for at in range(body.start, body.end) if worths[at] > 0]
    told = [at for at in told if seen.weights.rule(at) is None]
    own = [] if anchor is None else header_lines(page, anchor, told)
    if not is_list_of_rows(page, [at for at in told if at not in own]):
        return False
    return anchor is None or not own or bool(pictures_under(page, anchor))


def _article(seen: Seen, body: Body, title: Title | None, text: Text) -> Article:
    """The article of a text, with what the page states of it; refused where it is none."""
    page, head, url = seen.page, seen.head, seen.url
    line = title.line if title else None
    if is_hopeless(page, body, text, title):
        refuse_without_text(seen.source, head.title, page, seen.at)
    dated = find_date(seen, title=line, text=text)
    credits = find_credits(seen, title=line, end=body.end, text=text)
    outlet = credits.outlet
    sure = sureness(page, body, text, title, dated)
    credited = outlet is not None and outlet.labelled and dated is not None
    stated = dated is not None and dated.evidence.field != "url"
    check_article(
        *(seen.source, head.title, page, text, title, sure, seen.at),
        credited=credited,
        told=stated or (title is not None and title.line is not None),
        stated=stated,
    )
    if title is None:
        raise NotArticleError("nothing on the page names the article", url=seen.at)
    if is_spoilt(title.text):
        raise MojibakeError(f"the title was decoded wrongly: {title.text[:40]!r}", url=seen.at)
    evidence = [
        item.evidence for item in (title, dated, outlet, credits.author, credits.editor) if item
    ]
    evidence.append(_text_evidence(page, body, text))
    for doubt in (address_doubt(dated, url or head.canonical), _others_doubt(body)):
        if doubt:
            evidence.append(doubt)
    return Article(
        url=url,
        title=title.text,
        kicker=title.kicker,
        subtitle=title.subtitle,
        text="\n".join(text.paragraphs),
        published_at=dated.at if dated else None,
        published_precision=dated.precision if dated else None,
        outlet=outlet.name if outlet else None,
        author=credits.author.name if credits.author else None,
        editor=credits.editor.name if credits.editor else None,
        images=images_of(page, body, text, url, title=line),
        next_page=next_page(page, seen.source, url),
        score=min(sure, _DOUBTED) if body.others and body.others.kept else sure,
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


def _others_doubt(body: Body) -> Evidence | None:
    """Evidence that other stories stand under the article, where the page hardly parts them."""
    if body.others is None or body.others.sure:
        return None
    sign = body.others.sign
    return Evidence(
        about="doubt",
        rule="what stands below may belong to the text",
        field="html",
        span=(0, len(sign)),
        quote=sign,
    )
