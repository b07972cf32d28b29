"""Scores the reading of list pages against answers of somebody who has not seen the rules.

As a script: ``python -m tests.crawler.pages.lists.scoring FOLDER [-v]``, where FOLDER holds
``cases.jsonl`` and pages.  A case has ``links`` (url, title, date each) and ``next_page``, or
``end`` ("proved" or "open") with the totals that the page states.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.errors import PageError
from crawler.pages.lists.links import read_listing
from crawler.pages.raw.urls import canonical_url
from crawler.runs.proof import judge_page
from storage.records import SHANGHAI, Listing

NOW = datetime(2026, 11, 28, 9, tzinfo=SHANGHAI)
Case = dict[str, Any]


def cases(folder: Path) -> list[Case]:
    """The rows of ``folder/cases.jsonl``, in their order."""
    lines = (folder / "cases.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def read_case(folder: Path, case: Case) -> Listing:
    """The page of a case as it is read; PageError where it is refused."""
    fetched = case.get("fetched")
    return read_listing(
        (folder / case["file"]).read_bytes(),
        url=case["url"],
        charset=case.get("charset"),
        now=datetime.fromisoformat(fetched).replace(hour=12, tzinfo=SHANGHAI) if fetched else NOW,
    )


@dataclass(slots=True)
class Score:
    """Counts over all pages; ``faults`` says what was wrong, a line each."""

    right: int = 0
    found: int = 0
    wanted: int = 0
    titles: int = 0
    days: int = 0
    pages: int = 0
    next_pages: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """Of links, over all pages together."""
        return 2 * self.right / ((self.found + self.wanted) or 1)

    def __str__(self) -> str:
        right = self.right or 1
        return (
            f"{self.pages} pages, {self.wanted} links: F1 {self.f1:.4f},"
            f" titles {self.titles / right:.4f}, days {self.days / right:.4f},"
            f" next page {self.next_pages / (self.pages or 1):.4f}"
        )


def score_lists(folder: Path) -> Score:
    """Links, titles, days and next pages of all cases in ``folder``."""
    score = Score()
    for case in cases(folder):
        score.pages += 1
        wanted = {canonical_url(link["url"]): link for link in case["links"]}
        score.wanted += len(wanted)
        name = case["file"]
        try:
            got = read_case(folder, case)
        except PageError as error:
            score.faults.append(f"{name}: refused as {error.refusal_class.value}: {error.detail}")
            continue
        score.found += len(got.links)
        if _next_is_right(case, got):
            score.next_pages += 1
        else:
            score.faults.append(f"{name}: next {got.next_page}, wanted {case['next_page']}")
        for link in got.links:
            answer = wanted.pop(canonical_url(link.url), None)
            if answer is None:
                score.faults.append(f"{name}: not wanted: {link.title} {link.url}")
                continue
            score.right += 1
            score.titles += link.title == answer["title"]
            if link.title != answer["title"]:
                score.faults.append(f"{name}: title {link.title!r}, wanted {answer['title']!r}")
            day = link.published_on.isoformat() if link.published_on else None
            # An answer that only the address gives is a cross-check, never the list's own day.
            score.days += day == answer["date"]
            if day != answer["date"]:
                score.faults.append(f"{name}: day {day}, wanted {answer['date']}: {link.title}")
        score.faults += [
            f"{name}: missed {answer['title']} {url}" for url, answer in wanted.items()
        ]
    return score


def _next_is_right(case: Case, got: Listing) -> bool:
    return got.next_page == case["next_page"] or (
        got.next_page is not None
        and case["next_page"] is not None
        and canonical_url(got.next_page) == canonical_url(case["next_page"])
    )


def faults_of_ends(folder: Path) -> Iterator[tuple[str, str]]:
    """(page, what is wrong) of the ends and totals in ``folder``; "" where all is right."""
    for case in cases(folder):
        try:
            got = read_case(folder, case)
        except PageError as error:
            yield case["file"], f"refused as {error.refusal_class.value}: {error.detail}"
            continue
        wrong = []
        end = judge_page(got)
        if end.proved != (case["end"] == "proved"):
            wrong.append(f"END {'proved' if end.proved else 'open'} ({end.why})")
        allowed = (case["next_page"],) if case["end"] == "proved" else (case["next_page"], None)
        if "right too" in case.get("note", ""):
            allowed = (*allowed, got.next_page)
        if got.next_page not in allowed:
            wrong.append(f"next {got.next_page}, wanted {case['next_page']}")
        if got.next_page is None and case["next_page"] is not None:
            wrong.append(f"(next not built: {case['next_page']})")
        if len(got.links) != case["items_here"]:
            wrong.append(f"{len(got.links)} links, wanted {case['items_here']}")
        for key in ("page_number", "page_count", "item_count"):
            if case.get(key) is not None and getattr(got, key) != case[key]:
                wrong.append(f"({key} {getattr(got, key)}, wanted {case[key]})")
        yield case["file"], "; ".join(wrong)


def main() -> None:
    """Write the score of a folder, with ``-v`` every fault."""
    folder = Path(sys.argv[1])
    if "end" in cases(folder)[0]:
        rows = list(faults_of_ends(folder))
        lines = [f"{name}: {wrong}" for name, wrong in rows if wrong]
        wrong_ends = sum("END" in wrong or "refused" in wrong for _, wrong in rows)
        lines.append(f"{len(rows)} pages, {wrong_ends} ends wrong")
    else:
        score = score_lists(folder)
        lines = [*(score.faults if "-v" in sys.argv else ()), str(score)]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
