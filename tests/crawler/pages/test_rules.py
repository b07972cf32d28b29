"""A fixture fails when the rule that it was made for is taken away."""

import re
from pathlib import Path

import pytest

from crawler.pages.layout import body, boilerplate, header, text, tree, weights
from crawler.pages.layout.boilerplate import RULE_IDS, dropped_by
from crawler.pages.layout.examples import EXAMPLES, Example
from crawler.pages.layout.sheets import NO_SHEETS
from crawler.pages.raw import charset
from crawler.pages.values import credits, dates, outlets, titles, written
from tests.crawler.pages.test_fixtures import PAGES, differences

BY_NAME = {page.stem: page for page in PAGES}
NEVER = re.compile(r"(?!)")


def fails(name: str) -> bool:
    page: Path = BY_NAME[name]
    return bool(differences(page))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.rule)
def test_a_line_is_dropped_by_its_rule_alone(example: Example) -> None:
    assert dropped_by(example.text) == example.rule
    assert dropped_by(example.text, without=frozenset({example.rule})) is None


def test_every_rule_has_its_example() -> None:
    assert {example.rule for example in EXAMPLES} == RULE_IDS


@pytest.mark.parametrize(
    ("module", "attribute", "value", "name"),
    [
        (tree, "effect_of", lambda _style: 0, "hidden_spam"),
        (tree, "sheets_of", lambda _source: NO_SHEETS, "hidden_by_sheet"),
        (boilerplate, "_HEADS_COMMENTS", NEVER, "comments_longer"),
        (weights, "_REPLIES", NEVER, "comments_named"),
        (boilerplate, "_HEADS_LINKS", NEVER, "related_after"),
        (text, "_GLUED_TAIL", NEVER, "tail_glued"),
        (text, "_CELL", 0, "table_rows"),
        (written, "_SHORT_YEAR", NEVER, "year_of_two_digits"),
        (written, "_DAY_FIRST", NEVER, "date_day_above_month"),
        (dates, "_SCRIPT", NEVER, "date_in_script"),
        (dates, "url_date", lambda _url: None, "date_in_address"),
        (charset, "_COMMON", frozenset(), "big5"),
        (body, "_beneath", lambda *_: None, "verses"),
        (body, "_is_one_of_some", lambda *_: False, "names_without_stops"),
        (weights, "_RIGHT", NEVER, "column_right"),
        (text, "_heads_article", lambda *_: False, "article_appended"),
        (weights, "_DAY_BESIDE", NEVER, "dated_links_inside"),
        (header, "_IN_PRINT", NEVER, "header_in_print"),
        (header, "_AGO", NEVER, "header_ago"),
        (text, "_BYLINE", NEVER, "tail_byline"),
        (text, "note_of", lambda *_, **__: None, "note_of_rights"),
        (text, "note_of", lambda *_, **__: None, "note_of_apps"),
        (text, "states_day", lambda _line: False, "header_below_abstract"),
        (boilerplate, "_POSTED", NEVER, "posts_follow"),
        (credits, "outlet_in_script", lambda _text: None, "outlet_in_script"),
        (outlets, "_DASHES", frozenset(), "outlet_with_dash"),
        (outlets, "_ACCOUNT_NAMED", NEVER, "account_above_date"),
        (written, "_DOTTED", NEVER, "date_dotted_at_end"),
        (titles, "_goes_on", lambda *_: False, "title_goes_on"),
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
    monkeypatch.setattr(module, attribute, value)
    try:
        assert fails(name)
    finally:
        weights._share_by_name.cache_clear()


def test_title_repeated_once_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "comparable", lambda _words: "")
    assert fails("title_per_picture")
