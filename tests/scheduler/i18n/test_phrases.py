"""What was recorded in English, on a Chinese page: Chinese where its wording is known."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest

from scheduler.config import Config
from scheduler.i18n import words_in
from scheduler.i18n.phrases import phrasebook, recorded

ZH = words_in("zh")
CRAWLER = Path(__file__).parents[3] / "crawler"
SPOKEN = [*(CRAWLER / "families").glob("*.py"),
          *(CRAWLER / f"runs/{name}.py" for name in ("account", "doubts", "proof"))]  # fmt: skip
"""Where the words of a verdict are written: what proves a list's end, what leaves it open, why."""
VALUES = ("1", "page 1", "2 x article gone (404: http://a.example/1)", "issue 12",
          "articles of an earlier complete run reached", "5 pages")  # fmt: skip
"""What may stand for a value that the code puts into a wording."""


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
        ("<div main>; lines left out: pager 1", "<div main>；略去的行：pager 1"),
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


def wordings() -> Iterator[str]:
    """Each wording as the code writes it, ``{}`` for a value."""
    for path in SPOKEN:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            given: list[ast.expr] = []
            if isinstance(node, ast.Call):
                given = [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
                if getattr(node.func, "id", "") in ("Proved", "Open", "Doubt"):
                    given += node.args[1:2]
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "words":
                given = [node.value]
            for one in given:
                parts = one.values if isinstance(one, ast.JoinedStr) else [one]
                said = "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts
                )
                if re.search("[a-z]", said):
                    yield said


@pytest.mark.parametrize("wording", sorted(set(wordings())))
def test_every_wording_of_a_verdict_has_its_chinese(wording: str) -> None:
    holes = wording.count("{}")
    filled = [wording.format(*values, *["1"] * (holes - 2)) for values in product(VALUES, repeat=2)]
    walks = ("http://a.example/", "issues not asked for")
    asked = [*filled, *(f"{walk}: {one}" for walk in walks for one in filled)]
    assert any(recorded(ZH, one) for one in asked), "scheduler/i18n/recorded.tsv: add a row"


def test_no_wording_stands_twice() -> None:
    lines = (files("scheduler.i18n") / "recorded.tsv").read_text("utf-8").splitlines()
    counts = Counter(line.split("\t")[0] for line in lines if line and not line.startswith("#"))
    assert not [wording for wording, number in counts.items() if number > 1]


def test_every_wording_takes_its_values() -> None:
    book = phrasebook("recorded.tsv")
    for phrase in [*book.plain.values(), *book.others]:
        filled = phrase.wording
        for kind in phrase.kinds:
            filled = filled.replace(f"{{{kind}}}", "value", 1)
        assert recorded(ZH, filled), phrase.wording
        if phrase.kinds:
            first = next(one for one in book.others if one.pattern.fullmatch(filled))
            assert first is phrase, f"{first.wording!r} is before it and says less"


def test_every_setting_has_a_meaning_in_both_languages() -> None:
    for language in ("zh", "en"):
        words = words_in(language)
        for name in Config.model_fields:
            assert words.knows("setting", f"CPPCC_{name.upper()}"), (language, name)
