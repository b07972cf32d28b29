"""What a page says of itself where no reader sees it: metas, comments and scripts."""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

from crawler.pages.layout.printed import plain, without_tags
from crawler.pages.raw.gate import is_spoilt
from crawler.pages.values.lookalikes import NO_NAME

_ENP_BLOCK = re.compile(r"<!--\s*enpproperty(.{0,20000}?)/?enpproperty\s*-->", re.S)
_ENP_FIELD = re.compile(
    r"<(articleid|date|author|title|introtitle|subtitle|keyword|sourcename|source|nodename)>(.*?)</\1>",
    re.S,
)
# WeChat's account name, and the markup that Baidu News asked of all portals.
_PLACES = {"#js_name": 'id="js_name"', "#source_baidu": "source_baidu"}
_SOURCE_NAMES = "[class*=source],[id*=source],[class*=laiyuan],[id*=laiyuan]"
_AUTHORS = "#js_author_name, .rich_media_meta_text"
_BLOG_AUTHORS = ".author.vcard, .byline .author, a[rel~=author]"
_FIRST_POSTER = "#postlist .authi a.xw1"
"""Who wrote the first post of a Discuz thread."""
_OUTLET_CHARS = 24
_SPACES = re.compile(r"\s+")


@dataclass(slots=True)
class Head:
    """``title`` as in ``<title>``; ``metas`` by lower-case name; ``enp`` the Founder comment."""

    title: str = ""
    metas: dict[str, str] = field(default_factory=dict)
    enp: dict[str, str] = field(default_factory=dict)
    base: str = ""
    canonical: str = ""


def read_head(tree: LexborHTMLParser, text: str) -> Head:
    """Collect the head of a page; the first filled value of a repeated name wins."""
    head = Head()
    nodes = list(tree.head.iter()) if tree.head is not None else []
    if not any(node.tag == "title" for node in nodes):  # a stray tag has closed the head early
        nodes = tree.css("title, meta, base, link")
    for node in nodes:
        tag = node.tag
        if tag == "meta":
            _note_meta(head, node.attributes)
        elif tag == "title":
            head.title = head.title or _name(node.text())
        elif tag == "base":
            head.base = head.base or (node.attributes.get("href") or "").strip()
        elif tag == "link" and (node.attributes.get("rel") or "").lower() == "canonical":
            head.canonical = (node.attributes.get("href") or "").strip()
    if "enpproperty" in text and (block := _ENP_BLOCK.search(text)):
        for name, value in _ENP_FIELD.findall(block[1]):
            if words := _words(value):
                head.enp.setdefault(name, words)
    return head


def _note_meta(head: Head, attributes: dict[str, str | None]) -> None:
    name = attributes.get("name") or attributes.get("property") or attributes.get("itemprop")
    content = attributes.get("content")
    if name and content and (words := _words(content)) and not is_spoilt(words):
        head.metas.setdefault(name.strip().lower(), words)


def _name(value: str) -> str:
    """What a page calls itself; empty where that names nothing, or was decoded wrongly."""
    words = _words(value)
    return "" if NO_NAME.holds(words) or is_spoilt(words) else words


def _words(value: str) -> str:
    """A value as a reader would see it: one line, no markup that a CMS left in it."""
    return _SPACES.sub(" ", without_tags(plain(value))).strip()


def named_outlet(tree: LexborHTMLParser, near: str) -> dict[str, str]:
    """The words of the first element that is named for the source, as ``near`` prints them."""
    for node in tree.css(_SOURCE_NAMES):
        words = _SPACES.sub(" ", node.text()).strip()
        if 2 <= len(words) <= _OUTLET_CHARS and words in near:
            return {f".{node.attributes.get('class') or node.attributes.get('id')}": words}
    return {}


def author_places(tree: LexborHTMLParser, text: str) -> list[str]:
    """The words where WeChat prints who wrote, before the account's name; WordPress; a forum."""
    if "rich_media" in text:
        return [_words(node.text()) for node in tree.css(_AUTHORS)]
    if "vcard" in text or 'rel="author"' in text:
        return [_words(node.text()) for node in tree.css(_BLOG_AUTHORS)[:1]]
    if 'id="postlist"' in text:
        return [_words(node.text()) for node in tree.css(_FIRST_POSTER)[:1]]
    return []


def outlet_places(tree: LexborHTMLParser, text: str) -> dict[str, str]:
    """The words at ids that credit the outlet and mean nothing else, by CSS selector."""
    found: dict[str, str] = {}
    for place, mark in _PLACES.items():
        # The tree is asked first: lexbor is twice as fast as a search of the source.
        if (at := tree.css_first(place)) is not None and mark in text:
            words = _SPACES.sub(" ", at.text()).strip()
            if words:
                found[place] = words
    return found
