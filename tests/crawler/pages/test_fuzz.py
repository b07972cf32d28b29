"""No page, however broken, raises anything but a PageError."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import PageError
from crawler.pages import read_article
from tests.fuzz_pages import OWN, run


def test_mutated_pages_end_in_a_reading_or_a_refusal() -> None:
    outcomes, _slowest, _slow = run(150, 7, (OWN,))
    assert sum(outcomes.values()) == 150
    assert outcomes["read"] > 30


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([None, "gbk", "utf-8", "x"]))
def test_any_bytes_end_in_a_reading_or_a_refusal(body: bytes, charset: str | None) -> None:
    text = None
    with suppress(PageError):
        text = read_article(b"<html><body>" + body, charset=charset).text
    assert text is None or text.strip()
