"""Laws of folding and of grams: nothing that a substring scan finds can escape the index."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.search.grams import (
    folded,
    fts5_query,
    is_folded_singly,
    joined,
    postgresql_grams,
)
from storage.search.index import fts5_document

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
CHINESE = st.text(st.sampled_from("政协提案委员、，。 \n０1年𠮷㊣Ａa"), max_size=60)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("ＡＢＣ，２０２５年", "abc,2025年"),
        ("①件　实事…", "1件 实事..."),
        ("政协㈠", "政协(一)"),
        ("a\x01b\x02c", "a b c"),
        ("ÀÉ", "ÀÉ"),
    ],
)
def test_folding(raw: str, plain: str) -> None:
    assert folded(raw) == plain


@given(ANY)
def test_folding_is_nfkc_with_small_latin_letters(text: str) -> None:
    normal = unicodedata.normalize("NFKC", text).replace("\x01", " ").replace("\x02", " ")
    assert folded(text) == "".join(c.lower() if c.isascii() else c for c in normal)


@given(
    ANY | st.text(st.sampled_from("政协A…，（é\u0301\u1100\u1161①Ａ\u3000\u212a\x01"), max_size=12)
)
def test_what_is_folded_singly_keeps_each_character_in_its_place(text: str) -> None:
    if is_folded_singly(text):
        assert folded(text) == "".join(folded(char) for char in text)
        assert len(folded(text)) == len(text)


@given(title=CHINESE, text=CHINESE, start=st.integers(0, 100), length=st.integers(1, 8))
def test_every_substring_is_among_the_candidates(
    title: str, text: str, start: int, length: int
) -> None:
    tokens = set(fts5_document(title, text).split())
    whole, heading = joined(title, text), folded(title)
    if term := whole[start : start + length]:
        assert set(fts5_query(term, in_title=False).split(" AND ")) <= tokens
    if term := heading[start : start + length]:
        assert set(fts5_query(term, in_title=True).split(" AND ")) <= tokens


def test_a_long_query_asks_for_a_bounded_number_of_grams() -> None:
    term = "".join(chr(0x4E00 + n) for n in range(500))
    assert len(fts5_query(term, in_title=False).split(" AND ")) <= 32
    assert len(postgresql_grams(term, in_title=True)) <= 32
    assert postgresql_grams("政", in_title=True) == ["\x02政"]
    assert postgresql_grams("政协云", in_title=False) == ["政协", "协云"]
