"""50 kills of an import on each engine, with concurrent reads."""

from pathlib import Path

import pytest

from storage.engine.database import Database
from tests.storage.crashing import empty, survives, undisturbed

KILLS = 50
KILLS_AN_IMPORT = 5


@pytest.mark.bench
def test_50_kills(database: Database, tmp_path: Path) -> None:
    wanted = undisturbed(database, tmp_path)
    for seed in range(KILLS // KILLS_AN_IMPORT):
        survives(database, wanted, kills=KILLS_AN_IMPORT, seed=100 + seed)
        empty(database)
    print(
        f"\n{database.engine.dialect.name}: {KILLS} kills at random points of an import,"
        f" {len(wanted['publications'])} articles each: 0 lost, 0 doubled, 0 broken snapshots"
    )
