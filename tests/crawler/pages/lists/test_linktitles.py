"""The titles that links give: cleaned, and the better of two."""

import pytest

from crawler.pages.lists.linktitles import clean_title, is_better_title


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("· 南岭政协开展调研", "南岭政协开展调研"),
        ("【公告】南岭政协开展调研", "【公告】南岭政协开展调研"),
        ("[要闻] 南岭政协开展调研", "南岭政协开展调研"),
        ("3、南岭政协开展调研", "南岭政协开展调研"),
        ("南岭政协开展专题调研 2026-03-09", "南岭政协开展专题调研"),
        ("南岭政协开展专题调研(03-09)", "南岭政协开展专题调研"),
        ("2025年南岭政协十件大事", "2025年南岭政协十件大事"),
        ("12-05", "12-05"),
    ],
)
def test_clean_title(printed: str, title: str) -> None:
    assert clean_title(printed) == title


@pytest.mark.parametrize(
    ("new", "known", "better"),
    [
        ("南岭政协开展城乡供水专题调研", "南岭政协开展城乡…", True),
        ("南岭政协开展城乡供水专题调研", "", True),
        ("南岭政协开展城乡供水专题调研", "[详细]", True),
        ("[详细]", "南岭政协开展城乡供水专题调研", False),
        ("日前，调研组先后来到三个乡镇，实地察看工程进度。", "南岭政协开展调研", False),
        ("", "南岭政协开展调研", False),
    ],
)
def test_the_better_title_of_two_links_to_one_article(new: str, known: str, better: bool) -> None:
    assert is_better_title(new, known) is better
