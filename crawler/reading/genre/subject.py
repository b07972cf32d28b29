"""What the rules of genre look at, and the ballot that gathers their evidence."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from crawler.reading.facts.period import closed_year
from crawler.reading.genre import wording as w
from crawler.reading.genre.claims import Claim, Parallel
from crawler.reading.words.folding import Folded

HEAD = 900
BODY = 2000
WHOLE_TEXT = 250
"""From so many characters on a text is taken to be whole, not its first words."""
CPPCC = re.compile(r"政协|人民政治协商会议")
COMMITTEE_SITE = re.compile(
    r"[省市县区州盟旗]政协|全国政协|政协办公厅|人民政协[报网]|联谊报|华兴时报|各界导报|湘声报|民主协商报|江淮时报|联合时报|"
    r"光华时报|[\u4e00-\u9fff]{2,}政协(?:网|微信|发布|融媒|之声)?$"
)
ENGLISH_CPPCC = re.compile(
    r"CPPCC|political (?:advisory|consultative)|national advisory body", re.I
)
# The people's congress says whose standing committee it means; the CPPCC's own report does not.
STANDING_COMMITTEE = re.compile(
    r"report on the work of the standing committee(?! of the National People)", re.IGNORECASE
)

LOOKS_BACK = re.compile(
    r"过去的?一年|一年来|这一年|回望|回眸|回首|全年|过去五年|五年来|这五年|"
    r"盘点|履职答卷|一年间"
)


_FEWEST_CLAIMED = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rules look at: everything folded.

    ``named`` is the number of deeds that the title states, ``claims`` what the text says of
    its choice, ``parallel`` how its lines run, ``listed`` the length of its numbered list.
    """

    title: Folded
    beside: str
    text: Folded
    published: datetime | None = None
    outlet: str = ""
    end: int = HEAD
    named: int | None = None
    claims: tuple[Claim, ...] = ()
    parallel: Parallel = field(default_factory=Parallel)
    listed: int = 0

    @property
    def head(self) -> str:
        """The beginning of the text."""
        return self.text.text[: self.end]

    @property
    def stated(self) -> int | None:
        """How many deeds title or text state: the title decides, then a claim that fits."""
        if self.named is not None:
            return self.named
        fitting = next((c.number for c in self.claims if self.parallel.fits(c.number)), None)
        return fitting or (self.claims[0].number if self.claims else None)

    @property
    def stated_firmly(self) -> bool:
        """Whether the title states it, or a claim of more than what any text counts: 三件事."""
        return self.named is not None or (self.stated or 0) >= _FEWEST_CLAIMED

    @property
    def end_of_body(self) -> int:
        """Where the text ends for whoever reads on: before the titles of other pages."""
        return self.end if self.end < HEAD else len(self.text.text)


# The committee as the one who acts, then at least two totals of its year in one sentence.
_TOTALS = re.compile(
    r"(?:(?P<year>20\d\d)年|一年来|这一年|过去的?一年|全年),?(?:在[^,。\n]{2,30}下,)?[^,。\n]{0,14}"
    r"政协(?!委员(?!会)|报|机关|提案|界|民主监督)"
    r"[^。\n]{0,160}?\d[千万]?(?:余|多)?万?(?:次|件|场|篇|项|条|期|人次|场次)(?!以上)[^。\n]{0,80}?"
    r"\d[千万]?(?:余|多)?万?(?:次|件|场|篇|项|条|期|人次|场次|%)"
)
_TOTALS_WITHIN = 300


_FIRST_REVIEWS = (11, 20)
_YEAR_WITHIN = 120


def in_season(published: datetime | None) -> bool:
    """Whether reviews of the year before appear on that day."""
    return published is not None and (
        published.month in (12, 1, 2) or (published.month == 3 and published.day <= 15)
    )


def told_in_season(subject: Subject) -> bool:
    """Whether it appears in the season, or late in November and names the year that closes."""
    day = subject.published
    if day is None or in_season(day):
        return day is not None
    if (day.month, day.day) < _FIRST_REVIEWS or day.month > _FIRST_REVIEWS[0]:
        return False
    year = str(closed_year(day))
    return year in subject.title.text or year in subject.head[:_YEAR_WITHIN]


def sums_up(subject: Subject) -> re.Match[str] | None:
    """Where the opening adds up a committee's year that is just over."""
    day = subject.published
    match = _TOTALS.search(subject.text.text, 0, _TOTALS_WITHIN)
    if match is None:
        return None
    year = match.group("year")
    if day is None:
        return match if year else None
    if not in_season(day):
        return None
    return match if year is None or int(year) == closed_year(day) else None


def head_end(text: str) -> int:
    """Where the beginning ends that speaks for a text: before the titles of other pages."""
    other = w.OTHER_PAGES.search(text, 0, HEAD)
    return other.start() if other else HEAD


def concerns_cppcc(subject: Subject) -> bool:
    """Whether a committee is named at all; the many pages that name none end here."""
    title, text = subject.title.text, subject.text.text
    if CPPCC.search(title) or "政协" in text or "政治协商会议" in text:
        return True
    if CPPCC.search(subject.beside) or w.KIN.search(title):
        return True
    if COMMITTEE_SITE.search(subject.outlet):
        return True
    english = title[:1].isascii() or text[:1].isascii()
    return english and bool(
        ENGLISH_CPPCC.search(title)
        or ENGLISH_CPPCC.search(text, 0, HEAD)
        or STANDING_COMMITTEE.search(title)
    )
