"""Why a region has no source of a kind: facts, with the declarations."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from crawler.sources.declaration import NATIONAL, REGIONS, Source

FILE = Path(__file__).with_name("gaps.toml")
KINDS = ("portal", "daily_epaper", "committee_site", "committee_paper")


def reasons() -> Mapping[tuple[str, str], str]:
    """(region, kind) -> why none is declared."""
    table = tomllib.loads(FILE.read_text("utf-8"))
    return {(region, kind): why for kind, rows in table.items() for region, why in rows.items()}


def by_region_and_kind(sources: Iterable[Source]) -> dict[tuple[str, str], list[Source]]:
    """Every (region, kind), also such as have no source."""
    found: dict[tuple[str, str], list[Source]] = {
        (region, kind): [] for region in (NATIONAL, *REGIONS) for kind in KINDS
    }
    for source in sources:
        found[source.region, source.kind].append(source)
    return found
