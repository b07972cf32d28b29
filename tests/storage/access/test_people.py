"""People, sessions, tokens: what lets in, what ends, what is limited."""

from datetime import timedelta

import pytest

from storage.access import people
from storage.access.people import Role
from storage.engine.database import Database
from storage.errors import RecordNotFoundError, RecordRefusedError
from tests.storage.samples import NOW


def test_a_role_covers_those_before_it() -> None:
    assert [role for role in Role if Role.DECIDE.covers(role)] == [Role.READ, Role.DECIDE]


def test_a_session_lets_in_until_it_ends(database: Database) -> None:
    with database.begin() as session:
        assert not people.any_user(session)
        people.add_user(session, "老王", password_hash="argon", role=Role.DECIDE, now=NOW)
        people.begin_session(session, "老王", secret="s" * 43, now=NOW)
    with pytest.raises(RecordRefusedError), database.begin() as session:
        people.add_user(session, "老王", password_hash="x", role=Role.READ, now=NOW)
    with database.begin() as session:
        found = people.session_of(session, "s" * 43, now=NOW + timedelta(hours=1))
        assert found is not None
        assert (found.account.name, found.account.role, found.stale) == ("老王", Role.DECIDE, True)
        assert people.session_of(session, "t" * 43, now=NOW) is None
        assert people.session_of(session, "s" * 43, now=NOW + timedelta(hours=13)) is None
        for hour in range(10, 24 * 8, 10):
            people.touch_session(session, "s" * 43, now=NOW + timedelta(hours=hour))
        assert people.session_of(session, "s" * 43, now=NOW + timedelta(hours=24 * 8)) is None
        people.end_session(session, "s" * 43)
        assert people.session_of(session, "s" * 43, now=NOW) is None


def test_a_removed_person_has_no_session_left(database: Database) -> None:
    with database.begin() as session:
        people.add_user(session, "a", password_hash="argon", role=Role.READ, now=NOW)
        people.begin_session(session, "a", secret="s", now=NOW)
        people.remove_user(session, "a")
        assert people.session_of(session, "s", now=NOW) is None
    with pytest.raises(RecordNotFoundError), database.begin() as session:
        people.remove_user(session, "a")


def test_a_token_is_kept_as_its_hash_only(database: Database) -> None:
    with database.begin() as session:
        people.add_token(session, "pipeline", secret="zzz", role=Role.READ, now=NOW)
        found = people.token_of(session, "zzz")
        assert found is not None
        assert found.role is Role.READ
        assert people.token_of(session, people.sha256_of_secret("zzz")) is None
        people.remove_token(session, "pipeline")
        assert people.token_of(session, "zzz") is None


def test_failed_logins_are_limited_by_name_and_address(database: Database) -> None:
    with database.begin() as session:
        for _ in range(people.MOST_OF_PAIR):
            assert people.may_try(session, "a", "10.0.0.1", now=NOW)
            people.record_failure(session, "a", "10.0.0.1", now=NOW)
        assert not people.may_try(session, "a", "10.0.0.1", now=NOW)
        assert people.may_try(session, "a", "10.0.0.2", now=NOW)  # the person is not locked out
        assert people.may_try(session, "a", "10.0.0.1", now=NOW + people.WINDOW * 1.1)
        for number in range(people.MOST_OF_ADDRESS):
            people.record_failure(session, f"guess{number}", "10.0.0.3", now=NOW)
        assert not people.may_try(session, "b", "10.0.0.3", now=NOW)
