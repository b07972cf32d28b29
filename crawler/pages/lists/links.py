"""List pages: which links are articles, what is printed beside them, where the list goes on.

Articles are told from navigation without selectors.  Links that stand in the same structure
form a group, and a group is judged as one: by the shape of its URLs, the length of its
titles and the days beside them.  A declared selector or URL pattern takes the place of that
judgement.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from crawler.errors import LayoutChangedError, WrongContentError
from crawler.pages.lists.addresses import url_grade
from crawler.pages.lists.anchors import Anchor, AnchorWalk
from crawler.pages.lists.columns import column_sign
from crawler.pages.lists.epaper import read_issue_page
from crawler.pages.lists.linktitles import LEAST_TITLE, clean_title, is_better_title
from crawler.pages.lists.listdays import DayRow, only_year, resolve_days
from crawler.pages.lists.pager import Pager, is_pager_text, read_pager
from crawler.pages.lists.unfolding import unfolded
from crawler.pages.lists.walking import walk_anchors
from crawler.pages.raw.charset import decode
from crawler.pages.raw.gate import (
    refuse_challenge,
    refuse_cut_short,
    refuse_mojibake,
    refuse_not_found,
    refuse_other_files,
    refuse_script_shell,
)
from crawler.pages.raw.urls import (
    canonical_url,
    parts_of,
    printed_in_path,
    url_date,
    url_year,
)
from storage.records import Link, Listing

_NOISE = re.compile(
    r"^(?:\[?(?:详细|更多|查看|阅读全文|全文|点击|进入|返回|首页|登录|注册|设为首页|加入收藏|联系我们|关于我们|版权|网站地图)"
    r".{0,6}\]?|more|\d+"
    r"|\W*(?:(?:违法和?)?不良信息.{0,6}|举报(?:电话|邮箱|中心|专区)|党政机关(?:网站)?|无障碍(?:浏览|阅读|版)?|广告服务))$",
    re.IGNORECASE,
)
# A licence of the site itself carries its number; a title with 许可证 is news of one.
_LICENCE = re.compile(
    r"ICP[备证]\s*(?:案?号?)?\s*[\w-]*\d{4,}|公网安备\s*\d{6,}|许可证(?:编?号)?\W*[\w-]*\d{5,}",
    re.IGNORECASE,
)
_EMPTY_WORDS = re.compile(
    r"(?:暂无|暂时没有|没有|尚无|无)(?:任何|相关|更多|符合条件的|查询到|找到|检索到)*(?:的)?"
    r"(?:数据|信息|内容|记录|文章|新闻|稿件|资讯|公告|结果|列表)|内容(?:建设|更新|整理)中|栏目建设中|暂无更新"
)


@dataclass(frozen=True, slots=True)
class _Page:
    """A decoded and parsed list page."""

    html: str
    tree: LexborHTMLParser
    walk: AnchorWalk
    title: str


def read_listing(
    body: bytes,
    *,
    url: str,
    charset: str | None = None,
    now: datetime | None = None,
    link_selector: str | None = None,
    article_pattern: re.Pattern[str] | None = None,
    page_number: int | None = None,
) -> Listing:
    """Read one list page or one page of an e-paper's issue.

    ``charset`` is the HTTP header's.  ``now`` (aware) dates days printed without a year;
    without it only a URL can.  ``link_selector`` names the elements that are, or hold, the
    article links; ``article_pattern`` is searched in their absolute URLs.  ``page_number`` is
    the number that this page was asked for as, from 1, if the caller knows it.

    No links are returned only for a list that says that it is empty: in words, by a total of
    0, or by an empty list element under a pager that counts pages.  Any other page without
    article links raises: LayoutChangedError if it is sound, WrongContentError if it is an
    article, else the PageError that names what it is.
    """
    page = _parse(body, url, charset)
    walk = page.walk
    pager = read_pager(page.tree, walk, url=url, page_number=page_number)
    issue = None if link_selector else read_issue_page(walk.anchors, url=url)
    if issue is not None:
        chosen: Sequence[Anchor] = issue.articles
        if article_pattern is not None:
            chosen = [anchor for anchor in chosen if article_pattern.search(anchor.url)]
        pager = Pager()
    elif link_selector is not None:
        chosen = _selected(page, link_selector, article_pattern, url)
    else:
        chosen = _article_anchors(walk.anchors, url, pager, article_pattern)
        if _only_beside(chosen) and _EMPTY_WORDS.search(_visible(page)):
            chosen = []
    links = _links(chosen, page, pager, url, now)
    if not links and not (issue and issue.other_pages):
        _refuse_unless_empty(page, pager, url)
    more = pager.more
    if not more and pager.next_page is None and pager.page_count is None:
        column = column_sign(links, walk.anchors, url)
        more = (column,) if column else ()
    return Listing(
        url=url,
        links=links,
        heading=page.title,
        next_page=pager.next_page,
        page_number=pager.page_number,
        page_count=pager.page_count,
        item_count=pager.item_count,
        page_size=pager.page_size,
        more=more,
        says_end=pager.says_end,
        issue_pages=issue.other_pages if issue else (),
    )


def _parse(body: bytes, url: str, charset: str | None) -> _Page:
    """Decode and parse; refuse at once what no list can be."""
    refuse_other_files(body, url)
    decoded = decode(body, declared=charset)
    html = unfolded(decoded.text)
    tree = LexborHTMLParser(html)
    walk = walk_anchors(tree, url=url, encoding=decoded.encoding)
    head = tree.css_first("title")
    title = (head.text() or "").strip() if head else ""
    page = _Page(html, tree, walk, title)
    visible = _visible(page)
    refuse_mojibake(visible, url, lost=decoded.replaced, of=len(decoded.text))
    refuse_challenge(title, visible, html, url)
    if not _is_rich(walk):
        refuse_not_found(title, visible, url)
    refuse_cut_short(html, url)
    return page


def _visible(page: _Page) -> str:
    loose = page.walk.loose_texts
    return " ".join([*loose[:2_000], *(anchor.text for anchor in page.walk.anchors[:2_000])])


def _is_rich(walk: AnchorWalk) -> bool:
    """Whether the page holds so many titled links that no "not found" page would."""
    return sum(len(anchor.title) >= 10 for anchor in walk.anchors) >= 12


def _only_beside(chosen: Sequence[Anchor]) -> bool:
    """Whether all links that would be the list stand in boxes beside it (推荐阅读)."""
    return bool(chosen) and all(anchor.in_side_block or anchor.under_more for anchor in chosen)


def _refuse_unless_empty(page: _Page, pager: Pager, url: str) -> None:
    """Return for a list that says that it is empty; raise what the page is instead.

    The words may stand in another box of the page (暂无公告), so they count only where the
    pager declares nothing to the contrary and no other links could be the list.
    """
    visible = _visible(page)
    if pager.item_count == 0 or pager.page_count == 0:
        return
    beyond = (pager.page_number or 1) > (pager.page_count or pager.page_number or 1)
    declares_more = not beyond and bool(
        pager.item_count or pager.next_page or (pager.page_count or 0) > 1
    )
    if _EMPTY_WORDS.search(visible) and not declares_more and not _is_rich(page.walk):
        return
    # A pager that counts pages is of a list; a list element without items is that list.
    if pager.page_count is not None and _holds_empty_list(page.tree):
        return
    refuse_not_found(page.title, visible, url)
    refuse_script_shell(visible, page.html, url)
    sentences = [text for text in page.walk.loose_texts if len(text) > 60]
    if sum(map(len, sentences)) > 400:
        raise WrongContentError("an article, not a list: long text and no article links", url=url)
    raise LayoutChangedError("no article link found, and the page does not say why", url=url)


def _holds_empty_list(tree: LexborHTMLParser) -> bool:
    """Whether a ``<ul>``, ``<ol>`` or ``<tbody>`` stands there without a single item."""
    return any(
        next(node.iter(), None) is None and not node.text(strip=True)
        for node in tree.css("ul, ol, tbody")
    )


def _selected(
    page: _Page, selector: str, pattern: re.Pattern[str] | None, url: str
) -> list[Anchor]:
    """The anchors that are, or stand in, what the declared selector matches."""
    try:
        matches = page.tree.css(selector)
    except (SelectolaxError, ValueError) as exc:
        raise LayoutChangedError(f"not a CSS selector: {selector!r}", url=url) from exc
    by_node = {anchor.node.mem_id: anchor for anchor in page.walk.anchors}
    wanted: dict[int, Anchor] = {}
    for match in matches:
        for node in (match, *match.css("a, area, [data-href]")):
            anchor = by_node.get(node.mem_id)
            if anchor is not None:
                wanted[node.mem_id] = anchor
    chosen = [
        anchor
        for anchor in wanted.values()
        if anchor.title and (pattern is None or pattern.search(anchor.url))
    ]
    if not chosen and matches:
        raise LayoutChangedError(f"{selector!r} matches, but no article link in it", url=url)
    return chosen


# --- judging links -------------------------------------------------------------------------


def _article_anchors(
    anchors: Sequence[Anchor], url: str, pager: Pager, pattern: re.Pattern[str] | None
) -> list[Anchor]:
    """The links of all groups that are lists of articles.

    A declared ``pattern`` says which addresses are articles; which of them are this list's is
    judged all the same.  Where that judgement finds none, the pattern alone decides.
    """
    _share_days(anchors)
    repeated = Counter(anchor.url for anchor in anchors)
    groups: defaultdict[tuple[object, ...], list[Anchor]] = defaultdict(list)
    graded: dict[int, int] = {}
    grades: dict[str, int] = {}
    for anchor in anchors:
        if is_pager_text(anchor.text) or anchor.url in (url, pager.next_page):
            continue
        grade = grades.get(anchor.url)
        if grade is None:
            if pattern is None:
                grade = url_grade(anchor.url)
            else:
                grade = 3 if pattern.search(anchor.url) else -1
            grades[anchor.url] = grade
        if grade < 0 or (repeated[anchor.url] > 3 and len(anchor.title) < 8):
            continue
        graded[id(anchor)] = grade
        key = (anchor.place, _shape(anchor.url), anchor.in_side_block, anchor.under_more)
        groups[key].append(anchor)
    accepted = [group for group in groups.values() if _is_article_group(group, graded)]
    main = _main_groups(accepted, pager)
    kept = {id(a) for g in main for a in g if _is_article(a, graded[id(a)])}
    if not kept and pattern is not None:
        return [a for a in anchors if a.title and id(a) in graded]
    return [anchor for anchor in anchors if id(anchor) in kept]


def _share_days(anchors: Sequence[Anchor]) -> None:
    """A day beside one link of an article is that of its other links: title, picture, date."""
    days = {anchor.url: anchor.day for anchor in anchors if anchor.day is not None}
    for anchor in anchors:
        if anchor.day is None and anchor.url in days:
            anchor.day = days[anchor.url]


def _main_groups(accepted: Sequence[list[Anchor]], pager: Pager) -> Sequence[list[Anchor]]:
    """The groups without hot lists, recommendations and boxes of other columns.

    Names lie: where the heaviest group stands in such a block, it is the list all the same,
    and no name on this page is believed.  A box that leads on to its own column (更多>>) is
    another list where the page has a list of its own: one that counts its pages or articles.
    """
    if not accepted:
        return accepted
    heaviest = max(accepted, key=_weight)
    kept = [group for group in accepted if not _is_side_group(group)]
    if _is_side_group(heaviest):
        # Only a list that outweighs all others shows that the names lie.
        rival = max(kept, key=_weight, default=[])
        if 2 * len(rival) < len(heaviest) or _weight(rival)[0] * 2 < _weight(heaviest)[0]:
            return accepted
        heaviest = rival
    if len(kept) > 1 and len(heaviest) == pager.item_count and (pager.page_count or 1) == 1:
        return [heaviest]  # all that the page declares
    if (pager.found or pager.item_count) and not _is_under_more(heaviest):
        kept = [group for group in kept if not _is_under_more(group)]
    return kept


def _is_under_more(group: Sequence[Anchor]) -> bool:
    return sum(anchor.under_more for anchor in group) > len(group) / 2


def _weight(group: Sequence[Anchor]) -> tuple[int, int]:
    dated = sum(anchor.day is not None for anchor in group)
    return dated, sum(min(len(anchor.title), 40) for anchor in group)


_LEVELLED = re.compile(r"[0-9a-f]*[0-9][0-9a-f]*")


def _shape(url: str) -> tuple[str, ...]:
    """Host and kind of path: numbers and folders levelled, the file's pattern kept."""
    host, path, _ = parts_of(url)
    return (*host.rsplit(".", 2)[-2:], _LEVELLED.sub("0", path.rpartition("/")[2]))


_LEAST_ROWS = 6
_LONGEST_LABEL = 12


def _is_article_group(group: Sequence[Anchor], graded: dict[int, int]) -> bool:
    """Whether links of one structure are articles: URLs, titles and days speak together."""
    grades = [graded[id(anchor)] for anchor in group]
    lengths = [len(anchor.title) for anchor in group if anchor.title]
    if not lengths:
        return False
    typical = median(lengths)
    few = 2 * len({anchor.url for anchor in group}) <= len(group)
    if few and len(group) >= _LEAST_ROWS and max(lengths) <= _LONGEST_LABEL:
        return False  # a column of the rows: their categories, offices, authors
    dated = sum(anchor.day is not None for anchor in group) / len(group)
    strong = sum(grade >= 2 for grade in grades) / len(group)
    sure = sum(grade >= 3 for grade in grades) / len(group)
    if sure >= 0.5:
        return typical >= 5
    if strong >= 0.5:
        return typical >= 7 or (dated >= 0.5 and typical >= 4)
    if dated >= 0.5 and (len(group) > 1 or max(grades) > 0):
        return typical >= 5
    hinted = sum(grade >= 1 for grade in grades) / len(group)
    return hinted >= 0.5 and typical >= 12 and len(group) >= 4


def _is_side_group(group: Sequence[Anchor]) -> bool:
    return sum(anchor.in_side_block for anchor in group) > len(group) / 2


def _is_article(anchor: Anchor, grade: int) -> bool:
    if anchor.day is None and (
        _LICENCE.search(anchor.title) or (grade < 3 and _NOISE.match(anchor.title))
    ):
        return False
    return bool(anchor.title) or grade >= 3


def _links(
    chosen: Sequence[Anchor], page: _Page, pager: Pager, url: str, now: datetime | None
) -> tuple[Link, ...]:
    """One link a document, in page order, with its best title and the day beside any copy."""
    own = canonical_url(url)
    merged: dict[str, Anchor] = {}
    for anchor in chosen:
        identity = canonical_url(anchor.url)
        if identity == own:
            continue
        known = merged.get(identity)
        if known is None:
            merged[identity] = anchor
            continue
        known.day = known.day or anchor.day
        if (known.of_picture and len(anchor.title) >= LEAST_TITLE and not anchor.of_picture) or (
            not anchor.of_picture and is_better_title(anchor.title, known.title)
        ):
            known.title, known.of_picture = anchor.title, anchor.of_picture
    anchors = list(merged.values())
    titled = only_year(page.title)
    rows = [
        DayRow(
            anchor.day,
            url_date(anchor.url),
            tuple(year for year in (anchor.year, url_year(anchor.url), titled) if year),
        )
        for anchor in anchors
    ]
    days = resolve_days(rows, now)
    if pager.found and anchors and not any(row.printed for row in rows):
        # A list that prints no days, with a day in (nearly) every address: those are its days.
        hidden = [printed_in_path(anchor.url) for anchor in anchors]
        if sum(day is not None for day in hidden) >= 0.8 * len(anchors):
            days = hidden
    return tuple(
        Link(
            url=identity,
            title=clean_title(anchor.title),
            published_on=day,
            fetch_url=anchor.url if anchor.url != identity else None,
        )
        for (identity, anchor), day in zip(merged.items(), days, strict=True)
    )
