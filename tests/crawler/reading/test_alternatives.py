"""A pattern is split at its bars, at whatever depth, and no other bar is taken for one."""

import re

from tests.crawler.reading.alternatives import alone, alternatives, without

PATTERN = r"综述|(?:年度|履职)特写|数字[|x]\|(?!会|记)"


def test_every_branch_with_another_beside_it_is_an_alternative() -> None:
    found = {one.words: one.negative for one in alternatives(PATTERN)}
    assert found == {
        "综述": False,
        "(?:年度|履职)特写": False,
        "年度": False,
        "履职": False,
        r"数字[|x]\|(?!会|记)": False,
        "会": True,
        "记": True,
    }


def test_one_is_taken_away_and_one_stands_alone() -> None:
    every = alternatives(PATTERN)
    one = next(one for one in every if one.words == "年度")
    less, only = re.compile(without(PATTERN, one)), re.compile(alone(PATTERN, one, every))
    assert not less.search("年度特写")
    assert less.search("履职特写")
    assert only.search("年度特写")
    assert not only.search("履职特写")
    assert not only.search("综述")
