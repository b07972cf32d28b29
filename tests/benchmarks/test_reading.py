"""What a reading costs: by kind of publication and by length, and on hostile text."""

import time
from collections.abc import Callable
from datetime import datetime
from statistics import median

import pytest

from crawler.reading import read_publication
from storage.records import SHANGHAI, Article
from tests.crawler.reading.generator import Maker

pytestmark = pytest.mark.bench

LENGTHS = (5_000, 50_000, 500_000)
DAY = datetime(2025, 1, 9, tzinfo=SHANGHAI)
PLAIN = "城里的花展迎来客流高峰,记者在现场看到,各处展台前人头攒动,气氛热烈。\n"
REVIEW = (
    "这一年,省政协围绕中心、服务大局,把协商贯穿履职全过程,推动建言资政和凝聚共识双向发力。\n"
    "紧扣群众关心的问题,组织委员深入城乡社区走访座谈,把意见带上来、把政策讲下去,"
    "一批难点堵点得到解决,群众的获得感不断增强。\n"
    "全年开展协商12次,提交提案620件,立案571件,报送社情民意信息900余篇。\n"
    "着眼提高履职质量,完善学习、调研、考核等制度,引导委员懂政协、会协商、善议政,"
    "守纪律、讲规矩、重品行,以良好作风书写新时代的答卷。\n"
)
HOSTILE = {
    "digits": "1",
    "item numbers": "一、",
    "items": "一、甲\n",
    "brackets": "(“《【",
    "committees": "省政协",
    "counts": "1件",
    "years": "2024年",
    "empty lines": "\n",
    "pinyin": "会(xié)",
    "ranges": "1到",
}


def milliseconds(act: Callable[[], object], times: int) -> float:
    """The median CPU time of ``act``."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        act()
        spent.append(time.process_time() - start)
    return median(spent) * 1000


def kinds() -> dict[str, tuple[str, str]]:
    """A title and a text to repeat for each kind of publication."""
    ten = Maker(7).ten_events("lines_comma").article
    return {
        "ten events": (ten.title, ten.text + "\n" + REVIEW),
        "annual review": ("省政协2024年工作综述", REVIEW),
        "committee news": ("省政协召开座谈会", REVIEW),
        "no committee": ("城里的花展开幕", PLAIN),
    }


def article(title: str, text: str, length: int) -> Article:
    whole = text + REVIEW * (length // len(REVIEW) + 1) if "政协" in text else text * length
    return Article(url="u", title=title, text=whole[:length], published_at=DAY, outlet="云南网")


def test_cost_by_length() -> None:
    print(f"\n{'kind':<16}" + "".join(f"{n:>12}" for n in LENGTHS) + "   characters: ms (ratio)")
    for kind, (title, text) in kinds().items():
        row = []
        for length, times in zip(LENGTHS, (41, 9, 3), strict=True):
            given = article(title, text, length)
            row.append(milliseconds(lambda given=given: read_publication(given), times))  # type: ignore[misc]  # a default binds the loop's value
        cells = "".join(f"{ms:>7.2f} ({ms / row[0]:>3.0f})" for ms in row)
        print(f"{kind:<16}{cells}")
        assert row[2] / row[1] < 20  # ten times the text


def test_cost_of_hostile_text() -> None:
    print(f"\n{'text':<16}{'100,000':>10}{'1,000,000':>12}   characters: ms (ratio)")
    for name, piece in HOSTILE.items():
        row = []
        for length in (100_000, 1_000_000):
            text = (piece * (length // len(piece) + 1))[:length]
            given = Article(url="u", title="省政协2024年十件大事", text=text, published_at=DAY)
            row.append(milliseconds(lambda given=given: read_publication(given), 1))  # type: ignore[misc]  # a default binds the loop's value
        print(f"{name:<16}{row[0]:>10.0f}{row[1]:>12.0f} ({row[1] / row[0]:.1f})")
        assert row[1] / row[0] < 20
