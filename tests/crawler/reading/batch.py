"""The readings of a file of texts, in the batch format of the contract.

``python -m tests.crawler.reading.batch IN.jsonl OUT.jsonl``
"""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from crawler.reading import read_publication
from storage.records import SHANGHAI, Article, Reading


def article_of(row: dict[str, str | None]) -> Article:
    """The article of one input line; ``sentence`` stands for a text without a title."""
    sentence = row.get("sentence")
    return Article(
        url=row.get("url") or "",
        title="" if sentence else row.get("title") or "",
        text=sentence or row.get("text") or "",
        published_at=published(row.get("published")),
        outlet=row.get("source"),
    )


def published(written: str | None) -> datetime | None:
    """A day, or the first day of a bare month."""
    if not written:
        return None
    numbers = [int(part) for part in written[:10].split("-")]
    year, month, day = (*numbers, 1, 1)[:3]
    return datetime(year, month, day, tzinfo=SHANGHAI)


def line_of(identity: object, reading: Reading) -> str:
    """One output line."""
    return json.dumps({"id": identity, **asdict(reading)}, ensure_ascii=False)


def main(source: Path, target: Path) -> None:
    """Read every line of ``source`` into ``target``."""
    with target.open("w", encoding="utf-8") as out:
        for line in source.read_text("utf-8").splitlines():
            row = json.loads(line)
            out.write(line_of(row["id"], read_publication(article_of(row))) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
