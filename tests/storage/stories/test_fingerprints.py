"""What makes two texts the same, and what does not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.stories.characters import simplified
from storage.stories.fingerprints import (
    content_sha256,
    fingerprint,
    is_copy,
    normalised,
    similarity,
)
from tests.storage.samples import TEXT, other_text

LONG = "\n".join([TEXT, other_text(1), other_text(2), other_text(3)])

STAMPS = [
    "阅读次数：10342",
    "浏览量: 88",
    "点击数：正在加载",
    "阅读：1.2万次",
    "2026-01-20 09:31",
    "发布时间：2026年1月20日 09:31:05",
    "今天是2026年1月20日 星期二",
    "2026年1月20日 星期二",
    "2026-01-20",
    "发布日期：2026-01-20 点击：17次 【打印】【关闭】 字号：大 中 小",
]


@pytest.mark.parametrize("stamp", STAMPS)
def test_counters_and_stamps_change_nothing(stamp: str) -> None:
    assert normalised(f"{TEXT}\n{stamp}") == normalised(TEXT)


@pytest.mark.parametrize(
    "line",
    [
        "二〇二六年一月二十日",
        "2026年1月20日",  # a signature's date at the end
        "会议时间定于1月20日上午9:30，地点另行通知。",
        "点击量位居全省政协系统第一。",
        "共提交提案612件。",
    ],
)
def test_words_that_only_look_like_stamps_stay(line: str) -> None:
    assert normalised(f"{TEXT}\n{line}") != normalised(TEXT)


def test_the_day_of_the_visit_on_the_first_line_goes() -> None:
    assert normalised(f"2026年1月20日\n{TEXT}") == normalised(TEXT)


@given(st.text(max_size=80), st.integers(0, 5))
def test_spacing_never_changes_the_content(body: str, n: int) -> None:
    spaced = " \n" * n + body + "\u3000" * n
    assert content_sha256("题", body) == content_sha256("题 ", spaced)


@given(st.text(max_size=80))
def test_normalising_twice_is_normalising_once(body: str) -> None:
    once = normalised(body)
    assert normalised(once) in (once, normalised(once))
    assert " " not in once


@pytest.mark.parametrize(
    "other",
    [
        LONG[40:],
        "本网讯（记者 某某）日前，省政协公布了年度盘点。\n" + LONG,
        LONG.replace("\n", "\n图为委员在乡间调研。某某摄\n"),
        LONG[: len(LONG) // 2],
        "\n".join(reversed(LONG.split("\n"))),
        LONG.replace("，", ",").replace("\n", " \n\n　　"),
    ],
    ids=["lead cut", "lead added", "captions", "half", "shuffled", "spacing"],
)
def test_copies_are_recognised(other: str) -> None:
    one, two = fingerprint("甲", LONG), fingerprint("乙", other)
    assert is_copy(one, two)
    assert is_copy(two, one)
    assert set(one.keys) & set(two.keys)


def test_a_traditional_mirror_matches() -> None:
    # 协 and 简 as their traditional forms; nothing else differs
    mirror = LONG.replace("协", "協").replace("专题", "專題").replace("监", "監")
    assert simplified(mirror) == simplified(LONG)
    assert fingerprint("", mirror).keys == fingerprint("", LONG).keys
    assert content_sha256("", mirror) != content_sha256("", LONG)


FORM = (
    "{place}市政协关于召开第{term}届委员会第{n}次会议的通知，会议定于{month}月{day}日在政协会堂召开，"
    "请各位委员安排好工作并于前一日到{hotel}报到，因故不能出席的请履行请假手续，联系人{name}。"
)


@pytest.mark.parametrize(
    "change", [{"place": "南"}, {"n": 4}, {"day": 19}, {"name": "李某某"}, {"hotel": "西湖宾馆"}]
)
def test_another_notice_in_the_same_form_is_not_a_copy(change: dict[str, str | int]) -> None:
    facts = {"place": "北", "term": 9, "n": 3, "month": 2, "day": 18, "name": "张某", "hotel": "甲"}
    one = fingerprint("通知", FORM.format(**facts))
    assert not is_copy(one, fingerprint("通知", FORM.format(**facts | change)))
    assert is_copy(one, fingerprint("通知（转）", "转发：" + FORM.format(**facts)))


def test_a_shared_opening_is_not_a_copy() -> None:
    one, two = fingerprint("", TEXT + other_text(5)), fingerprint("", TEXT + other_text(6))
    assert similarity(one.slots, two.slots) < 0.5
    assert not is_copy(one, two)


@pytest.mark.parametrize("text", ["", "。", "详见附件", "图片"])
def test_next_to_nothing_is_no_ones_copy(text: str) -> None:
    one = fingerprint("公告", text)
    assert not is_copy(one, fingerprint("公告", LONG))
    assert one.content_sha256 == fingerprint("公告", text).content_sha256


def test_the_estimate_is_near_the_truth() -> None:
    rng = random.Random(3)
    signs = [chr(0x4E00 + rng.randrange(3000)) for _ in range(3000)]
    one = fingerprint("", "".join(signs[:2000]))
    two = fingerprint("", "".join(signs[1000:]))
    assert abs(similarity(one.slots, two.slots) - 1 / 3) < 0.12
