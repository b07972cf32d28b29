"""Copies of 400 to 600 characters, badly copied or cut; forms of that length filled in anew."""

import random

import pytest

from storage.stories.fingerprints import fingerprint, is_copy
from tests.benchmarks.chinese import CHARACTERS, article_text

LENGTHS = (400, 500, 600)
EACH = 12


def text(number: int, length: int) -> str:
    return article_text(number + 1000 * length, length)[:length]


def changed(words: str, rng: random.Random) -> str:
    """3 % of the characters are other ones."""
    signs = list(words)
    for at in rng.sample(range(len(signs)), len(signs) * 3 // 100):
        if signs[at] != "\n":
            signs[at] = rng.choice(CHARACTERS)
    return "".join(signs)


def sentences_cut(words: str, rng: random.Random) -> str:
    """Sentences taken out here and there, until 30 % are gone."""
    parts = [part for part in words.replace("。", "。|").split("|") if part]
    while sum(map(len, parts)) > len(words) * 0.7 and len(parts) > 2:
        parts.pop(rng.randrange(len(parts)))
    return "".join(parts)


@pytest.mark.parametrize("length", LENGTHS)
def test_a_copy_with_letters_changed_is_one(length: int) -> None:
    found = 0
    for number in range(EACH):
        words = text(number, length)
        copy = changed(words, random.Random(number))
        found += is_copy(fingerprint("", words), fingerprint("", copy))
    assert found >= EACH - 1


@pytest.mark.parametrize("length", LENGTHS)
def test_a_cut_copy_is_one(length: int) -> None:
    for number in range(EACH):
        words = text(number, length)
        whole = fingerprint("", words)
        third = length * 3 // 10
        middle = words[: length // 2 - third // 2] + words[length // 2 + third // 2 :]
        cuts = (words[:-third], words[third:], middle, sentences_cut(words, random.Random(number)))
        for cut in cuts:
            assert is_copy(whole, fingerprint("", cut))


FORM = """{place}政协关于召开{kind}会议的通知
各专门委员会、各界别召集人：经{place}政协主席会议研究，定于{month}月{day}日上午{hour}时在{hall}召开{kind}会议。会议由{name}主持，
{other}通报有关情况。请各位参会人员提前十五分钟入场，按座次就座，将通讯工具调至静音，严格遵守会场纪律，不得无故迟到早退，
确因特殊情况不能出席的，须按规定履行请假手续，并于会前两日报{office}备案。请各专门委员会认真组织，围绕会议议题做好发言准备，
发言材料控制在一千五百字以内，观点鲜明、建议具体，纸质版一式二十份，电子版同时发送至会务组邮箱。会议期间的材料由会务组统一印发，
会后请各单位将讨论情况整理成文，连同意见建议一并报送。交通工具由各单位自行安排，车辆停放听从工作人员引导。
联系人{contact}，值班电话{phone}。"""


def filled(seed: int) -> str:
    rng = random.Random(seed)

    def name() -> str:
        return rng.choice("赵钱孙李周吴郑王") + rng.choice(CHARACTERS) + rng.choice(CHARACTERS)

    return FORM.format(
        place=rng.choice(["临水县", "青岗市", "望江区", "沙坪县", "白塔区"]),
        kind=rng.choice(["专题协商", "主席（扩大）", "双月座谈", "提案交办"]),
        month=rng.randint(1, 12),
        day=rng.randint(2, 28),
        hour=rng.randint(8, 10),
        hall=rng.choice(["一号会议室", "人民会堂", "三楼报告厅"]),
        name=name(),
        other=name(),
        office=rng.choice(["办公室", "秘书处", "委员工作科"]),
        contact=name(),
        phone=rng.randint(2_000_000, 8_999_999),
    )


def test_a_form_filled_in_anew_is_another_text() -> None:
    prints = [fingerprint("", filled(seed)) for seed in range(40)]
    merged = [
        (one, other)
        for one in range(40)
        for other in range(one)
        if is_copy(prints[one], prints[other])
    ]
    assert merged == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("三月五日上午九时", "六月八日上午十时"),
        ("赵明远", "钱文博"),
        ("3月5日9时12分", "4月6日8时35分"),
    ],
)
def test_another_day_or_name_in_a_long_text_is_another_notice(old: str, new: str) -> None:
    form = filled(1).replace("通讯工具", f"{old}领取的证件和通讯工具")
    assert not is_copy(fingerprint("", form), fingerprint("", form.replace(old, new)))


def test_short_sentences_between_cuts_are_clauses_too() -> None:
    """Of what is left of a cut text a sentence of five letters is as good as a long one."""
    rng = random.Random(7)
    found = 0
    for number in range(EACH):
        words = text(number, 500)
        short = "。".join(
            words[at : at + 42] + "。" + words[at + 42 : at + 47] for at in range(0, len(words), 47)
        )
        found += is_copy(fingerprint("", short), fingerprint("", sentences_cut(short, rng)))
    assert found == EACH
