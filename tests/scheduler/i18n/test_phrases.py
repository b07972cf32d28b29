"""What was recorded in English, on a Chinese page: Chinese where its wording is known."""

import pytest

from scheduler.config import Config
from scheduler.i18n import words_in
from scheduler.i18n.phrases import phrasebook, recorded

ZH = words_in("zh")


@pytest.mark.parametrize(
    ("sentence", "chinese"),
    [
        ("found on 2021-01-24", "2021-01-24 找到"),
        (
            "20 links listed, 11 article pages read; articles of an earlier complete run reached",
            "列表有 20 条链接，读取文章 11 篇；已接上此前一次完整的采集",
        ),
        (
            "要闻: below 2 kept on top it shows nothing that it showed before: more may have come",
            "要闻：除置顶的 2 条外，上次显示的内容已全部不见，其间可能有遗漏",
        ),
        ("2 x listing http_error (503: http://a.example/)", None),
        ("157 unverified, 7 verified, 0 paused; `cppcc sources list`",
         "未核实 157，已核实 7，已暂停 0；`cppcc sources list`"),
        ("3 wait since 2021-01-24 02:16:56 Asia/Shanghai; is `cppcc run` running?",
         "有 3 条消息自 2021-01-24 02:16:56 Asia/Shanghai 起等待；`cppcc run` 在运行吗？"),
        ("cancelled; 老王 asked for it", "已取消；老王 asked for it"),
        ("3 days late; it was due until 2021-02-28", "已晚 3 天；应在 2021-02-28 以前发布"),
    ],
)  # fmt: skip
def test_a_recorded_sentence_in_chinese(sentence: str, chinese: str | None) -> None:
    said = recorded(ZH, sentence)
    if chinese is None:
        kind, refusal = ZH.name("kind", "listing"), ZH.name("refusal", "http_error")
        assert said == f"{kind}被拒 2 次：{refusal}（503: http://a.example/）"
    else:
        assert said == chinese


@pytest.mark.parametrize("sentence", ["", "made", "`cppcc run`", "a sentence that nobody knows"])
def test_what_nobody_knows_stays_as_it_was_recorded(sentence: str) -> None:
    assert recorded(ZH, sentence) is None
    assert recorded(words_in("en"), "found on 2021-01-24") is None


def test_every_wording_takes_its_values() -> None:
    book = phrasebook("recorded.tsv")
    for phrase in [*book.plain.values(), *book.others]:
        filled = phrase.wording
        for kind in phrase.kinds:
            filled = filled.replace(f"{{{kind}}}", "value", 1)
        assert recorded(ZH, filled), phrase.wording


def test_every_setting_has_a_meaning_in_both_languages() -> None:
    for language in ("zh", "en"):
        words = words_in(language)
        for name in Config.model_fields:
            assert words.knows("setting", f"CPPCC_{name.upper()}"), (language, name)
