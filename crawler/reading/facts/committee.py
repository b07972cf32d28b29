"""Whose publication it is: the committee that a title or text names, and its level and place."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from crawler.reading.facts.mentions import NUMBER, WHOLE, Mention, mentions
from crawler.reading.facts.places import (
    MUNICIPALITIES,
    Place,
    gazetteer,
    landscapes_in,
    outlet_region,
    places_starting_at,
    provinces,
)
from crawler.reading.words.folding import Folded
from crawler.reading.words.numerals import ordinal
from storage.records import Committee, Evidence, Level

MAX_ASKED = 60
HEAD = 3000
NATIONAL = Committee(level=Level.NATIONAL, region="全国", name="全国政协")
_PROVINCIAL_WORDS = frozenset({"省", "自治区"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of a publication beside its title: all of it folded."""

    text: Folded
    outlet: str = ""
    region: str | None = None
    published: datetime | None = None


def whose(title: Folded, beside: str, around: Surroundings) -> tuple[Committee, Evidence] | None:
    """The committee that the publication is about; None when it names none."""
    fields = (("title", title.text), ("meta", beside), ("text", around.text.text))
    chosen = _principal(fields)
    if chosen is None:
        return _national_by_season(title, around) or _of_own_site(around)
    field, mention = chosen
    committee = _resolve(mention, around, title.text + "\n" + beside)
    if committee is None:
        return None
    source = {"title": title, "text": around.text}.get(field)
    if source is None:
        quote = beside[mention.start : mention.end]
        span = (0, len(quote))
    else:
        quote = source.quote(mention.start, mention.end)
        span = source.span(mention.start, mention.end)
    return committee, Evidence(
        about="committee", rule=f"committee.{field}", field=field, span=span, quote=quote
    )


_TERM_IN_TITLE = re.compile(rf"({NUMBER})届")


def _national_by_season(title: Folded, around: Surroundings) -> tuple[Committee, Evidence] | None:
    """十一届 alone, in March and fitting the national count: the national committee sits then."""
    match = _TERM_IN_TITLE.search(title.text)
    if match is None or around.published is None or around.region or around.published.month != 3:
        return None
    if ordinal(match.group(1)) != 14 + (around.published.year - 2023) // 5:
        return None
    return NATIONAL, Evidence(
        about="committee",
        rule="committee.national_season",
        field="title",
        span=title.span(*match.span()),
        quote=title.quote(*match.span()),
    )


def _of_own_site(around: Surroundings) -> tuple[Committee, Evidence] | None:
    """The committee whose own site or account an outlet is, where nothing else names one."""
    mention = next((m for m in mentions(around.outlet, 1) if m.places), None)
    committee = _resolve(mention, around, around.outlet) if mention else None
    if mention is None or committee is None:
        return None
    quote = around.outlet[mention.start : mention.end]
    return committee, Evidence(
        about="committee",
        rule="committee.own_site",
        field="meta",
        span=(0, len(quote)),
        quote=quote,
    )


def _principal(fields: tuple[tuple[str, str], ...]) -> tuple[str, Mention] | None:
    """The first field that names a committee with its level decides; a bare 政协 comes last."""
    bare: tuple[str, Mention] | None = None
    for field, text in fields:
        named = [m for m in mentions(text) if m.level is not None]
        if named:
            whole = bare is not None and bare[1].word == WHOLE
            first_counts = field != "text" or (whole and named[0].level is Level.NATIONAL)
            return field, (_foremost(named) if first_counts else _commonest(named))
        first = next(mentions(text, 1), None)
        if first is not None and bare is None:
            bare = (field, first)
    return bare


def _foremost(named: list[Mention]) -> Mention:
    return named[0]


def _commonest(named: list[Mention]) -> Mention:
    """The committee most often named in a text; the earliest of equals."""
    counts = Counter((m.level, m.places[:1]) for m in named)
    if len(counts) > 1:
        local = [m for m in named if m.level is not Level.NATIONAL]
        named = local or named
    return max(named, key=lambda m: (counts[m.level, m.places[:1]], -m.start))


def _resolve(mention: Mention, around: Surroundings, heads: str) -> Committee | None:
    if mention.level is Level.NATIONAL:
        return NATIONAL
    places = mention.places
    if not places:
        places = _places_meant(mention, around, heads)
    told = heads + "\n" + around.outlet
    if len(places) == 1:
        return _committee_of(places[0], told)
    hints = _hints(around, heads)
    if len(places) > 1:
        hints.update(_named_more_fully(places, around.text.text[:HEAD]))
    places = _ranked(places, hints)
    if places:
        return _committee_of(places[0], told)
    level = mention.level
    if mention.word in _PROVINCIAL_WORDS:
        hints = Counter({r: n for r, n in hints.items() if _is_called(r, mention)})
    region = _pointed_to(hints)
    if level is None:
        if not region:
            return NATIONAL if mention.word == WHOLE else None
        return _committee_of(Place(region, Level.PROVINCIAL, provinces()[region]))
    if region and (level is Level.PROVINCIAL or _municipal(mention, region)):
        return _committee_of(Place(region, Level.PROVINCIAL, provinces()[region]))
    return Committee(level=level, region=region, name=f"{mention.word}政协")


def _pointed_to(hints: Counter[str]) -> str:
    """The province that most points to; "" where none does, or as much to another."""
    first, second = (*hints.most_common(2), ("", 0), ("", 0))[:2]
    return first[0] if first[1] > second[1] else ""


def _is_called(region: str, mention: Mention) -> bool:
    """Whether a province is a 省 or a 自治区, as the committee is called."""
    return _fits(Place(region, Level.PROVINCIAL, provinces()[region]), mention)


def _named_more_fully(places: tuple[Place, ...], head: str) -> Counter[str]:
    """Where the text says which of several it is: 沈阳市铁西区政协 for 铁西区政协."""
    name = places[0].name
    fuller = (m.places for m in mentions(head, MAX_ASKED) if m.places and m.places[0].name == name)
    return Counter({named[0].region: 4 for named in fuller if len(named) < len(places)})


def _municipal(mention: Mention, region: str) -> bool:
    """Whether a bare 市政协 is the one of a municipality."""
    return mention.word == "市" and region in MUNICIPALITIES


def _committee_of(place: Place, told: str = "") -> Committee:
    """The committee of a place; a district's name takes its city's where that is printed."""
    name, city = place.name, place.prefecture
    if place.level is Level.COUNTY and place.region in MUNICIPALITIES:
        name = provinces()[place.region] + name
    elif place.level is Level.COUNTY and name.endswith("区") and city and city[:-1] in told:
        name = city + name
    return Committee(level=place.level, region=place.region, name=f"{name}政协")


def _places_meant(mention: Mention, around: Surroundings, heads: str) -> tuple[Place, ...]:
    """Which place a bare 省政协 or 市政协 stands for: as the text or the outlet names it."""
    counts: Counter[Place] = Counter()
    if around.region and mention.level is Level.PROVINCIAL:
        own = Place(around.region, Level.PROVINCIAL, provinces()[around.region])
        if _fits(own, mention):
            counts[own] = 1
    head = heads + "\n" + around.text.text[:HEAD]
    if mention.word in _PROVINCIAL_WORDS:
        counts += _provinces_named(head, mention)
    else:
        counts += Counter(
            other.places[0]
            for other in mentions(head, MAX_ASKED)
            if other.places and _fits(other.places[0], mention)
        )
    own_outlet = _of_outlet(around.outlet, mention)
    if counts:
        foremost = max(counts, key=lambda p: (counts[p], -list(counts).index(p)))
        # A paper's own committee is not printed in full; one that visited is, once or twice.
        if own_outlet and counts[foremost] <= _PASSING and foremost not in own_outlet:
            return own_outlet
        return (foremost,)
    if mention.word in _PROVINCIAL_WORDS:
        return ()
    if around.region in MUNICIPALITIES and mention.word == "市":
        return ()
    end, leading = places_starting_at(heads, 0)
    if heads[end : end + 1] in _HEADED:
        fitting = tuple(p for p in leading if _fits(p, mention))
        if fitting:
            return fitting
    return own_outlet


_PASSING = 1


def _of_outlet(outlet: str, mention: Mention) -> tuple[Place, ...]:
    """The place of which ``outlet`` is the paper, where the committee can be its own."""
    named = [p for p in _places_in(outlet) if _fits(p, mention) and mention.level is not None]
    return tuple(named[:1])


# What follows a place that heads a title: 赣州：市政协这一年; 印江 | 县政协…
_HEADED = tuple(":丨| 、,")


def _provinces_named(head: str, mention: Mention) -> Counter[Place]:
    """How often each province's committee stands in full in ``head``."""
    counts: Counter[Place] = Counter()
    for region in dict.fromkeys(_province_pattern().findall(head)):
        full = provinces()[region]
        place = Place(region, Level.PROVINCIAL, full)
        named = head.count(f"{full}政协") + head.count(f"政协{full}")
        if named and _fits(place, mention):
            counts[place] = named
    return counts


def _fits(place: Place, mention: Mention) -> bool:
    if mention.level is None:
        return True
    if mention.word == "市":
        return place.name.endswith("市")
    if mention.word in ("省", "自治区"):
        return place.level is Level.PROVINCIAL and place.name.endswith(mention.word)
    return place.name.endswith(mention.word) and place.level is mention.level


def _places_in(words: str) -> list[Place]:
    """The places named in a few words, such as an outlet's name: 宁波日报, 今日高邮."""
    found: list[Place] = []
    at = 0
    while at < len(words):
        end, places = places_starting_at(words, at)
        if places:
            found.extend(places)
            at = end
        else:
            at += 1
    return found


@cache
def _province_pattern() -> re.Pattern[str]:
    return re.compile("|".join(provinces()))


def _hints(around: Surroundings, heads: str) -> Counter[str]:
    """Which province the surroundings point to, each hint with its weight."""
    hints: Counter[str] = Counter()
    head = heads + "\n" + around.text.text[:HEAD]
    for region, count in Counter(_province_pattern().findall(head)).items():
        full = provinces()[region]
        hints[region] += min(count, 6) + (3 if full + "政协" in head else 0)
        hints[region] += 2 if f"中共{full}" in head or f"{full}委" in head else 0
    # A short name may be a word (同心, 和平); a name of several places hints at each once.
    named = dict.fromkeys((p.name, p.region) for p in _places_in(heads) if p.name in heads)
    for _, region in named:
        hints[region] += 2
    if region := outlet_region(around.outlet):
        hints[region] += 5
    for place in _places_in(around.outlet):
        hints[place.region] += 5 if place.level is Level.PROVINCIAL else 3
    hints.update(dict.fromkeys(landscapes_in(around.outlet), _LANDSCAPE_OF_OUTLET))
    for region in landscapes_in(heads + "\n" + around.text.text[:_NEAR]):
        hints[region] += _LANDSCAPE
    if dateline := _DATELINE.search(around.text.text, 0, _DATELINE_WITHIN):
        for place in _places_in(dateline.group(1))[:1]:
            hints[place.region] += _DATED_THERE
    if around.region:
        hints[around.region] += 6
    if not hints:
        regions = {p.region for p in _full_names_in(around.text.text[:_NEAR])}
        if not regions:  # 昆山巴城有位刻石头的老先生: the first words say where it is
            first = _places_in(around.text.text[:_FIRST_WORDS])
            regions = {p.region for p in first if p.name.endswith("市")}
        if not regions:
            regions = _of_several_prefectures(around.text.text[:_NEAR])
        hints.update(regions if len(regions) == 1 else ())
    return hints


_LANDSCAPE = 2
_LANDSCAPE_OF_OUTLET = 4
_DATED_THERE = 4
_DATELINE = re.compile(r"本报([\u4e00-\u9fff]{2,6}?)\d{1,2}月\d{1,2}日[讯电]")
_DATELINE_WITHIN = 200
_NEAR = 600
_FIRST_WORDS = 30


def _of_several_prefectures(words: str) -> set[str]:
    """The regions of which ``words`` name two prefectures or more, whole or short: 那曲、林芝."""
    named = {(p.region, p.name) for p in _places_in(words) if p.level is Level.PREFECTURE}
    counted = Counter(region for region, _ in named)
    return {region for region, count in counted.items() if count >= _SEVERAL}


_SEVERAL = 2


def _full_names_in(words: str) -> Iterator[Place]:
    """The places named in full and of one meaning: 鄂托克旗, 呼伦贝尔市."""
    full = gazetteer().full
    for place in _places_in(words):
        if place.name in words and len(full.get(place.name, ())) == 1:
            yield place


def _ranked(places: tuple[Place, ...], hints: Counter[str]) -> tuple[Place, ...]:
    """Candidates of one name, the province that the surroundings point to first."""
    order = list(Level)
    return tuple(sorted(places, key=lambda p: (-hints[p.region], p.former, order.index(p.level))))


def known_region(name: str | None) -> str | None:
    """``name`` as a province's short name, whichever form the caller has; None for none."""
    if not name:
        return None
    if name in provinces():
        return name
    places = gazetteer().named(name)
    return places[0].region if places else None
