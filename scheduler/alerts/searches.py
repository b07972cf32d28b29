"""Saved searches as alerts: one message a search for what was stored since it was last told."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.alerts.messages import found_words
from scheduler.i18n import Words
from storage.notices.outbox import post_once
from storage.publications.reading import get_summaries
from storage.runs.door import lock_schedule
from storage.search import saved


def tell_found(session: Session, words: Words, *, now: datetime) -> int:
    """Hold what is new against every saved search that is due; how many messages were posted."""
    lock_schedule(session)
    searches = {one.id: one for one in saved.due_searches(session, now=now)}
    found = saved.look(session, list(searches.values()), now=now)
    for search_id, ids in found.items():
        summaries = get_summaries(session, ids)
        told = found_words(searches[search_id], [summaries[id_] for id_ in ids], words)
        key = f"search:{search_id}:{ids[-1]}"
        post_once(session, "search", key, told.payload(), now=now)
    return len(found)
