"""A text that a page's script holds, printed on the page."""

import pytest

from crawler.pages.held import with_held_text

TEXT = "委员们在村头、在车间听取意见，有关部门当场作了答复。" * 6


def test_the_title_and_day_of_its_object_stand_over_a_text_without_a_title() -> None:
    script = (
        f'x={{hot:{{title:"别的"}},title:"听取意见",pubTime:1700000000,content:"<p>{TEXT}</p>"}}'
    )
    shown = with_held_text(f"<body><script>{script}</script></body>", "") or ""
    assert '<h1 class="title">听取意见</h1><div class="info">发布时间：2023-11-15 06:13' in shown
    assert TEXT in shown.split("</h1>")[1].split("<script>")[0]
    titled = with_held_text(f"<body><h1>听取意见</h1><script>{script}</script></body>", "听取意见")
    assert titled is not None
    assert "发布时间" not in titled


@pytest.mark.parametrize(
    ("spelt", "character"), [(r"\ud842\udfb7", "𠮷"), (r"\u{20bb7}", "𠮷"), (r"\ud842", "")]
)
def test_a_character_that_a_script_spells_as_two_is_one(spelt: str, character: str) -> None:
    shown = with_held_text(f'<body><script>content="{spelt}野：{TEXT}"</script></body>', "") or ""
    assert f"<p>{character}野：{TEXT}" in shown
