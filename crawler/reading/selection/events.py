"""The events of a ten-events publication: its list found, and each item split."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from statistics import median

from crawler.reading.selection.chains import Chain, other_pages_at
from crawler.reading.selection.choices import Choice, best_choice
from crawler.reading.selection.counts import MAX_ITEMS, MIN_ITEMS, TITLE, Counts
from crawler.reading.selection.cutting import event_at, events_of
from crawler.reading.selection.headings import headings_of, item_at
from crawler.reading.words.folding import Folded, fold
from crawler.reading.words.markers import line_markers
from storage.records import Event, Image


@dataclass(frozen=True, slots=True)
class Selection:
    """The items found and what contradicts the number that the publication states.

    ``firm``: the text itself says that it selects so many, and so many stand there; or, where
    nobody counts them, deeds are all that stands there (a chronicle's dated lines are none).
    """

    events: tuple[Event, ...] = ()
    issues: tuple[str, ...] = ()
    firm: bool = False


def select(
    text: Folded,
    counts: Counts,
    years: tuple[int, ...],
    images: tuple[Image, ...] = (),
    *,
    sure: bool = True,
    flagged: bool = False,
    filled: bool = False,
) -> Selection:
    """The events of a selection, in its printed order, and what does not add up.

    Where it is not ``sure`` that the text is a selection, only a firm one is given, and of a
    ``flagged`` one that is ``filled`` with short items those, if they are deeds.
    """
    stated = next((n for n in counts.ranked if counts.weight(n) == TITLE), None)
    by_form = not sure and flagged and filled
    told = flagged and (stated or 0) >= FIRM_ITEMS
    if not (sure or by_form or counts.chosen or told):
        return Selection()
    end = other_pages_at(text.text)
    best = best_choice(text.text[:end], counts, stated)
    if end < len(text.text) and (best is None or not counts.weight(best.number)):
        whole = best_choice(text.text, counts, stated)
        if whole is not None and whole.chain is not None:
            goes_on = whole.chain.markers[0].start < end and (
                stated is None or whole.number == stated > _LONGEST_OF_LINKS
            )
            if goes_on:
                best, end = whole, len(text.text)
    if end < len(text.text):
        text = Folded(text.original, text.text[:end], text.positions)
    firm = (
        best is not None
        and (best.number in counts.chosen or (flagged and _titled(best, stated)))
        and best.number >= FIRM_ITEMS
        and best.score >= _FIRM
    )
    events: list[Event] = []
    listed = chronicle = False
    if best is not None and (sure or firm or by_form):
        events = events_of(text, best, years)
    if by_form and best is not None and not firm:
        listed = _are_deeds(events, len(text.text), best)
        chronicle = listed and best.parts is not None and best.parts.kind == "months"
    if not (sure or firm or listed):
        return Selection()
    if len(events) < (stated or MIN_ITEMS):
        captioned = _captioned(images, stated, years)
        if len(captioned) > len(events):
            best, events = None, captioned
    chain = best.chain if best else None
    issues = [*_issues(events, stated), *_misprints(chain, events)]
    return Selection(tuple(events), tuple(issues), firm or (listed and not chronicle))


def _titled(choice: Choice, stated: int | None) -> bool:
    """Whether a title states as many items as stand there; the months of a year count nothing."""
    months = choice.parts is not None and choice.parts.kind == "months"
    return choice.number == stated and not months


def _are_deeds(events: Sequence[Event], whole: int, choice: Choice) -> bool:
    """Whether items that nobody counted are deeds of a year, one each, and not its sections.

    The sections of a review are fewer, longer and headed by a word, a function or a total; what
    is labelled as deeds (亮点一), or headed by a sentence throughout, may be long.
    """
    labelled = choice.chain is not None and choice.chain.markers[0].kind == "label"
    headed = choice.parts is not None and choice.parts.kind == "sentence heads"
    longest = _LONGEST_PARAGRAPH if labelled or headed else _LONGEST_DEED
    spans = [event.span for event in events if event.span is not None]
    if len(spans) < FIRM_ITEMS or spans[-1][1] - spans[0][0] < _FILLS * whole:
        return False
    return (
        median(stop - start for start, stop in spans) <= longest
        and median(len(event.heading) for event in events) >= _SHORTEST_HEADING
        and sum(_TOTAL.search(event.heading) is not None for event in events) < len(events) / 3
    )


_FILLS = 0.6
_LONGEST_PARAGRAPH = 130
_LONGEST_DEED = 65
"""Of the corpora's lists the middle item has 62 characters at most, of reviews in sections 65."""
_SHORTEST_HEADING = 6
_TOTAL = re.compile(
    r"(?:\d|[十百千万][一二三四五六七八九]?)[ 余多]{0,2}"
    r"(?:人次|件次|场次|[次场件篇条项期份家名户]|公里|%)"
)
_LONGEST_OF_LINKS = 4
_FIRM = 7.5
FIRM_ITEMS = 6  # a prose review has three to five parts


def _issues(events: Sequence[Event], stated: int | None) -> Iterable[str]:
    if stated is not None and len(events) != stated:
        yield f"the publication states {stated} events, {len(events)} were found"
    numbers = [event.ordinal for event in events]
    missing = sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
    if missing:
        yield f"no event is numbered {', '.join(map(str, missing))}"


def _misprints(chain: Chain | None, events: Sequence[Event]) -> Iterable[str]:
    """The item numbers that are printed wrongly; a list that counts down has none."""
    if (
        chain is None
        or chain.length != len(events)
        or not events
        or chain.markers[0].printed == chain.length
    ):
        return
    for marker in chain.markers:
        if marker.printed not in (None, marker.number):
            yield f"event {marker.number} is printed as number {marker.printed}"


def _captioned(
    images: tuple[Image, ...], stated: int | None, years: tuple[int, ...]
) -> list[Event]:
    """Items that exist only as the captions of their pictures, numbered or as many as stated."""
    printed = dict.fromkeys(image.caption.strip() for image in images if image.caption)
    captions = [fold(caption) for caption in islice(printed, MAX_ITEMS)]
    numbered: list[Event] = []
    for caption in captions:
        marker = next(iter(line_markers(caption.text)), None)
        if marker is None or marker.start != 0 or marker.number != len(numbered) + 1:
            continue
        numbered.append(_caption(caption, marker.number, marker.end, years))
    if len(numbered) < MIN_ITEMS and len(captions) == stated:
        return [_caption(caption, i, 0, years) for i, caption in enumerate(captions, 1)]
    return numbered


def _caption(caption: Folded, number: int, words: int, years: tuple[int, ...]) -> Event:
    item = item_at(caption.text, 0, words, len(caption.text))
    return replace(
        event_at(caption, number, item, headings_of(caption.text, [item])[0], years), span=None
    )
