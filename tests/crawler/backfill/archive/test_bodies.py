"""The answer that a record of an archive holds."""

import pytest

from crawler.backfill.archive.bodies import read_answer


@pytest.mark.parametrize(
    ("line", "status"), [("200 OK", 200), ("", 0), ("20 OK", 0), ("²²² OK", 0), ("ok", 0)]
)
def test_a_status_is_three_figures(line: str, status: int) -> None:
    answer = read_answer(f"HTTP/1.1 {line}\r\nContent-Type: text/html\r\n\r\nx".encode())
    assert answer is not None
    assert answer.status == status
