"""What an event or a section is about, with the words that decided."""

import json

import pytest

from crawler.reading.topics.topics import sections_of, topics_of
from crawler.reading.topics.words import FORMS, TOPIC_KEYS
from crawler.reading.words.folding import fold
from storage.vocabulary import TOPIC_NAMES
from tests.crawler.reading.train_topics import CORPUS

EVENTS = {
    ("中医馆提案督办见效", "提案促成两家乡镇卫生院开设中医门诊。"): "proposals medical_elderly",
    (
        "河长制专项民主监督",
        "监督组查出排污口问题十二个，全部整改。",
    ): "democratic_supervision ecology",
    ("三市政协联席会议签约", "约定轮流主持，互认调研成果。"): "regional_cooperation",
    ("委员读书群满百期", "线上共读，书目由委员推荐。"): "member_study_reading",
    ("党史学习教育动员会召开", "党组成员带头讲党课。"): "party_building",
    ("新年贺词", "致以节日问候。"): "",
}


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_has_the_topics_that_its_words_name(event: tuple[str, str]) -> None:
    given = topics_of(*event)
    assert {topic.key for topic in given} == set(EVENTS[event].split())
    assert all(any(word in "".join(event) for word in topic.words) for topic in given)


def test_the_closed_list_is_the_one_that_has_names() -> None:
    assert set(TOPIC_KEYS) == set(TOPIC_NAMES)
    assert set(TOPIC_NAMES) > FORMS


def test_a_review_falls_into_the_sections_that_its_headings_make() -> None:
    text = fold(
        "这一年，市政协走过不平凡的路程。\n一、提案办得实\n全年立案提案二百件，件件有着落，委员都说满意。\n"
        "二、监督督到底\n民主监督组走了六条河，交办问题四十个，年底前全部销号。"
    )
    assert [heading for heading, _ in sections_of(text)] == ["提案办得实", "监督督到底"]


def test_labelled_events_are_read_as_they_were_when_the_weights_were_learnt() -> None:
    """In-sample: a ratchet, no measure.  docs/reading.md has the honest numbers."""
    right = given = wanted = 0
    for line in CORPUS.read_text("utf-8").splitlines():
        row = json.loads(line)
        found = {t.key for t in topics_of(fold(row["heading"]).text, fold(row["body"]).text)}
        right += len(found & set(row["topics"]))
        given += len(found)
        wanted += len(row["topics"])
    assert 2 * right / (given + wanted) >= 0.90
