"""The planner's lease: one holder, and nobody takes what is alive."""

from storage.engine.database import Database
from storage.runs import planner


def test_one_holds_the_lease_and_another_takes_only_what_it_saw_unchanged(
    database: Database,
) -> None:
    with database.begin() as session:
        assert planner.look(session) is None
        assert planner.take(session, "a:1", seen=None) == 1
        assert planner.take(session, "b:1", seen=None) is None
        seen = planner.look(session)
        assert planner.prolong(session, 1)
        assert planner.take(session, "b:1", seen=seen) is None, "it was prolonged since"
        assert planner.take(session, "b:1", seen=planner.look(session)) == 2
        assert not planner.prolong(session, 1)
        planner.give_up(session, 1)  # another's by now
        lease = planner.look(session)
        assert lease is not None
        assert (lease.holder, lease.token) == ("b:1", 2)
        planner.give_up(session, 2)
        lease = planner.look(session)
        assert lease is not None
        assert lease.holder is None
