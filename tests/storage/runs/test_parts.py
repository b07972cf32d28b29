"""The ledger of a back-fill."""

import pytest

from storage.engine.database import Database
from storage.records import RunTrigger
from storage.runs.door import begin_run
from storage.runs.parts import PartEntry, PartState, covered_years, enter_part
from tests.storage.samples import DAY, NOW


@pytest.mark.parametrize("wanted", [("live, so far", "live"), ("live", "live, by day")])
def test_a_part_that_was_asked_twice_counts_as_it_was_read_last(
    database: Database, wanted: tuple[str, str]
) -> None:
    with database.begin() as session:
        run_id, _ = begin_run(session, "backfill", trigger=RunTrigger.IMPORT, owner="me", now=NOW)
        for number, one in enumerate(wanted):
            entry = PartEntry(
                key="live:a:2025-01-01:2025-12-31", wanted=one, path="a", size=365,
                state=PartState.DONE, years={"a": {2025: 3 + number}},
            )  # fmt: skip
            enter_part(session, entry, run_id=run_id, now=NOW + number * DAY)
        assert covered_years(session) == {"a": {2025: 4}}
