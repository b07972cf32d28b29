"""Bytes decide, declarations hint."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages import decode
from crawler.pages.raw.charset import declared_charset, header_charset, wrongly_decoded

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


TEXT = "".join(
    f"政协委员围绕第{n}项议题深入村寨和社区调研，召开座谈会，提出意见建议并督促落实，推动乡村道路不断改善。"
    for n in range(1, 9)
)
SPOILT: dict[str, Callable[[str], str]] = {
    "UTF-8 as Big5": lambda text: misread(text, "utf-8", "big5hkscs"),
    "UTF-8 as Shift-JIS": lambda text: misread(text, "utf-8", "cp932"),
    "UTF-8 as Korean": lambda text: misread(text, "utf-8", "cp949"),
    "GBK as Korean": lambda text: misread(text, "gb18030", "cp949"),
    "GBK as Japanese": lambda text: misread(text, "gb18030", "euc_jp"),
    "twice": lambda text: misread(misread(text, "utf-8", "gb18030"), "utf-8", "gb18030"),
    "from the middle on": lambda text: text[:150] + misread(text[150:], "utf-8", "gb18030"),
    "a byte late": lambda text: text.encode("utf-16-le")[1:].decode("utf-16-le", "ignore"),
    "private use": lambda text: "".join(chr(0xE000 + ord(one) % 4000) for one in text),
}
SOUND = {
    "plain": TEXT,
    "names": TEXT + "委员龑、犇、羴、淼、垚、骉、燚、赟、喆、堃、翀、旻、昇、昊等出席会议。",
    "Japanese beside": TEXT + "日本の市議会の訪問団が来訪し、交流を行いました。" * 9,
    "Korean beside": TEXT + "한국 방문단이 회의에 참석하였다. " * 12,
    "Tibetan alone": "བོད་ཡིག་གི་ཡིག་ཆ། " * 40,
    "Uyghur beside": TEXT + "شىنجاڭ ئۇيغۇر ئاپتونوم رايونى " * 9,
    "traditional": "省政協召開專題協商會議，聽取關於鄉村醫療的匯報，圍繞議題提出意見建議。" * 8,
}


def misread(text: str, was: str, read: str) -> str:
    return text.encode(was).decode(read, "ignore")


@pytest.mark.parametrize("how", SPOILT)
def test_a_text_that_was_read_wrongly_is_seen(how: str) -> None:
    assert wrongly_decoded(SPOILT[how](TEXT)) is not None


@pytest.mark.parametrize("how", SOUND)
def test_a_sound_text_is_not(how: str) -> None:
    assert wrongly_decoded(SOUND[how]) is None
