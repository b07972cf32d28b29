"""What bounds a crawl says the same in a row, on a command line and to a spider."""

from datetime import date

import pytest

from storage.errors import OptionsError
from storage.runs.options import CrawlOptions

ALL = CrawlOptions(since=date(2021, 1, 1), until=date(2021, 2, 3), limit=7, full=True)


@pytest.mark.parametrize(
    "options", [CrawlOptions(), ALL, CrawlOptions(limit=1), CrawlOptions(full=True)]
)
def test_a_row_gives_back_what_was_put_into_it(options: CrawlOptions) -> None:
    assert CrawlOptions.from_json(options.as_json()) == options


def test_the_words_of_a_command_line() -> None:
    assert CrawlOptions().as_words() == []
    assert ALL.as_words() == [
        "--since", "2021-01-01", "--until", "2021-02-03", "--limit", "7", "--full",
    ]  # fmt: skip


def test_scrapy_gives_all_of_them_as_words() -> None:
    given = {"since": "2021-01-01", "until": "2021-02-03", "limit": "7", "full": "yes"}
    assert CrawlOptions.from_json(given) == ALL
    assert CrawlOptions.from_json({"full": "false", "limit": ""}) == CrawlOptions()


@pytest.mark.parametrize(
    ("given", "name"),
    [({"since": "2021-13-01"}, "since"), ({"limit": "0"}, "limit"), ({"limit": "-3"}, "limit"),
     ({"limit": True}, "limit"), ({"depth": "3"}, "depth")],
)  # fmt: skip
def test_what_is_no_option_is_refused_by_name(given: dict[str, object], name: str) -> None:
    with pytest.raises(OptionsError) as refused:
        CrawlOptions.from_json(given)
    assert refused.value.name == name


def test_only_what_leaves_something_out_bounds_a_crawl() -> None:
    assert not CrawlOptions(full=True).bounded
    for one in (
        CrawlOptions(limit=1),
        CrawlOptions(since=ALL.since),
        CrawlOptions(until=ALL.until),
    ):
        assert one.bounded
