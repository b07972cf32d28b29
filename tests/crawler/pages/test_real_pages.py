"""What the reader scores on the real pages kept beside the project."""

import json

import pytest

from tests.score_pages import SHARED, read_all, score

MANIFEST = SHARED / "real" / "manifest.jsonl"

# Runs where ../shared/real lies beside the checkout: real pages are never in the project.
pytestmark = pytest.mark.skipif(
    not MANIFEST.is_file(), reason=f"the real pages are not beside the project: {MANIFEST}"
)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, object]]:
    return read_all(MANIFEST)


def test_scores(rows: list[dict[str, object]]) -> None:
    lines = score(MANIFEST, rows, worst=1).splitlines()
    totals = json.loads(lines[0])
    assert totals["body_f1"] >= 0.99
    assert totals["title"] >= 0.98
    assert totals["date"] >= 0.98
    assert totals["outlet"] >= 0.95
    assert float(lines[1].split(",")[0].lstrip("(")) >= 0.9  # the worst page's F1


def test_hostile_and_list_pages(rows: list[dict[str, object]]) -> None:
    kinds = {row["id"]: row.get("error") for row in rows}
    refused = {key: error["class"] for key, error in kinds.items() if isinstance(error, dict)}
    assert refused["llmwk__extractor_chain_input_good_data_html_image_without_path"] == "hijacked"
    assert refused["gne__visiable_test_021news_1"] == "hijacked"
    lists = [key for key in kinds if "list_page" in str(key) or "gerapy_list" in str(key)]
    assert len(lists) >= 9
    assert set(lists) <= set(refused)
