"""A database's URL as people are shown it."""

import pytest

from storage.engine.database import shown_url
from storage.errors import DatabaseUnavailableError


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://u:hunter2@127.0.0.1/d",
        "postgresql+psycopg://127.0.0.1/d?user=u&password=hunter2",
        "postgresql+psycopg://127.0.0.1/d?sslpassword=hunter2&sslmode=require",
    ],
)
def test_no_password_is_shown(url: str) -> None:
    assert "hunter2" not in shown_url(url)
    assert "127.0.0.1/d" in shown_url(url)


def test_an_at_sign_in_a_password_is_refused_without_a_word_of_it() -> None:
    with pytest.raises(DatabaseUnavailableError, match="%40") as caught:
        shown_url("postgresql://u:hunter@2@127.0.0.1/d")
    assert "2@" not in str(caught.value)
