"""Tables of printed dates, credits and people, and what must be read in them."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages import read_article
from crawler.pages.layout.boilerplate import dropped_by
from crawler.pages.layout.headings import heads_comments, heads_links
from crawler.pages.values.names import without_site
from crawler.pages.values.outlets import clean_outlet
from crawler.pages.values.people import reporters
from crawler.pages.values.written import dates_in
from storage.records import SHANGHAI, Precision


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("2021年01月24日 07:50:00", "2021-01-24T07:50:00"),
        ("2021-1-4", "2021-01-04T00:00:00"),
        ("2021/01/24 7:50", "2021-01-24T07:50:00"),
        ("2021.01.24", "2021-01-24T00:00:00"),
        ("2019年06月15日08:18来源：", "2019-06-15T08:18:00"),
        ("2024-05-2003:15", "2024-05-20T03:15:00"),
        ("2021年1月24日 星期日 07时50分", "2021-01-24T07:50:00"),
        ("2021-01-24T07:50:00+08:00", "2021-01-24T07:50:00"),
        ("2021-01-23T23:50:00Z", "2021-01-24T07:50:00"),
        ("2021-01-23T23:50:00.000+0000", "2021-01-24T07:50:00"),
        ("2024-05-20-09:37:00", "2024-05-20T09:37:00"),
        ("19-07-05 09:44", "2019-07-05T09:44:00"),
        ("2024 03/18 09:12", "2024-03-18T09:12:00"),
        ("18 2024年03月", "2024-03-18T00:00:00"),
        ("07-05 09:44", None),
        ("2021年", None),
        ("2021-13-01", None),
        ("2021-02-30", None),
        ("1021-01-01", None),
        ("ICP备20210101号", None),
    ],
)
def test_printed_date(printed: str, wanted: str | None) -> None:
    found = next(dates_in(printed, "x", "html", None), None)
    want = datetime.fromisoformat(wanted).replace(tzinfo=SHANGHAI) if wanted else None
    assert (found.at if found else None) == want


@pytest.mark.parametrize(
    ("place", "stamp", "wanted"),
    [
        ("<!--enpproperty <date>{}</date> /enpproperty-->", "2021-01-26 00:00:00.0", "2021-01-26"),
        (
            "<!--enpproperty <date>{}</date> /enpproperty-->",
            "2021-01-26 06:31:00.0",
            "2021-01-26T06:31:00",
        ),
        ("<meta name=publishdate content='{}'>", "2021-01-26 00:00:00", "2021-01-26"),
        ("<meta name=publishdate content='{}'>", "20210126000000", "2021-01-26"),
        ("<meta name=publishdate content='{}'>", "2021-01-26T00:00:00+08:00", "2021-01-26"),
        ("<meta name=publishdate content='{}'>", "2021-01-26T00:00:00.000Z", "2021-01-26"),
        ("<meta name=publishdate content='{}'>", "2021-01-25T16:00:00Z", "2021-01-26"),
        ("<meta name=publishdate content='{}'>", "2021-01-26T00:00:01Z", "2021-01-26T08:00:01"),
        ("<div class=t>发布时间：{}</div>", "2021-01-26 00:00:00", "2021-01-26"),
        ("<div class=t>{}</div>", "2021年01月26日 00:00", "2021-01-26"),
        ("<div class=t>{}</div>", "2021-01-26 00:00:01", "2021-01-26T00:00:01"),
        ("<div class=t>{}</div>", "2021-01-26 00:01", "2021-01-26T00:01:00"),
        ("<script>var a={{pubtime:'{}'}}</script>", "2021-01-26 00:00:00", "2021-01-26"),
        ("<script>var a={{pubtime:{}}}</script>", "1611590400", "2021-01-26"),
        ("<script>var a={{pubtime:{}}}</script>", "1611590401", "2021-01-26T00:00:01"),
    ],
)
def test_a_stamp_of_midnight_states_a_day(place: str, stamp: str, wanted: str) -> None:
    text = "<p>河湾镇的委员们沿着老街走了一遍，回来把看到的十一件事写成了清单，交给有关部门。</p>"
    page = f"<body><h1>沿着老街走一遍</h1>{place.format(stamp)}<div>{text * 4}</div></body>"
    article = read_article(page.encode())
    at = datetime.fromisoformat(wanted).replace(tzinfo=SHANGHAI)
    precision = Precision.SECOND if "T" in wanted else Precision.DAY
    assert (article.published_at, article.published_precision) == (at, precision)


def test_the_clock_of_a_meta_is_worth_more_than_printed_midnight() -> None:
    text = "<p>河湾镇的委员们沿着老街走了一遍，回来把看到的十一件事写成了清单，交给有关部门。</p>"
    page = (
        "<head><meta name=publishdate content='2021-01-26 07:42:10'></head><body>"
        f"<h1>沿着老街走一遍</h1><div>发布时间：2021-01-26 00:00:00</div><div>{text * 4}</div>"
    )
    article = read_article(page.encode())
    assert article.published_at == datetime(2021, 1, 26, 7, 42, 10, tzinfo=SHANGHAI)
    assert article.published_precision is Precision.SECOND


@given(st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001 - made aware below
def test_every_written_form_reads_back(at: datetime) -> None:
    aware = at.replace(microsecond=0, tzinfo=SHANGHAI)
    forms = (
        "%Y-%m-%d %H:%M:%S",
        "%Y年%m月%d日 %H:%M:%S",
        "%Y/%m/%d %H：%M：%S",
        "%Y.%m.%d %H:%M:%S",
    )
    for form in forms:
        found = next(dates_in(aware.strftime(form), "x", "html", None), None)
        assert found is not None
        assert found.at == aware


@pytest.mark.parametrize(
    ("rest", "wanted"),
    [
        ("光明网-《光明日报》2024-05-20 03:15", "光明网-《光明日报》"),
        ("证券时报网作者：李在山", "证券时报网"),
        ("人民网－人民政协报 分享到：", "人民网－人民政协报"),
        ("新浪科技 酷勤网 收集", "新浪科技"),
        ("China Daily", "China Daily"),
        ("云南网 | 2021", "云南网"),
        ("《光明日报》（2024年05月11日 09版）", "光明日报"),
        (
            "中国空间技术研究院、中国运载火箭技术研究院等",
            "中国空间技术研究院、中国运载火箭技术研究院",
        ),
        ("网络", None),
        ("2021-01-24", None),
        ("作者：李在山", None),
        ("http://www.x.example/", None),
        ("", None),
    ],
)
def test_outlet_behind_its_label(rest: str, wanted: str | None) -> None:
    assert clean_outlet(rest) == wanted


@pytest.mark.parametrize(
    ("paragraph", "wanted"),
    [
        ("云南网记者 张小予 实习生 解一青", "张小予、解一青"),
        ("青石日报3月18日讯（记者 孔令舟 通讯员 何田）县政协今天开会。", "孔令舟、何田"),
        ("（记者李一白）", "李一白"),
        ("文/栗一", "栗一"),
        ("采写：青石见习记者 林沛", "林沛"),
        ("本报记者 王 磊 李 晓明", "王磊、李晓明"),
        ("记者从会上获悉，今年办成了三件大事。", None),
        ("陈远山说，要把协商桌搬到村里。", None),
    ],
)
def test_reporters(paragraph: str, wanted: str | None) -> None:
    found = reporters([paragraph])
    assert (found[0] if found else None) == wanted


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("【责任编辑：马晓岚】", "editor"),
        ("编辑 马晓岚 校对 孙其", "editor"),
        ("【纠错】 责任编辑： 马晓岚", "editor"),
        ("《人民日报》（2024年03月18日 04 版）", "paper"),
        ("1 2 3 下一页", "pager"),
        ("更多精彩请关注青石网", "more_of"),
        ("某ICP备00000000号", "copyright"),
        ("主办：县政府办 邮编：000000 电话：0000", "footer"),
        ("编者按：从今天起，本报开设专栏。", None),
        ("责任 担当", None),
        ("01", None),
        ("（一）未经批准、授权处置问题线索的；", None),
        ("主办单位：青石县政协", None),
        ("监督有实招", None),
    ],
)
def test_dropped_lines(line: str, rule: str | None) -> None:
    assert dropped_by(line) == rule


def test_headings_of_what_follows_an_article() -> None:
    assert heads_links("延伸阅读")
    assert heads_links("【相关新闻】")
    assert not heads_links("推荐阅读让人受益的一本书给每个委员")
    assert heads_comments("网友评论(20)")
    assert not heads_comments("评论员文章")


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("把协商桌搬到村里_政协动态_青石网", "把协商桌搬到村里"),
        ("把协商桌搬到村里-青石新闻网", "把协商桌搬到村里"),
        ("一座桥 - 写在河湾镇 - 青石网", "一座桥 写在河湾镇"),
        ("2019-2020年度工作盘点_青石网", "2019-2020年度工作盘点"),
        ("", ""),
    ],
)
def test_site_is_cut_off(title: str, wanted: str) -> None:
    assert without_site(title) == wanted
