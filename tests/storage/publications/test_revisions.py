"""The diff gives both texts back, keeps numbers whole, and reads well."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.publications.revisions import Kind, diff_words

CASES = [
    ("全年立案提案612件。", "全年立案提案621件。", "全年立案提案[-612-]{+621+}件。"),
    ("办复率九十八", "办复率百分之九十八", "办复率{+百分之+}九十八"),
    ("委员张某发言", "委员发言", "委员[-张某-]发言"),
    (
        "开头这一段话并没有任何改动，只有末尾不同：完",
        "开头这一段话并没有任何改动，只有末尾不同：终",
        "开头这一段话并没有任何改动，只有末尾不同：[-完-]{+终+}",
    ),
    ("相同", "相同", "相同"),
    # 的 agrees by accident: the two phrases are shown whole
    ("美丽的山", "雄伟的河", "[-美丽的山-]{+雄伟的河+}"),
]


@pytest.mark.parametrize(("old", "new", "shown"), CASES)
def test_a_diff_reads_well(old: str, new: str, shown: str) -> None:
    marks = {Kind.KEPT: "{}", Kind.REMOVED: "[-{}-]", Kind.ADDED: "{{+{}+}}"}
    found = [marks[one.kind].format(one.text) for one in diff_words(old, new)]
    assert "".join(found) == shown


TEXTS = st.text(alphabet="政协委员提案12万.\n，a", max_size=40)


@given(TEXTS, TEXTS)
def test_a_diff_gives_both_texts_back(old: str, new: str) -> None:
    stretches = diff_words(old, new)
    assert "".join(s.text for s in stretches if s.kind is not Kind.ADDED) == old
    assert "".join(s.text for s in stretches if s.kind is not Kind.REMOVED) == new
    assert all(one.kind is Kind.KEPT for one in stretches) == (old == new)
