"""The newest flags as a JSON Feed 1.1 (jsonfeed.org), with the entries of the Atom feed."""

import json
from pathlib import Path

from sqlalchemy.orm import Session

from storage.exports.feed import read_feed
from storage.exports.files import whole_file


def export_jsonfeed(session: Session, path: Path) -> int:
    """Write the feed; how many entries it has."""
    feed = read_feed(session)
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "language": "zh-CN",
        "items": [
            {
                "id": one.id,
                "url": one.url,
                "title": one.title,
                "summary": one.summary,
                "content_html": one.html,
                "date_published": one.published.isoformat(),
                "date_modified": one.updated.isoformat(),
                "authors": [{"name": one.author}],
                "tags": [term for _, term in one.categories],
                "_cppcc": {"flag": one.flag, "publication": one.publication} | dict(one.categories),
            }
            for one in feed.entries
        ],
    }
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return len(feed.entries)
