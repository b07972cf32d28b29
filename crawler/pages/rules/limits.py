"""Thresholds of reading: each with its value, a page that it decides, and a word of why.

``page`` names a fixture (NAME of ``fixtures/pages``, SET/FILE of ``fixtures/reading``) that is read
otherwise when the value becomes ``against``: ``tests/crawler/pages/test_limits.py`` changes each by
its id.  Bounds of work and of memory are no thresholds of reading and stand where they are used.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

Number = TypeVar("Number", int, float)


@dataclass(slots=True)
class Limit(Generic[Number]):
    """One threshold; its unit is in ``why``."""

    value: Number
    against: Number
    page: str
    why: str

    @contextmanager
    def changed(self) -> Iterator[None]:
        """The threshold at ``against`` while a block runs: for tests, of one thread."""
        self.value, self.against = self.against, self.value
        try:
            yield
        finally:
            self.value, self.against = self.against, self.value


# What a line is worth
OF_REPLIES = Limit(
    0.1, 2.0, "comments_named", "what a sentence counts for in a box that is named for comments"
)
OF_ASIDES = Limit(
    0.3,
    6.0,
    "jcms",
    "the same in a box that is named for what stands beside the article; names may err",
)
SHORT_LINE = Limit(
    6, 120, "comments_counted", "characters without links from which stops are counted"
)
LINK = Limit(-4.0, -2.0, "sidebar_stays", "the worth of a line that is mostly link, at best")
LONGEST_DAY = Limit(
    24, 12, "dated_links_inside", "characters beside a link that may be the day of what it leads to"
)

# Which box holds the article
LEVELS_OUT = Limit(
    3, 1, "known_faults/body_agreement_popup.html", "boxes further out that are tried"
)
VERSES = Limit(3, 60, "verses", "lines without a stop under a header that may be a text")
WORTH_ADDING = Limit(
    0.25, 0.0125, "second_writer/b05.html", "share of its own worth that a box further out must add"
)
NEARLY_ALL = Limit(
    0.985,
    0.4925,
    "title_goes_on",
    "share of a box's worth with which a box inside it stands for it",
)
ENOUGH_TEXT = Limit(
    60.0,
    1200.0,
    "replies_without_a_year",
    "worth of sentences behind which a heading of links or comments ends the text",
)
AGREED = Limit(
    0.4,
    8.0,
    "known_faults/agree_nohead.html",
    "share of a box's sentences that speak of an agreement, from which all of it does",
)
CLAUSES = Limit(
    3, 1, "unseen_writer/k16.html", "sentences of an agreement; a report may speak of one too"
)

MOST_OF_COLUMN = Limit(
    0.5,
    1.0,
    "fifth_writer/r18.html",
    "share of a column's worth that one block of it must hold to be the text",
)

GOES_ON = Limit(
    3,
    60,
    "split_under_other_names",
    "runs of three characters that a block behind the text shares with it, from which it is a part",
)

# Lines that are dropped by rule
PARAGRAPH = Limit(
    80,
    4,
    "tail_account",
    "characters of a line to which all rules are tried; a longer one is a paragraph",
)
SHORT_RULES = Limit(
    170, 8, "player", "characters of a line to which the rules for whole lines are tried"
)
LONGEST_DROPPED = Limit(300, 15, "footer_address", "characters of a line that a rule may drop")

# Cards of other stories
FEWEST_CARDS = Limit(2, 40, "second_writer/r01.html", "cards of one kind, and lines of each")
MOST_CARDS = Limit(
    0.6, 1.2, "second_writer/r05.html", "share of the boxes of one kind that must be cards"
)
TITLE_PAIRS = Limit(
    6,
    120,
    "second_writer/i05.html",
    "pairs of characters that a title must have before a story can be told from it",
)
SHARED_PAIRS = Limit(
    0.2,
    0.1,
    "unseen_writer/b34.html",
    "share of the title's pairs that a part of the same article says again at least",
)

# Rows of a list
FEWEST_ROWS = Limit(
    3, 60, "fifth_writer/r24.html", "sentences that make a list where each tells of a link"
)
MOST_ROWS = Limit(
    0.8, 1.6, "fifth_writer/r24.html", "share of the sentences that stand under a link of their own"
)

# What a button unfolds
NEAR_FOLD = Limit(
    6,
    0,
    "known_faults/rest_class.html",
    "nodes behind a hidden element among which the button stands that shows it",
)
ROUND_FOLD = Limit(
    3, 1, "unseen_writer/b40.html", "elements round it behind which the button may stand too"
)
BUTTON = Limit(40, 2, "known_faults/body_hidden_rest.html", "characters of a button")

# Header lines
SHORT_HEADER = Limit(
    40, 20, "article_appended", "characters of a line that may state a day without a label"
)
LONGEST_HEADER = Limit(
    160, 8, "column_right", "characters of a header's line; a longer one is a sentence"
)

# Headings of links and comments
LONGEST_HEADING = Limit(
    24,
    1,
    "related_after",
    "characters of a heading over links or comments",
)
LONGEST_POST_HEAD = Limit(
    60, 3, "posts_follow", "characters of a line that may head what follows an article"
)

# Notes
LONGEST_NOTE = Limit(300, 15, "note_of_rights", "characters of a note")
LONGEST_ASKED = Limit(
    64,
    5,
    "fifth_writer/r20.html",
    "characters of a line in which a site asks something of its readers",
)
LONGEST_SITE_LINE = Limit(
    80,
    3,
    "site_at_the_ends",
    "characters of a line at the ends of a text that may be the site's",
)
LONGEST_CREDIT = Limit(
    80,
    3,
    "site_at_the_ends",
    "characters of a line behind a text that may say who made it",
)
LONGEST_OFFERED = Limit(
    45,
    5,
    "site_at_the_ends",
    "characters of the title of another text offered behind a text",
)
FEW_WORDS = Limit(
    3, 60, "second_writer/p04.html", "words of the trade that make a short line a note"
)
MANY_WORDS = Limit(
    4, 8, "note_of_rights", "the same for a long line, and for one that speaks of rights once"
)

# Other stories below
LONGEST_HEADLINE = Limit(
    40,
    2,
    "second_writer/r04.html",
    "characters of an unmarked headline under a heading for other stories",
)
SHORTEST_HEADING = Limit(
    6,
    12,
    "known_faults/feed_one_story_below.html",
    "characters of a heading over another story; a shorter one is a label",
)
HEADER_LINES_BELOW = Limit(
    12, 0, "unseen_writer/b31.html", "lines under a title among which its first sentence stands"
)
HEADER_LINES_NEAR = Limit(
    4, 0, "unseen_writer/b32.html", "lines round a title among which its header stands"
)
OWN_TEXT = Limit(
    20.0,
    400.0,
    "known_faults/feed_one_story_below.html",
    "worth of the article's own sentences, from which what follows may be another's",
)
FEWEST_STORIES = Limit(
    3,
    60,
    "stories_under_bold_heads",
    "heads over sentences that are other stories where they share no words with the text",
)
SHARED_WORDS = Limit(
    2,
    0,
    "third_writer/a24.html",
    "runs of three characters that a part of an article has in common with what stands before it",
)
FEWEST_FOREIGN = Limit(
    30,
    2_000,
    "another_behind_the_editor",
    "characters of sentences in an article's own box, from which they may be another story",
)
STORY_LINES = Limit(
    12, 240, "unseen_writer/b34.html", "lines of a story that are compared with the title"
)

# Which lines of a body are its text
HEADER_LINES = Limit(
    14, 0, "article_appended", "lines at the head of a body that may be its header's"
)
LINKED_PARAGRAPH = Limit(
    40,
    80,
    "known_faults/linked_one_p.html",
    "characters of a link that may be a paragraph: headlines are shorter",
)
CELL = Limit(60, 0, "table_rows", "characters of a cell in a table of data")

# What is hidden
FOLDED = Limit(
    30,
    600,
    "unseen_writer/b01.html",
    "characters that a hidden element holds from which it may be the rest of a text",
)

# Credits
LONGEST_NAMES = Limit(40, 2, "editor_is_no_author", "characters of names behind a label")
SHORT_CREDITS = Limit(
    80, 40, "second_writer/d09.html", "characters of a line that names somebody beside a date"
)

# Dates
NAME_BEFORE_DATE = Limit(
    28, 1, "date_in_script", "characters before a date in a script in which it is named"
)
ROUND_TIME = Limit(
    8,
    0,
    "known_faults/date_comments_time.html",
    "elements round a time that may say that it is a comment's",
)
SHORT_DATE = Limit(12, 6, "date_day_above_month", "characters of two lines that are one date")
LONGEST_DATE_ABOVE = Limit(
    60, 30, "unseen_writer/d20.html", "characters of a line above a title that dates it"
)

# Headlines
HALF_HEADLINE = Limit(20, 1, "second_writer/t02.html", "characters of half a headline")
TITLE_LINES = Limit(3, 1, "title_two_lines", "lines of a headline")
LONGEST_TITLE = Limit(160, 8, "bar_before_title", "characters of a title")

# Titles
ANCHOR = Limit(
    8, 16, "known_faults/h1_badge.html", "characters from which a printed title is beyond doubt"
)
SHORTEST_TITLE = Limit(4, 8, "verses", "characters of a title at least")

# Outlets
LONGEST_LABELLED = Limit(
    200,
    10,
    "anchor_unclosed",
    "characters of a line that may hold a label; a longer one is a sentence",
)
PERSON_CHARS = Limit(
    3, 6, "unseen_writer/c08.html", "characters of a name that reads as a person's behind 来源"
)

# Pagers
PAGER_WINDOW = Limit(500, 25, "pager", "characters of a pager's script")

# Reporters
LEAD = Limit(
    3, 0, "reporter_in_lead", "paragraphs at the head of a text that may name its reporters"
)
TAIL = Limit(3, 0, "outlet_yunnan", "the same at its end")

# Where a title stands
CLOSE_ABOVE = Limit(
    4, 2, "second_writer/t03.html", "lines right above a text among which its headline stands"
)

LIMITS = {name: limit for name, limit in globals().items() if isinstance(limit, Limit)}
"""All of them by id."""
