"""The word is found in every form that a page can hold; what does not speak of it is kept out."""

import html
from datetime import UTC, date, datetime

import pytest

from crawler.backfill.parts.prefilter import Wanted, speaks_of_cppcc

AROUND = (
    "<html><body><p>市政府召开政务会议，协商民主、协调发展。</p>{}<p>政策协议</p></body></html>"
)
FORMS = {
    "plain": "省政协召开会议",
    "traditional": "省政協召開會議",
    "full name": "中国人民政治协商会议云南省委员会",
    "full name, traditional": "中國人民政治協商會議",
    "blank": "政 协",
    "wide blank": "政\u3000协",
    "two wide blanks": "政\u3000\u3000协",
    "line end": "政\r\n协",
    "markup": "省政<b>协</b>召开",
    "markup and blanks": '省政</span>\n <span style="color:red">协</span>',
    "comment": "政<!-- x -->协",
    "named blank": "政&nbsp;&nbsp;协",
    "numbered blank": "政&#160;协",
    "zero width": "政\u200b协",
    "soft hyphen": "政\u00ad协",
    "word joiner": "政\u2060协",
    "entities": "&#25919;&#21327;",
    "entities of the full name": "&#25919;&#27835;&#21327;&#21830;",
    "hexadecimal entities": "&#x653F;&#x534f;",
    "padded entities": "&#x0653f;&#X534F",
    "entities apart": "&#25919; <i>&#21327;</i>",
    "script": r'"\u653f\u534f"',
    "script in capitals": r'"\u653F\u534F"',
    "script twice escaped": r'"\\u653f\\u534f"',
    "unescape": "%u653F%u534F",
    "decodeURI": "%E6%94%BF%E5%8D%8F",
    "decodeURI in small letters": "%e6%94%bf%e5%8d%8f",
    "textarea": html.escape("<p>政协</p>"),
}
ENCODINGS = ["utf-8", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_is_found(form: str, encoding: str) -> None:
    if encoding == "big5" and set(form) & set("协务会议审治设国华员委\u200b\u00ad\u2060开"):
        # Never runs: no page can say it so.
        pytest.skip("Big5 has no such characters")
    assert speaks_of_cppcc(AROUND.format(form).encode(encoding, "ignore"))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    "words",
    ["", "政府与协会", "行政协助", "政治与协商", "协政", "政策，协议", "%E6%94%BF%E5%BA%9C"],
)
def test_other_words_are_kept_out(words: str, encoding: str) -> None:
    if words == "行政协助":
        assert speaks_of_cppcc(words.encode()), "one reading too many, nothing lost"
        return
    assert not speaks_of_cppcc(AROUND.format(words).encode(encoding))


def test_bytes_of_no_encoding_are_no_trouble() -> None:
    assert not speaks_of_cppcc(bytes(range(256)) * 100)
    assert not speaks_of_cppcc(b"")
    assert speaks_of_cppcc(b"x" * 5_000_000), "too long to be looked at, so let through"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://www.a.cn/1.html", None),
        ("http://A.cn/1.html", None),
        ("http://xa.cn/1.html", "another host"),
        ("http://b.cn/?a.cn", "another host"),
        ("http://[bad", "another host"),
    ],
)
def test_hosts_and_those_below_them_are_wanted(url: str, why: str | None) -> None:
    assert Wanted(hosts=("a.cn",)).why_not(url, datetime(2020, 1, 1, tzinfo=UTC)) == why


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (datetime(2020, 12, 31, 15, 59, tzinfo=UTC), "another day"),
        (datetime(2020, 12, 31, 16, 0, tzinfo=UTC), None),
        (datetime(2021, 1, 31, 15, 59, tzinfo=UTC), None),
        (datetime(2021, 1, 31, 16, 0, tzinfo=UTC), "another day"),
    ],
)
def test_days_are_those_of_shanghai(at: datetime, why: str | None) -> None:
    wanted = Wanted(since=date(2021, 1, 1), until=date(2021, 1, 31))
    assert wanted.why_not("http://a.cn/", at) == why
