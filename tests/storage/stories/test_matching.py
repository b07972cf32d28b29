"""Which copy is the original, whatever the order of arrival; what a take-over leaves behind."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from storage.articles.saving import save_articles
from storage.engine.database import Database
from storage.links.sources import list_sources, sync_sources
from storage.notices.flags import list_flags
from storage.publications.reading import get_publication
from storage.records import SHANGHAI, Article, Genre, Precision, Saved, SourceRecord
from storage.stories.fingerprints import fingerprint, similarity
from storage.stories.originals import Copy, choose_original, outlet_name
from tests.benchmarks.chinese import article_text
from tests.storage.samples import DAY, NOW, TEXT, article, other_text
from tests.storage.steps import changes_since, save_article

LONG = "\n".join([TEXT, other_text(1), other_text(2), other_text(3)])
NINE = datetime(2026, 1, 19, 9, 0, tzinfo=SHANGHAI)
MIDNIGHT = datetime(2026, 1, 19, tzinfo=SHANGHAI)
PAPER = frozenset({"云南政协报"})
PORTAL = frozenset({"山水新闻网"})


def copy(
    url: str,
    outlet: str | None = None,
    names: frozenset[str] = frozenset(),
    at: datetime | None = NINE,
    precision: Precision | None = Precision.SECOND,
) -> Copy:
    return Copy(
        publication_id=ord(url),
        url=url,
        outlet=outlet,
        names=names,
        published_at=at,
        precision=precision,
    )


CASES = [
    # the one that is credited, though it came later and says nothing itself
    ("a", "credited", copy("a", None, PAPER, NINE + DAY), copy("b", "云南政协报", PORTAL)),
    ("a", "credited", copy("a", "云南政协报", PAPER, None), copy("b", "来源：云南政协报", PORTAL)),
    # nobody's source is the credited outlet: time decides
    (
        "a",
        "published first",
        copy("a", "新华社"),
        copy("b", "新华社", at=NINE + timedelta(hours=1)),
    ),
    # who credits another than itself comes behind who says nothing
    ("a", "others credit", copy("a", None, at=NINE + DAY), copy("b", "新华社", PORTAL)),
    # a date is better than none, and a stated clock time better than the bare day
    ("a", "published first", copy("a", at=NINE), copy("b", at=None, precision=None)),
    ("a", "published first", copy("a", at=NINE), copy("b", at=MIDNIGHT, precision=Precision.DAY)),
    ("a", "first: 2026-01-18", copy("a", at=MIDNIGHT - DAY, precision=Precision.DAY), copy("b")),
    ("a", "same credit", copy("a"), copy("b")),
]


@pytest.mark.parametrize(("url", "reason", "one", "other"), CASES)
def test_the_original_does_not_depend_on_arrival(
    url: str, reason: str, one: Copy, other: Copy
) -> None:
    for order in itertools.permutations([one, other]):
        chosen, why = choose_original(order)
        assert chosen.url == url
        assert reason in why


@pytest.mark.parametrize(
    "printed",
    ["来源：云南政协报", " 云南政协报 ", "《云南政协报》", "云南政协报客户端", "云南政协报·"],
)
def test_an_outlet_has_one_name(printed: str) -> None:
    assert outlet_name(printed) == "云南政协报"


SOURCES = [
    SourceRecord(id="paper", name="云南政协报", region="云南"),
    SourceRecord(id="portal", name="山水新闻网", region="广东", outlets=("山水网",)),
]
ORIGINAL = replace(article(1, text=LONG, genre=Genre.TEN_EVENTS, source_id="paper"))
REPOST = replace(article(2, text=LONG[40:], genre=Genre.TEN_EVENTS, source_id="portal"))
THIRD = replace(article(3, text=f"导读。\n{LONG}", source_id=None), outlet="云南政协报")


ORDERS = list(itertools.permutations([ORIGINAL, REPOST, THIRD]))


@pytest.mark.parametrize("order", ORDERS)
def test_any_order_of_arrival_ends_alike(database: Database, order: tuple[Article, ...]) -> None:
    with database.begin() as session:
        sync_sources(session, SOURCES, now=NOW)
    saved = []
    for number, one in enumerate(order):
        with database.begin() as session:
            saved.append(save_article(session, one, now=NOW + number * DAY, run_id=None))
    assert len({outcome.story_id for outcome in saved}) == 1
    with database.reading() as session:
        originals = [get_publication(session, one.url).summary.is_original for one in order]
        assert [one.url for one, is_it in zip(order, originals, strict=True) if is_it] == [
            ORIGINAL.url
        ]
        (flag,) = list_flags(session)
        assert flag.url == ORIGINAL.url
        moves = session.execute(text("SELECT reason FROM story_changes")).scalars().all()
        changed = [c.publication_id for c in changes_since(session, 0) if c.kind == "change"]
    first = order.index(ORIGINAL)
    assert (len(moves) > 0) == (first > 0)
    if first:
        assert "credited: 云南政协报" in moves[-1]
        assert saved[first].saved is Saved.NEW  # it is the original now
        assert saved[first].publication_id in changed
        assert any(ORIGINAL.url in note.words for note in flag.notes)


def test_a_page_that_is_filled_later_joins_its_story(database: Database) -> None:
    words = "正文正在载入，请稍候再来浏览本页的全部内容。"
    empty = replace(REPOST, text=words, reading=None)
    with database.begin() as session:
        first, alone = save_articles(session, [ORIGINAL, empty], now=NOW, run_id=None)
    assert alone.story_id != first.story_id
    with database.begin() as session:
        filled = save_article(session, REPOST, now=NOW + DAY, run_id=None)
    assert (filled.saved, filled.story_id) == (Saved.CHANGED, first.story_id)
    with database.reading() as session:
        assert not get_publication(session, REPOST.url).summary.is_original
        assert session.execute(text("SELECT count(*) FROM v1_stories")).scalar_one() == 1
        assert len(list_flags(session)) == 1


def test_a_traditional_mirror_joins_its_story(database: Database) -> None:
    mirror = LONG.replace("协", "協").replace("专题", "專題").replace("监", "監")
    with database.begin() as session:
        one = save_article(session, ORIGINAL, now=NOW, run_id=None)
        other = save_article(session, article(9, text=mirror), now=NOW, run_id=None)
    assert (other.saved, other.story_id) == (Saved.REPOST, one.story_id)


def test_reviews_that_share_an_opening_stay_apart(database: Database) -> None:
    with database.begin() as session:
        outcomes = save_articles(
            session,
            [article(n, text=TEXT + "\n" + other_text(n) + other_text(n + 50)) for n in range(9)],
            now=NOW,
            run_id=None,
        )
    assert {outcome.saved for outcome in outcomes} == {Saved.NEW}


def test_sources_are_kept_in_line_with_their_declarations(database: Database) -> None:
    with database.begin() as session:
        sync_sources(session, SOURCES, now=NOW)
        save_article(session, ORIGINAL, now=NOW, run_id=None)
    moved = [replace(SOURCES[0], region="四川", outlets=("滇报",))]
    with database.begin() as session:
        sync_sources(session, moved, now=NOW + DAY)
        assert list_sources(session) == [moved[0], SOURCES[1]]
    with database.reading() as session:
        assert get_publication(session, ORIGINAL.url).summary.region == "四川"
        assert [change.kind for change in changes_since(session, 0)] == ["add", "change"]


def test_of_two_stories_that_a_text_holds_it_joins_the_nearer_one(database: Database) -> None:
    words = article_text(49, 2000)
    cut = len(words) * 48 // 100
    parts = [fingerprint("", part) for part in (words[:cut], words[cut:])]
    whole = fingerprint("", words)
    shared = [len(set(part.keys) & set(whole.keys)) for part in parts]
    near = [similarity(part.slots, whole.slots) for part in parts]
    assert shared[0] > shared[1], "the first to be compared"
    assert near[0] < near[1], "and yet the farther one"
    copies = [article(1, text=words[:cut]), article(2, text=words[cut:]), article(3, text=words)]
    with database.begin() as session:
        stories = [save_article(session, one, now=NOW, run_id=None).story_id for one in copies]
    assert stories[2] == stories[1] != stories[0]
