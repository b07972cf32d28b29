"""Lists that an interface answers, read from answers that are there already."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import httpx

from scheduler.drafting.interfaces import of_document
from scheduler.drafting.looking import Looker, provisional
from scheduler.probing.manners import Manners
from scheduler.probing.probes import Prober
from storage.records import Capture

NOW = datetime(2021, 1, 24, 9, tzinfo=UTC)
PAGES = "http://interface.example/list.json?page="


def capture(page: int, items: Sequence[object]) -> Capture:
    return Capture(
        url=f"{PAGES}{page}",
        fetched_at=NOW,
        status=200,
        headers=(("Content-Type", "application/json"),),
        body=json.dumps({"list": items}, ensure_ascii=False).encode(),
    )


def test_a_second_page_that_reads_otherwise_is_told_and_ends_nothing() -> None:
    def items(page: int) -> list[dict[str, object]]:
        return [
            {"title": f"省政协召开第{page}{at}次主席会议", "url": f"/2021/01/{page}{at}.html"}
            for at in range(4)
        ]

    odd = [*items(2), {"title": "省政协召开双周协商座谈会", "url": ""}]

    async def look() -> Looker:
        async with httpx.AsyncClient() as client:
            looker = Looker(
                prober=Prober(client, Manners("cppcc-monitor", 0.0), now=lambda: NOW),
                source=provisional("interface.example", 0.0),
                moment=lambda: NOW,
                kept={
                    f"{PAGES}0": capture(0, []),
                    f"{PAGES}1": capture(1, items(1)),
                    f"{PAGES}2": capture(2, odd),
                },
            )
            found = await of_document(looker, capture(1, items(1)))
        assert found is not None
        assert found.options["urls"] == [f"{PAGES}{{page}}"]
        assert len(found.articles) == 4
        return looker

    assert any("item 5 has no address" in words for words in asyncio.run(look()).unsure)
