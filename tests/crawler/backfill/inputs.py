"""Input of our own making for an import, and an import of it."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from crawler.backfill.importing import import_file
from crawler.sources.declaration import load_sources
from storage.engine.database import Database
from storage.links.discoveries import list_refusals
from storage.records import SHANGHAI, RefusalClass
from storage.runs.history import RunRecord

NOW = datetime(2026, 1, 20, 9, 30, tzinfo=SHANGHAI)
SENTENCE = "政协委员围绕乡村道路、饮水安全和基层医疗深入村寨开展调研，提出意见建议并督促办理落实。"


def page(title: str, number: int, *, more: str = "", paragraphs: int = 8) -> bytes:
    """An article page of our own making."""
    body = "".join(f"<p>　　第{number}-{at}段，{SENTENCE}{title}。</p>" for at in range(paragraphs))
    return f"""<html><head><meta charset="utf-8"><title>{title}_某某网</title></head><body>
<div class="nav"><a href="/">首页</a></div><h1>{title}</h1>
<div class="info">2026-01-19 09:05 来源：某某日报</div>
<div class="content">{body}</div>{more}</body></html>""".encode()


def jsonl(folder: Path, rows: list[object]) -> Path:
    path = folder / "in.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def run(database: Database, path: Path) -> RunRecord:
    seconds = count(database, "runs")  # each run begins a second after the one before
    return import_file(
        database,
        path,
        sources=load_sources(None),
        now=lambda: NOW + timedelta(seconds=seconds),
    )


def count(database: Database, table: str) -> int:
    with database.reading() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def text_line(number: int, **more: object) -> dict[str, object]:
    return {"url": f"http://a.example/{number}.html", "title": "题", "text": SENTENCE * 3} | more


def refusals(database: Database, record: RunRecord) -> dict[str, RefusalClass]:
    with database.reading() as session:
        return {one.url: one.refusal_class for one in list_refusals(session, record.id)}
