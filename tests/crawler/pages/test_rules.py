"""A fixture fails when the rule that it was made for is taken away."""

import re
from pathlib import Path

import pytest

from crawler.pages import article, held, quality
from crawler.pages.layout import body, boilerplate, cards, ends, folds, stories, text, tree, weights
from crawler.pages.layout.boilerplate import RULE_IDS, dropped_by
from crawler.pages.layout.examples import EXAMPLES, HEADERS, Example
from crawler.pages.layout.header import SIGNS, header_by
from crawler.pages.layout.headings import COMMENTS, LINKS, POSTS
from crawler.pages.layout.sheets import NO_SHEETS
from crawler.pages.raw import charset
from crawler.pages.rules.table import Table
from crawler.pages.values import (
    credits,
    dates,
    head,
    headline,
    masthead,
    names,
    outlets,
    titles,
    written,
)
from crawler.pages.values.lookalikes import NOBODY
from tests.crawler.pages.test_fixtures import PAGES, differences
from tests.crawler.pages.test_reading_cases import failures, rows

BY_NAME = {page.stem: page for page in PAGES}
NEVER = re.compile(r"(?!)")


def fails(name: str) -> bool:
    """Whether a fixture, or a case given as SET/FILE, is read otherwise than its answer says."""
    folder, slash, file = name.partition("/")
    if slash:
        row = next(row for row in rows(folder) if row["file"] == file)
        return bool(failures(folder, row))
    page: Path = BY_NAME[name]
    return bool(differences(page))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.rule)
def test_a_line_is_dropped_by_its_rule_alone(example: Example) -> None:
    assert dropped_by(example.text) == example.rule
    assert dropped_by(example.text, without=frozenset({example.rule})) is None


def test_every_rule_has_its_example() -> None:
    assert {example.rule for example in EXAMPLES} == RULE_IDS


@pytest.mark.parametrize("example", HEADERS, ids=lambda example: example.rule)
def test_a_header_is_told_by_its_sign_alone(example: Example) -> None:
    assert header_by(example.text) == example.rule
    assert header_by(example.text, without=frozenset({example.rule})) is None


def test_every_sign_of_a_header_has_its_example() -> None:
    assert [example.rule for example in HEADERS] == list(SIGNS)


@pytest.mark.parametrize(
    ("module", "attribute", "value", "name"),
    [
        (tree, "effect_of", lambda _style: 0, "hidden_spam"),
        (tree, "sheets_of", lambda _source: NO_SHEETS, "hidden_by_sheet"),
        (weights, "_REPLIES", NEVER, "comments_named"),
        (text, "_GLUED_TAIL", NEVER, "tail_glued"),
        (written, "_SHORT_YEAR", NEVER, "year_of_two_digits"),
        (written, "_DAY_FIRST", NEVER, "date_day_above_month"),
        (dates, "_SCRIPT", NEVER, "date_in_script"),
        (dates, "url_date", lambda _url: None, "date_in_address"),
        (charset, "_COMMON", frozenset(), "big5"),
        (body, "_beneath", lambda *_: None, "verses"),
        (body, "_is_one_of_some", lambda *_: False, "names_without_stops"),
        (weights, "_RIGHT", NEVER, "column_right"),
        (article, "other_blocks", lambda *_: (), "fifth_writer/r17_2.html"),
        (article, "is_list_of_rows", lambda *_: False, "fifth_writer/r24.html"),
        (article, "_read_loaded", lambda _seen, _decoded, found: found, "fifth_writer/r04.html"),
        (stories, "_parts_another", lambda *_, **__: False, "third_writer/a24.html"),
        (outlets, "_of_paper", lambda _head: None, "founder_paper_unnamed"),
        (held, "header_beside", lambda *_: "", "fourth_writer/n15.html"),
        (cards, "_glued", lambda *_: iter(()), "cards_of_one_line"),
        (article, "header_lines", lambda *_: [1], "rows_under_a_title"),
        (article, "pictures_under", lambda *_: (), "pictures_above_rows"),
        (text, "_drop_summary", lambda *_: None, "sixth_writer/p25.html"),
        (titles, "_ends_names", lambda *_: False, "seventh_writer/q15.html"),
        (titles, "_is_short_headline", lambda _text: False, "second_writer/i04.html"),
        (credits, "signed_by", lambda _line: None, "third_writer/a07.html"),
        (head, "_BLOG_AUTHORS", "#none", "third_writer/a15.html"),
        (outlets, "_pictured", lambda *_: None, "second_writer/c06.html"),
        (outlets, "_WECHAT_ACCOUNT", NEVER, "seventh_writer/q12.html"),
        (masthead, "_NAMED_SITE", NEVER, "author_in_linked_data"),
        (text, "_without_buttons", lambda _weights, rows: rows, "seventh_writer/q08.html"),
        (quality, "GONE", NEVER, "ninth_writer/q27.html"),
        (quality, "_COLUMN", NEVER, "ninth_writer/q29.shtml"),
        (dates, "_dates_change", lambda words: "编辑" in words, "ninth_writer/q13.shtml"),
        (credits, "_INDEX_NUMBER", NEVER, "outlet_in_table"),
        (dates, "_in_hidden_field", lambda _seen: None, "tenth_writer/p11.html"),
        (dates, "_clocked", lambda _seen, found: found, "tenth_writer/p05.html"),
        (credits, "_account_in_data", lambda *_: None, "tenth_writer/p05.html"),
        (folds, "_is_part", lambda _fold: False, "tenth_writer/p10.html"),
        (stories, "find_series", lambda *_: None, "stories_under_bold_heads"),
        (titles, "_is_masthead", lambda *_: False, "sixth_writer/p35.asp.html"),
        (dates, "_AIRED", NEVER, "fourth_writer/n43.html"),
        (dates, "_beside_ago", lambda _seen: None, "third_writer/a16.html"),
        (credits, "_in_linked_data", lambda _seen: None, "author_in_linked_data"),
        (credits, "_STAFF_NUMBER", NEVER, "fourth_writer/n12.html"),
        (body, "find_foreign", lambda *_: None, "article_appended"),
        (weights, "_DAY_BESIDE", NEVER, "dated_links_inside"),
        (ends, "credits_staff", lambda _: False, "tail_byline"),
        (ends, "note_of", lambda *_, **__: None, "note_of_rights"),
        (ends, "note_of", lambda *_, **__: None, "note_of_apps"),
        (text, "states_day", lambda _line: False, "header_below_abstract"),
        (credits, "outlet_in_script", lambda _text: None, "outlet_in_script"),
        (outlets, "_DASHES", frozenset(), "outlet_with_dash"),
        (outlets, "_ACCOUNT_NAMED", NEVER, "account_above_date"),
        (written, "_DOTTED", NEVER, "date_dotted_at_end"),
        (headline, "_goes_on", lambda *_: False, "title_goes_on"),
        (article, "_hides_sentences", lambda _: False, "invisible_until_loaded"),
        (article, "is_heading", lambda *_: False, "bar_before_title"),
        (text, "_ends_recommended", lambda *_: None, "recommended_longer"),
        (names, "_CRUMBS", NEVER, "title_behind_crumbs"),
        (outlets, "BARE_OUTLET_LABEL", NEVER, "header_li"),
        (dates, "_is_today", lambda *_: False, "known_faults/today_list.html"),
        (body, "find_cards", lambda *_: frozenset(), "second_writer/r01.html"),
        (stories, "_is_announced", lambda *_: False, "second_writer/r04.html"),
        (text, "_NOTICE", NEVER, "notice_in_a_box"),
        (titles, "_right_above", lambda *_: None, "second_writer/d12.html"),
        (headline, "_are_halves", lambda *_: False, "second_writer/t02.html"),
        (names, "_CHANNELS", NEVER, "second_writer/t02.html"),
        (dates, "_of_masthead", lambda *_: None, "second_writer/d12.html"),
        (outlets, "_ACCOUNT_QUOTED", NEVER, "second_writer/c11.html"),
        (boilerplate, "_WORD_SETTINGS", NEVER, "second_writer/b06.html"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_rule(
    module: object,
    attribute: str,
    value: object,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not fails(name)
    weights._share_by_name.cache_clear()
    names.without_site.cache_clear()
    # What stands under most articles is told by its words as well.
    monkeypatch.setattr(stories, "find_series", lambda *_: None)
    monkeypatch.setattr(body, "_above", lambda *_: range(0))
    monkeypatch.setattr(module, attribute, value)
    try:
        assert fails(name)
    finally:
        weights._share_by_name.cache_clear()
        names.without_site.cache_clear()


@pytest.mark.parametrize(
    ("table", "rule", "name"),
    [
        (COMMENTS, "whose_comments", "comments_longer"),
        (LINKS, "related", "related_after"),
        (POSTS, "post_by", "posts_follow"),
        (POSTS, "post_written", "third_writer/a09.html"),
        (NOBODY, "a_role", "second_writer/c14.html"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_alternative_of_a_table(table: Table, rule: str, name: str) -> None:
    assert not fails(name)
    with table.without(rule):
        assert fails(name)


def test_teasers_between_links(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (body, text):
        monkeypatch.setattr(module, "is_teaser", lambda *_: False)
    assert fails("unseen_writer/b39.html")


def test_title_repeated_once_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "comparable", lambda _words: "")
    assert fails("title_per_picture")
