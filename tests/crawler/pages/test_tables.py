"""Each alternative of the tables of rules decides its example, and no other does."""

import pytest

from crawler.pages.layout.furniture import OFFERS, SITE, STAFF
from crawler.pages.layout.headings import COMMENTS, LINKS, POSTS, SUMMARIES, UNFOLDS
from crawler.pages.layout.notes import AGREEMENTS, ASKS, VOCABULARIES, note_of, speaks_of_agreement
from crawler.pages.raw.others import GATES, KINDS
from crawler.pages.raw.walls import NOT_FOUND, NOT_FOUND_TITLE, WALL_SCRIPTS, WALLS, wall_script
from crawler.pages.rules.table import How, Rule, Table
from crawler.pages.values.lookalikes import (
    NO_NAME,
    NO_OUTLET,
    NOBODY,
    NOT_PUBLISHED,
    NOT_TITLE,
    OF_THE_EVENT,
)

TABLES = (
    *(
        LINKS,
        COMMENTS,
        POSTS,
        SUMMARIES,
        UNFOLDS,
        AGREEMENTS,
        ASKS,
        WALLS,
        NOT_FOUND,
        NOT_FOUND_TITLE,
        KINDS,
        GATES,
        SITE,
        STAFF,
        OFFERS,
    ),
    *(NOBODY, NO_NAME, NO_OUTLET, NOT_PUBLISHED, OF_THE_EVENT, NOT_TITLE),
)
RULES = [(table, rule) for table in TABLES for rule in table.rules]


@pytest.mark.parametrize(("table", "rule"), RULES, ids=[rule.id for _table, rule in RULES])
def test_an_example_is_decided_by_its_alternative_alone(table: Table, rule: Rule) -> None:
    assert table.holds(rule.example)
    with table.without(rule.id):
        assert not table.holds(rule.example)
    assert rule.why


def test_every_alternative_has_an_id_of_its_own() -> None:
    assert len({rule.id for _table, rule in RULES}) == len(RULES)


def test_an_alternative_that_is_not_there_cannot_be_taken_away() -> None:
    table = Table((Rule("one", "a", "a", "the only one"),), how=How.WHOLE)
    with pytest.raises(ValueError, match="two"), table.without("two"):
        pass


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_note_is_told_by_the_words_of_each_vocabulary(name: str) -> None:
    note = VOCABULARIES[name].example
    assert note_of(note, linked=False) is not None
    assert note_of(note, linked=False, without=frozenset({name})) is None


@pytest.mark.parametrize("rule", AGREEMENTS.rules, ids=lambda rule: rule.id)
def test_a_sentence_of_an_agreement_holds_one_of_the_words_that_are_looked_for_first(
    rule: Rule,
) -> None:
    assert speaks_of_agreement(rule.example)


@pytest.mark.parametrize("wall", WALL_SCRIPTS)
def test_a_wall_is_told_by_each_name_in_its_scripts(wall: str) -> None:
    for mark in WALL_SCRIPTS[wall][0]:
        source = f"<script>var a = '{mark}';</script>"
        assert wall_script(source) is not None
        assert wall_script(source, without=frozenset({wall})) is None


@pytest.mark.parametrize(
    "sign", ["-", "+", "--+-", "赞+", "微信编辑：王晓 排版：李力", "编辑 王晓 ", "浏览 1"]
)
def test_a_line_that_repeats_itself_is_judged_without_trying_every_division(sign: str) -> None:
    line = (sign * 80)[:78] + "!x"
    assert not SITE.holds(line), "it would be tried for hours"
    assert not STAFF.holds(line)
