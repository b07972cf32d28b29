"""Whole readings: generated publications, titles of every wording, and what always holds."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.reading import RULES_VERSION, read_publication
from crawler.reading.facts.figures import MAX_FIGURES
from crawler.reading.selection.chains import MAX_ITEMS
from storage.records import SHANGHAI, Article, Evidence, Genre, Reading
from tests.crawler.reading.generator import Made, publications

DAY = datetime(2025, 1, 9, tzinfo=SHANGHAI)
LIST = "\n".join(
    f"{i}.推进第{i}项重点履职任务落地见效\n相关工作有序推进,取得阶段性成果,得到各方面肯定。"
    for i in range(1, 11)
)
ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("titles.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def read(title: str, text: str = "", **more: str) -> Reading:
    return read_publication(
        Article(url="u", title=title, text=text, published_at=DAY, outlet=more.get("outlet"))
    )


@pytest.mark.parametrize(("genre", "title", "lead"), ROWS, ids=[row[1] for row in ROWS])
def test_genre_of_a_title(genre: str, title: str, lead: str) -> None:
    text = f"{lead[:-1]}\n{LIST}" if lead.endswith("+") else lead
    assert read(title, text).genre == genre


@pytest.fixture(scope="module")
def readings() -> list[tuple[Made, Reading]]:
    made = list(publications(seed=20261122))
    return [(m, read_publication(m.article, region=m.source_region)) for m in made]


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


def test_generated_publications_are_flagged(readings: list[tuple[Made, Reading]]) -> None:
    assert len(readings) >= 300
    assert 0.4 <= share([made.flagged for made, _ in readings]) <= 0.6
    assert share([reading.flagged for made, reading in readings if made.flagged]) >= 0.99
    assert share([made.flagged for made, reading in readings if reading.flagged]) >= 0.99
    assert share([reading.genre is made.genre for made, reading in readings]) >= 0.98


def test_generated_lists_are_split(readings: list[tuple[Made, Reading]]) -> None:
    split = [
        tuple(event.heading for event in reading.events) == made.headings
        for made, reading in readings
        if made.headings
    ]
    assert len(split) >= 100
    assert share(split) >= 0.98


def test_generated_committees_and_periods(readings: list[tuple[Made, Reading]]) -> None:
    flagged = [(made, reading) for made, reading in readings if made.flagged]
    owners = [(made, reading.committee) for made, reading in flagged]
    assert share([c is not None and c.level is m.level for m, c in owners]) >= 0.98
    assert share([c is not None and c.region == m.region for m, c in owners]) >= 0.98
    assert share([reading.years == made.years for made, reading in flagged]) >= 0.98
    assert share([reading.part == made.part for made, reading in flagged]) >= 0.98


def quoted_rightly(article: Article, evidence: Evidence) -> bool:
    source = {"title": article.title, "text": article.text}.get(evidence.field)
    start, end = evidence.span
    return source is None or source[start:end] == evidence.quote


def test_every_span_is_exact(readings: list[tuple[Made, Reading]]) -> None:
    for made, reading in readings:
        assert reading.rules_version == RULES_VERSION
        assert all(quoted_rightly(made.article, item) for item in reading.evidence)
        for event in reading.events:
            assert event.span is not None
            assert event.heading in made.article.text[slice(*event.span)]
        for figure in reading.figures:
            assert figure.sentence in made.article.text
            assert made.article.text[slice(*figure.span)] in figure.sentence


def test_spans_point_into_a_mirror_with_injected_pinyin() -> None:
    title = "雲南省政協(xié)2023年工作綜述"
    text = "一年來,雲南省政協(xié)共提交提案(àn)82件,立案72件。會(huì)議協商12次。"
    article = Article(url="u", title=title, text=text, published_at=DAY)
    reading = read_publication(article)
    assert reading.genre is Genre.ANNUAL_REVIEW
    assert reading.committee is not None
    assert reading.committee.name == "云南省政协"
    assert all(quoted_rightly(article, item) for item in reading.evidence)
    assert [text[slice(*figure.span)] for figure in reading.figures] == ["82件", "72件", "12次"]


PIECES = st.sampled_from(
    [
        "省政协",
        "2024年",
        "十件大事",
        "\n1.",
        "一、",
        "①",
        "提案82件",
        "“",
        "》",
        "(xié)",
        "綜述",
        "万",
        "。",
        "第",
        "\n",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.lists(PIECES, max_size=80).map("".join))
def test_no_text_is_too_odd(title: str, text: str) -> None:
    article = Article(url="u", title=title, text=text, published_at=DAY)
    reading = read_publication(article)
    assert 0 <= reading.score <= 1
    assert all(quoted_rightly(article, item) for item in reading.evidence)
    assert all(f.sentence in text for f in reading.figures)


@pytest.mark.parametrize(
    "text",
    [
        "1" * 200_000,
        "一、" * 10_000,
        "一、甲\n" * 10_000,
        "(" * 50_000 + "“" * 50_000,
        "1件" * 50_000,
        "\n" * 100_000,
    ],
    ids=["digits", "numbers", "lines", "brackets", "counts", "empty"],
)
def test_hostile_text_is_bounded(text: str) -> None:
    reading = read("省政协2024年十件大事", text)
    assert len(reading.events) <= MAX_ITEMS
    assert len(reading.figures) <= MAX_FIGURES


def test_a_page_of_no_committee_is_left_alone() -> None:
    reading = read("城里的夜市又热闹起来", "夜市上有120个摊位,接待游客3000人次。")
    assert reading.genre is Genre.OTHER
    assert (reading.committee, reading.years, reading.events, reading.figures) == (None, (), (), ())


def test_a_kicker_names_the_committee() -> None:
    article = Article(
        url="u",
        title="同心绘就新画卷",
        kicker="昆明市政协2024年工作综述",
        text="一年来,各位委员扎实履职,开展协商12次。",
        published_at=DAY,
    )
    reading = read_publication(article)
    assert reading.genre is Genre.ANNUAL_REVIEW
    assert reading.committee is not None
    assert reading.committee.name == "昆明市政协"
    assert reading.years == (2024,)


def test_a_wrong_number_is_an_issue() -> None:
    short = LIST.rsplit("\n", 2)[0]
    reading = read("昆明市政协2024年十件大事", "现将十件大事公布如下。\n" + short)
    assert len(reading.events) == 9
    assert reading.issues == ("the publication states 10 events, 9 were found",)
