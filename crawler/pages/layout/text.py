"""Which lines between the borders of a body are its text."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crawler.pages.layout.body import Body
from crawler.pages.layout.comparable import comparable
from crawler.pages.layout.ends import drop_ends
from crawler.pages.layout.header import is_header, states_day
from crawler.pages.layout.headings import heads_comments, heads_links, heads_post, heads_summary
from crawler.pages.layout.page import Line, Page
from crawler.pages.layout.weights import Weights, is_dated_link, is_teaser
from crawler.pages.rules.limits import (
    CELL,
    ENOUGH_TEXT,
    HEADER_LINES,
    LINK,
    LINKED_PARAGRAPH,
)

_STYLE_BEFORE = re.compile(
    r"^(?:[.@#]?[\w .,:#@-]{1,120}\{[^{}]{0,600}\}\s*)+(?=[\u4e00-\u9fff“《])"
)
_NUMBERED = re.compile(r"\W*(?:第?[一二三四五六七八九十百\d]{1,3}\s*[、.．:：)）是]|[①-⑳❶-❿])")
_GLUED_ENDS = ("更多", "）", ")", "】", "]")
_GLUED_TAIL = re.compile(
    r"(?:\s*(?:返回\S{2,6}[，,]\s*查看更多"
    r"|[（(【\[]\s*(?:责任编辑|责编|编辑|编审)\s*[:：][^）)】\]]{1,24}[)）】\]]))+\s*$"
)
_ATTACHMENT = re.compile(r"\W*附件|.*\.(?:docx?|xlsx?|pdf|zip|rar|wps)\W*$", re.I)
_STOP = re.compile(r"[，。！？；…]")
_LABELLED_LINK = re.compile(
    r"\W*(?:(?:延伸|推荐|相关|更多|扩展)阅读|相关(?:新闻|链接|报道|专题)|往期回顾|[上下]期回顾)\s*[:：].{2,60}$"
)
_RECOMMENDS = re.compile(
    r"推荐|推薦|喜欢|都在[看搜]|热门|熱門|热点|排行|感兴趣|选集|图集|分集|剧集|节目列表"
)
_NOTICE = re.compile(
    r"\W*(?:征稿|征文|招聘|投稿|订阅|订报|招募)(?:启事|须知|方式|公告|热线|通知)\W*"
)
_NOTICE_TAGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_CELL_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Text:
    """The paragraphs of an article, the lines they stand on, and those left out, by rule."""

    paragraphs: tuple[str, ...]
    lines: tuple[int, ...]
    dropped: tuple[tuple[int, str], ...]

    @property
    def first(self) -> int:
        """The line on which the text begins."""
        return self.lines[0] if self.lines else 0


def select_text(
    page: Page,
    weights: Weights,
    body: Body,
    title_line: int | None,
    title: str,
    *,
    beside: Sequence[str] = (),
) -> Text:
    """Leave out of a body what density took in; ``beside`` holds its kicker and subtitle."""
    dropped: dict[int, str] = {}
    begin = body.start
    if title_line is not None and _opens(weights, body, title_line):
        begin = title_line + 1
        dropped.update(dict.fromkeys(range(body.start, begin), "before_title"))
    begin = _skip_header(page, begin, body.end, dropped)
    for index in range(begin, min(begin + HEADER_LINES.value, body.end)):
        if page.lines[index].text in beside:
            dropped[index] = "beside_title"
    _drop_summary(page, begin, body.end, dropped)
    dropped.update((index, "agreement") for index in body.agreed if begin <= index < body.end)
    dropped.update((index, "card") for index in body.cards if begin <= index < body.end)
    for block in body.blocks:
        lines = range(max(begin, block.start), min(block.end, body.end))
        dropped.update(dict.fromkeys(lines, "block"))
    rows = table_rows(page, begin, body.end)
    if rows:
        rows = _without_buttons(weights, rows)
    _drop_asides(page, weights, body, begin, dropped)
    _drop_by_rule(page, weights, begin, body.end, title, rows, dropped)
    _drop_related(page, weights, begin, body.end, dropped)
    drop_ends(weights, begin, body.end, rows, dropped)
    return _kept(page, range(begin, body.end), rows, dropped)


def _kept(page: Page, lines: range, rows: Mapping[int, int], dropped: Mapping[int, str]) -> Text:
    """The paragraphs of what is not left out: a table's row is one, an item has its number."""
    numbers = list_numbers(page, lines.start, lines.stop)
    paragraphs: list[str] = []
    kept: list[int] = []
    for index in lines:
        if index in dropped:
            continue
        text = page.lines[index].text
        if "{" in text:
            text = _STYLE_BEFORE.sub("", text)
        if text.endswith(_GLUED_ENDS):
            text = _GLUED_TAIL.sub("", text).strip()
        if not text:
            continue
        if kept and index in rows and rows.get(kept[-1]) == rows[index]:
            paragraphs[-1] += f"\t{text}"
        else:
            paragraphs.append(f"{numbers[index]}{text}" if index in numbers else text)
        kept.append(index)
    return Text(tuple(paragraphs), tuple(kept), tuple(sorted(dropped.items())))


def table_rows(page: Page, begin: int, end: int) -> dict[int, int]:
    """For each line of a table's row, the row's box; a table that lays out the page has none.

    A row is data when each of its cells holds one short line.
    """
    cells: dict[int, list[int]] = {}
    inside = (tag for _, _, tag, _, first, last, _ in page.boxes if first < end and last > begin)
    if "tr" not in inside:
        return {}
    for index in range(begin, end):
        box = page.boxes[page.lines[index].box]
        for _ in range(_CELL_DEPTH):
            if box.parent < 0 or box.tag in ("td", "th"):
                break
            box = page.boxes[box.parent]
        if box.tag in ("td", "th"):
            cells.setdefault(box.index, []).append(index)
    rows: dict[int, list[int]] = {}
    for cell, lines in cells.items():
        rows.setdefault(page.boxes[cell].parent, []).extend(lines)
    cells_of = Counter(page.boxes[cell].parent for cell in cells)
    found: dict[int, int] = {}
    for row, lines in rows.items():
        in_cells = cells_of[row]
        short = all(len(page.lines[index].text) <= CELL.value for index in lines)
        if len(lines) > 1 and len(lines) == in_cells and short:
            found.update(dict.fromkeys(lines, row))
    return found


def _without_buttons(weights: Weights, rows: dict[int, int]) -> dict[int, int]:
    """Rows of a table without those in which each cell is a button: faces, what to share to."""
    data = {row for index, row in rows.items() if weights.rule(index) is None}
    return {index: row for index, row in rows.items() if row in data}


def list_numbers(page: Page, begin: int, end: int) -> dict[int, str]:
    """What an ``ol`` prints before its items, by the line on which each begins.

    None where the items number themselves, or where most are links: those are no text.
    """
    found: dict[int, str] = {}
    for box in page.boxes:
        if box.tag != "ol" or box.start >= end or box.end <= begin:
            continue
        items = [
            item
            for item in page.boxes[box.index + 1 : page.behind(box.index)]
            if item.parent == box.index and item.tag == "li" and item.end > item.start
        ]
        lines = [page.lines[item.start] for item in items]
        if len(items) < 2 or any(_NUMBERED.match(line.text) for line in lines):
            continue
        if sum(1 for line in lines if line.linked * 2 > len(line.text)) * 2 > len(lines):
            continue
        first = page.starts.get(box.index, 1)
        for number, item in enumerate(items, start=first):
            found[item.start] = f"{number}. "
    return found


def _opens(weights: Weights, body: Body, title_line: int) -> bool:
    """Whether a title inside the body stands ahead of its sentences, not under its pictures."""
    if not body.start <= title_line < body.end:
        return False
    ahead = sum(max(0.0, weights.worths[i]) for i in range(body.start, title_line))
    return ahead < 0.3 * body.worth


def _skip_header(page: Page, begin: int, end: int, dropped: dict[int, str]) -> int:
    """The first line behind the header lines; short labels between them go too."""
    last = begin
    for index in range(begin, min(end, begin + HEADER_LINES.value)):
        text = page.lines[index].text
        if is_header(text):
            last = index + 1
        elif len(text) > 60 or (len(text) >= 20 and _STOP.search(text)) or text[-1] in "：:":
            if index + 1 < end and states_day(page.lines[index + 1].text):
                dropped[index + 1] = "header"  # an abstract stands between the title and it
            break
    dropped.update(dict.fromkeys(range(begin, last), "header"))
    return last


def _drop_summary(page: Page, begin: int, end: int, dropped: dict[int, str]) -> None:
    """A summary that a machine made, in a box of its own under the title."""
    for index in range(begin, min(begin + HEADER_LINES.value, end)):
        if heads_summary(page.lines[index].text):
            box = page.boxes[page.lines[index].box]
            while box.end - box.start <= 1 and box.parent > 0:
                box = page.boxes[box.parent]
            if begin <= box.start and box.end < end:
                dropped.update(dict.fromkeys(range(box.start, box.end), "summary"))
            return


def _is_link(line: Line) -> bool:
    if not line.linked:
        return False
    linked = line.linked >= 0.8 * len(line.text) or is_dated_link(line)
    linked = linked or (len(line.text) < 80 and _LABELLED_LINK.match(line.text) is not None)
    return linked and not _ATTACHMENT.match(line.text)


def _drop_asides(
    page: Page, weights: Weights, body: Body, begin: int, dropped: dict[int, str]
) -> None:
    """Boxes inside the body whose names set them aside, unless they hold most of it."""
    share = {i: weights.share(page.lines[i].box) for i in range(begin, body.end)}
    whole = weights.share(body.box)
    replies = [i for i in share if share[i] < 0.2 <= whole]
    dropped.update(dict.fromkeys(replies, "comments"))
    beside = [i for i in share if 0.2 < share[i] < whole]
    apart = set(beside)
    outside = sum(len(page.lines[i].text) for i in range(begin, body.end) if i not in apart)
    ahead = sum(max(0.0, weights.worths[i]) for i in range(begin, min(apart, default=begin)))
    if (
        ahead > 2 * ENOUGH_TEXT.value
        or sum(len(page.lines[index].text) for index in beside) < 0.6 * outside
    ):
        dropped.update(dict.fromkeys(beside, "aside"))


def _drop_by_rule(
    page: Page,
    weights: Weights,
    begin: int,
    end: int,
    title: str,
    rows: dict[int, int],
    dropped: dict[int, str],
) -> None:
    links = [index for index in range(begin, end) if _is_link(page.lines[index])]
    key = comparable(title)
    in_links = sum(len(page.lines[index].text) for index in links)
    in_all = sum(len(line.text) for line in page.lines[begin:end])
    mostly_linked = len(links) * 2 > end - begin and in_links * 3 > in_all
    if mostly_linked:  # an article whose paragraphs are links has hardly any that are none
        plain = [weights.worths[at] for at in range(begin, end) if not page.lines[at].linked]
        mostly_linked = sum(value for value in plain if value > 0) <= ENOUGH_TEXT.value
    for index in range(begin, end):
        if index in dropped or index in rows:
            continue
        line = page.lines[index]
        rule = weights.rule(index)
        if rule:
            dropped[index] = rule
        elif key and title[:2] in line.text and comparable(line.text) == key:
            dropped[index] = "repeated_title"
        elif not mostly_linked and _is_link(line) and not _linked_paragraph(page, weights, index):
            dropped[index] = "link"


def _linked_paragraph(page: Page, weights: Weights, index: int) -> bool:
    """Whether a link is a paragraph of the text: sentences, between unlinked sentences."""
    line = page.lines[index]
    if len(line.text) < LINKED_PARAGRAPH.value or not line.text.endswith(("。", "！", "？", "”")):
        return False
    near = [at for at in (index - 1, index + 1) if 0 <= at < len(page.lines)]
    kind = page.boxes[line.box]
    return len(_STOP.findall(line.text)) > 1 and all(
        weights.worths[at] > 0
        and page.boxes[page.lines[at].box].tag == kind.tag
        and page.boxes[page.lines[at].box].parent == kind.parent
        for at in near
    )


def _drop_related(
    page: Page, weights: Weights, begin: int, end: int, dropped: dict[int, str]
) -> None:
    """A heading such as 延伸阅读 and the links that hang on it; all behind 网友评论.

    A newspaper's own sidebar (相关链接 over unlinked sentences) is text and stays.
    """
    hanging = teased = False
    weight = 0.0
    worths = weights.worths[begin:end]
    for index in range(begin, end):
        text = page.lines[index].text
        value = worths[index - begin]
        if dropped.get(index) == "recommended":
            continue
        if weight > ENOUGH_TEXT.value and _heads_replies(page.lines[index]):
            dropped.update(dict.fromkeys(range(index, end), "comments"))
            return
        if weight > ENOUGH_TEXT.value and _heads_notice(page, index):
            dropped.update(dict.fromkeys(range(index, end), "notice"))
            return
        if (
            weight > ENOUGH_TEXT.value
            and heads_links(text)
            and (behind := _ends_recommended(page, index, begin)) is not None
        ):
            dropped.update(dict.fromkeys(range(index, min(end, behind)), "recommended"))
            continue
        if heads_links(text):
            hanging, teased = True, False
            dropped[index] = "related"
        elif index in dropped:
            continue
        elif value > 0 and not (hanging and _is_abstract(worths, index - begin, teased)):
            hanging = False
            weight += value
        elif hanging:
            teased = teased or value > 0
            dropped[index] = "related"


def _is_abstract(worths: list[float], index: int, teased: bool) -> bool:
    """Whether a sentence under 延伸阅读 tells what the link above it leads to."""
    return is_teaser(worths, index) or (teased and index > 0 and worths[index - 1] <= LINK.value)


def _ends_recommended(page: Page, index: int, begin: int) -> int | None:
    """The line behind what a site recommends, where that stands in a box of its own; else None.

    相关链接 over unlinked sentences may be a newspaper's own sidebar; what is recommended is not.
    """
    text = page.lines[index].text
    if "延伸" in text or not _RECOMMENDS.search(text):
        return None
    box = page.boxes[page.lines[index].box]
    if box.tag != "p" and box.end - box.start > 1:
        return box.end
    holder = page.boxes[box.parent] if box.parent >= 0 else box
    return holder.end if holder.start > begin and holder.start == box.start else None


def _heads_notice(page: Page, index: int) -> bool:
    """Whether a heading begins what a paper wants of its readers, in a box of its own."""
    line = page.lines[index]
    if page.boxes[line.box].tag not in _NOTICE_TAGS or not _NOTICE.fullmatch(line.text):
        return False
    return index > 0 and page.boxes[line.box].parent != page.boxes[page.lines[index - 1].box].parent


def _heads_replies(line: Line) -> bool:
    return (("20" in line.text or ":" in line.text) and heads_post(line.text)) or (
        not line.linked and heads_comments(line.text)
    )
