"""Every rule that evidence can name has a name in both languages."""

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from crawler.reading.genre.model import learnt
from crawler.reading.genre.required import _BARS
from scheduler.i18n import words_in
from scheduler.i18n.phrases import phrasebook
from scheduler.i18n.reasons import RULES, reason

CRAWLER = Path(__file__).parents[3] / "crawler"
PLACE_OF_RULE = {
    "credit_of": 1, "dates_in": 1, "compact_dates_in": 1, "date_of_value": 1, "date_of_epoch": 2,
    "_marked": 2, "_address_evidence": 0, "evidence_of": 0,
}  # fmt: skip
"""Which argument of these is the rule of the evidence that they make."""


def signs() -> set[str]:
    """The names of all signs of genre: learnt, asked for by name, or written in their modules."""
    weights = learnt()
    found = {*weights.whole, *weights.short, *_BARS, "title.body", "title.form"}
    for path in (CRAWLER / "reading/genre").glob("*.py"):
        found |= set(
            re.findall(r'"((?:title|text|outlet|first)\.[a-z_]+)"', path.read_text("utf-8"))
        )
    shared = (files("crawler.reading.genre") / "words.tsv").read_text("utf-8").splitlines()
    return found | {f"text.{row.split()[0]}" for row in shared if not row.startswith("#")}


def written_rules() -> Iterator[str]:
    """Rules as the reader's code writes them; a value that is put in is ``x``."""
    for path in [*CRAWLER.rglob("*.py")]:
        if path.parts[-2] == "genre":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield from _of_call(node)
            elif isinstance(node, ast.Assign) and any(
                isinstance(one, ast.Name) and one.id == "rule" for one in node.targets
            ):
                yield from _literals(node.value)


def _of_call(node: ast.Call) -> Iterator[str]:
    for keyword in node.keywords:
        if keyword.arg == "rule":
            yield from _literals(keyword.value)
    place = PLACE_OF_RULE.get(getattr(node.func, "id", ""))
    if place is not None and len(node.args) > place:
        yield from _literals(node.args[place])
    if getattr(node.func, "id", "") == "_evidence" and len(node.args) == 4:
        yield from (f"period.{one}" for one in _literals(node.args[2]))


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        # What follows from a value of another module is asked below.
        parts = [one.value if isinstance(one, ast.Constant) else "x" for one in node.values]
        yield "".join(str(part) for part in parts)


COMPOSED = ("period.x", "committee.x", "selector x x")
"""Whose second half is a variable: their wholes stand in the next test."""
WHOLES = (
    "committee.title", "committee.meta", "committee.text", "meta og:title", "<title>",
    "enpproperty", "meta ArticleTitle", "selector body matched 3 times",
    "selector outlet matched, but holds no value",
    "selector title differs from the generic reading", "the careful reading says mojibake",
)  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_has_a_name(language: str) -> None:
    words = words_in(language)
    written = {rule for rule in written_rules() if rule not in COMPOSED}
    assert len(written) > 30, "the rules are no longer found where they are written"
    of_genre = {f"annual_review.{sign}" for sign in signs()}
    nameless = {one for one in written | of_genre | set(WHOLES) if reason(words, one) is None}
    assert not nameless, "scheduler/i18n/rules.tsv names each rule for readers: add a row"
    assert reason(words, "nobody knows this rule") is None


def test_a_name_says_what_the_page_said() -> None:
    zh, en = words_in("zh"), words_in("en")
    assert reason(zh, "the address says 2021-01-24") == "网址写的是 2021-01-24"
    assert reason(en, "the careful reading says mojibake") == (
        f"the careful reading says: {en.name('refusal', 'mojibake')}"
    )
    assert reason(zh, "selector outlet matched 3 times") == "声明的“媒体”位置有 3 处"
    barred = reason(en, "cppcc_news.required.title.member")
    assert barred == "no flag goes with this: the title is of a member"


def test_no_row_names_what_no_rule_is_called() -> None:
    plain = phrasebook(RULES).plain
    of_signs = {code for code in plain if re.match(r"(?:title|text|outlet|owner|first)\.", code)}
    assert of_signs <= signs() | {"text.will_do"}
    assert all(name for rule in plain.values() for name in rule.said.values())
