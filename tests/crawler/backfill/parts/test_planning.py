"""What a part is: a file by its bytes, or a range of a big one; and what reading it gives."""

import gzip
from pathlib import Path

import pytest

from crawler.backfill.parts.part import Job
from crawler.backfill.parts.planning import Plan, plan_parts
from crawler.backfill.parts.prefilter import Wanted
from crawler.backfill.parts.tasks import read_part
from tests.crawler.backfill.archive.making import (
    answer,
    packed,
    page,
    record,
    response,
    url_of,
)
from tests.crawler.backfill.parts.driving import NOW, archives


def test_a_part_is_named_by_its_bytes(tmp_path: Path) -> None:
    folder = archives(tmp_path, files=2)
    (folder / "copy.warc.gz").write_bytes((folder / "a0.warc.gz").read_bytes())
    plan = plan_parts([folder], Wanted())
    assert len(plan.parts) == 2, "a copy is read once"
    with (folder / "a0.warc.gz").open("ab") as more:
        more.write(gzip.compress(response(9)))
    grown = plan_parts([folder], Wanted())
    assert len({part.key for part in (*plan.parts, *grown.parts)}) == 3


def test_a_big_file_is_cut_into_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.backfill.parts.planning.PACKED_BYTES", 2000)
    path = tmp_path / "big.warc.gz"
    path.write_bytes(b"".join(packed([response(n) for n in range(30)], "warc.gz")))
    plan: Plan = plan_parts([path], Wanted())
    assert len(plan.parts) > 5
    job = Job(wanted=Wanted(), sources=(), now=NOW)
    articles = [one.url for part in plan.parts for one in read_part(job, part).articles]
    assert sorted(articles) == sorted(url_of(n) for n in range(30))


def test_a_page_joined_of_two_is_two_records_and_one_article(tmp_path: Path) -> None:
    more = '<a href="/7_2.html">下一页</a></body>'.encode()
    first = page(7).replace(b"</body>", more)
    second = page(8)
    members = [
        record(answer(first), url=url_of(7)),
        record(answer(second), url="http://archive.example/7_2.html"),
        record(answer(first), url="http://archive.example/9.html"),
    ]
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(members))
    (part,) = plan_parts([path], Wanted()).parts
    result = read_part(Job(wanted=Wanted(), sources=(), now=NOW), part)
    assert [one.url for one in result.articles] == [url_of(7)] or len(result.articles) == 2
    assert result.account.missing == 0
    assert result.account.members == 3
