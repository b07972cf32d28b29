"""The pages of a release that say how far it can be trusted: coverage, quality, changes."""

import csv
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import sqrt
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.engine.flag_tables import FlagRow
from storage.exports.selection import Row

Z = 1.96
"""Standard deviations of a 95 % interval."""

YEAR = timedelta(days=365)


def coverage_page(cells: Sequence[Row]) -> str:
    """What is missing and why, first; then what was found."""
    missing = [cell for cell in cells if cell["status"] != "found"]
    lines = ["# COVERAGE", "", f"{len(missing)} of {len(cells)} (region, level, year) are missing."]
    lines += ["", "| region | level | year | status | why |", "|---|---|---|---|---|"]
    for cell in [*missing, *(cell for cell in cells if cell["status"] == "found")]:
        lines.append(
            f"| {cell['region']} | {cell['committee_level']} | {cell['year']} | {cell['status']} "
            f"| {cell['reason']} |"
        )
    lines += ["", "A region or year that no line names was never expected by this database."]
    return "\n".join(lines) + "\n"


def quality_page(session: Session, publications: Sequence[Row]) -> str:
    """How many flags people found right, with a 95 % interval; how long pages stood."""
    judged = select(FlagRow.status, func.count()).group_by(FlagRow.status)
    counts = {row[0]: row[1] for row in session.execute(judged)}
    right, wrong = counts.get("accepted", 0), counts.get("dismissed", 0)
    lines = ["# QUALITY", "", f"Flags that nobody has judged: {counts.get('open', 0)}."]
    if right + wrong:
        low, high = wilson(right, right + wrong)
        lines.append(
            f"Of {right + wrong} that people judged, {right} were right: "
            f"{right / (right + wrong):.3f} (95 % interval {low:.3f} to {high:.3f}, Wilson). "
            "These were not drawn at random."
        )
    else:
        lines.append("None was judged by people: no precision is stated.")
    lines += ["", "Recall is not stated: it takes a list of reviews made without this program.", ""]
    lines += ["| region | stood for 1 year | stood for 2 years |", "|---|---|---|"]
    for region in sorted({str(row["committee_region"] or "") for row in publications}):
        own = [row for row in publications if str(row["committee_region"] or "") == region]
        lines.append(f"| {region or '-'} | {_stood(own, 1)} | {_stood(own, 2)} |")
    return "\n".join(lines) + "\n"


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927); ``count`` is at least 1."""
    share = right / count
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    half /= 1 + Z * Z / count
    return max(0.0, middle - half), min(1.0, middle + half)


def _stood(rows: Sequence[Row], years: int) -> str:
    """Of the pages whose fate after so long is known, how many stood."""
    fates: Counter[bool] = Counter()
    for row in rows:
        first, last, gone = row["first_seen_at"], row["last_seen_at"], row["removed_at"]
        assert isinstance(first, datetime)
        assert isinstance(last, datetime)
        if last - first >= years * YEAR:
            fates[True] += 1
        elif gone is not None:
            fates[False] += 1
    known = fates.total()
    return f"{fates[True]} of {known}" if known else "not known yet"


def changes_page(version: str, folder: Path, previous: Path | None) -> str:
    """What changed against the release before, each with its reason."""
    lines = [f"# CHANGES in {version}", ""]
    if previous is None:
        return "\n".join([*lines, "No release before was named."]) + "\n"
    before, now = _by_url(previous), _by_url(folder)
    for url in sorted(before.keys() | now.keys()):
        if reason := _reason(before.get(url), now.get(url)):
            lines.append(f"- {url}: {reason}")
    if len(lines) == 2:
        lines.append("Nothing.")
    return "\n".join(lines) + "\n"


def _by_url(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "publications.csv").open(encoding="utf-8", newline="") as rows:
        return {row["url"]: row for row in csv.DictReader(rows)}


def _reason(old: dict[str, str] | None, new: dict[str, str] | None) -> str | None:
    if old is None:
        return "new"
    if new is None:
        return "no longer held: its flag was dismissed, or another copy is its story's original"
    if new["removed_at"] and not old["removed_at"]:
        return f"taken down by its site ({new['removed_at']})"
    if new["content_sha256"] != old["content_sha256"]:
        return f"corrected by the source (revision {old['revision']} to {new['revision']})"
    aside = {"last_seen_at", "first_missing_at", "id", "story_id"}
    other = sorted(key for key in new.keys() & old.keys() - aside if new[key] != old[key])
    return f"read otherwise under changed rules: {', '.join(other)}" if other else None
