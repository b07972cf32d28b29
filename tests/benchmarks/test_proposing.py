"""`sources new` on every site of the small internet: how many crawl complete as written."""

from pathlib import Path

import pytest

from tests.scheduler.drafting.test_proposing import GIVEN, shortfall, tried


@pytest.mark.bench
def test_every_site_of_the_small_internet(tmp_path: Path) -> None:
    found, database = tried(list(GIVEN), tmp_path)
    wrong = {name: words for name in GIVEN if (words := shortfall(found, database, name))}
    families = {family for _, family in GIVEN.values()}
    print(
        f"\n{len(GIVEN) - len(wrong)} of {len(GIVEN)} sites ({len(families)} families of ours)"
        " crawl complete as written"
    )
    for name, words in wrong.items():
        print(f"  {name}: {words}")
    assert not wrong
