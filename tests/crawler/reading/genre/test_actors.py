"""Who acts where no committee does: its members, or others who name one in passing."""

import pytest

from crawler.reading import read_publication
from crawler.reading.genre.actors import members_who_act, names_in_passing
from crawler.reading.publication import subject_of
from storage.records import Article, Genre

OTHERS = (
    ("渔港扩建开工", "新渔港昨天开工，明年底完工。渔民、市政协委员赵某说，盼了十年。"),
    ("法院请人来挑刺", "市法院请来人大代表、政协委员，旁听两场庭审。委员们说，听得懂，也服气。"),
    ("公交改了线", "公交公司征求了代表委员和政协委员的意见，12路改走医院门口，首周客流增两成。"),
)
MEMBERS = (
    ("委员小组下渔排", "渔汛刚过，北湾市政协委员小组就上了渔排，给渔民讲保险。"),
    ("凉茶摊支到了码头", "北湾市政协委员志愿队的凉茶摊支了一个月。搬运工来喝茶，委员听他们说事。"),
    (
        "一本账记了三年",
        "老街的账本三年记了九本。记账的是区政协委员。委员换了人，账没断。委员说，还记。",
    ),
)


@pytest.mark.parametrize(("title", "text"), MEMBERS)
def test_what_members_do_is_news_of_the_cppcc_and_never_flagged(title: str, text: str) -> None:
    article = Article(url="u", title=title, text=text)
    subject = subject_of(article)
    assert names_in_passing(subject, subject.text.text)
    assert members_who_act(subject, subject.text.text)
    assert read_publication(article).genre is Genre.CPPCC_NEWS


@pytest.mark.parametrize(("title", "text"), OTHERS)
def test_members_whom_others_name_do_not_act(title: str, text: str) -> None:
    subject = subject_of(Article(url="u", title=title, text=text))
    assert names_in_passing(subject, subject.text.text)
    assert members_who_act(subject, subject.text.text) is None


def test_a_year_of_members_raises_no_flag() -> None:
    text = "2024年，市政协委员小组走访320户，提出建议46条。一年来，委员们记下十件实事，件件有回音。"
    reading = read_publication(Article(url="u", title="委员小组的2024年十件大事", text=text))
    assert not reading.flagged
