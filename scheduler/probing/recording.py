"""Keeps pages of a source with their reading, to be reviewed once and read again for ever.

A recording is a folder: the raw pages, ``source.toml`` (the declaration of that day) and
``answer.json``: what was read, ``"reviewed": false`` until somebody has looked at it.  Reading it
again goes the way that a probe goes, with the recorded pages instead of the network.
"""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.sources.declaration import Source
from scheduler.probing.probes import ProbeRefusedError
from scheduler.probing.verification import Pages, Verification, verify
from storage.records import SHANGHAI, Article, Capture, RefusalClass

GZIPPED_FROM = 100_000
"""Larger pages are kept gzipped."""
ANSWER = "answer.json"
DECLARATION = "source.toml"


@dataclass(slots=True)
class Recorder:
    """Gets pages from ``pages`` and remembers each."""

    pages: Pages
    asked: dict[str, Capture] = field(default_factory=dict)

    async def page(self, source: Source, url: str) -> Capture:
        """One page, remembered under the address that was asked for."""
        self.asked[url] = await self.pages.page(source, url)
        return self.asked[url]


@dataclass(frozen=True, slots=True)
class Recorded:
    """Pages of a recording, by the address that was asked for."""

    asked: Mapping[str, Capture]

    async def page(self, source: Source, url: str) -> Capture:
        """One recorded page.

        :raises ProbeRefusedError: for one that did not come when it was recorded.
        """
        if url not in self.asked:
            raise ProbeRefusedError(RefusalClass.GONE, "not recorded")
        return self.asked[url]


def answer_of(tried: Verification) -> dict[str, object]:
    """What was read of the recorded pages, as the answer to review."""
    lists = [
        {
            "url": page.url,
            "links": [
                {
                    "url": link.url,
                    "title": link.title,
                    "date": link.published_on.isoformat() if link.published_on else None,
                }
                for link in page.shown
            ],
            "next_page": page.next_page,
        }
        for page in tried.pages
        if page.refusal is None
    ]
    articles = [_article(one.article) for one in tried.articles if one.article is not None]
    return {"lists": lists, "articles": articles}


def _article(article: Article) -> dict[str, object]:
    at = article.published_at
    reading = article.reading
    return {
        "url": article.url,
        "title": article.title,
        "published_at": at.astimezone(SHANGHAI).isoformat() if at else None,
        "outlet": article.outlet,
        "author": article.author,
        "editor": article.editor,
        "genre": reading.genre.value if reading else None,
        "text": article.text,
    }


async def record(
    pages: Pages, source: Source, declaration: str, folder: Path, *, now: datetime
) -> tuple[Verification, Path | None]:
    """Try ``source`` and keep what came below ``folder/ID/DAY``; the trial, and where it lies.

    ``declaration`` is the text of its file.  Nothing is written (None) where no list that names
    an article was read.
    """
    recorder = Recorder(pages)
    tried = await verify(recorder, source, now=lambda: now)
    place = folder / source.id / now.astimezone(SHANGHAI).date().isoformat()
    answer = answer_of(tried)
    if not any(page.links for page in tried.pages):
        return tried, None
    place.mkdir(parents=True, exist_ok=True)
    kept = [_keep(place, n, url, c) for n, (url, c) in enumerate(recorder.asked.items(), start=1)]
    (place / DECLARATION).write_text(declaration, "utf-8")
    document = {"reviewed": False, "recorded_at": now.isoformat(), "pages": kept, **answer}
    words = json.dumps(document, ensure_ascii=False, indent=1)
    (place / ANSWER).write_text(words + "\n", "utf-8")
    return tried, place


def _keep(place: Path, number: int, url: str, capture: Capture) -> dict[str, object]:
    suffix = Path(urlsplit(url).path).suffix
    suffix = suffix if suffix.isascii() and 1 < len(suffix) <= 6 else ".html"
    packed = len(capture.body) > GZIPPED_FROM
    name = f"{number:02d}{suffix}{'.gz' if packed else ''}"
    body = gzip.compress(capture.body, 9, mtime=0) if packed else capture.body
    (place / name).write_bytes(body)
    types = [value for key, value in capture.headers if key.lower() == "content-type"]
    return {
        "asked": url,
        "url": capture.url,
        "file": name,
        "content_type": types[0] if types else None,
        "sha256": hashlib.sha256(capture.body).hexdigest(),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recording: its pages, the answer to them, when it was made (aware)."""

    pages: Recorded
    answer: dict[str, object]
    at: datetime
    reviewed: bool


def load_recording(place: Path) -> Recording:
    """A recording as it lies in its folder.

    :raises ValueError: when a page is not the one that was recorded.
    """
    document = json.loads((place / ANSWER).read_text("utf-8"))
    at = datetime.fromisoformat(document["recorded_at"])
    asked: dict[str, Capture] = {}
    for page in document["pages"]:
        body = (place / page["file"]).read_bytes()
        if page["file"].endswith(".gz"):
            body = gzip.decompress(body)
        if hashlib.sha256(body).hexdigest() != page["sha256"]:
            raise ValueError(f"{place / page['file']} is not what was recorded")
        headers = (("Content-Type", page["content_type"]),) if page["content_type"] else ()
        asked[page["asked"]] = Capture(
            url=page["url"], fetched_at=at, status=200, headers=headers, body=body
        )
    return Recording(
        pages=Recorded(asked),
        answer={"lists": document["lists"], "articles": document["articles"]},
        at=at,
        reviewed=document["reviewed"],
    )


async def read_again(recording: Recording, source: Source) -> dict[str, object]:
    """What the recorded pages are read as today."""
    return answer_of(await verify(recording.pages, source, now=lambda: recording.at))
