"""A first month with every declaration of the project, a third of them wrong.

``CPPCC_TEST_MONTH_DAYS`` shortens it.
"""

import os
import time
from pathlib import Path

import pytest

from crawler.sources.declaration import load_sources
from storage.engine.database import open_database
from tests.scheduler.test_first_month import first_month

DAYS = int(os.environ.get("CPPCC_TEST_MONTH_DAYS", "30"))


@pytest.mark.bench
@pytest.mark.long
def test_the_first_month_of_the_whole_country(tmp_path: Path) -> None:
    begun = time.monotonic()
    database = open_database(f"sqlite:///{tmp_path / 'cppcc.db'}")
    month = first_month(database, load_sources().values(), DAYS)
    wrong = ", ".join(f"{count} {way}" for way, count in sorted(month.wrong.items()))
    print(f"\n{month.sources} declarations, {sum(month.wrong.values())} wrong: {wrong}")
    print(f"{DAYS} days in {time.monotonic() - begun:.0f} s: messages {dict(month.kinds)},")
    print(f"at most {month.digests_a_day} digest a day; not named within a week:")
    print(f"{month.not_named or 'none'}; wrong and watched: {month.wrongly_watched or 'none'}")
    print(f"right and not watched: {month.not_watched or 'none'}; the first digest:")
    print(month.first_digest[:3000])
    assert month.digests_a_day == 1
    assert set(month.kinds) == {"digest"}, "nothing is wrong with a source that was proved"
    assert month.not_named == month.wrongly_watched == month.not_watched == ()
