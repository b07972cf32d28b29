"""Condensed texts: what title and line say together, wherever each of it stands."""

from datetime import datetime

import pytest

from crawler.reading import read_publication
from storage.records import SHANGHAI, Article

DAY = datetime(2026, 1, 9, tzinfo=SHANGHAI)
ACCOUNTS = [
    ("山坳里的作业本", "县政协请批阅2025年的作业：协商18场，提案96件。"),
    ("青浦河边十二个早晨", "市政协2025年的十二件事，件件有回音。"),
    ("临水县政协2025“履职画像”", ""),
    ("一针一线", "去年县政协22场协商、采纳91条建议，针脚都在这里。"),
    ("从年头到年尾", "1月访企，4月督学，9月植树……12月述职。市政协的日程表。"),
    ("山城的“家底”，临水县政协请你查收", "2025年，提案170件、协商23场、调研41次，件件有数。"),
    ("踏石留印｜政协临水县委员会2025工作概览", ""),
    ("岁末，翻开这本账", "市政协年终盘点：立案提案203件，协商31次。"),
]
NEWS = [
    ("山坳里的作业本", "1月8日，县政协召开会议，部署2026年协商计划。"),
    ("市政协以“年终盘点”倒逼任务清零", "办公室对照清单，逐项核对尚未完成的任务。"),
    ("开栏的话", "即日起本报推出“政协这一年”栏目，展示各县履职成效。"),
    ("人大、政协2025年工作图解", "县人大票决实事8件；县政协办复提案109件。"),
    ("给“2025年市政协十大新闻”投一票吧", "20条候选新闻已上线，每人限投10条。"),
    ("李某某：2025年，我走了42个村", "市政协常委李某某的本子里，记着118条村民的话。"),
    ("高原上的年终奖", "县政协把2025年的委员服务时长折成积分：人均86小时。"),
    ("《临水政协年鉴2025》征稿启事", "年鉴拟收录：大事记、主要会议、提案、文史、专委会。"),
    ("市委常委会听取市政协2025年工作汇报", "会议由书记主持。"),
    ("2025年第四季度县政协工作", "走访企业12家，协商3次。"),
]


@pytest.mark.parametrize(("title", "line"), ACCOUNTS, ids=[title for title, _ in ACCOUNTS])
def test_a_year_accounted_for_raises_a_flag(title: str, line: str) -> None:
    assert read_publication(Article(url="u", title=title, text=line, published_at=DAY)).flagged


@pytest.mark.parametrize(("title", "line"), NEWS, ids=[title for title, _ in NEWS])
def test_a_day_a_plan_or_somebody_else_raises_none(title: str, line: str) -> None:
    assert not read_publication(Article(url="u", title=title, text=line, published_at=DAY)).flagged
