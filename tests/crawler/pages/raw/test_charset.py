"""Bytes decide, declarations hint."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages import decode
from crawler.pages.raw.charset import declared_charset, header_charset

SENTENCE = "县政协召开协商会，委员们围绕河湾镇的水利工程提出了意见和建议，有关部门当场作了答复。"
TRADITIONAL = "縣政協召開協商會，委員們圍繞河灣鎮的水利工程提出了意見和建議，有關部門當場作了答覆。"


def page(text: str, declared: str | None) -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">'
    return f"<html><head>{meta if declared else ''}</head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize("header", [None, "utf-8", "gb2312", "GBK", "big5", "iso-8859-1", "bogus"])
@pytest.mark.parametrize("meta", [None, "utf-8", "gb2312", "big5"])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [(SENTENCE, "utf-8"), (SENTENCE, "gb18030"), (TRADITIONAL, "big5hkscs")],
)
def test_no_declaration_misleads(
    text: str, encoding: str, meta: str | None, header: str | None
) -> None:
    decoded = decode(page(text, meta).encode(encoding), declared=header)
    assert text in decoded.text
    assert decoded.encoding == encoding
    assert decoded.replaced == 0


def test_characters_outside_gb2312_under_its_name() -> None:
    text = f"朱镕基、王喆、䶮{SENTENCE}"
    assert text in decode(page(text, "gb2312").encode("gb18030")).text


def test_a_lost_byte_is_counted_and_the_rest_is_read() -> None:
    body = page(SENTENCE * 20, "utf-8").encode().replace("河湾".encode(), b"\xe6\xb2", 1)
    decoded = decode(body)
    assert decoded.encoding == "utf-8"
    assert decoded.replaced >= 1
    assert decoded.text.count(SENTENCE) == 19


def test_byte_order_mark_is_no_text() -> None:
    assert decode(b"\xef\xbb\xbf<p>x</p>").text == "<p>x</p>"


def test_declared_charset_is_found_in_both_forms() -> None:
    assert declared_charset(b'<meta charset="GBK">') == "gbk"
    assert declared_charset(page("x", "gb2312").encode()) == "gb2312"
    assert declared_charset(b"<p>charset=x</p>") is None


@given(st.binary(max_size=300), st.none() | st.text(max_size=12))
def test_any_bytes_become_text(body: bytes, declared: str | None) -> None:
    decoded = decode(body, declared=declared)
    assert decoded.replaced == decoded.text.count("\ufffd")


@pytest.mark.parametrize(
    ("value", "charset"),
    [
        ("text/html; charset=GBK", "gbk"),
        ('text/html;charset="utf-8"', "utf-8"),
        ("text/html", None),
    ],
)
def test_header_charset(value: str, charset: str | None) -> None:
    assert header_charset([("X", "charset=no"), ("content-type", value)]) == charset
