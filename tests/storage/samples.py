"""Articles for the storage tests, made up for them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage.records import (
    SHANGHAI,
    Article,
    Capture,
    Committee,
    Event,
    Evidence,
    Figure,
    Genre,
    Image,
    Level,
    Precision,
    Reading,
    Topic,
)

NOW = datetime(2026, 1, 20, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)

TEXT = """岁末回望，省政协常委会一年来的足迹清晰可见，委员们走进山乡与车间，把群众的话带回会场。
一、提案办理提质增效。全年立案提案六百一十二件，办复率百分之百，面商率创下历年新高。
二、专题协商走深走实。围绕高原湖泊治理开展三次民主监督，形成监督报告五份送省委参阅。
三、委员工作室遍地开花。一百二十八个工作室走进社区，接待群众来访超过两万人次。"""


def reading(genre: Genre = Genre.TEN_EVENTS) -> Reading:
    """A reading with something in every field."""
    return Reading(
        genre=genre,
        score=0.93,
        rules_version="test-1",
        evidence=(
            Evidence(
                about="genre", rule="title.n_events", field="title", span=(0, 4), quote="十件大事",
                weight=2.5,
            ),
        ),
        committee=Committee(level=Level.PROVINCIAL, region="云南", name="政协云南省委员会"),
        years=(2025,),
        term=13,
        session=4,
        part=None,
        events=(
            Event(ordinal=1, heading="提案办理提质增效", body="全年立案提案六百一十二件。",
                  date="2025-11", span=(45, 60)),
            Event(ordinal=2, heading="专题协商走深走实", body="形成监督报告五份。"),
        ),
        figures=(
            Figure(metric="立案提案", value=612.0, unit="件", sentence="全年立案提案六百一十二件",
                   span=(50, 58), key="proposals_filed", event=1),
            Figure(metric="接待群众来访", value=20000.0, unit="人次", qualifier="超过",
                   sentence="接待群众来访超过两万人次", span=(120, 128)),
        ),
        issues=("the title says ten events, two were found",),
        topics=(
            Topic(key="proposals", event=1, words=("立案", "提案")),
            Topic(key="democratic_supervision", section="监督", words=("民主监督",)),
        ),
    )  # fmt: skip


def article(
    number: int = 1,
    *,
    text: str | None = None,
    title: str | None = None,
    genre: Genre | None = None,
    source_id: str | None = "ynzx",
) -> Article:
    """One article; another number is another URL and, without ``text``, another text."""
    url = f"https://www.example.cn/n{number}.html"
    body = f"<html>{number}{text or ''}</html>".encode()
    return Article(
        url=url,
        title=title or f"省政协工作动态第{number}期",
        text=text if text is not None else other_text(number),
        published_at=datetime(2026, 1, 19, 9, 5, tzinfo=SHANGHAI),
        published_precision=Precision.SECOND,
        outlet="云南政协报",
        author="记者甲",
        editor="编辑乙",
        images=(Image(url="https://www.example.cn/p.jpg", caption="会场一角"),),
        source_id=source_id,
        fetched_at=NOW,
        captures=(
            Capture(
                url=url,
                fetched_at=NOW,
                status=200,
                headers=(("Content-Type", "text/html"), ("X-Number", str(number))),
                body=body,
            ),
        ),
        reading=None if genre is None else replace(reading(), genre=genre),
    )


def other_text(number: int) -> str:
    """A text that shares no phrase with that of any other number."""
    signs = [chr(0x4E00 + (number * 7919 + i * 104729 + (number * i * i) % 9973) % 20000)
             for i in range(300)]  # fmt: skip
    return "\n".join("".join(signs[start : start + 60]) for start in range(0, 300, 60))
