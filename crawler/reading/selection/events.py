"""The events of a ten-events publication: its list found, and each item split."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from crawler.reading.selection.chains import Chain, other_pages_at
from crawler.reading.selection.choices import best_choice
from crawler.reading.selection.counts import MAX_ITEMS, MIN_ITEMS, TITLE, Counts
from crawler.reading.selection.cutting import event_at, events_of
from crawler.reading.selection.headings import headings_of, item_at
from crawler.reading.words.folding import Folded, fold
from crawler.reading.words.markers import line_markers
from storage.records import Event, Image


@dataclass(frozen=True, slots=True)
class Selection:
    """The items found and what contradicts the number that the publication states.

    ``firm``: the text itself says that it selects so many, and so many stand there.
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
) -> Selection:
    """The events of a selection, in its printed order, and what does not add up.

    Where it is not ``sure`` that the text is a selection, only a firm one is given.
    """
    stated = next((n for n in counts.ranked if counts.weight(n) == TITLE), None)
    if not sure and not counts.chosen:
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
        and best.number in counts.chosen
        and best.number >= _FIRM_ITEMS
        and best.score >= _FIRM
    )
    if not sure and not firm:
        return Selection()
    events: list[Event] = []
    if best is not None and (sure or firm):
        events = events_of(text, best, years)
    if len(events) < (stated or MIN_ITEMS):
        captioned = _captioned(images, stated, years)
        if len(captioned) > len(events):
            best, events = None, captioned
    chain = best.chain if best else None
    issues = [*_issues(events, stated), *_misprints(chain, events)]
    return Selection(tuple(events), tuple(issues), firm)


_LONGEST_OF_LINKS = 4
_FIRM = 7.5
_FIRM_ITEMS = 6  # a prose review has three to five parts


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
