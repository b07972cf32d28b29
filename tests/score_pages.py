"""Write readings of the real pages beside the project, as `cppcc inspect --batch` does.

usage: python -m tests.score_pages [WORST]  (needs ../shared/real and ../shared/score)
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from crawler.errors import PageError
from crawler.pages.article import read_article

SHARED = Path(__file__).parents[2] / "shared"


def read_all(manifest: Path) -> list[dict[str, object]]:
    """One row a page of the manifest, in its order; a refusal is a row with its class."""
    rows: list[dict[str, object]] = []
    for line in manifest.read_text("utf-8").splitlines():
        entry = json.loads(line)
        key = Path(entry["file"]).name.removesuffix(".html")
        try:
            article = read_article(
                (manifest.parent / entry["file"]).read_bytes(), url=entry["url"] or ""
            )
        except PageError as refusal:
            error = {"class": refusal.refusal_class.value, "message": str(refusal)}
            rows.append({"id": key, "error": error})
            continue
        at = article.published_at
        rows.append(
            {
                "id": key,
                "title": article.title,
                "published_at": at.isoformat() if at else None,
                "outlet": article.outlet,
                "author": article.author,
                "editor": article.editor,
                "text": article.text,
                "score": article.score,
            }
        )
    return rows


def score(manifest: Path, rows: list[dict[str, object]], worst: int = 0) -> str:
    """What the shared script prints for these rows."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as predicted:
        predicted.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        predicted.flush()
        command = [sys.executable, str(SHARED / "score/score_extraction.py"), str(manifest)]
        return subprocess.run(
            [*command, predicted.name, "--worst", str(worst)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout


if __name__ == "__main__":
    real = SHARED / "real" / "manifest.jsonl"
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    sys.stdout.write(score(real, read_all(real), how_many))
