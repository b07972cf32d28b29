"""Which link of a list a day belongs to that stands outside all links."""

import re
from collections import Counter
from itertools import pairwise

from crawler.pages.lists.anchors import Anchor, AnchorWalk, Note
from crawler.pages.lists.listdays import PrintedDay

_LABELS_OF_ROWS = 4
_LONG_LABEL = 12


def assign_days(walk: AnchorWalk) -> None:
    """Give each loose day to the link that stands nearest to it in the tree.

    Nearest is the link with the deepest common ancestor; where both neighbours are as near
    (a flat list) the habit of the page decides: days after links unless a day stands first.
    A day farther from its link than the next link is belongs to neither: a page header's.
    """
    events, gaps = walk.events, walk.gaps
    # A link that many rows have is a column or an office; the row's day is not its own.
    repeated = Counter(anchor.url for anchor in walk.anchors)
    titled = [
        place
        for place, event in enumerate(events)
        if isinstance(event, Anchor)
        and event.is_titled
        and (repeated[event.url] < _LABELS_OF_ROWS or len(event.title) > _LONG_LABEL)
    ]
    if not titled:
        return
    spans = [min(gaps[one + 1 : other + 1]) for one, other in pairwise(titled)]
    written = _WRITTEN.search(" ".join(text for text in walk.loose_texts if len(text) < 10))
    for index in range(len(titled) + 1):
        start = titled[index - 1] if index else -1
        end = titled[index] if index < len(titled) else len(events)
        notes = [place for place in range(start + 1, end) if isinstance(events[place], Note)]
        if notes:
            _assign_between(events, gaps, titled, spans, index, notes, bool(written))


_WRITTEN = re.compile(r"成文|印发|生成|起草")
_PUBLISHED = re.compile(r"发[布表]|公布")
_OTHERWISE = re.compile(r"截[止至]|到期|失效|更新|修改|成文|印发")


def _assign_between(
    events: list[Anchor | Note],
    gaps: list[int],
    titled: list[int],
    spans: list[int],
    index: int,
    notes: list[int],
    written: bool,
) -> None:
    """Assign the days between titled link ``index - 1`` and titled link ``index``."""
    before = events[titled[index - 1]] if index else None
    after = events[titled[index]] if index < len(titled) else None
    floor_before = max(_at(spans, index - 2), _at(spans, index - 1))
    floor_after = max(_at(spans, index), _at(spans, index - 1))
    ours: list[Note] = []
    theirs: list[Note] = []
    flat: list[Note] = []
    for place in notes:
        note = events[place]
        if not isinstance(note, Note):
            continue
        near_before = min(gaps[titled[index - 1] + 1 : place + 1]) if index else -1
        near_after = min(gaps[place + 1 : titled[index] + 1]) if after is not None else -1
        fits_before = isinstance(before, Anchor) and near_before >= floor_before
        fits_after = isinstance(after, Anchor) and near_after >= floor_after
        if fits_before and fits_after and near_before == near_after:
            flat.append(note)
        elif fits_before and (not fits_after or near_before > near_after):
            ours.append(note)
        elif fits_after:
            theirs.append(note)
    if flat:
        takes = isinstance(before, Anchor) and before.day is None and not ours
        ours += flat[:1] if takes else []
        theirs += flat[-1:] if not takes or len(flat) > 1 else []
    if ours and isinstance(before, Anchor):
        before.day = before.day or _published(ours, written)
    if theirs and isinstance(after, Anchor):
        after.day = after.day or _published(theirs, written)


def _published(notes: list[Note], written: bool) -> PrintedDay:
    """The day of publication among the days of one row.

    One that says 发布, else one with its year; where the page names a day of writing as well
    (成文日期, 发布日期), the later of the two.
    """
    said = [note for note in notes if _PUBLISHED.search(note.text)]
    left = [note for note in notes if not _OTHERWISE.search(note.text)]
    days = [note.day for note in said or left or notes]
    dated = [day for day in days if day.year is not None] or days
    if written and len(dated) > 1:
        return max(dated, key=lambda day: (day.year or 0, day.month, day.day))
    return dated[0]


def _at(spans: list[int], index: int) -> int:
    return spans[index] if 0 <= index < len(spans) else -1
