"""List pages that are broken, cut, deep or huge: a listing or a PageError, never a crash."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.errors import LayoutChangedError, PageError
from crawler.pages.lists.links import read_listing
from crawler.pages.lists.scriptcounts import _CALLBACK
from crawler.pages.raw.urls import canonical_url
from storage.records import Listing
from tests.crawler.pages.lists.listings import LISTINGS, LISTS, NOW

MARKUP = st.lists(
    st.sampled_from(
        [
            *("<ul>", "</ul>", "<li>", "</li>", "<div class='list'>", "</div>", "<br>", "<table>"),
            *(
                "<tr><td>",
                "</td></tr>",
                "<a>",
                "</a>",
                "<a href='",
                "'>",
                "<map>",
                "<base href='//'>",
            ),
            *("<a href='/2026/0101/12345.shtml'>", "<a href='javascript:go(1)'>", "<h3>", "</h3>"),
            *(
                "<a href='http://['>",
                "<a href='http://\ufffd.cn/1.html'>",
                "<a href='http://a.cn:999999/'>",
            ),
            *("<a href='/gate/big5//'>", "<area href='content_1.htm'>", "<li data-href='a/1.htm'>"),
            *(
                "2026-01-01",
                "12-05",
                "下一页",
                "共55页",
                "第1页",
                "2",
                "南岭政协开展城乡供水专题调研",
            ),
            *("<script>createPageHTML(55,0,'index','shtml')</script>", "<!--", "-->", "<script>"),
            *("<datastore><record><![CDATA[", "]]></record></datastore>", "</body></html>", "\x00"),
        ]
    ),
    max_size=60,
).map("".join)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(MARKUP)
def test_any_markup_is_a_listing_or_a_page_error(markup: str) -> None:
    body = f"<html><body>{markup}</body></html>".encode()
    for url in ("http://www.example.cn/list/", "http://e.example.cn/html/2026-01/01/node_1.htm"):
        try:
            listing = read_listing(body, url=url, now=NOW)
        except PageError:
            continue
        identities = [canonical_url(link.url) for link in listing.links]
        assert len(identities) == len(set(identities))
        assert canonical_url(url) not in identities
        assert listing.next_page != url


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_listing_or_a_page_error(body: bytes) -> None:
    try:
        listing = read_listing(body, url="http://www.example.cn/list/", now=NOW)
    except PageError:
        return
    assert isinstance(listing, Listing)


@pytest.mark.parametrize("index", range(0, len(LISTS), 5))
def test_a_page_cut_anywhere_gives_links_of_the_whole_page_or_an_error(index: int) -> None:
    answer = LISTS[index]
    body = (LISTINGS / answer["file"]).read_bytes()
    known = {canonical_url(link["url"]) for link in answer["links"]}
    for part in range(1, 20):
        try:
            listing = read_listing(body[: len(body) * part // 20], url=answer["url"], now=NOW)
        except PageError:
            continue
        assert {canonical_url(link.url) for link in listing.links} <= known


def test_deep_nesting_is_no_recursion() -> None:
    deep = "<div>" * 30_000 + "<a href='/2026/0101/12345.shtml'>南岭政协开展城乡供水专题调研</a>"
    with pytest.raises(LayoutChangedError):  # beyond any editor's nesting nothing is read
        read_listing(
            f"<html><body>{deep}</body></html>".encode(), url="http://www.example.cn/list/", now=NOW
        )


def test_the_work_grows_with_the_page_not_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: days assigned and URLs made canonical per link stay constant."""
    calls = 0
    original = canonical_url

    def counted(url: str) -> str:
        nonlocal calls
        calls += 1
        return original(url)

    monkeypatch.setattr("crawler.pages.lists.links.canonical_url", counted)
    counts = []
    for rows in (200, 2_000):
        calls = 0
        body = "".join(
            f"<a href='/2026/0101/{i:07d}.shtml'>南岭政协开展第{i}次专题调研</a> 2026-01-01<br>"
            for i in range(rows)
        )
        page = f"<html><body>{body}</body></html>".encode()
        listing = read_listing(page, url="http://www.example.cn/list/", now=NOW)
        assert len(listing.links) == rows
        counts.append(calls / rows)
    assert counts[1] <= counts[0] * 1.1


class _Counting(json.JSONDecoder):
    """Counts how often something is tried to be read as JSON."""

    tries = 0

    def raw_decode(self, s: str, idx: int = 0) -> tuple[object, int]:
        type(self).tries += 1
        return super().raw_decode(s, idx)


@pytest.mark.parametrize(
    "script",
    ['[{"title":' * 20_000, 'x=[{"title":1},' * 20_000, 'a=[{"title":"b"}];' * 20_000],
    ids=["nested", "broken", "small"],
)
def test_scripts_full_of_arrays_are_tried_a_few_times_only(
    script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _Counting.tries = 0
    monkeypatch.setattr("crawler.pages.lists.unfolding._JSON", _Counting())
    page = f"<html><body><script>var a={script}</script></body></html>".encode()
    with pytest.raises(PageError):
        read_listing(page, url="http://www.example.cn/list/", now=NOW)
    assert _Counting.tries < 20


def test_data_in_a_pagers_call_are_not_divided_in_every_way() -> None:
    assert _CALLBACK.findall("function" * 2_000 + " " * 2_000) == [], "it would be tried for hours"
    assert _CALLBACK.findall("(page, all) => go(page), function (n) {}") == [
        ("", "page"),
        ("n", ""),
    ]
