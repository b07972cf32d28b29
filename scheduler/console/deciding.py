"""What a person or a program does to flags, coverage, sources, runs and incidents.

Each calls the very functions that the commands call; pages and API call these.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scheduler.console.auth import Person
from scheduler.console.errors import InputError
from scheduler.console.ground import Ground
from storage.errors import TransitionError
from storage.notices import decisions


class Verb(StrEnum):
    """What can be decided of a flag."""

    ACCEPT = "accept"
    DISMISS = "dismiss"
    REOPEN = "reopen"


MOST_AT_ONCE = 200
MOST_WORDS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What became of a decision: the flags that it changed, and those that were so before."""

    done: tuple[int, ...]
    already: tuple[int, ...]


def decide(
    ground: Ground, person: Person, verb: Verb, flag_ids: Sequence[int], *, why: str | None
) -> Decided:
    """Decide flags in one transaction; one that was decided otherwise before is left alone.

    :raises InputError: for none, too many, or a dismissal without a reason.
    :raises RecordNotFoundError: for a flag that does not exist; none is changed then.
    """
    why = reason(why, needed=verb is Verb.DISMISS)
    if not 0 < len(flag_ids) <= MOST_AT_ONCE:
        raise InputError("no_flags" if not flag_ids else "too_many_flags", "flag")
    done, already, by, now = [], [], person.signature, ground.now()
    with ground.writing() as session:
        for flag_id in dict.fromkeys(flag_ids):
            try:
                if verb is Verb.ACCEPT:
                    decisions.accept_flag(session, flag_id, now=now, why=why, by=by)
                elif verb is Verb.DISMISS:
                    decisions.dismiss_flag(session, flag_id, why=why or "", now=now, by=by)
                else:
                    decisions.reopen_flag(session, flag_id, now=now, why=why, by=by)
            except TransitionError:
                already.append(flag_id)
            else:
                done.append(flag_id)
    return Decided(done=tuple(done), already=tuple(already))


def reason(given: str | None, *, needed: bool) -> str | None:
    """A person's reason without blanks round it; None for none.

    :raises InputError: where one is needed and none was given, or it is a whole letter.
    """
    words = (given or "").strip()
    if needed and not words:
        raise InputError("no_reason", "why")
    if len(words) > MOST_WORDS:
        raise InputError("long_reason", "why")
    return words or None
