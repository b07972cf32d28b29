"""Pictures of an article, and publications that are nothing but pictures (一图读懂, 长图).

Such a publication is stored without text: its title, day and outlet are printed, and so are the
pictures; what they show no reader here can tell, and the evidence says so.
"""

import re

from crawler.pages.layout.body import Body
from crawler.pages.layout.header import is_header
from crawler.pages.layout.headings import heads_links
from crawler.pages.layout.page import Page, Picture
from crawler.pages.layout.text import Text
from crawler.pages.raw.gate import refuse_challenge, refuse_not_found
from crawler.pages.values.credits import find_credits
from crawler.pages.values.dates import find_date
from crawler.pages.values.headline import find_anchor
from crawler.pages.values.parts import absolute
from crawler.pages.values.seen import Seen
from crawler.pages.values.titles import find_title
from storage.records import Article, Evidence, Image

_NO_PICTURE = re.compile(
    r"^data:|qrcode|ewm|erweima|logo|icon|blank\.|space\.gif|spacer|loading|placeholder|/none\."
    r"|/(?:share[_-]?)?(?:wx|wb|weixin|weibo|qq|qzone|wechat|share|print|close)\d?\.(?:png|gif|jpg|svg)",
    re.I,
)
_OF_PICTURES = 0.4
"""How sure a publication is whose pictures alone say what it is."""
_HEADER_LINES = 6
_LINES_BETWEEN = 8
"""Short lines (策划, 点击查看大图) among the pictures of one publication."""
_SHORT = 60
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp)(?:[?!]|$)", re.I)
_MESSAGE = re.compile(r"picture_page_info_list|item_show_type\s*=\s*[\"']?(?:8|10)\b")
_DESCRIPTIONS = ("og:description", "twitter:description", "description")
_SENTENCE = 20


def images_of(
    page: Page, found: Body, text: Text | None, url: str, *, title: int | None = None
) -> tuple[Image, ...]:
    """The pictures inside a body, those of the site's furniture left out.

    Where the whole page is the body, only those among the lines of the text; None for a page
    that is nothing but a text.  ``title`` is the title's line, None where none is printed.
    """
    holder = found.box
    if page.boxes[holder].tag == "p" and page.boxes[holder].parent >= 0:
        holder = page.boxes[holder].parent  # one sentence under its picture
    behind = page.behind(holder)
    first, last = 0, found.end
    if not holder and text is not None:
        first, last = text.first, text.lines[-1] + 1
        if title is not None and title < first:
            first = title + 1
    others = [range(block.index, page.behind(block.index)) for block in found.blocks]
    inside = [
        picture
        for picture in page.pictures
        if holder <= picture.box < behind
        and first <= picture.line <= last
        and not any(picture.box in block for block in others)
    ]
    images = _as_images(inside, url)
    if not images and text is not None and title is not None and title < text.first:
        # A picture in a box of its own between headline and text.
        between = [at for at in page.pictures if title < at.line <= text.first and not at.href]
        images = _as_images(between, url)
    return images


def _as_images(pictures: list[Picture], url: str) -> tuple[Image, ...]:
    return tuple(
        Image(url=address, caption=picture.alt or None)
        for picture in pictures
        if (source := picture.source)
        and not _NO_PICTURE.search(source)
        and (address := absolute(url, source))
    )


def article_of_pictures(seen: Seen) -> Article | None:
    """The publication that a page without text prints as pictures; None where it prints none.

    Title and day must be printed in order and pictures that lead nowhere else must stand under
    them: no list, no wall, no empty shell has all of that.
    """
    page, head = seen.page, seen.head
    anchor = find_anchor(page, head)
    if anchor is None:
        return None
    pictures, end = _under(page, anchor)
    described = _description(seen)
    images = _as_images(pictures, seen.url)
    if not images and not described:
        return None
    visible = " ".join(line.text for line in page.lines)
    refuse_challenge(head.title, visible, seen.source, seen.at)
    refuse_not_found(head.title, visible, seen.at)
    title = find_title(page, head, start=min(anchor + 1, len(page.lines) - 1), end=end)
    text = Text((), (), ()) if not described else Text((described,), (), ())
    between = Text((), (end,), ())
    dated = find_date(seen, title=anchor, text=between)
    if title is None or (dated is None and not described):
        return None
    credits = find_credits(seen, title=anchor, end=end, text=between)
    said = described or f"{len(images)} pictures, no text"
    evidence = [
        item.evidence
        for item in (title, dated, credits.outlet, credits.author, credits.editor)
        if item
    ]
    rule = "the description of a picture message" if described else "pictures only"
    evidence.append(
        Evidence(about="text", rule=rule, field="html", span=(0, len(said)), quote=said)
    )
    return Article(
        url=seen.url,
        title=title.text,
        kicker=title.kicker,
        subtitle=title.subtitle,
        text="\n".join(text.paragraphs),
        published_at=dated.at if dated else None,
        published_precision=dated.precision if dated else None,
        outlet=credits.outlet.name if credits.outlet else None,
        author=credits.author.name if credits.author else None,
        editor=credits.editor.name if credits.editor else None,
        images=images,
        score=_OF_PICTURES,
        evidence=tuple(evidence),
    )


def pictures_under(page: Page, anchor: int) -> tuple[Image, ...]:
    """The pictures under the title on line ``anchor`` and its header; no address is to be used."""
    return _as_images(_under(page, anchor)[0], "http://page.example/")


def _under(page: Page, anchor: int) -> tuple[list[Picture], int]:
    """The pictures under title and header, and the line behind them.

    A link to another page ends them, and so does a line that is neither header nor short, or
    that heads links.
    """
    end = anchor + 1
    for index in range(anchor + 1, min(anchor + 1 + _HEADER_LINES, len(page.lines))):
        if is_header(page.lines[index].text):
            end = index + 1
    last = end
    while last < min(end + _LINES_BETWEEN, len(page.lines)):
        line = page.lines[last]
        if line.linked * 2 > len(line.text) or len(line.text) > _SHORT or heads_links(line.text):
            break
        last += 1
    pictures = [
        picture
        for picture in page.pictures
        if anchor < picture.line <= last
        and (
            not picture.href
            or _PICTURE_FILE.search(picture.href)
            or picture.href.startswith(("#", "javascript"))
        )
    ]
    return pictures, max(end, min(last, len(page.lines)))


def _description(seen: Seen) -> str | None:
    """The text of a WeChat picture message, which stands only in the page's description."""
    if not _MESSAGE.search(seen.source):
        return None
    for name in _DESCRIPTIONS:
        words = seen.head.metas.get(name, "")
        if len(words) >= _SENTENCE and any(stop in words for stop in "，。！？"):
            return words
    return None
