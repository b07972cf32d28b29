"""The labelled corpora and the two seed documents, where the shared folder is at hand."""

import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from crawler.reading import read_publication
from storage.records import SHANGHAI, Article, Genre
from tests.crawler.reading import batch

SHARED = Path(__file__).resolve().parents[4] / "shared"
# Runs where ../shared/corpus lies beside the checkout: real texts are never in the project.
pytestmark = pytest.mark.skipif(
    not (SHARED / "corpus").is_dir(), reason=f"the labelled corpora are not at {SHARED}"
)


def score(script: str, gold: str, tmp_path: Path, *flags: str) -> dict[str, float]:
    """What the shared scorer says of our readings."""
    out = tmp_path / "predicted.jsonl"
    batch.main(SHARED / "corpus" / gold, out)
    command = [sys.executable, str(SHARED / "score" / script), str(SHARED / "corpus" / gold)]
    done = subprocess.run([*command, str(out), *flags], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[0])
    return found


def test_labelled_publications(tmp_path: Path) -> None:
    found = score("score_reading.py", "publications.jsonl", tmp_path, "--sure")
    assert found["flag_precision"] >= 0.97
    assert found["flag_recall"] >= 0.97
    assert found["genre_accuracy"] >= 0.94
    assert found["level"] >= 0.97
    assert found["region"] >= 0.97
    # Three reports of text-sharing sites have had their years blotted out: 51 of 54.
    assert found["year"] >= 0.94


def test_labelled_figures(tmp_path: Path) -> None:
    found = score("score_figures.py", "figures.jsonl", tmp_path)
    assert found["f1"] >= 0.98
    assert found["metric"] >= 0.95
    assert found["qualifier"] >= 0.98


def seed(name: str) -> str:
    return next((SHARED / "seeds").glob(f"{name}_*.txt")).read_text("utf-8")


def test_the_ten_events_seed() -> None:
    text = seed("003")
    title = text.split("\n", 1)[0]
    day = datetime(2021, 1, 20, tzinfo=SHANGHAI)
    reading = read_publication(Article(url="u", title=title, text=text, published_at=day))
    heads = re.findall(r"^\s*(\d{1,2})[ \u00a0\u3000]*(\S[^\n。]*)$", text, re.MULTILINE)
    printed = [(int(number), head.strip()) for number, head in heads if int(number) <= 10]
    assert reading.genre is Genre.TEN_EVENTS
    assert len(printed) == 10
    assert [(event.ordinal, event.heading) for event in reading.events] == printed
    assert reading.years == (2020,)
    assert not reading.issues
    figures = [(f.value, f.unit, f.qualifier, f.event) for f in reading.figures]
    assert figures == [
        (82, "件", None, 2),
        (72, "件", None, 2),
        (87.8, "%", None, 2),
        (13.2, "个百分点", None, 2),
        (5, "件", None, 2),
        (10, "省(区、市)", None, 2),
        (100, "篇", "多", 4),
        (14, "个", None, 7),
        (3, "本", None, 8),
        (7, "期", None, 8),
        (110, "家", None, 9),
    ]


def test_the_review_seed() -> None:
    text = seed("000")
    title = text.split("\n", 1)[0]
    day = datetime(2021, 1, 24, tzinfo=SHANGHAI)
    article = Article(url="u", title=title, text=text, published_at=day, outlet="云南网")
    reading = read_publication(article)
    assert (reading.genre, reading.years, reading.term) == (Genre.ANNUAL_REVIEW, (2020,), 12)
    assert reading.committee is not None
    assert reading.committee.region == "云南"
    figures = [(f.value, f.unit, f.qualifier) for f in reading.figures]
    assert figures == [
        (30000, "名", None),
        (8, "次", None),
        (64, "人次", None),
        (120, "次", None),
        (9, "次", None),
        (3, "次", None),
        (36, "次", None),
        (11, "个", None),
        (10, "场次", "余"),
        (2, "次", None),
        (24, "场次", None),
        (31, "次", None),
        (441, "名", None),
        (2462, "次", None),
        (10, "个", None),
        (600, "名", "多"),
        (4, "次", None),
        (3, "次", None),
        (24, "次", None),
        (48, "项", None),
        (6, "项", None),
        (18, "项", None),
    ]
