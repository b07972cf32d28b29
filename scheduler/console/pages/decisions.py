"""Forms that decide flags: accept, dismiss with a reason, undo; one or several at once."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from scheduler.console.auth import Decider, ground_of
from scheduler.console.deciding import Verb, decide
from scheduler.console.formposts import Sent, back

router = APIRouter(include_in_schema=False)


@router.post("/flags/{verb}")
def flags(verb: Verb, request: Request, person: Decider, form: Sent) -> Response:
    """Decide, and go on: to the next flag where the form names one, else back to the list."""
    ground = ground_of(request)
    done = decide(ground, person, verb, form.numbers("flag"), why=form.text("why"))
    changed = ",".join(str(one) for one in done.done) or None
    already = ",".join(str(one) for one in done.already) or None
    return back(request, form, "/", did=verb.value, changed=changed, already=already)
